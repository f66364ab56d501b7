"""Nouns: the values of settings that are more than a text, a number or a path."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath


@dataclass(frozen=True, slots=True)
class AddedData:
    """`--add-data SRC:DEST`: files (a file, a folder, or a pattern of them) and the folder of the binary they go to."""

    source: Path
    destination: PurePosixPath


@dataclass(frozen=True, slots=True)
class FunctionName:
    """A function that takes no arguments, by its module and its name there, which may have dots."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}:{self.name}"


@dataclass(frozen=True, slots=True)
class DeclaredScript:
    """A command that pyproject.toml declares, for the case that the project is not installed.

    `function`: as in `[project.scripts]`. `requires`: the project's dependencies. `install`: the shell command that
    installs the project.
    """

    function: str
    requires: tuple[str, ...]
    install: str


@dataclass(frozen=True, slots=True)
class Release:
    """The parts of a project's metadata that concern a release: its name, its version or "", readme and licence files.

    `folder`: that of the project, in which these files are.
    """

    folder: Path
    name: str
    version: str
    documents: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Command:
    """A program of a binary that holds several: its name, and one of the ways to say what it is."""

    name: str
    target: str | None = None
    module: str | None = None
    script: str | None = None
    declared: DeclaredScript | None = None


@dataclass(frozen=True, slots=True)
class Requirements:
    """The Python (a version specifier, or "") and the distributions that the header of a script asks for (PEP 723).

    `is_python_given`: an interpreter was named, and no other may take its place.
    """

    script: Path
    python: str
    dependencies: tuple[str, ...]
    is_python_given: bool = False
