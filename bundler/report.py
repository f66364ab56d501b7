"""Talking to the user: progress, findings, errors. The only place that prints."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bundler.errors import Diagnostic, Severity

_COLOURS = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.NOTE: "bold cyan"}


class Reporter:
    """Writes to standard error: a bar on a terminal, plain lines elsewhere, only errors when `quiet`."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._quiet = quiet

    def line(self, text: str) -> None:
        """One plain line of progress."""
        if not self._quiet:
            self._console.print(text, markup=False)

    def diagnostic(self, finding: Diagnostic) -> None:
        """A finding in full; warnings are not shown when quiet."""
        if self._quiet and finding.severity is not Severity.ERROR:
            return
        title = f"{finding.severity.value}[{finding.code}]"
        self._console.print(title, style=_COLOURS[finding.severity], end="", markup=False)
        self._console.print(f": {finding.message}", markup=False)
        if finding.where:
            self._console.print(f"  --> {finding.where}", markup=False)
        for note in finding.notes:
            self._console.print(f"  {note}", markup=False)
        if finding.hint:
            self._console.print(f"  hint: {finding.hint}", markup=False)

    @contextmanager
    def progress(self, what: str, total: int) -> Iterator[Callable[[], None]]:
        """Yields a function to be called, from any thread, whenever one of `total` pieces is done."""
        if not total or self._quiet:
            yield lambda: None
        elif not self._console.is_terminal:
            self.line(f"{what}: {total}")
            yield lambda: None
        else:
            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
            with Progress(*columns, console=self._console, transient=True) as bar:
                task = bar.add_task(what, total=total)
                yield lambda: bar.advance(task)
