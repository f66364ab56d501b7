"""Nouns: what a file of another tool says, and what it becomes. Imports no verb."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that only a run of the file would tell: its text, and the line that it stands on."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Collected:
    """The result of a helper that lists files or modules of a package: the option of ours that does the same, and its value."""

    option: str
    name: str


@dataclass(slots=True)
class Call:
    """A call of a class or function of the tool's, such as `Analysis`. Statements behind it may change its keywords."""

    name: str
    arguments: list[Any]
    keywords: dict[str, Any]
    line: int


@dataclass(frozen=True, slots=True)
class Part:
    """An attribute of a call's result, such as `a.scripts`."""

    call: Call
    name: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The calls in a file, in their order. `skipped`: statements that could not be followed, with their lines."""

    calls: tuple[Call, ...]
    skipped: tuple[Unknown, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """Something that has no counterpart, or was left out. `line`: of the file, or 0."""

    text: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Program:
    """A program: its name or "", and options of ours by their long names."""

    name: str
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Migration:
    """Programs that a file or a command line of another tool builds. `source`: its name, for people."""

    source: str
    programs: tuple[Program, ...]
    notes: tuple[Note, ...] = field(default=())
