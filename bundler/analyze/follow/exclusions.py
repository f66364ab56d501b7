"""Imports that hooks exclude: of the module that a hook is for, and of all modules inside that package."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bundler.analyze.nodes import Reached
from bundler.analyze.read.facts import ImportFact, absolute_name


class Exclusions:
    """The modules that are not to be imported, by the module or package whose imports are meant."""

    def __init__(self) -> None:
        self._excluded: dict[str, frozenset[str]] = {}

    def note(self, module: str, excluded: Iterable[str]) -> None:
        """Note what the hook of a module excludes."""
        self._excluded[module] = frozenset(excluded)

    def rest(self, importer: Reached, facts: Iterable[ImportFact]) -> Iterable[ImportFact]:
        """Imports of one file without those that are excluded."""
        parts = importer.name.split(".")
        around = (".".join(parts[:length]) for length in range(1, len(parts) + 1))
        excluded = frozenset().union(*(self._excluded.get(name, frozenset()) for name in around))
        # A hook's exclusion does not apply inside the excluded package: when something else imports that, it must be whole.
        excluded = frozenset(name for name in excluded if not f"{importer.name}.".startswith(f"{name}."))
        return (kept for fact in facts if (kept := _without(fact, importer.package, excluded))) if excluded else facts


def _without(fact: ImportFact, package: str, excluded: frozenset[str]) -> ImportFact | None:
    """The rest of an import in a module of `package` when some modules are not to be imported; None when nothing is left."""
    base = absolute_name(fact, package)

    def is_excluded(name: str) -> bool:
        return any(name == each or name.startswith(f"{each}.") for each in excluded)

    if is_excluded(base):
        return None
    names = tuple(name for name in fact.names or () if not is_excluded(f"{base}.{name}"))
    return fact if names == (fact.names or ()) else replace(fact, names=names)
