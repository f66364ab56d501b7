"""Finds shared objects where the dynamic linker would (ld.so(8)), on this machine or in another system's folder. Noun: LibrarySearch."""

from __future__ import annotations

import ctypes.util
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bundler.analyze.graph import LibraryName
from bundler.elf import ElfError, Machine, is_shared_object, read_shared_object
from bundler.link.system_libraries import LINKED_SYSTEM_LIBRARIES
from bundler.process import CommandError, run
from bundler.target import System

THIS_SYSTEM = System()

_DEEPEST = 4  # of files that include each other


@dataclass(frozen=True, slots=True)
class LibrarySearch:
    """Places that the dynamic linker searches: `folders`, as those of LD_LIBRARY_PATH, its cache, then the system's folders."""

    machine: Machine
    system: System
    folders: tuple[str, ...]
    cache: Mapping[str, Path]

    @classmethod
    def of(cls, machine: Machine, system: System = THIS_SYSTEM, folders: tuple[str, ...] = ()) -> LibrarySearch:
        """With the cache as it is now."""
        return cls(machine, system, folders, system_libraries(machine, system))

    def find(self, name: str, before: Iterable[str] = (), behind: Iterable[str] = ()) -> Path | None:
        """The file that the dynamic linker would take for a needed name; `before` and `behind` `folders`: run paths."""
        folders = (*before, *self.folders, *behind)
        candidates = [Path(name)] if "/" in name else [Path(folder) / name for folder in folders]
        if name in self.cache:
            candidates.append(self.cache[name])
        candidates += [self.system.file(folder) / name for folder in self.machine.library_folders]
        return next((path for path in candidates if _is_file(path)), None)

    def name_of(self, opened: LibraryName) -> str | None:
        """The name under which the dynamic linker finds a library that a program opens; None when the system has none."""
        if not opened.is_short:
            return opened.name
        if not self.system.is_own:
            return next((name for name in sorted(self.cache) if name.startswith(f"lib{opened.name}.so.")), None)
        try:
            return ctypes.util.find_library(opened.name)
        except OSError:
            # It looks for names in what the compiler says, and opens one of an error message ("liblibx.a", _findLib_gcc of 3.11).
            return None


def system_libraries(machine: Machine, system: System = THIS_SYSTEM) -> Mapping[str, Path]:
    """The dynamic linker's own cache: files by soname; empty where there is no ldconfig.

    Of another system, it is what ldconfig would write there: its programs need not have been run.
    """
    if not system.is_own:
        return _found_libraries(machine, system)
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


def _found_libraries(machine: Machine, system: System) -> Mapping[str, Path]:
    """The shared libraries in the folders of a system's ld.so.conf, then in those in which the dynamic linker looks last."""
    folders = (*_configured_folders(system, "/etc/ld.so.conf"), *machine.library_folders)
    libraries: dict[str, Path] = {}
    names: dict[Path, str] = {}  # by file, which several links may mean
    for folder in dict.fromkeys(system.real_file(folder) for folder in folders):
        for link in sorted(folder.glob("lib*.so*")):
            path = system.real_file(f"/{link.relative_to(system.root)}")
            if _is_file(path) and is_shared_object(path, machine):
                if path not in names:
                    names[path] = _soname(path)
                libraries.setdefault(link.name, path)
                libraries.setdefault(names[path], path)
    return libraries


def _configured_folders(system: System, pattern: str, depth: int = 0) -> Iterator[str]:
    """The folders that a file of the form of ld.so.conf names, and those that it includes (ldconfig(8))."""
    for path in sorted(system.root.glob(pattern.lstrip("/"))) if depth < _DEEPEST else ():
        file = system.real_file(f"/{path.relative_to(system.root)}")
        lines = file.read_text(errors="replace").splitlines() if _is_file(file) else []
        for line in lines:
            first, *others = line.partition("#")[0].replace(",", " ").split() or [""]
            if first == "include":
                for other in others:
                    yield from _configured_folders(system, str(PurePosixPath(pattern).parent / other), depth + 1)
            else:
                yield from (folder for folder in (first, *others) if folder.startswith("/"))


def _soname(path: Path) -> str:
    try:
        return read_shared_object(path).name
    except ElfError:
        return path.name


def linked_library(option: str, known: Mapping[str, Path]) -> Path | None:
    """The shared library that an option such as "-lz" means, from the dynamic linker's cache.

    None for parts of the C library, and for what is not there.
    """
    beginning = f"lib{option.removeprefix('-l')}.so"
    names = sorted(name for name in known if name == beginning or name.startswith(f"{beginning}."))
    # Where libm.so is no script of the linker, it is in the cache too.
    is_part = any(name in LINKED_SYSTEM_LIBRARIES for name in names)
    return known[names[0]] if names and not is_part else None


def _is_file(path: Path) -> bool:
    """True for a path that is a file. One that is none may be anything: it stands in an object."""
    try:
        return path.is_file()
    except (OSError, ValueError):  # a run path may be anything, too long a name for one
        return False
