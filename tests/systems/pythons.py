"""Pythons whose binaries are run everywhere. Noun: `Python`; verb: `find_pythons`."""

from __future__ import annotations

import hashlib
import json
import shutil
import sysconfig
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import make_environment
from tests.support import ROOT, Interpreter, Outcome, find_interpreter, plain_environment, run, suitable_interpreter
from tests.systems.system import HERE, SHARED, System

_BUILDING = 1800  # seconds; a first build compiles everything

# Those of Debian, by the root that has them.
_DEBIAN = {"trixie": ("3.13",), "sid": ("3.14", "3.15")}
_LINKAGES = ("static", "shared")


class PythonError(Exception):
    """A Python cannot do what a test needs: an environment or a binary is not made."""


@dataclass(frozen=True)
class Python:
    """A Python in the system that it belongs to, and which of its libraries is embedded."""

    version: str  # "3.13"
    base: Path
    home: System
    is_debian: bool
    linkage: str  # what `--libpython` takes

    def __str__(self) -> str:
        return f"{self.version}{' Debian' if self.is_debian else ''} {self.linkage}"

    @property
    def folder(self) -> Path:
        """The place of what is made with the Python: environments, binaries."""
        return SHARED / f"{self.home.root or 'here'}-{self.version}{'-debian' if self.is_debian else ''}"

    def environment(self, requirements: Sequence[Path]) -> Interpreter:
        """A virtual environment with the requirements, made now unless an earlier run has made it; PythonError."""
        if self.home == HERE and requirements:
            return Interpreter(self.version, self.base, make_environment(self.version, self.base, requirements))
        pins = b"".join(path.read_bytes() for path in requirements)
        listed = [f"--requirement={path}" for path in requirements]
        options = ("--only-binary=:all:", *listed)
        return Interpreter(self.version, self.base, self._installed("environment", pins, options if listed else ()))

    def bundle(self, *arguments: str | Path) -> None:
        """Bundle with this checkout, in the system of the Python; PythonError."""
        self.run([self._bundler(), *arguments, "--libpython", self.linkage])

    def inspect(self, binary: Path) -> dict[str, Any]:
        """The document of `bundle inspect --json`; PythonError."""
        found: dict[str, Any] = json.loads(self.run([self._bundler(), "inspect", binary, "--json"]).stdout)
        return found

    def run(self, command: Sequence[str | Path]) -> Outcome:
        """Run a command that must succeed in the system of the Python; PythonError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        own = {} if self.home == HERE else {"BUNDLER_CACHE_DIR": str(SHARED / f"{self.home.root}-cache")}
        environment = plain_environment(HOME=str(Path.home()), **own)
        done = run(self.home.command(command), environment=environment, cwd=self.folder, timeout=_BUILDING)
        if done.status:
            text = done.stderr.decode(errors="replace").strip()
            raise PythonError(f"{Path(command[0]).name}: {text or f'status {done.status}'}")
        return done

    def _bundler(self) -> Path:
        """The command of this checkout."""
        if self.home == HERE:
            return Path(sysconfig.get_path("scripts"), "bundle")
        first = next(_of_debian(str(self.home.root)))
        pins = (ROOT / "pyproject.toml").read_bytes()
        return first._installed("bundler", pins, ("--editable", str(ROOT))) / "bin" / "bundle"

    def _installed(self, name: str, pins: bytes, options: Sequence[str]) -> Path:
        """A virtual environment in which pip has installed what the options say."""
        folder = self.folder / f"{name}-{hashlib.sha256(pins).hexdigest()[:8]}"
        if not (folder / "finished").exists():
            shutil.rmtree(folder, ignore_errors=True)
            self.run([self.base, "-m", "venv", folder])
            if options:
                self.run([folder / "bin/pip", "install", "--quiet", *options])
            (folder / "finished").touch()
        return folder


def find_pythons() -> Iterator[Python]:
    """All of them, those of this machine first. Roots are not made yet."""
    for version in ("3.13", "3.12", "3.11"):
        base = find_interpreter(version)
        if base is not None:
            yield from (Python(version, base, HERE, False, linkage) for linkage in _LINKAGES)
    system = suitable_interpreter("3.11", [Path("/usr/bin/python3.11")])
    if system is not None:
        has_archive = any(Path("/usr/lib/python3.11").glob("config-*/libpython3.11.a"))
        linkages = reversed(_LINKAGES) if has_archive else ("shared",)
        yield from (Python("3.11", system, HERE, True, linkage) for linkage in linkages)
    for root in _DEBIAN:
        yield from _of_debian(root)


def _of_debian(root: str) -> Iterator[Python]:
    for version in _DEBIAN[root]:
        yield Python(version, Path(f"/usr/bin/python{version}"), System(root), True, "shared")
