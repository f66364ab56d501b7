"""Ways of using a program: run to its end, asked as a server, typed at in a terminal. Each gives what a user would see."""

from __future__ import annotations

import fcntl
import http.cookiejar
import os
import pty
import select
import signal
import socket
import struct
import subprocess
import termios
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pyte

from tests.support import Outcome

_LONGEST = 120  # seconds
_COLUMNS, _LINES = 100, 32
_STILL = 1.5  # seconds without a change after which a screen is taken for finished


@dataclass(frozen=True)
class Place:
    """Where a program is used: its command, the current folder, the environment."""

    command: tuple[str | Path, ...]
    folder: Path
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Use:
    """One use, by a name, and what came of it."""

    name: str
    outcome: Outcome
    is_ordered: bool = True  # not when several processes write the lines


@contextmanager
def _started(
    place: Place, arguments: Sequence[str], files: Sequence[int], **variables: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A process with these standard streams; at the end nothing that it started is left."""
    stdin, stdout, stderr = files
    process = subprocess.Popen(
        [*place.command, *arguments],
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        env={**place.environment, **variables},
        cwd=place.folder,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def run_to_end(place: Place, arguments: Sequence[str], stdin: str) -> Use:
    """What it wrote; after two minutes it ends with every process that it started."""
    pipe = subprocess.PIPE
    with _started(place, arguments, (pipe, pipe, pipe)) as process:
        try:
            stdout, stderr = process.communicate(stdin.encode(), timeout=_LONGEST)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            stdout, stderr = process.communicate()
            return Use(" ".join(arguments), Outcome(-1, stdout, stderr + b"it hangs"))
    return Use(" ".join(arguments), Outcome(process.returncode, stdout, stderr))


# --- Servers ----------------------------------------------------------------------------------------------------------


def serve(place: Place, arguments: Sequence[str], requests: Sequence[Mapping[str, str]]) -> Iterator[Use]:
    """The answers to requests, one after the other, and what the server wrote until Ctrl-C; in arguments, `{port}` is its."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    replaced = [argument.replace("{port}", str(port)) for argument in arguments]
    pipe = subprocess.PIPE
    with _started(place, replaced, (subprocess.DEVNULL, pipe, pipe), PORT=str(port)) as process:
        cookies = http.cookiejar.CookieJar()
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
        _wait_for(port, process)
        for request in requests:
            answer = _answer(
                browser, f"http://127.0.0.1:{port}", request, {each.name: each.value or "" for each in cookies}
            )
            yield Use(f"asked for {request['path']}", _without_port(answer, port))
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        try:
            stdout, stderr = process.communicate(timeout=_LONGEST / 4)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            stdout, stderr = process.communicate()
            stderr += b"it does not end"
    ended = _without_port(Outcome(process.returncode, stdout, stderr), port)
    yield Use(" ".join(arguments) or "server", ended, is_ordered=False)


def _without_port(outcome: Outcome, port: int) -> Outcome:
    texts = [text.replace(f":{port}".encode(), b":<port>") for text in (outcome.stdout, outcome.stderr)]
    return Outcome(outcome.status, *texts)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _LONGEST / 2
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return


def _answer(
    browser: urllib.request.OpenerDirector, root: str, request: Mapping[str, str], cookies: Mapping[str, str]
) -> Outcome:
    """Status, type and body of an answer; in the request's body, `{NAME}` is the cookie of this name."""
    body = request.get("body")
    for name, value in cookies.items():
        body = body and body.replace(f"{{{name}}}", value)
    headers = dict(line.split(": ", 1) for line in request.get("headers", "").splitlines())
    asked = urllib.request.Request(
        root + request["path"], body.encode() if body is not None else None, headers, method=request.get("method")
    )
    try:
        with browser.open(asked, timeout=_LONGEST / 4) as answer:
            return Outcome(answer.status, answer.read(), answer.headers.get("Content-Type", "").encode())
    except urllib.error.HTTPError as error:
        return Outcome(error.code, error.read(), error.headers.get("Content-Type", "").encode())
    except OSError as error:
        return Outcome(-1, b"", str(error).encode())


# --- Terminals --------------------------------------------------------------------------------------------------------


def show(place: Place, arguments: Sequence[str], keys: Sequence[str]) -> Iterator[Use]:
    """The screen at the start and after each group of keys; then how the program ended, and what it left."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", _LINES, _COLUMNS, 0, 0))
    screen = pyte.Screen(_COLUMNS, _LINES)
    stream = pyte.ByteStream(screen)
    with _started(place, arguments, (slave, slave, slave), TERM="xterm-256color", COLORTERM="truecolor") as process:
        os.close(slave)
        _feed(master, stream, screen)
        yield Use("start", _screen(screen))
        for group in keys:
            os.write(master, group.encode())
            _feed(master, stream, screen)
            yield Use(f"after {group!r}", _screen(screen))
        try:
            status = process.wait(_LONGEST / 4)
        except subprocess.TimeoutExpired:
            status = -1
        yield Use("end", Outcome(status, b"", b""))
    os.close(master)


def _feed(master: int, stream: pyte.ByteStream, screen: pyte.Screen) -> None:
    """Show what a program writes until there is something on the screen, and has been the same for a while."""
    until = time.monotonic() + _LONGEST / 4
    since, before = time.monotonic(), list(screen.display)
    while time.monotonic() < until and (time.monotonic() - since < _STILL or not "".join(before).strip()):
        if select.select([master], [], [], _STILL / 4)[0]:
            try:
                stream.feed(os.read(master, 65536))
            except OSError:  # the program has ended
                return
        if screen.display != before:
            since, before = time.monotonic(), list(screen.display)


def _screen(screen: pyte.Screen) -> Outcome:
    return Outcome(0, "\n".join(line.rstrip() for line in screen.display).encode(), b"")
