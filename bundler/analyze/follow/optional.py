"""Imports that a program may do without: alternatives of others, and offers to work together with other distributions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bundler.analyze.follow.deferred import PendingImport
from bundler.analyze.graph import Binding, Origin
from bundler.analyze.installed.distributions import Installed, InstalledDistributions
from bundler.analyze.installed.origins import Origins
from bundler.analyze.nodes import Edge
from bundler.analyze.read.facts import ImportFact
from bundler.analyze.resolve.finder import ModuleFinder


@dataclass(frozen=True, slots=True)
class _Fallback:
    """An import in the handler of a `try` that imports `attempted`."""

    pending: PendingImport
    attempted: tuple[str, ...]


class Fallbacks:
    """Imports in handlers of import errors. They are followed when what was tried first cannot be imported."""

    def __init__(self) -> None:
        self._waiting: list[_Fallback] = []
        self._importers: dict[str, list[str]] = {}  # certain importers, by module, from `_edges_known` edges
        self._edges_known = 0

    def wait(self, pending: PendingImport, attempted: Iterable[str]) -> None:
        """Keep an import until it is known whether the attempt succeeds."""
        self._waiting.append(_Fallback(pending, tuple(attempted)))

    def choose(self, edges: Sequence[Edge], reached: Mapping[str, object]) -> list[PendingImport]:
        """The imports to follow now that all others have been: those whose attempt turned out to fail."""
        if not self._waiting:
            return []
        for edge in edges[self._edges_known :]:
            if edge.importer and edge.binding in (Binding.EAGER, Binding.PARENT) and not edge.is_attribute:
                self._importers.setdefault(edge.imported, []).append(edge.importer)
        self._edges_known = len(edges)
        doomed = _doomed(self._importers, reached)
        chosen = [each for each in self._waiting if doomed.intersection(each.attempted)]
        self._waiting = [each for each in self._waiting if each not in chosen]
        return [each.pending for each in chosen]


def _doomed(importers: Mapping[str, Iterable[str]], reached: Mapping[str, object]) -> set[str]:
    """Modules that cannot be imported: they certainly import one that is missing, or one that is doomed itself.

    `importers`: modules that certainly import one, by that one.
    """
    pending = [name for name in importers if name not in reached]
    doomed: set[str] = set()
    while pending:
        for importer in importers.get(pending.pop(), ()):
            if importer not in doomed and importer != "__main__":
                doomed.add(importer)
                pending.append(importer)
    return doomed


class OptionalDistributions:
    """Decides which distributions are meant to work together; knows which of them the program has reached."""

    def __init__(self, distributions: InstalledDistributions, finder: ModuleFinder, origins: Origins) -> None:
        self._distributions = distributions
        self._finder = finder
        self._origins = origins
        # By the distributions of which a module has been reached: the names of those that they require.
        self._required: dict[str, frozenset[str]] = {}

    def installed(self, origin: Origin) -> Installed | None:
        """The distribution that installed a module; None when it is not known, or the module is the app's own."""
        return self._distributions.get(origin.distribution) if origin.is_installed and origin.distribution else None

    def note(self, origin: Origin) -> None:
        """A module of this origin has been reached."""
        name = origin.distribution
        if name and name not in self._required:
            owner = self._distributions.get(name)
            self._required[name] = self._distributions.required_names(owner) if owner is not None else frozenset()

    def is_offer(self, importer: Origin, fact: ImportFact) -> bool:
        """A guarded or deferred import of another distribution, which the importing one does not require.

        The app's own code means what it imports; a library often only offers to work together with others. Whoever
        uses the library and requires both means that too (pandas and openpyxl, for `to_excel`).
        """
        if fact.level or fact.binding not in (Binding.OPTIONAL, Binding.DEFERRED):
            return False
        owner = self.installed(importer)
        if owner is None and not importer.is_stdlib:
            return False
        imported = self._finder.deepest(fact.name)
        other = self.installed(self._origins.of(imported)) if imported else None
        if other is None or other is owner:
            return False
        return owner is None or not self._is_meant(owner, other)

    def _is_meant(self, owner: Installed, other: Installed) -> bool:
        """True if a distribution requires the other, or if one that has been reached requires both."""
        both = {owner.name, other.name}
        return self._distributions.requires(owner, other) or any(both <= names for names in self._required.values())
