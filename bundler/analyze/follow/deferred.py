"""Deferred imports of the standard library wait until reached code uses the function they are in.

Its functions import what they need, and a program uses few of them. Other libraries defer imports to start faster, so
theirs are followed at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from bundler.analyze.read.facts import FileFacts, ImportFact
from bundler.analyze.resolve.resolver import Node


@dataclass(frozen=True, slots=True)
class PendingImport:
    """An import that is still to be followed. Relative ones start at `caller`, or at the importing module."""

    node: Node
    fact: ImportFact
    caller: Node | None = None


class UsedNames:
    """Names that reached code uses. What waits for a name: an import, or the names that a function uses in turn."""

    def __init__(self, used: Iterable[str]) -> None:
        self._used = set(used)
        self._by_program: set[str] = set()
        self._waiting: dict[str, list[PendingImport | str]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._used

    def uses_any(self, names: AbstractSet[str]) -> bool:
        """True if code outside of the standard library uses one of these names."""
        return not names.isdisjoint(self._by_program)

    def wait(self, name: str, pending: PendingImport) -> None:
        """Keep an import until the name is used."""
        self._waiting.setdefault(name, []).append(pending)

    def use(self, names: str) -> list[PendingImport]:
        """Note that names, separated by blanks, are used; the imports that need not wait any more."""
        released: list[PendingImport] = []
        queue = [names]
        while queue:
            new = set(queue.pop().split()) - self._used
            self._used |= new
            for name in self._waiting.keys() & new:
                for waiting in self._waiting.pop(name):
                    if isinstance(waiting, str):
                        queue.append(waiting)
                    else:
                        released.append(waiting)
        return released

    def use_file(self, facts: FileFacts, *, all_functions: bool) -> list[PendingImport]:
        """Note what a reached file uses: all of it, or, of the standard library, what its used functions use."""
        released: list[PendingImport] = []
        if all_functions:
            self._by_program.update(*(names.split() for names in facts.names.values()))
        for user, names in facts.names.items():
            if not user or all_functions or user in self._used:
                released += self.use(names)
            else:
                self._waiting.setdefault(user, []).append(names)
        return released
