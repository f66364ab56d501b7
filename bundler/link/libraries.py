"""Finds the shared objects that a program needs, as the dynamic linker of this machine would (ld.so(8)).

They are extension modules and what they need, and libraries that modules open by a literal name, with what those need.
"""

from __future__ import annotations

import contextlib
import ctypes.util
import functools
import os
import re
import shutil
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from bundler.analyze.graph import LibraryName
from bundler.elf import MACHINES, ElfError, Machine, SharedObject, is_shared_object, read_shared_object
from bundler.errors import BundleError
from bundler.link.objects import Closure, Library
from bundler.process import CommandError, run
from bundler.target import System

# Part of the C library: present wherever the binary runs at all, and inseparable from its dynamic linker.
LINKED_SYSTEM_LIBRARIES = frozenset(
    {"libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2", "librt.so.1", "libutil.so.1"}
    | {machine.dynamic_linker for machine in MACHINES.values()}
)

# Parts of it as well, which few programs need: an executable that the C library is linked into has them too.
_LINKED_IF_STATIC = frozenset({"libresolv.so.2", "libanl.so.1"})

# The C++ run-time and the unwinder. They exist once per process, for exceptions cross libraries: part of the binary, or all of
# them the system's.
RUNTIMES = frozenset({"libgcc_s.so.1", "libstdc++.so.6"})
_CXX_RUNTIME = "libstdc++.so.6"

# Never part of the binary either, but not needed by every program: loaded from the system when a library needs them. They
# belong to its C library, graphics drivers or authentication.
SYSTEM_LIBRARIES = LINKED_SYSTEM_LIBRARIES | {
    *_LINKED_IF_STATIC,
    "libnsl.so.1",
    "libthread_db.so.1",
    "libGL.so.1",
    "libEGL.so.1",
    "libGLX.so.0",
    "libOpenGL.so.0",
    "libvulkan.so.1",
    "libcuda.so.1",
    "libpam.so.0",
}

# Libraries that are not carried though a program opens them by their name, by patterns of what is before `.so`.
_STAYING = (
    *sorted({name.partition(".so")[0] for name in SYSTEM_LIBRARIES | RUNTIMES}),
    "libpython*",  # another interpreter than the binary's own
    # Libraries that drivers of the machine need: there must be one of each in a process.
    *"libGL* libEGL* libOpenCL libcuda* libnv* libdrm* libgbm libva* libvdpau libX* libxcb* libwayland-*".split(),
    # Libraries that load plug-ins of the machine, which need them: GLib and all that is built on it, sound, name services.
    *"libglib-* libgobject-* libgio-* libgmodule-* libgirepository-* libgdk* libgtk* libgst*".split(),
    *"libasound libnss_* libpam*".split(),
    # Libraries that speak with a service of the same version.
    *("libsystemd", "libudev"),
)


_THIS_SYSTEM = System()


def c_library_names(*, is_static: bool) -> frozenset[str]:
    """The libraries of the system that the executable is linked with, whatever the program: as files, or as archives."""
    return LINKED_SYSTEM_LIBRARIES | (_LINKED_IF_STATIC if is_static else frozenset())


def find_closure(  # noqa: PLR0913  # what the search begins with, and where it looks
    roots: Iterable[tuple[Path, str]],
    root_folder: str,
    machine: Machine,
    system: System = _THIS_SYSTEM,
    *,
    linked: Iterable[Path] = (),
    opened: Iterable[LibraryName] = (),
    library_folders: tuple[str, ...] = (),
    left_to_system: frozenset[str] = frozenset(),
    is_static: bool = False,
) -> Closure:
    """The shared objects at `roots` (file, path in the binary) with all that they need.

    Libraries that a wheel brings keep their place beside what needs them, others appear directly under `root_folder`.
    `linked` are those that the executable is linked with: BundleError when what they need is not found. Of the others,
    importing or opening them fails in the binary as it does on this machine. `opened`: names of libraries that modules
    open; those that this machine has are roots too, except libraries that belong to the user's machine (`_STAYING`).
    `library_folders` are searched before the system's.
    `left_to_system`: names of libraries that are no part of the binary, besides `SYSTEM_LIBRARIES`. `RUNTIMES` are added to
    them if a library of the system needs libstdc++, or if a library that needs libstdc++ lacks another one here, which may
    need it too. `is_static`: the binary loads no library of the system; `RUNTIMES` are not added.
    """
    roots, linked, opened = tuple(roots), tuple(linked), tuple(opened)
    known = system_libraries(machine, system)
    read = functools.cache(read_shared_object)
    while True:
        search = _Search(root_folder, machine, system, known, SYSTEM_LIBRARIES | left_to_system, read, library_folders)
        linked_names = [search.add_linked(file) for file in linked]
        for file, path in roots:
            search.add(file, path, ())
        for each in opened:
            search.add_opened(each)
        search.run()
        _check_readable(search.unreadable)
        if (
            is_static
            or left_to_system >= RUNTIMES
            or not (search.system_needs(_CXX_RUNTIME) or search.may_lack(_CXX_RUNTIME))
        ):
            break
        left_to_system |= RUNTIMES
    _check_found(search.lacking)
    for name in sorted(LINKED_SYSTEM_LIBRARIES):
        search.add_system(name, search.find(name, ()))
    found = {library.path: search.by_sonames(library) for library in search.by_file.values()}
    every = tuple(found[path] for path in sorted(found))
    return Closure(every, search.system, search.absent(), linked=tuple(linked_names))


@dataclass(slots=True)
class _Search:
    """The work of `find_closure`: breadth first, as ld.so loads."""

    root_folder: str
    machine: Machine
    target_system: System  # in which libraries are looked for
    known: Mapping[str, Path]  # the dynamic linker's cache
    of_system: frozenset[str]  # names of libraries that are no part of the binary
    read: Callable[[Path], SharedObject]
    library_folders: tuple[str, ...] = ()  # LD_LIBRARY_PATH
    system: dict[str, SharedObject] = field(default_factory=dict)
    by_file: dict[Path, Library] = field(default_factory=dict)
    missing: dict[str, list[str]] = field(default_factory=dict)
    lacking: dict[str, list[Path]] = field(default_factory=dict)  # who cannot do without a library that is missing
    unreadable: dict[Path, str] = field(default_factory=dict)  # why
    _names: set[str] = field(default_factory=set)  # already looked for
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
        self.add(file, None, (), name=name, is_required=True)
        return name

    def add_opened(self, opened: LibraryName) -> None:
        """Add a library that a program opens by name, if this machine has it and it need not be the user's machine's own."""
        name = _name_of(opened, self.known, self.target_system)
        file = self.find(name, ()) if name is not None else None
        if name is None or file is None or _stays_with_the_machine(name) or not is_shared_object(file, self.machine):
            return
        if opened.is_short and not name.startswith(f"lib{opened.name}.so"):
            name = f"lib{opened.name}.so"  # under which `find_library` finds it in the binary (launcher/interpreter/adapt.py)
        if not self._has(name):
            self.add(file, f"{self.root_folder}/{name}", ())

    def _has(self, name: str) -> bool:
        """True if the program brings a library with this name, or soname."""
        return any(name in (Path(library.path).name, library.object.name) for library in self.by_file.values())

    def add_system(self, name: str, file: Path | None) -> None:
        """Note a library of the system, if this machine has it."""
        if name not in self.system and file is not None:
            self.system[name] = self.read(file)

    def run(self) -> None:
        """Find what is needed, until nothing new is."""
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
                file = self.find(name, before, behind)
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
                file = None if name in seen else self.find(name, object_.runpath)
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

    def find(self, name: str, before: Iterable[str], behind: Iterable[str] = ()) -> Path | None:
        """The file that the dynamic linker would take for a needed name; `before` and `behind` LD_LIBRARY_PATH: run paths."""
        folders = (*before, *self.library_folders, *behind)
        candidates = [Path(name)] if "/" in name else [Path(folder) / name for folder in folders]
        if name in self.known:
            candidates.append(self.known[name])
        candidates += [self.target_system.file(folder) / name for folder in self.machine.library_folders]
        return next((path for path in candidates if _is_file(path)), None)

    def _place(self, file: Path, needed_by: Library) -> str | None:
        """The path of a needed library in the binary: relative to the needing one as on disk, if that is below the root."""
        way = os.path.relpath(file, needed_by.object.path.parent)
        place = PurePosixPath(os.path.normpath(PurePosixPath(needed_by.path).parent / way))
        return str(place) if place.is_relative_to(self.root_folder) else None


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
            hint="install it on this machine: it becomes part of the binary",
        )


def system_libraries(machine: Machine, system: System = _THIS_SYSTEM) -> Mapping[str, Path]:
    """The dynamic linker's own cache: files by soname; empty where there is no ldconfig.

    Of another system, it is the files in the folders in which the dynamic linker looks last.
    """
    if not system.is_own:
        folders = (system.file(folder) for folder in reversed(machine.library_folders))
        return {path.name: path for folder in folders for path in sorted(folder.glob("lib*.so*")) if _is_file(path)}
    program = shutil.which("ldconfig") or "/sbin/ldconfig"
    try:
        listing = run([program, "-p"]).stdout.decode(errors="replace")
    except CommandError:
        return {}
    line = re.compile(rf"^\s+(\S+) \({re.escape(machine.ldconfig_label)}[^)]*\) => (\S+)$", re.MULTILINE)
    libraries: dict[str, Path] = {}
    for name, path in line.findall(listing):
        libraries.setdefault(name, Path(path))
    return libraries


def linked_library(option: str, known: Mapping[str, Path]) -> Path | None:
    """The shared library that an option such as "-lz" means, from the dynamic linker's cache.

    None for parts of the C library, and for what is not there.
    """
    beginning = f"lib{option.removeprefix('-l')}.so"
    names = sorted(name for name in known if name == beginning or name.startswith(f"{beginning}."))
    # Where libm.so is no script of the linker, it is in the cache too.
    is_part = any(name in LINKED_SYSTEM_LIBRARIES for name in names)
    return known[names[0]] if names and not is_part else None


def _name_of(opened: LibraryName, known: Mapping[str, Path], system: System) -> str | None:
    """The name under which the dynamic linker finds a library; None when the system has no library of a short name."""
    if not opened.is_short:
        return opened.name
    if not system.is_own:
        return next((name for name in sorted(known) if name.startswith(f"lib{opened.name}.so.")), None)
    try:
        return ctypes.util.find_library(opened.name)
    except OSError:
        # It looks for names in what the compiler says, and opens one of an error message ("liblibx.a", _findLib_gcc of 3.11).
        return None


def _stays_with_the_machine(name: str) -> bool:
    """True for a library of the machine on which a program runs, also where the program opens it by name."""
    stem = name.partition(".so")[0]
    return any(fnmatchcase(stem, pattern) for pattern in _STAYING)


def _expand(folder: str, object_path: Path) -> str:
    origin = str(object_path.resolve().parent)
    return folder.replace("$ORIGIN", origin).replace("${ORIGIN}", origin)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a run path may be anything, too long a name for one
        return False
