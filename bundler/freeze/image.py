"""Nouns: the app's modules as compiled static data. Imports no verb."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bundler.analyze.graph import ModuleGraph, SourceModule


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
class Rehearsal:
    """What was learned of a start. `texts`: (mode, file name, inherited flags, text); `patterns`: ("str" or "bytes",
    pattern, flags), bytes as Latin-1 text; `order`: modules as they were imported.
    """

    texts: tuple[tuple[str, str, int, str], ...] = ()
    patterns: tuple[tuple[str, str, int], ...] = ()
    order: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FrozenResults(FrozenObject):
    """What compiling some texts and regular expressions gives, in a tuple; `keys` are those of its items, in their order
    (freeze/worker/results.py).
    """

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FrozenImage:
    """Every source module of the graph, the launcher's own included, and the pool of strings that they share."""

    graph: ModuleGraph
    modules: tuple[FrozenModule, ...]  # in the order in which a start uses them, as far as it is known
    rehearsal: Rehearsal
    results: FrozenResults
    pool: tuple[Path, ...]
    compiled: int  # how many modules were not in the cache
