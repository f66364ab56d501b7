"""Talking to the user: progress, findings, errors, pages. The only place that prints.

Standard output carries the data of a command (a page of `bundle inspect`), standard error all other text.
"""

from __future__ import annotations

import logging
import platform
import sys
import textwrap
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from bundler import __version__
from bundler.errors import Diagnostic, Severity

_COLOURS = {
    Severity.ERROR: "bold red",
    Severity.WARNING: "bold yellow",
    Severity.NOTE: "bold cyan",
    Severity.DETAIL: "bold",
}

# The words with which details are counted where they are not shown, by code: a noun, and what follows its number. Other
# details are not counted.
_COUNTED = {
    "left-out": ("optional module", " left out"),
    "optional-module": ("optional module", " not installed"),
    "computed-import": ("computed import", ""),
}
_FAINT = "bright_black"


def make_console(**options: Any) -> Console:
    """A console that prints texts as they are: names and paths of users are neither markup nor emoji codes."""
    return Console(highlight=False, markup=False, emoji=False, **options)


# --- Words ------------------------------------------------------------------------------------------------------------


def size_text(size: int) -> str:
    """A number of bytes: "8.3 MB"."""
    amount = float(size)
    for unit in ("B", "kB", "MB"):
        if round(amount, 1) < 1000:
            return f"{amount:.0f} B" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"


def time_text(seconds: float) -> str:
    """A duration: "1.1 s", "2 min 5 s"."""
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"


def count_text(count: int, noun: str) -> str:
    """A number of things: "1 module", "3 modules"."""
    return f"1 {noun}" if count == 1 else f"{count} {noun}s"


# --- A build ----------------------------------------------------------------------------------------------------------


class Reporter:
    """Reports a build: live stages on a terminal, plain lines elsewhere; only errors and urgent warnings when `quiet`.

    `verbose`: details in full instead of their number, and every command that is run.
    """

    def __init__(self, *, quiet: bool = False, verbose: bool = False, console: Console | None = None) -> None:
        self._console = console or make_console(stderr=True, soft_wrap=True)
        self._quiet = quiet
        self._verbose = verbose
        self._notes: set[Diagnostic] = set()
        if verbose:
            self._show_commands()

    @property
    def _is_live(self) -> bool:
        """True if lines may be drawn over. FORCE_COLOR asks for colours in a log, not for a spinner's hundred frames."""
        return self._console.is_interactive and self._console.file.isatty()

    def line(self, text: str) -> None:
        """One line of progress that stays."""
        if not self._quiet:
            self._console.print(text)

    def stage(self, what: str) -> AbstractContextManager[object]:
        """Something is being done as long as the block runs."""
        if self._quiet:
            return nullcontext()
        if self._is_live:
            return self._console.status(Text(what))
        self.line(what)
        return nullcontext()

    @contextmanager
    def progress(self, what: str, total: int) -> Iterator[Callable[[], None]]:
        """Yields a function to be called, from any thread, whenever one of `total` modules is done."""
        if not total or self._quiet:
            yield lambda: None
        elif not self._is_live:
            self.line(f"{what} {count_text(total, 'module')}")
            yield lambda: None
        else:
            # Imported here: nothing else needs it, and it costs as much as the rest of a warm build's start.
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

            columns = (
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
            )
            with Progress(*columns, console=self._console, transient=True) as bar:
                task = bar.add_task(what, total=total)
                yield lambda: bar.advance(task)

    def _show_commands(self) -> None:
        logger = logging.getLogger("bundler.process")
        logger.setLevel(logging.INFO)
        logger.addHandler(_CommandLines(self._console))

    def diagnostic(self, finding: Diagnostic) -> None:
        """A finding in full; when quiet, only errors and what is urgent. A note is told once, for all programs."""
        if finding.severity is Severity.NOTE:
            if finding in self._notes:
                return
            self._notes.add(finding)
        if not self._quiet or finding.severity is Severity.ERROR or finding.is_urgent:
            self._console.print(_diagnostic_text(finding))

    def findings(self, found: Sequence[Diagnostic]) -> None:
        """Findings of a stage; details in full when verbose, else in one line that counts them."""
        details: dict[str, int] = {}
        for finding in found:
            if finding.severity is Severity.DETAIL and not self._verbose:
                if finding.code in _COUNTED:
                    details[finding.code] = details.get(finding.code, 0) + 1
            else:
                self.diagnostic(finding)
        if details:
            counted = ((count, *_COUNTED[code]) for code, count in details.items())
            texts = (f"{count_text(count, noun)}{rest}" for count, noun, rest in counted)
            self.line(f"not in the binary: {', '.join(texts)} (`-v` lists them)")

    def bug(self, error: BaseException) -> Diagnostic:
        """Report a failure that is no user's fault, with all that a report of it should hold; the finding."""
        about = f"bundler {__version__}, Python {platform.python_version()}, {platform.platform()}"
        lines = "".join(traceback.format_exception(error))
        self._console.print(lines.rstrip())
        finding = Diagnostic(
            Severity.ERROR,
            "internal",
            "bundle itself failed, which is a bug",
            notes=(about,),
            hint="please report this at the project's issue tracker with this text",
        )
        self.diagnostic(finding)
        return finding


class _CommandLines(logging.Handler):
    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        self._console.print(f"$ {record.getMessage()}", style=_FAINT)


def _diagnostic_text(finding: Diagnostic) -> Text:
    text = Text(f"{finding.severity.value}[{finding.code}]", style=_COLOURS[finding.severity])
    text = Text.assemble(text, (f": {finding.message}", "bold"))
    if finding.where:
        text.append("\n  --> ", "blue").append(_shortened(finding.where))
    for note in finding.notes:
        text.append(f"\n  {note}")
    if finding.hint:
        text.append("\n  hint: ", "green").append(finding.hint)
    return text


def _shortened(where: str) -> str:
    """A place, relative to the current folder if it is below it."""
    return where.removeprefix(f"{Path.cwd()}/")


# --- Data -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a page: a label, an amount, and names that are wrapped below it."""

    label: str
    amount: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Some lines of a page under a title."""

    title: str
    items: Sequence[Item]


def print_page(title: str, sections: Iterable[Section], console: Console | None = None) -> None:
    """A page for people on standard output."""
    out = console or make_console()
    out.print(title, style="bold", soft_wrap=True)
    for section in sections:
        out.print()
        out.print(section.title, style="bold")
        width = max((len(item.label) for item in section.items), default=0)
        for item in section.items:
            out.print(f"  {item.label:{width}}  {item.amount}".rstrip(), soft_wrap=True)
            if item.names:
                out.print(_wrapped(item.names, out.width), style=_FAINT, soft_wrap=True)


def _wrapped(names: Iterable[str], width: int) -> str:
    indent = " " * 4
    return textwrap.fill(
        ", ".join(names), width, initial_indent=indent, subsequent_indent=indent, break_long_words=False
    )


def print_data(text: str) -> None:
    """Data for programs on standard output."""
    sys.stdout.write(text + "\n")
