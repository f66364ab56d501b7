"""Reads files before they are asked for, in workers, while others are looked at. A wrong guess only wastes time."""

from __future__ import annotations

from collections.abc import Container, Iterable
from pathlib import Path

from bundler.analyze.graph import Binding
from bundler.analyze.installed.locate import ModuleKind
from bundler.analyze.nodes import Reached
from bundler.analyze.read.facts import FactSource, absolute_name
from bundler.analyze.resolve.finder import ModuleFinder

_CERTAIN = frozenset({Binding.EAGER, Binding.CONDITIONAL})


class ReadAhead:
    """Begins to read modules; without effect as long as all that was asked for was in the cache."""

    def __init__(self, facts: FactSource, finder: ModuleFinder, reached: Container[str]) -> None:
        self._facts = facts
        self._finder = finder
        self._reached = reached

    def imports(self, reached: Reached) -> None:
        """The modules that a module most likely imports."""
        facts = reached.facts
        if facts is None or not self._facts.is_reading:
            return
        is_main = reached.name == "__main__"
        names: list[str] = []
        for fact in (*facts.imports, *(facts.main_imports if is_main else ())):
            base = absolute_name(fact, reached.package)
            if fact.binding in _CERTAIN or base.partition(".")[0] == reached.top or is_main:
                names.append(base)
                names += (f"{base}.{name}" for name in fact.names or ())
        self.modules(names)

    def modules(self, names: Iterable[str]) -> None:
        """The modules of these names, and the packages that they are in."""
        paths: list[Path] = []
        for name in names if self._facts.is_reading else ():
            parts = name.split(".")
            for length, located in enumerate(self._finder.steps(name), 1):
                if (
                    located is not None
                    and located.kind is ModuleKind.SOURCE
                    and ".".join(parts[:length]) not in self._reached
                ):
                    paths.append(located.path)
        self._facts.expect(paths)
