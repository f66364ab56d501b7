"""How a program ends: each case of tests/apps/endings, from source and from a binary."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import APPS, Outcome, Program, plain_environment, run

CASES = (
    *("normal", "unflushed", "uncaught", "chained", "context", "group", "recursion", "syntax", "indentation"),
    *(
        "broken",
        "missing",
        "missing_submodule",
        "missing_metadata",
        "missing_name",
        "suggestion",
        "made",
        "library",
        "no_text",
    ),
    *("surrogate", "exit_three", "exit_text", "exit_none", "exit_large", "exit_negative", "exit_huge", "exit_true"),
    *("exit_object", "exit_tuple", "exit_builtin", "quit_builtin", "quit_text", "site_names", "interrupt_raised"),
    *("interrupt_chained", "signals", "abort", "os_exit", "threads", "thread_exception", "at_exit", "at_exit_exit"),
    *("finalisers", "unraisable", "excepthook", "excepthook_failing", "fork"),
    *("finaliser_unseen", "finaliser_inherited", "suspended_generator", "suspended_context", "finished_generators"),
    *("coroutine_never_awaited", "suspended_coroutine", "weak_callback", "weak_method", "weak_finalize"),
    *("weak_containers",),
    *("buffered_file", "text_file", "own_file", "own_memory_file", "archive", "temporary_folder", "temporary_file"),
    *("open_file_warning", "replaced_output", "replaced_errors", "audit_hook", "at_exit_thread", "at_exit_failing"),
    *("daemon_thread", "child_left_running"),
)


@pytest.fixture(scope="session")
def endings(program: Callable[[Path], Program]) -> Program:
    """The program under test."""
    return program(APPS / "endings" / "endings.py")


@pytest.mark.parametrize("case", CASES)
def test_ends_as_under_python(endings: Program, case: str):
    """Output, error output and exit status are those of `python app.py`."""
    endings.check_same(case)


@pytest.mark.parametrize(
    ("case", "name"), [("missing", "module_that_is_not_installed"), ("missing_submodule", "nested.nowhere")]
)
def test_missing_modules_have_a_note(endings: Program, case: str, name: str):
    """The error of an import that fails says how to build a binary with that module."""
    last = run([endings.binary, case]).stderr.decode().splitlines()[-1]

    assert last == (
        f"the program was bundled without `{name}`; if the program needs it, install it where the program is bundled, "
        f"and if it is installed there, add `--hidden-import {name}`"
    )


def test_missing_metadata_has_a_note(endings: Program):
    """The error of a look-up of metadata that fails says how to build a binary with it."""
    last = run([endings.binary, "missing_metadata"]).stderr.decode().splitlines()[-1]

    assert last.startswith("the program was bundled without the metadata of `distribution-that-is-not-installed`; ")
    assert last.endswith("add `--copy-metadata distribution-that-is-not-installed`")


def test_statuses_are_those_of_python(endings: Program):
    """The expected numbers, should both forms ever be wrong together."""
    statuses = {
        "normal": 0,
        "uncaught": 1,
        "exit_three": 3,
        "exit_text": 1,
        "exit_none": 0,
        "exit_large": 7,
        "exit_builtin": 2,
        "interrupt_raised": -signal.SIGINT,
        "abort": -signal.SIGABRT,
        "os_exit": 5,
    }

    assert {case: endings.check_same(case).status for case in statuses} == statuses


@pytest.mark.parametrize(
    ("case", "number", "status"),
    [
        ("interrupt", signal.SIGINT, -signal.SIGINT),
        ("interrupt_caught", signal.SIGINT, 0),
        ("terminated", signal.SIGTERM, -signal.SIGTERM),
        ("terminate_handled", signal.SIGTERM, 1),
        ("interrupt", signal.SIGHUP, -signal.SIGHUP),
    ],
)
def test_signal(endings: Program, case: str, number: signal.Signals, status: int):
    """A signal ends the program as it ends Python; Ctrl-C really ends it by SIGINT, so that a shell script stops."""
    found = _signalled([endings.binary, case], number)

    assert found.status == status
    endings.compare(found, _signalled([*endings.original, case], number))


def _signalled(command: list[Path | str], number: signal.Signals) -> Outcome:
    """Wait until the program says that it is ready, then send a signal."""
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        command,
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        env=plain_environment(),
        # The tests themselves may run where a shell ignores Ctrl-C: in the background.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  # there are no threads here
    )
    try:
        assert process.stdout is not None
        ready = process.stdout.readline()
        # The text comes a moment before the sleep that the traceback shows.
        time.sleep(0.1)
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=20)
    finally:
        process.kill()
    return Outcome(process.returncode, ready + stdout, stderr)
