"""Finds modules by their full names, in the order in which the target's own finders look.

Built-in modules come first (importlib's BuiltinImporter), then what the interpreter has imported before a program's own
folder is searched, or has frozen into it (FrozenImporter), then the search path (PathFinder). Submodules are looked for
where their package says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from bundler.analyze.installed.locate import Folder, Located, Locator


@dataclass(slots=True)
class ModuleFinder:
    """Modules by full name. `search_path` may grow while a program is followed.

    `library`: the search path without the program's own folders; modules whose top-level name is in `early` are looked
    for there first. `own_folders`: so many of the first folders are the program's own. `package_folders`: where submodules of
    a package are looked for, if not only in its own folder.
    """

    locator: Locator
    search_path: tuple[Path, ...]
    builtin: frozenset[str] = frozenset()
    early: frozenset[str] = frozenset()
    library: tuple[Path, ...] = ()
    own_folders: int = 0
    package_folders: dict[str, tuple[Path, ...]] = field(default_factory=dict)

    def insert(self, folder: Path, index: int | None) -> None:
        """Search one more folder: at an index of `sys.path`, whose first entry is the program's folder, or at the end."""
        folders = list(self.search_path)
        if index is None:
            folders.append(folder)
        else:
            folders.insert(index if index < 0 else max(0, index - (1 - self.own_folders)), folder)
        self.search_path = tuple(folders)

    def top_folders(self, name: str) -> tuple[Path, ...]:
        """The folders in which a module without a dot in its name is looked for."""
        return (*self.library, *self.search_path) if name in self.early else self.search_path

    def steps(self, name: str) -> Iterator[Located | None]:
        """The modules of the parts of a dotted name, from the left; ends with None at the first that is not there."""
        folders: Iterable[Folder] = self.top_folders(name.partition(".")[0])
        full = ""
        for part in name.split("."):
            located = self.locator.find(part, folders)
            yield located
            if located is None:
                return
            full = f"{full}.{part}" if full else part
            folders = self.package_folders.get(full, located.folders)

    def find(self, name: str) -> Located | None:
        """The module with this full name, if it has a file or folder."""
        located = None
        for located in self.steps(name):  # noqa: B007  # the last one is meant
            pass
        return located

    def deepest(self, name: str) -> Located | None:
        """The module with this full name, or the deepest of its parents that exists; None when not even the first."""
        found = None
        for located in self.steps(name):
            found = located or found
        return found

    def exists(self, name: str) -> bool:
        """A module with this full name has a file or folder."""
        return self.find(name) is not None

    def submodules(self, package: str) -> tuple[str, ...]:
        """The last names of all modules directly in a package, of the top level for ""; sorted."""
        if not package:
            return self.locator.submodules(self.search_path)
        located = self.find(package)
        return self.locator.submodules(self.package_folders.get(package, located.folders)) if located else ()

    def expand(self, pattern: str) -> Iterator[str]:
        """The modules that a name with stars in its parts stands for; the name itself when it has none.

        What stands behind a star's part must be there; "*" alone is not for modules of the top level.
        """
        before, star, after = pattern.partition("*")
        if not star:
            yield pattern
            return
        parent, dot, stem = before.rpartition(".")
        last, rest_dot, rest = after.partition(".")
        for name in self.submodules(parent):
            if fnmatchcase(name, f"{stem}*{last}"):
                found = parent + dot + name
                if not rest or "*" in rest or self.exists(f"{found}.{rest}"):
                    yield from self.expand(found + rest_dot + rest)
