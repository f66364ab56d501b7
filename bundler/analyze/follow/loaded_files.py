"""Follows imports of sources that are carried as data, in packages that load files by their paths.

Such a folder has no `__init__.py`: plug-ins of a program with a loader of its own. Python finds what they import; so must
the binary.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from bundler.analyze.follow.walk import Walker
from bundler.analyze.graph import Binding, DataFile
from bundler.analyze.nodes import LOADING_FILES, Reached


def follow_loaded_files(walker: Walker, files: Iterable[DataFile]) -> None:
    """Bring in what sources among data files import, if code of the same top-level package loads files."""
    loading = {
        module.top
        for module in walker.reached.values()
        if not module.origin.is_stdlib and module.name != "__main__" and module.has_any(LOADING_FILES)
    }
    for file in files:
        top = file.destination.parts[0].removesuffix(".py")
        if file.destination.suffix == ".py" and top in loading and top in walker.reached:
            # A file beside the package that loads it may be of another distribution (carry/data.py).
            origin = walker.context.origins.of_file(file.source)
            _follow(walker, replace(walker.reached[top], origin=origin), file.source)


def _follow(walker: Walker, package: Reached, path: Path) -> None:
    """Bring in what one source needs: of its package, what that requires, and the library."""
    for fact in walker.context.facts.facts(path).imports:
        located = walker.finder.find(fact.name.partition(".")[0]) if not fact.level else None
        if located is not None and (walker.context.origins.of(located).is_stdlib or walker.is_near(package, fact.name)):
            for name in (fact.name, *(f"{fact.name}.{each}" for each in fact.names or ())):
                walker.add_existing(package.name, name, Binding.STRING)
