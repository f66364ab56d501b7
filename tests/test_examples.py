"""The examples: bundled and run, with the output of `python` and the output that their READMEs show."""

from __future__ import annotations

import http.server
import json
import shlex
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme

from tests.support import APPS, EXAMPLES, ROOT, VERSIONS, Program, bundle, plain_environment, run, suitable_interpreter

Programs = Callable[[Path], Program]

SOURCES = {
    "hello": EXAMPLES / "hello" / "hello.py",
    "wordcount": EXAMPLES / "wordcount",
    "greet": EXAMPLES / "greet" / "greet.py",
    "fetch": EXAMPLES / "fetch" / "fetch.py",
}


def test_every_example_is_tested():
    """Every example has a test here."""
    folders = {folder.name for folder in EXAMPLES.iterdir() if folder.is_dir()}

    assert folders == {*SOURCES, "toolbox"}  # a project, built by tests/test_ci.py


@pytest.mark.parametrize("name", SOURCES)
def test_example_has_readme_and_requirements(name: str):
    """Each example says what it shows and how to bundle it, and pins everything it needs."""
    folder = EXAMPLES / name
    target = SOURCES[name].relative_to(ROOT)
    requirements = (folder / "requirements.txt").read_text().splitlines()

    assert f"    $ bundle {target}\n" in (folder / "README.md").read_text()
    assert all("==" in line for line in requirements)


def _readme_commands(name: str) -> Iterator[tuple[str, str]]:
    """Commands that a README shows, each with the output that it shows."""
    command, output = "", ""
    for line in (EXAMPLES / name / "README.md").read_text().splitlines():
        if not line.startswith("    ") or line.startswith("    $ "):
            if command:
                yield command, output
            command, output = line.removeprefix("    $ ") if line.startswith("    ") else "", ""
        else:
            output += line.removeprefix("    ") + "\n"
    if command:
        yield command, output


@pytest.mark.one_python
@pytest.mark.parametrize("name", ["hello", "wordcount", "greet"])
def test_readme_is_true(program: Programs, name: str):
    """The commands in an example's README print what it says. (Rich pads titles; READMEs end lines without blanks.)"""
    binary = program(SOURCES[name]).binary
    shown = 0
    for command, output in _readme_commands(name):
        if "dist/" not in command:
            continue
        found = run(["bash", "-c", command.replace(f"dist/{name}", shlex.quote(str(binary)))], cwd=ROOT)
        assert [line.rstrip() for line in found.stdout.decode().splitlines()] == output.splitlines()
        shown += 1
    assert shown >= 2


@pytest.mark.parametrize("arguments", [(), ("you",), ("Ünïcode",)])
def test_hello(program: Programs, arguments: tuple[str, ...]):
    """The example hello prints what Python prints, with and without an argument."""
    assert program(SOURCES["hello"]).check_same(*arguments).stdout.startswith(b"Hello, ")


@pytest.mark.proof
def test_system_python(tmp_path: Path):
    """The Python that the system brings is built in other ways than most; its extension modules are as well."""
    found = (suitable_interpreter(version, [Path(f"/usr/bin/python{version}")]) for version in VERSIONS)
    python = next(filter(None, found), None)
    if python is None:
        pytest.skip("the system has no Python of a suitable version with venv and C headers")
    for name in ("hello", "wordcount"):
        done = bundle(SOURCES[name], "--python", python, "-o", tmp_path / name)
        assert done.status == 0, done.stderr.decode()

    assert run([tmp_path / "hello"]).stdout == b"Hello, world!\n"
    assert b"3 words" in run([tmp_path / "wordcount"], stdin=b"one two three").stdout


@pytest.mark.parametrize(
    "options",
    [
        *("", "--top 3", "--format json", "--format csv", "--verbose --jobs 1", "--skip-copies --verbose --jobs 1"),
        *("--sample 3 --seed 7", "--filter 'tr a-z A-Z'", "--filter false", "--filter no-such-command"),
        *("--help", "--format xml", "--top many", "--format json --sample 100 --seed 0", "no-such-file"),
    ],
)
def test_wordcount(program: Programs, tmp_path: Path, options: str):
    """A program of several modules and much of the standard library prints what Python prints, with each option."""
    text = "The quick brown fox; the lazy dog.\nDon't «quote» größer λόγος 漢字, don't!\n"
    for name in ("one.txt", "copy.txt"):
        (tmp_path / name).write_text(text)
    (tmp_path / "two.txt").write_bytes(b"not \xff UTF-8, the end")
    files = ("one.txt", "two.txt", "copy.txt")

    found = program(SOURCES["wordcount"]).check_same(*shlex.split(options), *files, cwd=tmp_path)

    if "json" in options:
        assert json.loads(found.stdout)["words"] == 30


def test_wordcount_reads_stdin(program: Programs):
    """Without files it counts standard input."""
    assert b"2 lines" in program(SOURCES["wordcount"]).check_same(stdin=b"some words\nand some more\n").stdout


@pytest.mark.parametrize(
    "arguments",
    [
        *("", "--help", "hello", "hello --help", "hello Ada", "hello Ada -l de --shout", "hello Ada -l ja"),
        *("hello Ada -l xx", "languages", "languages --help", "bye", "hello Ada Bob", "--version"),
    ],
)
def test_greet(program: Programs, arguments: str):
    """Both commands of a typer program, its help and its errors are laid out by rich as under Python."""
    program(SOURCES["greet"]).check_same(*shlex.split(arguments))


@pytest.mark.parametrize(
    "variables",
    [
        {"TERM": "xterm-256color", "FORCE_COLOR": "1"},
        {"TERM": "dumb"},
        {"COLUMNS": "40"},
        {"LC_ALL": "C"},
        {"UNICODE_VERSION": "9.0.0"},
    ],
)
def test_greet_follows_the_terminal(program: Programs, variables: dict[str, str]):
    """Colours, width, encoding and the Unicode version are what the environment says."""
    for arguments in (["hello", "Ada", "-l", "ja"], ["languages"], ["--help"]):
        program(SOURCES["greet"]).check_same(*arguments, environment=plain_environment(**variables))


# --- fetch, against a server with a certificate of our own ------------------------------------------------------------


class _Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:  # noqa: N802  # a name of http.server
        text = "nothing here" if self.path == "/missing" else "grüße\n" * 100
        self.send_response(404 if self.path == "/missing" else 200)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        self.wfile.write(text.encode("latin-1"))

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


class _Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request: object, address: object) -> None:
        """Clients that do not trust the server hang up; that is expected."""


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """A certificate authority that nobody trusts unless told to."""
    return trustme.CA()


@pytest.fixture(scope="module")
def server(authority: trustme.CA) -> Iterator[str]:
    """The URL of a TLS server on this machine."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with _Server(("localhost", 0), _Pages) as running:
        running.socket = context.wrap_socket(running.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"https://localhost:{running.server_address[1]}"
        running.shutdown()


@pytest.fixture
def certificates(authority: trustme.CA, tmp_path: Path) -> str:
    """A file with the certificate of the authority."""
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


def test_fetch(program: Programs, server: str, certificates: str):
    """A page is fetched over TLS from a server whose certificate the given file vouches for."""
    found = program(SOURCES["fetch"]).check_same(f"{server}/", "--ca", certificates)

    assert found.stdout == b"200 OK, 600 bytes\n"


def test_fetch_missing_page(program: Programs, server: str, certificates: str):
    """A page that is not there gives the server's error."""
    found = program(SOURCES["fetch"]).check_same(f"{server}/missing", "--ca", certificates)

    assert found.stdout.startswith(b"404 ")
    assert found.status == 1


def test_fetch_verifies_with_certifi(program: Programs, server: str):
    """By default only the authorities of certifi's file are trusted: this server is refused, as under Python."""
    found = program(SOURCES["fetch"]).check_same(f"{server}/")

    assert b"CERTIFICATE_VERIFY_FAILED" in found.stderr
    assert b"unable to get local issuer certificate" in found.stderr


@pytest.mark.parametrize("arguments", ["https://localhost:1/ --ca no-such-file", "no-scheme", "https://[", "--help"])
def test_fetch_errors(program: Programs, arguments: str):
    """Wrong arguments give the same errors as under Python."""
    program(SOURCES["fetch"]).check_same(*shlex.split(arguments))


def test_fetch_trusts_what_environment_names(program: Programs, server: str, certificates: str):
    """Variables of requests and OpenSSL are the program's business, not ours: they work."""
    environment = plain_environment(REQUESTS_CA_BUNDLE=certificates)

    assert program(SOURCES["fetch"]).check_same(f"{server}/", environment=environment).status == 0


def test_certificates_are_read_from_the_binary(program: Programs):
    """The file of certifi can be opened by Python, and OpenSSL reads it by its name."""
    found = program(APPS / "certificates" / "certificates.py").check_same()

    assert found.status == 0
