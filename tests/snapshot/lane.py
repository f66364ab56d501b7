"""One subject of the compatibility list with a snapshot: how far a start is restored, where, and what it saves."""

from __future__ import annotations

import re
import resource
import subprocess
from pathlib import Path

from tests.compatibility.page import WORKS, Row
from tests.compatibility.subjects import Subject
from tests.compatibility.trial import Trial, built, difference, make_place
from tests.compatibility.uses import Place
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
    "of a usual start",
    "of `python`",
    "result",
)

# How often a program is started in each form to compare them.
_STARTS = 5


def attempt(subject: Subject, keep: Path | None) -> tuple[Row, str]:
    """Build it with a snapshot, use it, and start it in all places."""
    with built(subject, keep, "--snapshot", "auto") as trial:
        known = (subject.name, trial.version, subject.python)
        nothing = ("",) * (len(COLUMNS) - len(known) - 1)
        if trial.status:
            return Row((*known, *nothing, "is not built")), trial.output
        details = difference(trial)
        result = "behaves differently" if details else WORKS
        snapshot = inspect(trial.program.binary)["snapshot"]
        if snapshot is None:
            why = re.search(r"^snapshot: none, for (.*)$", trial.output, re.MULTILINE)
            return Row((*known, "0", "", _cell(why[1] if why else "?"), *nothing[3:], result)), details
        late = snapshot["late"]
        first = next((f"{module}: {reason}" for module, reason in late.items()), "")
        counts = (str(len(snapshot["modules"])), str(len(late)), _cell(first))
        return Row((*known, *counts, _told(trial), *_ratios(trial), result)), details


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
