"""Libraries of the system: which never become part of a binary, and where the dynamic linker knows the others."""

from __future__ import annotations

import ctypes.util
import re
import shutil
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path

from bundler.analyze.graph import LibraryName
from bundler.elf import MACHINES, Machine
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


def c_library_names(*, is_static: bool) -> frozenset[str]:
    """The libraries of the system that the executable is linked with, whatever the program: as files, or as archives."""
    return LINKED_SYSTEM_LIBRARIES | (_LINKED_IF_STATIC if is_static else frozenset())


def stays_with_the_machine(name: str) -> bool:
    """True for a library of the machine on which a program runs, also where the program opens it by name."""
    stem = name.partition(".so")[0]
    return any(fnmatchcase(stem, pattern) for pattern in _STAYING)


def system_libraries(machine: Machine, system: System = THIS_SYSTEM) -> Mapping[str, Path]:
    """The dynamic linker's own cache: files by soname; empty where there is no ldconfig.

    Of another system, it is the files in the folders in which the dynamic linker looks last.
    """
    if not system.is_own:
        folders = (system.file(folder) for folder in reversed(machine.library_folders))
        return {path.name: path for folder in folders for path in sorted(folder.glob("lib*.so*")) if is_file(path)}
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
