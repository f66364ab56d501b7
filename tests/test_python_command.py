"""Programs that start `sys.executable`, which in a binary is the program itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import APPS, Interpreter, Program, plain_environment, run

SOURCE = APPS / "commands" / "commands.py"
OPTIONS = ("--python-command", "--hidden-import", "helpers.__main__")
CASES = ("code", "options", "module", "script", "stdin", "environment", "ways", "again")


@pytest.fixture(scope="session")
def commands(interpreter: Interpreter, build: Callable[..., Path]) -> Program:
    """The program under test, built to be Python where it asks for it."""
    return Program(interpreter, SOURCE, build(SOURCE.name, SOURCE, *OPTIONS))


@pytest.fixture(scope="session")
def refusing(program: Callable[[Path], Program]) -> Program:
    """The same without the setting."""
    return program(SOURCE)


@pytest.mark.parametrize("case", CASES)
def test_as_python(commands: Program, case: str):
    """Code, modules, scripts, standard input, with Python's own options: as the program gets it from `python`."""
    commands.check_same(case)


def test_sessions_and_programs_tell_apart(commands: Program, tmp_path: Path):
    """Whoever starts the binary from outside gets the program, whatever the arguments; the variable asks for Python."""
    marked = plain_environment(BUNDLE_AS_PYTHON="1")

    assert b"KeyError: '-c'" in run([commands.binary, "-c", "print(1)"]).stderr
    assert run([commands.binary, "-c", "print(1)"], environment=marked).stdout == b"1\n"
    assert run([commands.binary, "told"]).stdout == b"told [] __main__\n"


@pytest.mark.one_python
@pytest.mark.parametrize(
    "arguments",
    [["-c", "print(1)"], ["-Im", "json.tool"], ["-W", "error", "-"], [__file__, "x"], ["/__bundle__/helpers/task.py"]],
)
def test_refused_without_the_setting(refusing: Program, arguments: list[str]):
    """Started by itself as Python, a binary says that it is not, and how it could be, instead of running again."""
    found = run([refusing.binary, *arguments], environment=plain_environment(BUNDLE_AS_PYTHON="1"))

    assert (found.status, found.stdout) == (2, b"")
    assert b"asked by itself to run as Python" in found.stderr
    assert b"python-command = true" in found.stderr


@pytest.mark.one_python
@pytest.mark.parametrize("case", ["code", "module"])
def test_program_is_refused_not_repeated(refusing: Program, case: str):
    """Every way in which the program starts Python ends with that error, and soon."""
    found = run([refusing.binary, case])

    assert found.status == 0
    assert found.stdout.count(b"$") == found.stdout.count(b"= 2\n") == found.stdout.count(b"asked by itself")


@pytest.mark.one_python
def test_starts_again_without_the_setting(refusing: Program):
    """Reloaders run the program once more through `[sys.executable, *sys.argv]`: that needs no setting."""
    refusing.check_same("again")


def test_own_arguments_when_told_so(interpreter: Interpreter, build: Callable[..., Path]):
    """With `--no-python-command`, `-c` and `-m` are the program's own, also if it starts itself."""
    binary = build("commands-off", SOURCE, "--no-python-command")

    found = run([binary, "-c", "print(1)"], environment=plain_environment(BUNDLE_AS_PYTHON="1"))

    assert b"KeyError: '-c'" in found.stderr


def test_no_endless_loop(program: Callable[[Path], Program], tmp_path: Path):
    """A program that starts itself with arguments that mean nothing to it ends with an error, not with the machine."""
    source = tmp_path / "loop.py"
    source.write_text(
        "import subprocess, sys\nprint('started', flush=True)\nsubprocess.run([sys.executable, 'worker'])\n"
    )

    found = run([program(source).binary])

    assert found.stdout.count(b"started") < 20
    assert found.stderr.count(b"started by itself, over and over") == 1
