"""Errors and findings as data. Only `report.py` prints them; only `cli/failures.py` turns them into an exit status."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Severity(Enum):
    """The severity of a finding; the value is the word shown to users."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    DETAIL = "detail"  # counted, and shown in full with `-v`


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: what is wrong, where, and how to go on.

    `code` is stable and greppable ("missing-module"). `where` is a place a user can open ("app.py:12").
    `notes` are further lines of context, such as an import chain. `hint` is the one thing to do about it.
    `is_urgent`: shown with `-q` too.
    """

    severity: Severity
    code: str
    message: str
    where: str | None = None
    notes: tuple[str, ...] = ()
    hint: str | None = None
    is_urgent: bool = False


class BundleError(Exception):
    """A user's problem: reported without a traceback, exit status 1."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        where: str | None = None,
        notes: tuple[str, ...] = (),
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.diagnostic = Diagnostic(Severity.ERROR, code, message, where, notes, hint)


def warning(
    code: str, message: str, *, where: str | None = None, notes: tuple[str, ...] = (), hint: str | None = None
) -> Diagnostic:
    """A finding that does not stop the build."""
    return Diagnostic(Severity.WARNING, code, message, where, notes, hint)
