"""Locates modules on disk as the target's path finder does (importlib/_bootstrap_external.py)."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path

Folder = str | os.PathLike[str]


class ModuleKind(Enum):
    """The kinds of modules that are found under a name."""

    SOURCE = "source"
    EXTENSION = "extension"
    NAMESPACE = "namespace"


@dataclass(frozen=True, slots=True)
class Located:
    """A module's file. `folders`: where submodules are looked for; empty when it is not a package.

    `linked`: the user's file, when `path` goes through a link that bundler made (search_path.py).
    """

    kind: ModuleKind
    path: Path
    folders: tuple[Path, ...] = ()
    linked: Path | None = None

    @property
    def file(self) -> Path:
        """The user's file: the one to name in messages."""
        return self.linked or self.path


@dataclass(slots=True)
class Locator:
    """Finds modules in folders; listings are kept, for one folder is asked often.

    Folders are names or paths. Inside they are names: making and comparing paths took most of the time. `links` is the
    folder below which bundler makes links to modules.
    """

    extension_suffixes: tuple[str, ...]
    links: Path | None = None
    _listings: dict[str, frozenset[str]] = field(default_factory=dict)
    _submodules: dict[str, frozenset[str]] = field(default_factory=dict)
    _found: dict[tuple[str, ...], Located | None] = field(default_factory=dict)  # by name and folders

    def find(self, name: str, folders: Iterable[Folder]) -> Located | None:
        """The module with this last name in the first folder that has it; parts of a namespace package add up."""
        key = (name, *(os.fspath(folder) for folder in folders))
        if key not in self._found:
            self._found[key] = self._with_file(self._find(*key))
        return self._found[key]

    def user_file(self, path: Path) -> Path:
        """The user's file to which a path leads through one of bundler's links; else the path."""
        is_linked = self.links is not None and os.fspath(path).startswith(f"{self.links}/")
        return path.resolve() if is_linked else path

    def _with_file(self, located: Located | None) -> Located | None:
        file = self.user_file(located.path) if located is not None else None
        return located if located is None or file == located.path else replace(located, linked=file)

    def _find(self, name: str, *folders: str) -> Located | None:
        portions = []
        for folder in folders:
            listing = self._listing(folder)
            if name in listing:
                package = f"{folder}/{name}"
                inside = self._file("__init__", package)
                if inside is not None:
                    return Located(inside.kind, inside.path, (Path(package),))
            found = self._file(name, folder)
            if found is not None:
                return found
            if name in listing and os.path.isdir(f"{folder}/{name}"):  # noqa: PTH112  # see above
                portions.append(Path(f"{folder}/{name}"))
        return Located(ModuleKind.NAMESPACE, portions[0], tuple(portions)) if portions else None

    def find_dotted(self, name: str, folders: Iterable[Folder]) -> Located | None:
        """The module with this full name; None when it, or a package that it is in, does not exist."""
        found = None
        for part in name.split("."):
            found = self.find(part, folders)
            if found is None:
                return None
            folders = found.folders
        return found

    def is_module(self, name: str, folders: Iterable[Folder]) -> bool:
        """True if a module with this full name exists."""
        return self.find_dotted(name, folders) is not None

    def submodules(self, folders: Iterable[Folder]) -> tuple[str, ...]:
        """The last names of all modules directly in these folders, sorted."""
        names: set[str] = set()
        for each in folders:
            folder = os.fspath(each)
            if folder not in self._submodules:
                stems = {entry.partition(".")[0] for entry in self._listing(folder)} - {"", "__init__", "__pycache__"}
                self._submodules[folder] = frozenset(stem for stem in stems if self.find(stem, [folder]) is not None)
            names |= self._submodules[folder]
        return tuple(sorted(names))

    def _file(self, name: str, folder: str) -> Located | None:
        listing = self._listing(folder)
        for suffix in (*self.extension_suffixes, ".py"):
            # A name may be that of a folder, or of a link that leads nowhere.
            if name + suffix in listing and os.path.isfile(f"{folder}/{name}{suffix}"):  # noqa: PTH113  # see above
                kind = ModuleKind.SOURCE if suffix == ".py" else ModuleKind.EXTENSION
                return Located(kind, Path(f"{folder}/{name}{suffix}"))
        return None

    def _listing(self, folder: str) -> frozenset[str]:
        listing = self._listings.get(folder)
        if listing is None:
            try:
                listing = frozenset(os.listdir(folder))
            except OSError:
                listing = frozenset()
            self._listings[folder] = listing
        return listing


def sibling_source(path: Path, extension_suffixes: Iterable[str]) -> Path | None:
    """The source that a compiled module was made from, if it lies beside it (mypyc and many Cython wheels ship it)."""
    for suffix in extension_suffixes:
        if path.name.endswith(suffix):
            stem = path.name.removesuffix(suffix)
            source = path.with_name(stem + ".py")
            return source if source.is_file() else None
    return None
