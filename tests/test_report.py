"""What users see: findings, progress, pages, on consoles of a fixed width."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from bundler.errors import BundleError, Diagnostic, Severity, warning
from bundler.report import Item, Reporter, Section, count_text, make_console, print_page, size_text, time_text


class Screen(io.StringIO):
    """A stream that says whether it is a terminal, and keeps what was written."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


def console(*, terminal: bool = False, width: int = 60, **variables: str) -> tuple[Console, Screen]:
    """A console as `report.py` makes them, but for where it writes."""
    screen = Screen(terminal=terminal)
    made = make_console(
        file=screen,
        width=width,
        force_terminal=terminal,
        color_system="standard" if terminal else None,
        soft_wrap=True,
        _environ={"TERM": "xterm", **variables},
    )
    return made, screen


MISSING = warning(
    "missing-module",
    "`tomli` was not found",
    where="app.py:12",
    notes=("__main__ imports pkg.config, which imports tomli", "second note"),
    hint="install it",
)

PLAIN = """\
warning[missing-module]: `tomli` was not found
  --> app.py:12
  __main__ imports pkg.config, which imports tomli
  second note
  hint: install it
"""

COLOURED = """\
\x1b[1;33mwarning[missing-module]\x1b[0m\x1b[1m: `tomli` was not found\x1b[0m
\x1b[34m  --> \x1b[0mapp.py:12
  __main__ imports pkg.config, which imports tomli
  second note
\x1b[32m  hint: \x1b[0minstall it
"""


def test_finding_without_colour():
    """A finding reads well without colour, whatever the stream."""
    made, screen = console()
    Reporter(console=made).diagnostic(MISSING)

    assert screen.getvalue() == PLAIN


def test_finding_on_a_terminal():
    """On a terminal the words that say how bad it is stand out."""
    made, screen = console(terminal=True)
    Reporter(console=made).diagnostic(MISSING)

    assert screen.getvalue() == COLOURED


def test_no_color_takes_colours_away():
    """With NO_COLOR a terminal gets no colour codes."""
    made, screen = console(terminal=True, NO_COLOR="1")
    Reporter(console=made).diagnostic(MISSING)

    assert "\x1b[3" not in screen.getvalue()
    assert ";3" not in screen.getvalue()


def test_the_shortest_finding():
    """Parts that a finding does not have leave no trace."""
    made, screen = console()
    Reporter(console=made).diagnostic(BundleError("code", "message").diagnostic)

    assert screen.getvalue() == "error[code]: message\n"


def test_texts_of_users_are_printed_as_they_are():
    """Neither markup nor emoji codes nor the width of the screen change names and paths."""
    made, screen = console(width=20)
    text = "[bold]`:smile:`[/bold] " + "x" * 50
    report = Reporter(console=made)
    report.diagnostic(Diagnostic(Severity.ERROR, "c", text, where=text, notes=(text,), hint=text))
    report.line(text)
    with report.stage(text):
        pass

    assert screen.getvalue().count(text) == 6


DETAILS = (
    Diagnostic(Severity.NOTE, "computed-import", "told"),
    Diagnostic(Severity.DETAIL, "left-out", "a"),
    Diagnostic(Severity.DETAIL, "left-out", "b"),
    Diagnostic(Severity.DETAIL, "computed-import", "c"),
)


@pytest.mark.parametrize(
    ("verbose", "text"),
    [
        (
            False,
            "note[computed-import]: told\n"
            "not in the binary: 2 optional modules left out, 1 computed import (`-v` lists them)\n",
        ),
        (
            True,
            "note[computed-import]: told\ndetail[left-out]: a\ndetail[left-out]: b\ndetail[computed-import]: c\n",
        ),
    ],
)
def test_findings_of_a_build(verbose: bool, text: str):
    """Details are counted in one line, and told in full with -v."""
    made, screen = console()
    Reporter(console=made, verbose=verbose).findings(DETAILS)

    assert screen.getvalue() == text


def test_places_are_relative(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """A place below the current folder is told as a user there would name it."""
    monkeypatch.chdir(tmp_path)
    made, screen = console()
    Reporter(console=made).diagnostic(Diagnostic(Severity.NOTE, "c", "m", where=f"{tmp_path}/a.py:1"))

    assert screen.getvalue() == "note[c]: m\n  --> a.py:1\n"


@pytest.mark.parametrize(("severity", "shown"), [(severity, severity is Severity.ERROR) for severity in Severity])
def test_quiet_shows_errors_only(severity: Severity, shown: bool):
    """With -q there is nothing but errors: no warning, no line, no stage, no bar."""
    made, screen = console(terminal=True)
    report = Reporter(quiet=True, console=made)
    report.line("line")
    with report.stage("stage"), report.progress("compiling", 3) as advance:
        advance()
    report.diagnostic(Diagnostic(severity, "code", "message"))

    assert bool(screen.getvalue()) is shown


def test_progress_in_a_pipe():
    """A log gets one line for each stage, and none for work that there is not."""
    made, screen = console()
    report = Reporter(console=made)
    with report.stage("analyzing app.py"):
        pass
    for total in (2, 1, 0):
        with report.progress("compiling", total) as advance:
            for _ in range(total):
                advance()

    assert screen.getvalue() == "analyzing app.py\ncompiling 2 modules\ncompiling 1 module\n"


def test_progress_on_a_terminal():
    """A terminal gets a bar that counts, and that is gone in the end."""
    made, screen = console(terminal=True)
    with Reporter(console=made).progress("compiling", 2) as advance:
        advance()
        advance()

    assert "2/2" in screen.getvalue()
    assert screen.getvalue().endswith("\x1b[2K")


def test_colours_in_a_log_are_no_terminal():
    """FORCE_COLOR in a pipe asks for colours, not for lines that are drawn over."""
    screen = Screen(terminal=False)
    made = make_console(file=screen, force_terminal=True, color_system="standard", _environ={"TERM": "xterm"})
    with Reporter(console=made).progress("compiling", 2):
        pass

    assert screen.getvalue() == "compiling 2 modules\n"


@pytest.fixture
def process_log() -> Iterator[logging.Logger]:
    """The logger of commands, as it was afterwards."""
    logger = logging.getLogger("bundler.process")
    before = logger.level, list(logger.handlers)
    yield logger
    logger.setLevel(before[0])
    logger.handlers[:] = before[1]


def test_verbose_shows_commands(process_log: logging.Logger):
    """With -v every command is a line that begins with `$`, as it was logged."""
    made, screen = console()
    Reporter(console=made, verbose=True)
    process_log.info("%s", "cc '[red]' :smile:")

    assert screen.getvalue() == "$ cc '[red]' :smile:\n"


def test_a_bug_is_reported_with_all_that_is_needed():
    """A failure of ours shows the traceback, the versions, and where to report them, even when quiet."""
    made, screen = console()
    try:
        raise RecursionError("too deep")  # noqa: TRY301
    except RecursionError as error:
        Reporter(quiet=True, console=made).bug(error)

    text = screen.getvalue()
    assert text.startswith("Traceback (most recent call last):\n")
    assert "RecursionError: too deep\nerror[internal]: bundle itself failed, which is a bug\n  bundler 0." in text
    assert text.endswith("  hint: please report this at the project's issue tracker with this text\n")


# --- Words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (999_949, "999.9 kB"),
        (999_950, "1.0 MB"),
        (8_278_624, "8.3 MB"),
        (12_345_678_901, "12.3 GB"),
    ],
)
def test_size_text(size: int, text: str):
    """Sizes are in decimal units, and never "1000.0" of one."""
    assert size_text(size) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.04, "0.0 s"), (1.14, "1.1 s"), (59.94, "59.9 s"), (59.96, "1 min 0 s"), (125, "2 min 5 s")]
)
def test_time_text(seconds: float, text: str):
    """Times are in seconds up to a minute, and never "60.0 s"."""
    assert time_text(seconds) == text


@pytest.mark.parametrize(("count", "text"), [(0, "0 modules"), (1, "1 module"), (2, "2 modules")])
def test_count_text(count: int, text: str):
    """One thing is singular, any other number plural."""
    assert count_text(count, "module") == text


# --- Pages ------------------------------------------------------------------------------------------------------------

PAGE = """\
dist/app: 8.3 MB

modules
  deep-frozen  3
    a.module, another_module,
    a.third
  other        0

sizes
  everything
"""


def test_page():
    """A page aligns amounts, wraps names to the width of the screen, and leaves no blanks at the ends of lines."""
    made, screen = console(width=32)
    sections = (
        Section("modules", (Item("deep-frozen", "3", ("a.module", "another_module", "a.third")), Item("other", "0"))),
        Section("sizes", (Item("everything"),)),
    )
    print_page("dist/app: 8.3 MB", sections, made)

    assert screen.getvalue() == PAGE


def test_a_long_name_is_not_broken():
    """A name that is longer than a line is still one word, so it can be searched and copied."""
    made, screen = console(width=20)
    name = "package." * 5 + "module"
    print_page("t", (Section("s", (Item("i", "1", (name,)),)),), made)

    assert name in screen.getvalue()
