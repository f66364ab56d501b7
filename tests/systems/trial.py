"""One program of one Python, on several systems. Verb: `attempt`; noun: `Result`."""

from __future__ import annotations

import difflib
import itertools
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.support import Outcome, Program, plain_environment, run
from tests.systems.explained import unexplained
from tests.systems.programs import Subject
from tests.systems.pythons import Python
from tests.systems.system import System

_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"


@dataclass(frozen=True)
class Result:
    """What a system made of a program. `details`: lines that differ; none when it does the same as Python."""

    system: System
    details: tuple[str, ...]


def attempt(subject: Subject, program: Program, python: Python, systems: Sequence[System]) -> Iterator[Result]:
    """Run a binary on each of the systems, and beside it the source on that of the Python, with the same kernel."""
    folder = python.folder / f"work-{python.linkage}"
    originals = {
        is_old: _outcomes(subject, program.original, replace(python.home, is_old=is_old), folder)
        for is_old in (False, True)
    }
    for system in systems:
        details: list[str] = []
        for index, found in enumerate(_outcomes(subject, (program.binary,), system, folder)):
            # With an old kernel Python may do what it can there, or fail where the binary does as ever.
            ways = [originals[is_old][index] for is_old in {system.is_old, False}]
            left = [unexplained(subject.name, system, list(_difference(program, way, found))) for way in ways]
            fewest: list[str] = min(left, key=len)
            details += fewest
        yield Result(system, tuple(details))


def _outcomes(subject: Subject, command: Sequence[str | Path], system: System, folder: Path) -> list[Outcome]:
    """What the runs of one form do, in a working folder that is made anew."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, text in subject.files.items():
        (folder / name).write_text(text)
    environment = plain_environment(PATH=_PATH, HOME=str(folder), COLUMNS="100", PYTHONHASHSEED="0")
    return [_run(system.command([*command, *arguments]), environment, folder) for arguments in subject.runs]


def _run(command: Sequence[str | Path], environment: Mapping[str, str], folder: Path) -> Outcome:
    try:
        return run(command, environment=environment, cwd=folder, timeout=300)
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
