"""One program of one Python, on several systems. Verb: `attempt`; noun: `Result`."""

from __future__ import annotations

import difflib
import itertools
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from tests.support import Outcome, Program, plain_environment, run
from tests.systems.explained import unexplained
from tests.systems.programs import Subject
from tests.systems.pythons import Python
from tests.systems.system import System

_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
_AT_ONCE = 3
_PATIENCE = 300  # seconds

RESTORED = "restored"


@dataclass(frozen=True)
class Result:
    """The outcome of a program on a system. `details`: lines that differ; none when it does the same as Python.

    `start`: `RESTORED`, or why the start is a usual one; "" of a binary without a snapshot.
    """

    system: System
    details: tuple[str, ...]
    start: str


def attempt(
    subject: Subject, program: Program, python: Python, systems: Sequence[System], seed: int | None
) -> Iterator[Result]:
    """Run a binary on each of the systems, and beside it the source on that of the Python, with the same kernel.

    `seed`: the secret of hashes in the binary's snapshot; None: it has none. Hashes are the same in both.
    """
    hashes = {"PYTHONHASHSEED": str(seed or 0)}

    def folder(form: str, system: System) -> Path:
        return python.folder / f"work-{python.linkage}" / f"{form} {system}"

    def outcomes(
        form: str, command: Sequence[str | Path], system: System, variables: Mapping[str, str]
    ) -> list[Outcome]:
        place = folder(form, system)
        return [_run(system.command([*command, *run]), place, subject.files, variables) for run in subject.runs]

    def outcomes_of_binary(system: System) -> tuple[str, list[Outcome]]:
        command = system.command([program.binary, *subject.runs[0]])
        traced = _run(command, folder("binary", system), subject.files, {"BUNDLE_TRACE": "snapshot"})
        start = _told(traced) if seed is not None else ""
        # A start from a snapshot has hashes of its own, and the variable makes it a usual one.
        variables = {} if start == RESTORED else hashes
        return start, outcomes("binary", (program.binary,), system, variables)

    # Most of the time they wait for each other's processes.
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        homes = {is_old: replace(python.home, is_old=is_old) for is_old in (False, True)}
        originals = {
            is_old: pool.submit(outcomes, "python", program.original, home, hashes) for is_old, home in homes.items()
        }
        binaries = [pool.submit(outcomes_of_binary, system) for system in systems]
        for system, tried in zip(systems, binaries, strict=True):
            # With an old kernel Python may do what it can there, or fail where the binary does as ever.
            ways = [originals[is_old].result() for is_old in {system.is_old, False}]
            start, found = tried.result()
            yield Result(system, tuple(_different(subject, program, system, ways, found)), start)


def _told(traced: Outcome) -> str:
    """What a start says of itself with BUNDLE_TRACE=snapshot."""
    lines = [line for line in traced.stderr.decode(errors="replace").splitlines() if ": snapshot: " in line]
    return lines[0].rpartition(": snapshot: ")[2] if lines else "it does not say"


def _different(
    subject: Subject, program: Program, system: System, ways: Sequence[list[Outcome]], found: list[Outcome]
) -> Iterator[str]:
    """Lines of the binary's runs that differ from each of the ways in which Python's go, and are not explained."""
    for index, arguments in enumerate(subject.runs):
        compared = [list(_difference(program, way[index], found[index])) for way in ways]
        left = [unexplained(subject.name, " ".join(arguments[:1]), system, lines) for lines in compared]
        yield from min(left, key=len, default=())


def _run(
    command: Sequence[str | Path], folder: Path, files: Mapping[str, str], variables: Mapping[str, str]
) -> Outcome:
    """Run a command to its end, in a working folder that is made anew."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text)
    environment = plain_environment(PATH=_PATH, HOME=str(folder), COLUMNS="100", **variables)
    try:
        return run(command, environment=environment, cwd=folder, timeout=_PATIENCE)
    except subprocess.TimeoutExpired as error:
        return Outcome(-1, error.stdout or b"", (error.stderr or b"") + b"\nhangs\n")


def _difference(program: Program, expected: Outcome, found: Outcome) -> Iterator[str]:
    """Lines of a difference, with `-` what Python writes and with `+` what the binary writes."""
    lines = difflib.unified_diff(_lines(program, expected), _lines(program, found), lineterm="", n=0)
    for line in itertools.islice(lines, 2, None):  # the names of two files
        if not line.startswith("@@"):
            yield line


def _lines(program: Program, outcome: Outcome) -> list[str]:
    texts = (program.normalise(text) for text in (outcome.stdout, outcome.stderr))
    return [f"status {outcome.status}", *(line for text in texts for line in text.splitlines())]
