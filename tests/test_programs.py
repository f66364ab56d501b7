"""Programs of other people, bundled by the names of their commands: httpie and black.

The first run compiles some 400 modules for each Python, about half a minute.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.support import Interpreter, Program, add_library, inspect, plain_environment, run

COMMANDS = ("http", "black")


@pytest.fixture(scope="session")
def command(interpreter: Interpreter, build: Callable[..., Path]) -> Callable[[str], Program]:
    """`command(NAME)` is an installed console script, as pip made it and bundled."""
    return lambda name: Program(interpreter, interpreter.script(name), build(name, "--script", name))


@pytest.fixture
def http(command: Callable[[str], Program]) -> Program:
    return command("http")


@pytest.fixture
def black(command: Callable[[str], Program]) -> Program:
    return command("black")


@pytest.mark.one_python
@pytest.mark.parametrize("name", COMMANDS)
def test_version_in_an_empty_environment(command: Callable[[str], Program], name: str):
    """`--version` works with no variable set at all."""
    found = command(name).check_same("--version", environment={})

    assert found.status == 0
    assert found.stderr == b""


@pytest.mark.one_python
@pytest.mark.parametrize("name", COMMANDS)
def test_version_in_an_empty_root(command: Callable[[str], Program], name: str, empty_root: Path):
    """The binary needs no file but itself and the C library; libstdc++ only if a wheel does."""
    program = command(name)
    shutil.copy(program.binary, empty_root / name)
    needs = inspect(program.binary)["symbol_versions"].values()
    if any(version.startswith("libstdc++.so.6:") for versions in needs for version in versions):
        add_library(empty_root, "libstdc++.so.6")

    chroot = shutil.which("chroot")
    assert chroot
    # Both programs refuse to start where there is neither a home nor a list of users.
    environment = {"HOME": "/"}
    found = run([chroot, empty_root, f"/{name}", "--version"], environment=environment)

    program.compare(found, run([*program.original, "--version"], environment=environment))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_module_is_frozen_or_linked(command: Callable[[str], Program], name: str):
    """No module is carried as bytecode or as a file."""
    modules = inspect(command(name).binary)["modules"]

    assert modules["other"] == []
    assert len(modules["frozen"]) > 100
    assert len(modules["prelinked"]) > 10


# --- httpie -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--offline", "example.org/path", "q==1", "Header:value"],
        ["--offline", "--pretty=all", "--style=monokai", "POST", "example.org", "text=ä", "number:=1", "list:=[1,2]"],
        ["--offline", "--form", "example.org", "a=b"],
        ["--offline", "--auth=user:password", "--print=HB", "PUT", "https://example.org/"],
        ["--no-such-option"],
        [],
    ],
)
def test_http_offline(http: Program, arguments: list[str], tmp_path: Path):
    """Requests are put together, coloured and laid out as the original does it."""
    environment = plain_environment(HOME=str(tmp_path), COLUMNS="100")

    http.check_same("--ignore-stdin", *arguments, environment=environment)


class _Echo(BaseHTTPRequestHandler):
    def do_POST(self) -> None:  # noqa: N802  # a name of http.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response_only(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b'{"got": %s, "z": 1, "a": [true, null]}' % body)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def echo_server() -> Iterator[str]:
    """The URL of a server on this machine that answers with what it is sent."""
    with ThreadingHTTPServer(("localhost", 0), _Echo) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://localhost:{running.server_address[1]}/"
        running.shutdown()


def test_http_request(http: Program, echo_server: str, tmp_path: Path):
    """A request over the network; the answer is sorted and coloured."""
    environment = plain_environment(HOME=str(tmp_path))

    found = http.check_same("--pretty=all", "--ignore-stdin", echo_server, "name=Ada", environment=environment)

    assert found.status == 0
    assert b"Ada" in found.stdout


def test_http_connection_refused(http: Program, tmp_path: Path):
    """An error of the network ends with httpie's message and status."""
    found = run(
        [http.binary, "--ignore-stdin", "http://localhost:1/"], environment=plain_environment(HOME=str(tmp_path))
    )

    assert found.status == 1
    assert b"Connection refused" in found.stderr


# --- black ------------------------------------------------------------------------------------------------------------

UGLY = b"""\
import os
def f( a,b = 1,*, c : int=2 )->'str':
    x = {  'a':1,'b' : [1,2,
      3,],}
    return  "%s %s" % ( a , x [ 'a' ] ) if a  else   lambda : None   # comment
class  C ( object ) :

    match = 1
    async def g ( self ) :
        match self :
            case { 'x' : [ a , * b ] } if a :
                await  b
"""


def test_black_formats_stdin(black: Program):
    """`black -q -` formats what is piped in."""
    found = black.check_same("-q", "-", stdin=UGLY)

    assert found.status == 0
    assert b'def f(a, b=1, *, c: int = 2) -> "str":' in found.stdout


@pytest.mark.parametrize(
    ("arguments", "stdin"),
    [
        (["--check", "-"], UGLY),
        (["-"], b"def broken(:\n"),
        (["--help"], b""),
        (["--target-version", "py27", "-"], b""),
        (["--code", "print ( 1 )"], b""),
        (["--line-length", "20", "-S", "-"], UGLY),
        ([], b""),
    ],
)
def test_black_options(black: Program, arguments: list[str], stdin: bytes, tmp_path: Path):
    """Options, diffs, and source that does not parse."""
    black.check_same(*arguments, stdin=stdin, environment=plain_environment(HOME=str(tmp_path)))


def test_black_diff(black: Program):
    """A coloured diff is Python's, apart from the times in its first two lines."""
    found, expected = (
        run([*command, "--diff", "--color", "-"], stdin=UGLY) for command in ([black.binary], black.original)
    )

    assert found.stdout.splitlines()[2:] == expected.stdout.splitlines()[2:]
    assert b"@@" in found.stdout
    assert (found.status, found.stderr) == (expected.status, expected.stderr)


def test_black_formats_files(black: Program, tmp_path: Path):
    """Several files are formatted by several processes, which are the binary again."""
    results = {}
    for form, command in (("binary", [black.binary]), ("original", [*black.original])):
        folder = tmp_path / form
        folder.mkdir()
        for number in range(3):
            (folder / f"file{number}.py").write_bytes(UGLY)
        environment = plain_environment(HOME=str(tmp_path / f"home-{form}"))
        done = run([*command, "--workers", "2", "."], environment=environment, cwd=folder)
        assert done.status == 0, done.stderr
        results[form] = done.stdout, *(path.read_bytes() for path in sorted(folder.glob("*.py")))

    assert results["binary"] == results["original"]
    assert results["binary"][1] != UGLY
