"""Tools that make the environment of a project, and where each keeps it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bundler.process import CommandError, run

_SECONDS = 60  # for a tool to answer


@dataclass(frozen=True, slots=True)
class Manager:
    """A tool that makes the environment of a project.

    Its use shows in a `table` of pyproject.toml, in a `lock` file beside it, or in a build `backend` whose name begins
    like that. `question`: its arguments to print the environment's folder, if that is elsewhere than `.venv`.
    `install`: the shell command that makes the environment with the project in it. `has_workspaces`: projects may share the
    lock file and the environment of a folder above them.
    """

    name: str
    table: tuple[str, ...]
    lock: str
    backend: str
    install: str
    question: tuple[str, ...] = ()
    has_workspaces: bool = False

    def locked_folder(self, folder: Path) -> Path | None:
        """The folder with the lock file of the project in a folder."""
        folder = folder.resolve()
        folders = (folder, *folder.parents) if self.has_workspaces else (folder,)
        return next((each for each in folders if (each / self.lock).is_file()), None)


# In the order in which they are looked for: who uses hatchling as a backend alone may use any tool.
MANAGERS = (
    Manager("uv", ("tool", "uv"), "uv.lock", "uv_build", "uv sync", has_workspaces=True),
    Manager("poetry", ("tool", "poetry"), "poetry.lock", "poetry", "poetry install", ("env", "info", "--path")),
    Manager("pdm", ("tool", "pdm"), "pdm.lock", "pdm", "pdm install"),
    Manager("hatch", ("tool", "hatch"), "hatch.toml", "hatchling", "hatch env create", ("env", "find")),
)
WITHOUT_MANAGER = "python3 -m venv .venv && .venv/bin/pip install ."


def managed_python(manager: Manager, folder: Path, variables: Mapping[str, str]) -> Path | None:
    """The interpreter of the environment that a tool made for the project in a folder, elsewhere than in `.venv`."""
    return next((python for python in _candidates(manager, folder, variables) if python.exists()), None)


def _candidates(manager: Manager, folder: Path, variables: Mapping[str, str]) -> Iterator[Path]:
    if manager.has_workspaces:
        name = variables.get("UV_PROJECT_ENVIRONMENT") or ".venv"
        yield (manager.locked_folder(folder) or folder) / name / "bin" / "python"
    if manager.name == "pdm" and (folder / ".pdm-python").is_file():
        yield Path((folder / ".pdm-python").read_text().strip())
    tool = shutil.which(manager.name, path=variables.get("PATH")) if manager.question else None
    if tool is not None:
        for line in _answer((tool, *manager.question), folder.absolute()):
            yield Path(line.strip()) / "bin" / "python"


@cache  # each program of a project asks
def _answer(command: tuple[str, ...], folder: Path) -> tuple[str, ...]:
    """The lines that a tool prints in a folder; none if it fails, which says that it has made no environment."""
    try:
        return tuple(run(command, cwd=folder, seconds=_SECONDS).stdout.decode().splitlines())
    except CommandError:
        return ()
