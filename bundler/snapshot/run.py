"""Nouns: the executable that is recorded, and a run of it. Imports no verb."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bundler.link.model import Linked
from bundler.snapshot.model import Answers, Heat, Memory, Range
from bundler.snapshot.rules import Steady
from bundler.snapshot.work import Work
from bundler.target import TargetPython
from bundler.toolchain import Toolchain


@dataclass(frozen=True, slots=True)
class Subject:
    """The executable that is recorded again and again, and facts about it."""

    linked: Linked
    target: TargetPython
    toolchain: Toolchain
    ranges: tuple[Range, ...]
    pristine: tuple[Memory, ...]
    seed: int
    folder: Path
    sources: Mapping[str, Path]  # of modules, by the files that their code says it has
    steady: Steady


@dataclass(frozen=True, slots=True)
class HiddenProcessor:
    """Another processor answers: one of a micro-architecture level, at the instructions at these places."""

    level: int
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a copy. `hot`: blocks of the heap that are to lie together; None: the run shows which a start touches.
    `shift`: a number other than 0 puts what the program makes at other addresses. `restored`: answers of the machine on which a start is
    tried, once the modules are imported that are recorded.
    """

    work: Work
    answers: Answers
    wants_graph: bool = False
    shift: int = 0
    hidden: HiddenProcessor | None = None
    hot: Sequence[Heat] | None = ()
    restored: Answers | None = None
