"""Binaries that start from a snapshot."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support import APPS, Interpreter, Outcome, Program, bundle, inspect, run
from tests.target.pythons import cache, newest_target, toolchain

__all__ = ["cache", "newest_target", "toolchain"]


def told(outcome: Outcome) -> str:
    """The line of BUNDLE_TRACE=snapshot: "restored", or the guard that failed."""
    lines = [line for line in outcome.stderr.decode().splitlines() if ": snapshot: " in line]
    assert len(lines) == 1, outcome.stderr
    return lines[0].rpartition(": snapshot: ")[2]


def check_late(binary: Path, modules: Mapping[str, tuple[str, str | None]]) -> None:
    """Assert why modules are late, given with their sources; None: they are recorded.

    Where `_ctypes` itself is late (libffi 3.8 keeps a memory file open), its importers are so for no reason of their own.
    """
    late = inspect(binary)["snapshot"]["late"]
    told = {name: why for name, (source, why) in modules.items() if "_ctypes" not in late or "ctypes" not in source}
    assert {name: late.get(name) for name in told} == told
    assert {name: late.get(name) for name in modules.keys() - told.keys()} == dict.fromkeys(
        modules.keys() - told.keys()
    )


@dataclass(frozen=True)
class Recorded:
    """A program whose binary has a snapshot."""

    program: Program

    @property
    def binary(self) -> Path:
        return self.program.binary

    def environment(self, variables: Mapping[str, str]) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "BUNDLE"))}
        return {**own, "PYTHONDONTWRITEBYTECODE": "1", **variables}

    def start(self, *arguments: str, **variables: str) -> Outcome:
        """A start that says what it is."""
        environment = self.environment({"BUNDLE_TRACE": "snapshot", **variables})
        return run([self.binary, *arguments], environment=environment)

    def check_same(
        self, *arguments: str, stdin: bytes = b"", whole: Mapping[str, str] | None = None, **variables: str
    ) -> Outcome:
        """Assert that a restored start does what Python does; `whole` is all of its environment. What the binary did."""
        environment = dict(whole) if whole is not None else self.environment(variables)
        traced = run([self.binary, *arguments], stdin=stdin, environment={**environment, "BUNDLE_TRACE": "snapshot"})
        assert told(traced) == "restored"
        return self.program.check_same(*arguments, stdin=stdin, environment=environment)


@pytest.fixture(scope="session")
def recorded(build: Callable[..., Path], interpreter: object) -> Callable[[Path], Recorded]:
    """`recorded(SOURCE)` is a script in both forms; the binary has a snapshot."""

    def recorded(source: Path) -> Recorded:
        binary = build(source.name, source, "--snapshot", "require")
        return Recorded(Program(interpreter, source, binary))  # type: ignore[arg-type]

    return recorded


@pytest.fixture(scope="session")
def recorded_with(
    interpreter: Interpreter, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Path, Path], Recorded]:
    """`recorded_with(FOLDER, SOURCE)` is the same in an environment in which the modules of a folder are installed."""

    def recorded_with(installed: Path, source: Path) -> Recorded:
        folder = tmp_path_factory.mktemp(f"built-{interpreter.version}")
        run([interpreter.base, "-m", "venv", "--without-pip", folder / "environment"])
        used = Interpreter(interpreter.version, interpreter.base, folder / "environment")
        shutil.copytree(installed, used.packages, dirs_exist_ok=True)
        binary = folder / source.name
        done = bundle(source, "--python", used.python, "-o", binary, "--snapshot", "require")
        assert done.status == 0, done.stderr
        return Recorded(Program(used, source, binary))

    return recorded_with


@pytest.fixture(scope="session")
def library(recorded: Callable[[Path], Recorded]) -> Recorded:
    """A program that imports much of the standard library."""
    return recorded(APPS / "snapshot" / "library.py")
