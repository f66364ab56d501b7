"""What passes between a program and the outside: arguments, environment, locale, standard streams."""

from __future__ import annotations

import os
import pty
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import APPS, Outcome, Program, plain_environment, run

LATIN = "de_DE.ISO-8859-1"


@pytest.fixture(scope="session")
def streams(program: Callable[[Path], Program]) -> Program:
    """The program under test."""
    return program(APPS / "streams" / "streams.py")


@pytest.fixture(scope="session")
def latin_locale(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for LOCPATH with a locale whose encoding is not UTF-8."""
    folder = tmp_path_factory.mktemp("locales")
    if shutil.which("localedef") is None:
        pytest.skip("`localedef` is not installed")
    made = run(["localedef", "-i", "de_DE", "-f", "ISO-8859-1", folder / LATIN])
    if made.status:
        pytest.skip(f"`localedef` has no sources for {LATIN} (Debian: package locales): {made.stderr.decode()}")
    return folder


LOCALES: dict[str, dict[str, str]] = {
    "none": {},
    "C": {"LC_ALL": "C"},
    "POSIX": {"LANG": "POSIX"},
    "C.UTF-8": {"LC_ALL": "C.UTF-8"},
    "ctype": {"LANG": "C.UTF-8", "LC_CTYPE": "C"},
    "unknown": {"LC_ALL": "xx_YY.nonsense"},
    "latin": {"LC_ALL": LATIN},
}


@pytest.fixture(params=LOCALES)
def locale_environment(request: pytest.FixtureRequest) -> dict[str, str]:
    """An environment with one choice of locale."""
    environment = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **LOCALES[request.param]}
    if request.param == "latin":
        environment["LOCPATH"] = str(request.getfixturevalue("latin_locale"))
    return environment


@pytest.mark.parametrize("case", ["encodings", "text", "error_text", "environment"])
def test_locale(streams: Program, locale_environment: dict[str, str], case: str):
    """Each locale means the encodings that it means under Python, coercion of the C locale included."""
    streams.check_same(case, environment=locale_environment)


def test_latin_locale_is_one(streams: Program, latin_locale: Path):
    """The locale made for these tests is in force, or they would show nothing."""
    environment = plain_environment(LC_ALL=LATIN, LOCPATH=str(latin_locale))

    # There is no € in ISO-8859-1; since 3.15 standard streams have UTF-8 (PEP 686).
    assert streams.check_same("text", environment=environment).status == (streams.interpreter.version < "3.15")
    # The locale's own encoding, whatever the streams have.
    assert b"\nISO-8859-1\n" in streams.check_same("encodings", environment=environment).stdout


ARGUMENTS = [b"plain", b"", b"two words", "ä€漢".encode(), b"\xff\xfe latin \xe4", b"a\nb", b"-c", b"--help"]


def test_arguments(streams: Program, locale_environment: dict[str, str]):
    """Arguments arrive as they do in Python, those that are not in the locale's encoding as surrogates."""
    streams.check_same("arguments", *ARGUMENTS, environment=locale_environment)
    streams.check_same("echo", *ARGUMENTS, environment=locale_environment)


def test_options_are_the_programs(streams: Program):
    """The binary itself takes no option: what looks like one of Python's is for the program."""
    options = [b"-c", b"print(1)", b"-m", b"this", b"-V", b"-h", b"-X", b"utf8", b"-W", b"error", b"-"]

    assert streams.check_same("arguments", *options).stdout.count(b"\n") == len(options)


def test_environment_is_bytes(streams: Program, locale_environment: dict[str, str]):
    """Variables whose names or values are not text arrive as they do in Python."""
    environment = {os.fsencode(name): os.fsencode(value) for name, value in locale_environment.items()}
    environment |= {b"TEST_LATIN": b"\xe4", b"TEST_\xe4": b"x", b"TEST_UTF": "ä".encode()}

    streams.check_same("environment", environment=environment)


def test_file_names_are_bytes(streams: Program, locale_environment: dict[str, str], tmp_path: Path):
    """Names of files that are not text can be listed and used as in Python."""
    for name in (b"plain", b"latin-\xe4", "utf-ä".encode()):
        (Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))).touch()

    streams.check_same("names", environment=locale_environment, cwd=tmp_path)


@pytest.mark.parametrize("stdin", [b"", b"one\ntwo\n", b"dos\r\nend", "ä€".encode(), b"\xe4\n", b"\0\n"])
@pytest.mark.parametrize("case", ["read", "read_bytes", "lines"])
def test_piped_stdin(streams: Program, case: str, stdin: bytes):
    """Text and bytes piped into a program are read as under Python, the errors of wrong bytes included."""
    streams.check_same(case, stdin=stdin)


# The reader of the pipe is gone when the program starts, however busy the machine is.
ABANDONED = "{ (trap '' PIPE; while printf .; do :; done) 2>/dev/null; %; } | true"

# What a shell does to a program's standard streams; "%" is the program.
REDIRECTIONS = (
    *("% >&-", "% <&-", "% 2>&-", "% <&- >&- 2>&-", "% >/dev/null", "% </dev/null", "% 2>&1", "% 2>/dev/full"),
    *("% >/dev/full", ABANDONED, "% | head -n 1", "% </ "),
)


@pytest.mark.parametrize("redirection", REDIRECTIONS)
@pytest.mark.parametrize("case", ["which", "one_line", "order", "text", "many_lines", "many_lines_caught", "read"])
def test_redirected(streams: Program, redirection: str, case: str, tmp_path: Path):
    """Closed, full and abandoned streams give the same messages and exit status as under Python."""
    if case.startswith("many") and redirection not in {"% | head -n 1", ABANDONED, "% >&-", "% >/dev/full"}:
        pytest.skip("much output says no more than little output here")

    # Only what the shell started tells how it ended; the pipe's reader always ends well.
    script = f"({redirection}; echo status $? >status.txt) && cat status.txt streams.txt 2>/dev/null"
    if "|" in redirection:
        script = f"set -o pipefail; {redirection}; echo status $? >status.txt; cat status.txt"

    def outcome(command: tuple[Path | str, ...]) -> Outcome:
        (tmp_path / "streams.txt").unlink(missing_ok=True)
        text = shlex.join(map(str, (*command, case)))
        return run(["bash", "-c", script.replace("%", text)], cwd=tmp_path)

    streams.compare(outcome((streams.binary,)), outcome(streams.original))


def test_broken_pipe_has_pythons_status(streams: Program):
    """The expected number, should both forms ever be wrong together: the flush at exit fails with 120."""
    script = "set -o pipefail; %s one_line >/dev/full"

    assert run(["bash", "-c", script % shlex.quote(str(streams.binary))]).status == 120


def test_unbuffered(streams: Program):
    """PYTHONUNBUFFERED is honoured: text is written at once."""
    assert streams.check_same("unbuffered").stdout == b""
    assert streams.check_same("unbuffered", environment=plain_environment(PYTHONUNBUFFERED="1")).stdout == b"text"


def test_terminal(streams: Program):
    """On a terminal output appears line by line, and questions are asked, as under Python."""
    found, expected = (_on_terminal([*command, "terminal"]) for command in ((streams.binary,), streams.original))

    assert "prompt without an end of line and a question?" in found
    assert streams.normalise(found.encode()) == streams.normalise(expected.encode())


def _on_terminal(command: list[Path | str]) -> str:
    """What appears on a terminal on which the command runs and somebody types an answer."""
    master, terminal = pty.openpty()
    answer = b"an answer\n"
    os.write(master, answer)
    shown = b""
    # The terminal shows it a little later, and so the program starts when that has happened.
    while not shown.endswith(b"\n"):
        shown += os.read(master, len(answer) + 1)
    with subprocess.Popen(
        command, stdin=terminal, stdout=terminal, stderr=terminal, env=plain_environment()
    ) as process:
        os.close(terminal)
        process.wait(timeout=20)
    try:
        while part := os.read(master, 4096):
            shown += part
    except OSError:  # Linux: the other side is closed
        pass
    os.close(master)
    return shown.decode()
