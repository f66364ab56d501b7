"""Nouns: a project, its programs, and the documents that declare them. Imports no verb."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bundler.environments import Manager
from bundler.settings import DeclaredScript, Release, Requirements
from bundler.values import Given


@dataclass(frozen=True, slots=True)
class Document:
    """A TOML document in a file. Lines of `text` have the numbers of the file's."""

    file: Path
    text: str
    data: Mapping[str, object]

    def table(self, *keys: str) -> Mapping[str, object]:
        """The table under these keys; an empty one if it is not there, or no table."""
        found: object = self.data
        for key in keys:
            found = found.get(key) if isinstance(found, dict) else None
        return found if isinstance(found, dict) else {}

    def place(self, beginning: str, start: int = 0) -> str:
        """The file, with the number of the first line that begins like a pattern, if one does."""
        found = re.compile(rf"^[ \t]*{beginning}", re.MULTILINE).search(self.text, start)
        return f"{self.file}:{self.text.count(chr(10), 0, found.start()) + 1}" if found else str(self.file)


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a script: its TOML, and the Python and the distributions that it asks for."""

    document: Document
    requirements: Requirements


@dataclass(frozen=True, slots=True)
class Program:
    """A program of a project: its name, and the options that stand with it, that say what it is among them.

    `declared`: its function, if it is a command of `[project.scripts]`.
    """

    name: str
    options: Given
    declared: DeclaredScript | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """A project, as pyproject.toml describes it, or the header of a script.

    `name`: the project's, or "". `folder`: the file's. `common`: options that all programs share. `source_folders`: where
    its modules lie that are not installed. `manager`: the tool that makes its environment. `release`: its metadata.
    """

    name: str = ""
    folder: Path = Path()
    file: Path | None = None
    common: Given = field(default_factory=Given)
    programs: tuple[Program, ...] = ()
    source_folders: tuple[Path, ...] = ()
    manager: Manager | None = None
    release: Release | None = None
    header: Header | None = None
