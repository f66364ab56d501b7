"""`bundle --json`: shows to programs what a build made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bundler import __version__
from bundler.errors import Diagnostic
from bundler.pipeline import Built
from bundler.release import sha256
from bundler.schema import FORMAT, ArchiveRow, BuildDocument, BuiltRow, ProblemRow
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
    delivery = built.delivery if built else None
    return {
        "name": built.name if built else settings.name or settings.subject,
        "output": str(built.path) if built else None,
        "links": [str(link) for link in delivery.links] if delivery else [],
        "size": built.path.stat().st_size if built else None,
        "sha256": sha256(built.path) if built else None,
        "archives": [_file(path) for path in delivery.archives] if delivery else [],
        "checksums": [str(path) for path in delivery.checksums] if delivery else [],
        "sbom": str(delivery.sbom) if delivery and delivery.sbom else None,
        "licenses": str(delivery.notices) if delivery and delivery.notices else None,
        "python": built.python if built else None,
        "modules": built.modules if built else None,
        "compiled": built.compiled if built else None,
        "seconds": round(outcome.seconds, 3),
        "problem": _problem(outcome.problem) if outcome.problem else None,
    }


def _file(path: Path) -> ArchiveRow:
    return {"path": str(path), "size": path.stat().st_size, "sha256": sha256(path)}


def _problem(problem: Diagnostic) -> ProblemRow:
    return {
        "code": problem.code,
        "message": problem.message,
        "where": problem.where,
        "notes": problem.notes,
        "hint": problem.hint,
    }
