"""Finds shared objects that could do something visible when their Python objects die at the end of the program.

The launcher takes the heap apart at exit only if somebody could tell (launcher/process/ending.c). What compiled code does when
its objects are freed cannot be seen from outside, but what it can do at all is limited by the functions it calls: one
that writes to no descriptor, sends nothing, renames and removes no file, and registers nothing for the end can only
give memory back, close descriptors, as the system does anyway, or leave data in buffers of stdio, which `exit` writes.
"""

from __future__ import annotations

from bundler.analyze.graph import ExtensionModule, ModuleGraph
from bundler.elf import SharedObject
from bundler.link.objects import Closure, Library

_VISIBLE = frozenset(
    "write writev pwrite pwrite64 pwritev pwritev64 send sendto sendmsg sendmmsg sendfile sendfile64 splice"
    " unlink unlinkat rename renameat renameat2 remove rmdir truncate truncate64 ftruncate ftruncate64"
    " kill system execve posix_spawn posix_spawnp tcsetattr"
    " gzclose gzclose_w Py_AtExit PyUnstable_AtExit".split()
)

# Parts of the C++ library's symbols. What is in the buffers of streams is written when they die.
_VISIBLE_IN_CXX = (
    "basic_ofstream",
    "basic_fstream",
    "filesystem6remove",
    "filesystem10remove_all",
    "filesystem6rename",
)

# Modules that call such a function, but never to free something.

# Modules of the standard library, by their names.
_QUIET_STDLIB = {
    "_socket": "a socket that dies is closed, after a finalizer that the launcher sees",
    "_posixsubprocess": "holds no objects",
    "_multiprocessing": "removes semaphores only when told to",
    "_posixshmem": "holds no objects",
    "mmap": "changes of a mapping reach the file without being asked to",
    "termios": "holds no objects",
}

# Modules of distributions, by the names of both.
_QUIET_MODULES = {
    (
        "pydantic-core",
        "pydantic_core._pydantic_core",
    ): "memory only; Rust's standard library brings functions for writing",
    ("cryptography", "cryptography.hazmat.bindings._rust"): (
        "memory only; Rust's standard library and OpenSSL bring functions for writing"
    ),
    ("pillow", "PIL._imaging"): "memory only; encoders write while they are asked to",
    ("cffi", "_cffi_backend"): "memory only; libffi makes temporary files for callbacks",
}

# Libraries, by the names that they have for the dynamic linker, without the versions behind `.so`.
_QUIET_LIBRARIES = {
    "libpython3": "the launcher knows its types one by one, as those of a static libpython",
    "libz": "memory only, but for its gzip files: see gzclose",
    "libuuid": "holds no objects",
    "libcrypto": "memory only, unless the program reaches its BIOs through ctypes",
    "libssl": "a connection that is freed sends nothing (SSL_free(3))",
    "libtinfo": "writes to the terminal when told to",
    "libncursesw": "writes to the terminal when told to",
    "libreadline": "writes to the terminal, and history files, when told to",
    "libffi": "memory only",
    "libstdc++": "streams write to files, functions remove them: it is seen who uses those",
}


def ending_visibly(graph: ModuleGraph, closure: Closure) -> frozenset[str]:
    """Paths of the shared objects whose objects' death may be seen from outside the process."""
    modules = {module.filename: module for module in graph.of_kind(ExtensionModule)}
    return frozenset(
        library.path
        for library in closure.libraries
        if _calls_visible_function(library.object) and not _is_quiet(library, modules.get(library.path))
    )


def _is_quiet(library: Library, module: ExtensionModule | None) -> bool:
    if module is None:
        # libpython's name has the version of Python before `.so`, the others have theirs behind it.
        return library.object.name.partition(".")[0] in _QUIET_LIBRARIES
    if module.origin.is_stdlib:
        return module.name in _QUIET_STDLIB
    return (module.origin.distribution, module.name) in _QUIET_MODULES


def _calls_visible_function(object_: SharedObject) -> bool:
    return any(
        symbol.name in _VISIBLE or any(part in symbol.name for part in _VISIBLE_IN_CXX)
        for symbol in object_.symbols
        if not symbol.is_defined
    )
