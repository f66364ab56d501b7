"""Nouns: a project and its programs, as its files declare them. Imports no verb but what values are given with."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from bundler.environments import Manager
from bundler.project.header import Header
from bundler.settings import DeclaredScript, Release
from bundler.values import Given


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
