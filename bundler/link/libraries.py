"""Finds the shared objects that a program needs, as the dynamic linker of this machine would (ld.so(8)).

They are extension modules and what they need, and libraries that modules open by a literal name, with what those need.
"""

from __future__ import annotations

import contextlib
import functools
import os
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from bundler.analyze.graph import LibraryName
from bundler.elf import ElfError, SharedObject, is_shared_object, read_shared_object
from bundler.errors import BundleError
from bundler.link.library_search import LibrarySearch
from bundler.link.objects import Closure, Library
from bundler.link.system_libraries import (
    CXX_RUNTIME,
    LINKED_SYSTEM_LIBRARIES,
    RUNTIMES,
    SYSTEM_LIBRARIES,
    UNWINDER,
    stays_with_the_machine,
)
from bundler.packages import library_hint

_UNWINDING = frozenset({"backtrace", "pthread_cancel", "pthread_exit"})


@dataclass(frozen=True, slots=True)
class Roots:
    """Shared objects with which a search begins.

    `modules`: files, with their paths in the binary. `linked`: libraries that the executable is linked with. `opened`: names of
    libraries that modules open.
    """

    modules: Sequence[tuple[Path, str]] = ()
    linked: Sequence[Path] = ()
    opened: Sequence[LibraryName] = ()


def find_closure(
    roots: Roots,
    root_folder: str,
    places: LibrarySearch,
    *,
    left_to_system: frozenset[str] = frozenset(),
    is_static: bool = False,
) -> Closure:
    """The shared objects at `roots` with all that they need.

    Libraries that a wheel brings keep their place beside what needs them, others appear directly under `root_folder`.
    BundleError when what linked ones need is not found; of the others, importing or opening them fails in the binary as it does
    on this machine. Libraries that modules open are roots if this machine has them, and if they do not belong to the user's machine
    (`stays_with_the_machine`).
    `left_to_system`: names of libraries that are no part of the binary, besides `SYSTEM_LIBRARIES`. `RUNTIMES` are added to
    them if a library of the system needs libstdc++, or if a library that needs libstdc++ lacks another one here, which may
    need it too. `is_static`: the binary loads no library of the system; `RUNTIMES` are not added.
    """
    read = functools.cache(read_shared_object)
    while True:
        search = _Search(root_folder, places, SYSTEM_LIBRARIES | left_to_system, read)
        linked_names = [search.add_linked(file) for file in roots.linked]
        for file, path in roots.modules:
            search.add(file, path, ())
        for each in roots.opened:
            search.add_opened(each)
        search.run()
        _check_readable(search.unreadable)
        if (
            is_static
            or left_to_system >= RUNTIMES
            or not (search.system_needs(CXX_RUNTIME) or search.may_lack(CXX_RUNTIME))
        ):
            break
        left_to_system |= RUNTIMES
    _check_found(search.lacking)
    for name in sorted(LINKED_SYSTEM_LIBRARIES):
        search.add_system(name, places.find(name))
    found = {library.path: search.by_sonames(library) for library in search.by_file.values()}
    every = tuple(found[path] for path in sorted(found))
    return Closure(every, search.system, search.absent(), linked=tuple(linked_names))


@dataclass(slots=True)
class _Search:
    """The work of `find_closure`: breadth first, as ld.so loads."""

    root_folder: str
    places: LibrarySearch
    of_system: frozenset[str]  # names of libraries that are no part of the binary
    read: Callable[[Path], SharedObject]
    system: dict[str, SharedObject] = field(default_factory=dict)
    by_file: dict[Path, Library] = field(default_factory=dict)
    missing: dict[str, list[str]] = field(default_factory=dict)
    lacking: dict[str, list[Path]] = field(default_factory=dict)  # who cannot do without a library that is missing
    unreadable: dict[Path, str] = field(default_factory=dict)  # why
    _names: set[str] = field(default_factory=set)  # already looked for
    _linked: set[str] = field(default_factory=set)  # what the executable is linked with
    _sonames: dict[str, str] = field(default_factory=dict)  # of libraries, by the names under which they are needed
    _queue: deque[tuple[Library, tuple[str, ...], bool]] = field(default_factory=deque)

    def add(
        self, file: Path, path: str | None, inherited: tuple[str, ...], *, name: str = "", is_required: bool = False
    ) -> None:
        """Make a file part of the binary, at a path or else directly under the root, by its name.

        Its needs are looked for in `inherited` folders, among others.
        """
        real = file.resolve()
        if real in self.by_file:
            return
        object_ = self._read(file)
        if object_ is not None:
            library = self.by_file[real] = Library(path or f"{self.root_folder}/{name}", object_, path is not None)
            self._queue.append((library, inherited, is_required))

    def _read(self, file: Path) -> SharedObject | None:
        try:
            return self.read(file)
        except (ElfError, OSError) as error:
            self.unreadable[file] = str(error).removeprefix(f"`{file}`: ")
            return None

    def add_linked(self, file: Path) -> str:
        """Make a library part of the binary that the executable is linked with; its name."""
        object_ = self._read(file)
        name = file.name if object_ is None else object_.name
        self._names.add(name)
        self._linked.add(name)
        self.add(file, None, (), name=name, is_required=True)
        return name

    def add_opened(self, opened: LibraryName) -> None:
        """Add a library that a program opens by name, if this machine has it and it need not be the user's machine's own."""
        name = self.places.name_of(opened)
        file = self.places.find(name) if name is not None else None
        if (
            name is None
            or file is None
            or stays_with_the_machine(name)
            or not is_shared_object(file, self.places.machine)
        ):
            return
        if opened.is_short and not name.startswith(f"lib{opened.name}.so"):
            name = f"lib{opened.name}.so"  # under which `find_library` finds it in the binary (launcher/interpreter/adapt.py)
        if not self._has(name):
            self.add(file, f"{self.root_folder}/{name}", ())

    def _add_unwinder(self) -> None:
        """Add the unwinder, if this machine has it, for libraries that call functions for which the C library loads it."""
        others = (library.object for library in self.by_file.values() if library.object.name not in self._linked)
        if UNWINDER not in self._names | self.of_system and any(map(_unwinds, others)):
            file = self.places.find(UNWINDER)
            if file is not None:
                self._names.add(UNWINDER)
                self.add(file, None, (), name=UNWINDER)

    def _has(self, name: str) -> bool:
        """True if the program brings a library with this name, or soname."""
        return any(name in (Path(library.path).name, library.object.name) for library in self.by_file.values())

    def add_system(self, name: str, file: Path | None) -> None:
        """Note a library of the system, if this machine has it."""
        if name not in self.system and file is not None:
            self.system[name] = self.read(file)

    def run(self) -> None:
        """Find what is needed, until nothing new is."""
        self._follow()
        self._add_unwinder()
        self._follow()

    def _follow(self) -> None:
        """Find what the queue's libraries need."""
        while self._queue:
            library, inherited, is_required = self._queue.popleft()
            object_ = library.object
            runpath = tuple(_expand(folder, object_.path) for folder in object_.runpath)
            below = (*runpath, *inherited) if object_.is_rpath else inherited
            for name in object_.needed:
                if name in self._names:
                    continue
                folders = (*runpath, *inherited)
                # DT_RPATH goes before LD_LIBRARY_PATH, DT_RUNPATH behind it.
                before, behind = (folders, ()) if object_.is_rpath else ((), folders)
                file = self.places.find(name, before, behind)
                if name in self.of_system:
                    self.add_system(name, file)
                elif file is not None:
                    self.add(file, self._place(file, library), below, name=name, is_required=is_required)
                    found = self.by_file.get(file.resolve())
                    self._sonames[name] = found.object.name if found is not None else name
                else:
                    if is_required:
                        self.lacking.setdefault(name, []).append(object_.path)
                    self.missing.setdefault(library.path, []).append(name)
                    continue
                self._names.add(name)

    def system_needs(self, wanted: str) -> bool:
        """True if one of the system's libraries that were found needs a library, itself or through others."""
        pending = [object_ for name, object_ in self.system.items() if name not in LINKED_SYSTEM_LIBRARIES]
        seen = set(LINKED_SYSTEM_LIBRARIES)
        while pending:
            object_ = pending.pop()
            for name in object_.needed:
                file = None if name in seen else self.places.find(name, object_.runpath)
                seen.add(name)
                if file is not None:
                    with contextlib.suppress(ElfError, OSError):
                        pending.append(self.read(file))
        return wanted in seen

    def may_lack(self, wanted: str) -> bool:
        """True if a library is needed by an object that lacks another one: the missing one may need it too."""
        absent = self.absent()
        return any(wanted in library.object.needed for library in self.by_file.values() if library.path in absent)

    def by_sonames(self, library: Library) -> Library:
        """The library, with what it needs by DT_SONAME: a file may be needed by its own name, which is another one."""
        needed = tuple(self._sonames.get(name, name) for name in library.object.needed)
        return replace(library, object=replace(library.object, needed=needed))

    def absent(self) -> Mapping[str, tuple[str, ...]]:
        """The needed libraries that were not found, by the paths of those that need them; without names of others in the binary."""
        there = {library.object.name for library in self.by_file.values()}
        lists = {path: tuple(name for name in names if name not in there) for path, names in self.missing.items()}
        return {path: names for path, names in sorted(lists.items()) if names}

    def _place(self, file: Path, needed_by: Library) -> str | None:
        """The path of a needed library in the binary: relative to the needing one as on disk, if that is below the root."""
        way = os.path.relpath(file, needed_by.object.path.parent)
        place = PurePosixPath(os.path.normpath(PurePosixPath(needed_by.path).parent / way))
        return str(place) if place.is_relative_to(self.root_folder) else None


def _unwinds(object_: SharedObject) -> bool:
    """True if an object calls functions for which the C library loads the unwinder (launcher/loader/forced_unwind.c)."""
    return any(symbol.name in _UNWINDING and not symbol.is_defined for symbol in object_.symbols)


def _check_readable(unreadable: Mapping[Path, str]) -> None:
    """BundleError, naming all of them, when files are no shared objects."""
    if unreadable:
        first, *others = (
            f"`{file}` cannot be read as a shared object: {reason}" for file, reason in unreadable.items()
        )
        raise BundleError(
            "bad-library",
            first,
            notes=tuple(others),
            hint="reinstall the distribution that the file belongs to, or leave it out with `--exclude-module`",
        )


def _check_found(lacking: Mapping[str, Iterable[Path]]) -> None:
    """BundleError, naming all of them, when needed libraries are not on this machine."""
    if lacking:
        first, *others = lacking
        raise BundleError(
            "missing-library",
            f"the shared library `{first}` was not found" + (f", and {len(others)} more" if others else ""),
            notes=tuple(f"`{file}` needs `{name}`" for name, files in lacking.items() for file in files),
            hint=library_hint(first),
        )


def _expand(folder: str, object_path: Path) -> str:
    origin = str(object_path.resolve().parent)
    return folder.replace("$ORIGIN", origin).replace("${ORIGIN}", origin)
