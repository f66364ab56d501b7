"""Gives modules their places in the binary: below the root, as far from one another as on disk.

The program's own folder and the environment's search path become one folder, the root. A folder that the program adds to
its search path, or to a package's `__path__`, keeps its place relative to the file that adds it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from bundler.analyze.installed.locate import Located, ModuleKind


class Places:
    """Paths relative to the root, of modules and of the folders in which modules are looked for."""

    def __init__(self) -> None:
        self._folders: dict[str, PurePosixPath] = {}

    def add_folder(self, folder: Path, place: PurePosixPath | None) -> None:
        """Note where a folder lies; None: it becomes part of the root."""
        self._folders.setdefault(str(folder), place or PurePosixPath())

    def of_module(self, name: str, located: Located | None) -> PurePosixPath:
        """The place of a module, without a suffix; the parts of its name, if its folder was never noted."""
        usual = PurePosixPath(name.replace(".", "/"))
        if located is None:
            return usual
        is_in_package = located.folders and located.kind is not ModuleKind.NAMESPACE
        home = located.path.parent.parent if is_in_package else located.path.parent
        place = self._folders.get(str(home))
        return usual if place is None else place / usual.name

    def of_folders(self, place: PurePosixPath, folders: Iterable[Path]) -> tuple[PurePosixPath, ...]:
        """The places of a package's folders; those never noted have the package's own, `place`."""
        found = []
        for folder in folders:
            above = self._folders.get(str(folder.parent))
            known = self._folders.get(str(folder))
            where = known if known is not None else above / folder.name if above is not None else place
            self._folders.setdefault(str(folder), where)
            found.append(where)
        return tuple(found)


def relative_place(base: PurePosixPath, folder: str) -> PurePosixPath | None:
    """The place of a folder that is given relative to another's; None when it is the root, or outside of it."""
    place = posixpath.normpath(posixpath.join("/", str(base), folder)).lstrip("/")
    climbs = posixpath.normpath(posixpath.join(str(base), folder)).startswith("..")
    return None if climbs or not place else PurePosixPath(place)
