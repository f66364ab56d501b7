"""The modules that a walk has reached: each is read and gets its place when the first import finds it."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from pathlib import Path

from bundler.analyze.follow.context import AnalysisContext
from bundler.analyze.follow.other_names import OtherNames
from bundler.analyze.follow.search_folders import SearchFolders
from bundler.analyze.graph import Origin
from bundler.analyze.installed.locate import Located, Locator, ModuleKind, sibling_source
from bundler.analyze.nodes import Reached
from bundler.analyze.read.facts import FileFacts
from bundler.analyze.resolve.places import Places
from bundler.analyze.resolve.resolver import Node


class Modules:
    """Adds modules to `reached`, their names to `names`, and the folders that they search to `folders`."""

    def __init__(
        self,
        context: AnalysisContext,
        reached: MutableMapping[str, Reached],
        places: Places,
        names: OtherNames,
        folders: SearchFolders,
    ) -> None:
        self._facts = context.facts
        self._locator = context.finder.locator
        self._rules = context.rules
        self._reached = reached
        self._places = places
        self._names = names
        self._folders = folders

    def add(self, node: Node, located: Located | None, origin: Origin) -> Reached:
        """A new module. Its facts are read now, for names that it defines decide what resolves; its imports come later."""
        facts = self._read(located)
        self._names.note(self._rules.of(node.identifier, origin))
        place = self._places.of_module(node.identifier, located)
        if facts is not None and located is not None:
            if located.folders:
                found, located = located, self._folders.spread(node.identifier, located, facts, place)
                if located is not found:
                    node.packagepath = [str(folder) for folder in located.folders]
            define(node, facts.globals, self._locator)
        folders = self._places.of_folders(place, located.folders) if located is not None else ()
        reached = self._reached[node.identifier] = Reached(node.identifier, located, facts, origin, place, folders)
        self._folders.note(reached)
        return reached

    def _read(self, located: Located | None) -> FileFacts | None:
        if located is None or located.kind is ModuleKind.NAMESPACE:
            return None
        source: Path | None = located.path
        if located.kind is ModuleKind.EXTENSION:
            source = sibling_source(located.path, self._locator.extension_suffixes)
        return self._facts.facts(source) if source is not None else None


def define(node: Node, names: Iterable[str], locator: Locator) -> None:
    """Note names as attributes of a module, without those of its submodules: `from . import x` needs the submodule."""
    node.globalnames.update(set(names).difference(locator.submodules(node.packagepath or ())))
