"""`bundle --json`: shows to programs what a build made."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from bundler import __version__
from bundler.errors import Diagnostic
from bundler.pipeline import Built
from bundler.schema import FORMAT, BuildDocument, BuiltRow, ProblemRow
from bundler.settings import Settings


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of a build: the binary, or what kept it from being built."""

    settings: Settings
    seconds: float
    built: Built | None = None
    problem: Diagnostic | None = None
    status: int = 0


def document(outcomes: Sequence[Outcome]) -> BuildDocument:
    """The build as `--json` prints it."""
    return {
        "format": FORMAT,
        "bundler": __version__,
        "status": max((each.status for each in outcomes), default=0),
        "programs": [_row(each) for each in outcomes],
    }


def _row(outcome: Outcome) -> BuiltRow:
    settings, built = outcome.settings, outcome.built
    return {
        "name": built.name if built else settings.name or settings.subject,
        "output": str(built.path) if built else None,
        "links": [str(link) for link in built.links] if built else [],
        "size": built.path.stat().st_size if built else None,
        "sha256": hashlib.sha256(built.path.read_bytes()).hexdigest() if built else None,
        "python": built.python if built else None,
        "modules": built.modules if built else None,
        "compiled": built.compiled if built else None,
        "seconds": round(outcome.seconds, 3),
        "problem": _problem(outcome.problem) if outcome.problem else None,
    }


def _problem(problem: Diagnostic) -> ProblemRow:
    return {
        "code": problem.code,
        "message": problem.message,
        "where": problem.where,
        "notes": problem.notes,
        "hint": problem.hint,
    }
