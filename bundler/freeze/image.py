"""Nouns: the app's modules as compiled static data. Imports no verb."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bundler.analyze.graph import BrokenModule, ModuleGraph, SourceModule
from bundler.errors import Diagnostic


@dataclass(frozen=True, slots=True)
class FrozenObject:
    """An object file with static Python objects.

    `symbol` is its `struct bundle_code`. `version_symbol` must be given the value of its first co_version times 2**32
    by the linker; `codes` is how many versions it takes.
    """

    object_file: Path
    symbol: str
    version_symbol: str
    codes: int


@dataclass(frozen=True, slots=True)
class FrozenModule(FrozenObject):
    """The code of one module."""

    source: SourceModule

    @property
    def name(self) -> str:
        """The module's full name."""
        return self.source.name


@dataclass(frozen=True, slots=True)
class StartProfile:
    """The work of a start of the program, learned by importing its installed modules once.

    `texts`: (mode, file name, inherited flags, text) given to `compile`, `exec` and `eval`; `patterns`: ("str" or "bytes",
    pattern, flags), bytes as Latin-1 text; `order`: modules as they were imported.
    """

    texts: tuple[tuple[str, str, int, str], ...] = ()
    patterns: tuple[tuple[str, str, int], ...] = ()
    order: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Precompiled(FrozenObject):
    """Results of compiling the texts and patterns of a profile, in a tuple; `keys` are those of its items, in their order
    (freeze/worker/precompile.py).
    """

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FrozenImage:
    """Every source module of the graph that compiles, the launcher's own included, and the pool of strings that they share.

    `broken`: modules that do not compile, those that the graph knows included.
    """

    graph: ModuleGraph
    modules: tuple[FrozenModule, ...]  # in the order in which a start uses them, as far as it is known
    broken: tuple[BrokenModule, ...]
    profile: StartProfile
    precompiled: Precompiled
    pool: tuple[Path, ...]
    compiled: int  # how many modules were not in the cache
    findings: tuple[Diagnostic, ...]

    @property
    def sources(self) -> tuple[SourceModule, ...]:
        """The graph's source modules that are frozen, in the order of names; without the launcher's own."""
        broken = {module.name for module in self.broken}
        return tuple(module for module in self.graph.of_kind(SourceModule) if module.name not in broken)
