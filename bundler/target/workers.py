"""Run our worker scripts under the target interpreter.

A worker is a package `bundler/<stage>/worker`, of the standard library only. It is found through a search path entry
at the end of the target's own, so that nothing of ours can shadow a module there.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

from bundler.process import Completed, Service, run

_PACKAGE = Path(__file__).resolve().parent.parent

_START = "import sys; sys.path.append({folder!r}); from worker.{module} import main; sys.path.pop(); main()"


# For a worker whose answer must not depend on the order of sets: it must be started with REPEATABLE in its environment.
REPEATABLE = {"PYTHONHASHSEED": "0", "PYTHONPATH": "", "PYTHONHOME": "", "PYTHONWARNINGS": "", "PYTHONOPTIMIZE": ""}


def worker_command(
    python: Sequence[str | Path], stage: str, module: str, *, isolated: bool = True, repeatable: bool = False
) -> list[str | Path]:
    """The command that runs `bundler/<stage>/worker/<module>.py`'s `main()`. `python`: the words that start the interpreter.

    `isolated`: the worker sees the standard library only, and starts faster; otherwise the app's environment.
    """
    flags = ["-I", "-S"] if isolated else []
    if repeatable:
        flags = ["-s", "-S", "-P"]  # as isolated, but for the environment: -I would leave hashes random
    code = _START.format(folder=str(_PACKAGE / stage), module=module)
    # UTF-8 whatever the locale: jobs and results are JSON.
    return [*python, "-B", "-X", "utf8", *flags, "-c", code]


# Variables that other people's code sees: those that programs need to start at all, and settings by which hooks look at
# a project. Variables of the user's may hold secrets.
_PASSED_ON = ("PATH", "LANG", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "DJANGO_SETTINGS_MODULE")
_PASSED_ON_PREFIXES = ("LC_", "QT_", "TCL", "TK")


class ForeignCode:
    """Runs code of installed packages under the target, apart from the user's things, until it is closed.

    Its home and its current folder are empty, its environment is small, and it is ended when it takes too long.
    """

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="bundle-")
        passed = {
            name: value
            for name, value in os.environ.items()
            if name in _PASSED_ON or name.startswith(_PASSED_ON_PREFIXES)
        }
        self.environment = {**passed, "HOME": self._folder.name}

    def service(self, command: Sequence[str | Path], seconds: float) -> Service:
        """A worker that answers lines; `seconds` is the longest that an answer may take."""
        return Service(command, environment=self.environment, cwd=Path(self._folder.name), seconds=seconds)

    def run(self, command: Sequence[str | Path], stdin: bytes, seconds: float, **variables: str) -> Completed:
        """Run a worker to its end with variables more; CommandError when it fails or takes longer than `seconds`."""
        environment = {**self.environment, **variables}
        return run(command, stdin=stdin, cwd=Path(self._folder.name), whole_environment=environment, seconds=seconds)

    def close(self) -> None:
        """Remove the folder."""
        self._folder.cleanup()


class WorkerPool:
    """Worker processes of one kind that answer lines with lines: one for each thread that asks, until the pool is closed.

    `greeting`: a line that each is sent first.
    """

    def __init__(self, python: Sequence[str | Path], stage: str, module: str, greeting: str | None = None) -> None:
        self._command = worker_command(python, stage, module)
        self._greeting = greeting
        self._local = threading.local()
        self._started: list[Service] = []

    def service(self) -> Service:
        """The calling thread's own worker, started when first asked for."""
        service: Service | None = getattr(self._local, "service", None)
        if service is None:
            service = self._local.service = Service(self._command)
            self._started.append(service)
            if self._greeting is not None:
                service.tell(self._greeting)
        return service

    def close(self) -> None:
        """End the workers."""
        for service in self._started:
            service.close()


def run_worker(
    python: Sequence[str | Path], stage: str, module: str, *, job: bytes = b"", isolated: bool = True
) -> Completed:
    """Run a worker to its end; CommandError when it fails. `python`: the words that start the interpreter."""
    # PYTHONSAFEPATH: a `json.py` in the current folder is not the one a worker imports.
    environment = None if isolated else {"PYTHONSAFEPATH": "1"}
    command = worker_command(python, stage, module, isolated=isolated)
    return run(command, stdin=job, environment=environment)
