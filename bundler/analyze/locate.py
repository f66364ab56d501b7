"""Where a module is on disk: the target's path finder, told from its outside (importlib/_bootstrap_external.py)."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path


class Kind(Enum):
    """What was found under a name."""

    SOURCE = "source"
    EXTENSION = "extension"
    NAMESPACE = "namespace"


@dataclass(frozen=True, slots=True)
class Located:
    """A module's file. `folders`: where submodules are looked for; empty when it is not a package."""

    kind: Kind
    path: Path
    folders: tuple[Path, ...] = ()


@dataclass(slots=True)
class Locator:
    """Finds modules in folders; listings are kept, for one folder is asked often."""

    extension_suffixes: tuple[str, ...]
    _listings: dict[Path, frozenset[str]] = field(default_factory=dict)

    def find(self, name: str, folders: Iterable[Path]) -> Located | None:
        """The module with this last name in the first folder that has it; parts of a namespace package add up."""
        portions = []
        for folder in folders:
            listing = self._listing(folder)
            if name in listing:
                package = folder / name
                inside = self._file("__init__", package)
                if inside is not None:
                    return Located(inside.kind, inside.path, (package,))
            found = self._file(name, folder)
            if found is not None:
                return found
            if name in listing and (folder / name).is_dir():
                portions.append(folder / name)
        return Located(Kind.NAMESPACE, portions[0], tuple(portions)) if portions else None

    def find_dotted(self, name: str, folders: Iterable[Path]) -> Located | None:
        """The module with this full name, or the deepest of its parents that exists; None when not even the first."""
        found = None
        for part in name.split("."):
            inner = self.find(part, folders)
            if inner is None:
                break
            found, folders = inner, inner.folders
        return found

    def is_module(self, name: str, folders: Iterable[Path]) -> bool:
        """Does a module with this full name exist?"""
        parent, _, last = name.rpartition(".")
        if parent:
            above = self.find_dotted(parent, folders) if self.is_module(parent, folders) else None
            folders = above.folders if above else ()
        return self.find(last, folders) is not None

    def submodules(self, folders: Iterable[Path]) -> tuple[str, ...]:
        """The last names of all modules directly in these folders, sorted."""
        names = set()
        for folder in folders:
            for entry in self._listing(folder):
                stem = entry.partition(".")[0]
                if stem not in ("", "__init__", "__pycache__") and self.find(stem, [folder]) is not None:
                    names.add(stem)
        return tuple(sorted(names))

    def _file(self, name: str, folder: Path) -> Located | None:
        listing = self._listing(folder)
        for suffix in self.extension_suffixes:
            if name + suffix in listing:
                return Located(Kind.EXTENSION, folder / (name + suffix))
        if name + ".py" in listing:
            return Located(Kind.SOURCE, folder / (name + ".py"))
        return None

    def _listing(self, folder: Path) -> frozenset[str]:
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
