"""Names of libraries of the system, which never become part of a binary, or only under conditions."""

from __future__ import annotations

from fnmatch import fnmatchcase

from bundler.elf import MACHINES

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


def c_library_names(*, is_static: bool) -> frozenset[str]:
    """The libraries of the system that the executable is linked with, whatever the program: as files, or as archives."""
    return LINKED_SYSTEM_LIBRARIES | (_LINKED_IF_STATIC if is_static else frozenset())


def stays_with_the_machine(name: str) -> bool:
    """True for a library of the machine on which a program runs, also where the program opens it by name."""
    stem = name.partition(".so")[0]
    return any(fnmatchcase(stem, pattern) for pattern in _STAYING)
