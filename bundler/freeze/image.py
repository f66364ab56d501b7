"""Nouns: the app's modules as compiled static data. Imports no verb."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bundler.analyze.graph import ModuleGraph, SourceModule


@dataclass(frozen=True, slots=True)
class FrozenModule:
    """One module as an object file.

    `symbol` is its `struct bundle_code`. `version_symbol` must be given the value of its first co_version times 2**32
    by the linker; `codes` is how many versions it takes.
    """

    source: SourceModule
    object_file: Path
    symbol: str
    version_symbol: str
    codes: int

    @property
    def name(self) -> str:
        """The module's full name."""
        return self.source.name


@dataclass(frozen=True, slots=True)
class FrozenImage:
    """Every source module of the graph, the launcher's own included, and the pool of strings that they share."""

    graph: ModuleGraph
    modules: tuple[FrozenModule, ...]
    pool: Path
    compiled: int  # how many modules were not in the cache
