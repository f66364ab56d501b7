"""Libraries of the system: which never become part of a binary, and where the dynamic linker knows the others."""

from __future__ import annotations

import ctypes.util
import re
import shutil
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from bundler.analyze.graph import LibraryName
from bundler.elf import MACHINES, ElfError, Machine, is_shared_object, read_shared_object
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
UNWINDER = "libgcc_s.so.1"
CXX_RUNTIME = "libstdc++.so.6"
RUNTIMES = frozenset({UNWINDER, CXX_RUNTIME})

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

THIS_SYSTEM = System()

_DEEPEST = 4  # of files that include each other


def c_library_names(*, is_static: bool) -> frozenset[str]:
    """The libraries of the system that the executable is linked with, whatever the program: as files, or as archives."""
    return LINKED_SYSTEM_LIBRARIES | (_LINKED_IF_STATIC if is_static else frozenset())


def stays_with_the_machine(name: str) -> bool:
    """True for a library of the machine on which a program runs, also where the program opens it by name."""
    stem = name.partition(".so")[0]
    return any(fnmatchcase(stem, pattern) for pattern in _STAYING)


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
            if is_file(path) and is_shared_object(path, machine):
                if path not in names:
                    names[path] = _soname(path)
                libraries.setdefault(link.name, path)
                libraries.setdefault(names[path], path)
    return libraries


def _configured_folders(system: System, pattern: str, depth: int = 0) -> Iterator[str]:
    """The folders that a file of the form of ld.so.conf names, and those that it includes (ldconfig(8))."""
    for path in sorted(system.root.glob(pattern.lstrip("/"))) if depth < _DEEPEST else ():
        file = system.real_file(f"/{path.relative_to(system.root)}")
        lines = file.read_text(errors="replace").splitlines() if is_file(file) else []
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


def system_name(opened: LibraryName, known: Mapping[str, Path], system: System) -> str | None:
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


def is_file(path: Path) -> bool:
    """True for a path that is a file. One that is none may be anything: it stands in an object."""
    try:
        return path.is_file()
    except (OSError, ValueError):  # a run path may be anything, too long a name for one
        return False
