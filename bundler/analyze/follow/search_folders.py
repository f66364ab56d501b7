"""Folders that a program adds to its search path, or to a package's `__path__`, in the order in which it does so.

An addition that certainly happens counts from its line on: what was imported before it is followed first. One that may happen
counts as soon as its module is reached.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from bundler.analyze.follow.rules import Rules
from bundler.analyze.installed.locate import Located
from bundler.analyze.nodes import AddedFolder, Reached
from bundler.analyze.read.facts import Addition, FileFacts, absolute_name
from bundler.analyze.resolve.finder import ModuleFinder
from bundler.analyze.resolve.places import Places, relative_place


class SearchFolders:
    """Adds folders to a finder, with their places in the binary. `reached`: the modules of the walk, which adds to them."""

    def __init__(self, finder: ModuleFinder, places: Places, rules: Rules, reached: Mapping[str, Reached]) -> None:
        self.additions: list[AddedFolder] = []
        self._finder = finder
        self._places = places
        self._rules = rules
        self._reached = reached
        self._waiting: dict[str, deque[Addition]] = {}  # certain additions by the module that makes them, in order

    def note(self, reached: Reached) -> None:
        """Search from now on the folders that a rule says a module adds, and those that it may add; keep the others."""
        if reached.located is None or reached.facts is None or reached.origin.is_stdlib:
            return
        rule = self._rules.of(reached.name, reached.origin)
        for folder in rule.search_folders if rule else ():
            self._add(reached, folder, Addition(folder, "", None, 0, is_certain=True))
        certain = []
        for addition in reached.facts.search_folders:
            if addition.is_certain:
                certain.append(addition)
            else:
                self._apply(reached, addition)
        if certain:
            self._waiting[reached.name] = deque(certain)

    def has_waiting(self, reached: Reached) -> bool:
        """True if a module makes additions that have not happened yet."""
        return reached.name in self._waiting

    def are_due(self, reached: Reached, line: float) -> bool:
        """True if additions may happen before a line of a module runs: its own, or those of modules that it imports."""
        own = self._waiting.get(reached.name)
        return len(self._waiting) > (own is not None) or (own is not None and own[0].line <= line)

    def apply(self, reached: Reached, line: float) -> None:
        """Make the additions of a module that happen before one of its lines runs."""
        own = self._waiting.get(reached.name)
        while own and own[0].line <= line:
            self._apply(reached, own.popleft())
        if not own:
            self._waiting.pop(reached.name, None)

    def spread(self, name: str, located: Located, facts: FileFacts, place: PurePosixPath) -> Located:
        """A package with the folders that it adds to its `__path__`."""
        folders = self._extended(name, located.folders) if facts.extends_path else [*located.folders]
        for addition in facts.package_folders:
            if not addition.name:
                folder = Path(os.path.normpath(located.path.parent / addition.folder))
                self._places.add_folder(folder, relative_place(place, addition.folder))
                folders.insert(len(folders) if addition.position is None else addition.position, folder)
        if folders == [*located.folders]:
            return located
        self._finder.package_folders[name] = tuple(folders)
        return replace(located, folders=tuple(folders))

    def _extended(self, name: str, folders: tuple[Path, ...]) -> list[Path]:
        """Folders of a package that spreads itself over the search path (`pkgutil.extend_path` and its like)."""
        parent, _, last = name.rpartition(".")
        above = self._reached[parent].located if parent in self._reached else None
        others = (folder / last for folder in (above.folders if above is not None else self._finder.search_path))
        return list(dict.fromkeys((*folders, *filter(Path.is_dir, others))))

    def _apply(self, reached: Reached, addition: Addition) -> None:
        if not addition.name:
            self._add(reached, addition.folder, addition)
            return
        home, folder = self._named(reached, addition.name)
        if home is not None:
            self._add(home, folder, addition)

    def _named(self, reached: Reached, name: str) -> tuple[Reached | None, str]:
        """The module in which a name stands for a folder, and the folder relative to its file."""
        before, _, last = name.rpartition(".")
        for fact in reached.facts.imports if reached.facts else ():
            base = absolute_name(fact, reached.package)
            is_meant = fact.name == before if before else last in (fact.names or ())
            module = self._reached.get(base) if is_meant else None
            if module is not None and module.facts is not None and last in module.facts.folder_names:
                return module, module.facts.folder_names[last]
        return None, ""

    def _add(self, reached: Reached, relative: str, addition: Addition) -> None:
        assert reached.located is not None, "only code in a file adds folders"
        folder = Path(os.path.normpath(reached.located.path.parent / relative))
        is_package = bool(reached.located.folders)
        self._places.add_folder(folder, relative_place(reached.place if is_package else reached.place.parent, relative))
        self._finder.insert(folder, addition.position)
        self.additions.append(AddedFolder(folder, reached.name, addition.line, addition.position, addition.is_certain))
