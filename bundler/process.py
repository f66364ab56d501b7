"""Starting other programs: the one place that does it.

Every command is logged to the logger `bundler.process` before it runs; `report.py` shows that log with `-v`.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shlex
import signal
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger(__name__)

Argument = str | Path

# Seconds for a program that is asked to end.
_GRACE = 2.0


@dataclass(frozen=True, slots=True)
class Completed:
    """The output of a program that ran to its end."""

    stdout: bytes
    stderr: bytes


class CommandError(Exception):
    """A program could not be started or ended with a non-zero status; callers say what that means to the user."""

    def __init__(self, command: Sequence[Argument], reason: str, output: str) -> None:
        super().__init__(f"`{command[0]}` {reason}")
        self.command = tuple(map(str, command))
        self.reason = reason
        self.output = output


def jobs() -> int:
    """The number of programs to run side by side: the processors that this process may use."""
    return len(os.sched_getaffinity(0))


def run(  # noqa: PLR0913  # what surrounds a process
    command: Sequence[Argument],
    *,
    stdin: bytes = b"",
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    whole_environment: Mapping[str, str] | None = None,
    seconds: float | None = None,
) -> Completed:
    """Run `command` to its end; CommandError when it cannot start, fails, or takes longer than `seconds`.

    `environment` is added to ours, `whole_environment` stands in place of it; messages are in English, for some are looked at.
    """
    argv = [str(part) for part in command]
    log.info("%s", shlex.join(argv))
    ours = os.environ if whole_environment is None else whole_environment
    env = {**ours, "LC_ALL": "C", **(environment or {})}
    try:
        done = subprocess.run(argv, input=stdin, capture_output=True, cwd=cwd, env=env, check=False, timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise CommandError(command, f"did not end in {seconds:g} seconds", "") from error
    except OSError as error:
        raise CommandError(command, f"could not be started: {error.strerror}", "") from error
    if done.returncode:
        output = (done.stderr + done.stdout).decode(errors="replace")
        raise CommandError(command, _ending(done.returncode), output)
    return Completed(done.stdout, done.stderr)


def run_attached(command: Sequence[Argument], *, environment: Mapping[str, str] | None = None) -> int:
    """Run `command` with our own terminal to its end; its status. CommandError when it cannot start."""
    argv = [str(part) for part in command]
    log.info("%s", shlex.join(argv))
    try:
        return subprocess.run(argv, env={**os.environ, **(environment or {})}, check=False).returncode
    except OSError as error:
        raise CommandError(command, f"could not be started: {error.strerror}", "") from error


def watch(command: Sequence[Argument], *, environment: Mapping[str, str], seconds: float) -> bytes:
    """Run `command` to its end, or for so many seconds, without input; what it and its children wrote on standard error.

    `environment` is added to ours. CommandError when it cannot start.
    """
    argv = [str(part) for part in command]
    log.info("%s", shlex.join(argv))
    with tempfile.TemporaryFile() as errors:
        try:
            process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env={**os.environ, **environment},
                start_new_session=True,
            )
        except OSError as error:
            raise CommandError(command, f"could not be started: {error.strerror}", "") from error
        try:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(seconds)
        finally:
            _end_group(process)
        errors.seek(0)
        return errors.read()


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """End a program that goes on, with its children: asked first, so that it can end in its own way."""
    for request in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            os.killpg(process.pid, request)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_GRACE)


class Service:
    """A program that answers lines with lines until it is closed; one thread may use it at a time.

    `environment`: the whole of it, in place of ours. `seconds`: the longest that an answer may take.
    """

    def __init__(
        self,
        command: Sequence[Argument],
        *,
        environment: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        seconds: float | None = None,
    ) -> None:
        self.command = [str(part) for part in command]
        self._seconds = seconds
        log.info("%s", shlex.join(self.command))
        # Kept for the case that the program fails: a traceback amid lines of progress would help no user.
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  # lives as long as the program
        self._process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, env=environment, cwd=cwd
        )

    def tell(self, line: str) -> None:
        """Send a line that has no answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode() + b"\n")
        self._process.stdin.flush()

    def ask(self, line: str) -> str:
        """Send a line, wait for the answer; CommandError when the program ended, or was ended for taking too long."""
        assert self._process.stdout is not None
        late = threading.Event()

        def end() -> None:
            late.set()  # first: who waits for the answer goes on once the program has ended
            self._process.kill()

        watchdog = threading.Timer(self._seconds, end) if self._seconds is not None else None
        try:
            if watchdog is not None:
                watchdog.start()
            self.tell(line)
            answer = self._process.stdout.readline()
        except BrokenPipeError:
            answer = b""
        finally:
            if watchdog is not None:
                watchdog.cancel()
        if not answer:
            status = self._process.wait()
            reason = f"did not answer in {self._seconds:g} seconds" if late.is_set() else _ending(status)
            self._errors.seek(0)
            raise CommandError(self.command, reason, self._errors.read().decode(errors="replace"))
        return answer.decode()

    def close(self) -> None:
        """End the program by closing its standard input."""
        self._process.communicate()
        self._errors.close()


def _ending(status: int) -> str:
    return f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
