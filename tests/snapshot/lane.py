"""One subject of the compatibility list with a snapshot: how far a start is restored, where, and what it saves."""

from __future__ import annotations

import re
import resource
import subprocess
from collections.abc import Collection
from pathlib import Path

from tests.compatibility.page import WORKS, Row
from tests.compatibility.subjects import Subject
from tests.compatibility.trial import Trial, built, difference, make_place, row_of_uses
from tests.compatibility.uses import Place, run_to_end
from tests.snapshot.places import PLACES, starts
from tests.support import inspect

COLUMNS = (
    "name",
    "version",
    "Python",
    "modules",
    "late",
    "first reason",
    "starts",
    "of the imports",
    "of a usual start",
    "of `python`",
    "result",
)

# How often a program is started in each form to compare them.
_STARTS = 5


def attempt(subject: Subject, keep: Path | None) -> tuple[tuple[Row, Row], str]:
    """Build it with a snapshot, use it, and start it in all places; its row, and that of its uses."""
    with built(subject, keep) as trial:
        details = trial.output if trial.status else difference(trial)
        return (_row(trial, details), row_of_uses(trial, details)), details


def _row(trial: Trial, details: str) -> Row:
    subject = trial.subject
    known = (subject.name, trial.version, subject.python)
    nothing = ("",) * (len(COLUMNS) - len(known) - 1)
    if trial.status:
        return Row((*known, *nothing, "is not built"))
    result = "behaves differently" if details else WORKS
    snapshot = inspect(trial.program.binary)["snapshot"]
    if snapshot is None:
        why = re.search(r"^snapshot: none, for (.*)$", trial.output, re.MULTILINE)
        return Row((*known, "0", "", _cell(why[1] if why else "?"), *nothing[3:], result))
    late = snapshot["late"]
    first = next((f"{module}: {reason}" for module, reason in late.items()), "")
    counts = (str(len(snapshot["modules"])), str(len(late)), _cell(first))
    recorded = _recorded(trial, snapshot["modules"])
    return Row((*known, *counts, _told(trial), recorded, *_ratios(trial), result))


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")[:120]


def _arguments(subject: Subject) -> tuple[str, ...]:
    """Of the first use; a server's port is never opened, for its start ends before."""
    given = next(iter((*subject.runs, *subject.serve, *subject.shown)))
    return tuple(argument.replace("{port}", "1") for argument in given)


def _told(trial: Trial) -> str:
    """In how many places a start is restored, and where it is not."""
    found = starts(trial.program.binary, _arguments(trial.subject))
    missed = [f"{start.place}: {start.told}" for start in found if start.told != "restored"]
    return _cell("; ".join((f"{len(found) - len(missed)} of {len(PLACES)}", *missed)))


def _recorded(trial: Trial, modules: Collection[str]) -> str:
    """The recorded part of the time that imports take in the first use, but for those of the interpreter's own start."""
    subject = trial.subject
    if not subject.runs:
        return ""
    place = make_place(subject, (trial.program.binary,), trial.folder / "imports" / "work", {"BUNDLE_TRACE": "imports"})
    told = run_to_end(place, subject.runs[0], subject.stdin).outcome.stderr.decode(errors="replace")
    times = {
        name: int(spent) for spent, name in re.findall(r"^import time: +(\d+) \| +\d+ \| +(\S+)$", told, re.MULTILINE)
    }
    names = list(times)
    program = names[min((names.index(name) for name in modules if name in times), default=0) :]
    total = sum(times[name] for name in program)
    return f"{sum(times[name] for name in program if name in modules) / total:.2f}" if total else ""


def _ratios(trial: Trial) -> tuple[str, str]:
    """The whole time of the first use, restored: of a usual start's, and of Python's; the best of a few of each, in turn."""
    if not trial.subject.runs:
        return "", ""
    commands = {
        "restored": ((trial.program.binary,), {}),
        "usual": ((trial.program.binary,), {"BUNDLE_SNAPSHOT": "no"}),
        "python": (trial.program.original, {}),
    }
    if trial.subject.app:  # its source was put away
        del commands["python"]
    best = dict.fromkeys(commands, float("inf"))
    for number in range(_STARTS):
        for form, (command, variables) in commands.items():
            folder = trial.folder / "times" / f"{form}-{number}" / "work"
            place = make_place(trial.subject, tuple(command), folder, variables)
            best[form] = min(best[form], _seconds(place, trial.subject))
    usual, python = best["usual"], best.get("python")
    return f"{best['restored'] / usual:.2f}", f"{best['restored'] / python:.2f}" if python else ""


def _seconds(place: Place, subject: Subject) -> float:
    """User's and system's time of the processor: others may be busy."""
    before = _processor_time()
    subprocess.run(
        [*place.command, *subject.runs[0]],
        input=subject.stdin.encode(),
        capture_output=True,
        env=dict(place.environment),
        cwd=place.folder,
        check=False,
        timeout=300,
    )
    return _processor_time() - before


def _processor_time() -> float:
    """Of children that have ended, in seconds; `os.times` counts hundredths."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
