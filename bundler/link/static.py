"""Decides what an executable without a dynamic linker offers and may hold.

Verbs: `plan_static`, `static_files`, `check_static`, `lacking_functions`. Such an executable loads no library of the
system. What the program looks up in itself (dlsym, `ctypes.CDLL(None)`) stands in a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from bundler.analyze.graph import LAUNCHER
from bundler.contract import bundle_spare
from bundler.elf import SharedObject, Symbol, SymbolType, archive_symbols, thread_local_symbols
from bundler.errors import BundleError, Diagnostic, Severity
from bundler.glibc import StaticLibrary
from bundler.link.contents import FileEntry
from bundler.link.model import StaticLink
from bundler.link.objects import Closure, Offer, Placement, SystemSymbol
from bundler.link.script import EXPORTED_PREFIXES
from bundler.link.system_libraries import c_library_names
from bundler.target import Libpython, Linkage, System

# Modules with which a program calls functions of the C library that no analysis knows.
_LOOKING_UP = frozenset({"_ctypes", "_cffi_backend"})

_LOCALE = PurePosixPath("/usr/lib/locale/C.utf8")

_MOST_NOTES = 10


def plan_static(
    static: StaticLibrary, libpython: Libpython, closure: Closure, offer: Offer, modules: Iterable[str]
) -> StaticLink:
    """The table of symbols, for a program with these modules."""
    of_python = {name: name for name in _python_names(libpython, closure)}
    of_c = dict(_c_symbols(static, closure, offer))
    required = frozenset() if _LOOKING_UP.isdisjoint(modules) else frozenset(of_c.values())
    return StaticLink(static, tuple(sorted((of_python | of_c).items())), required)


def _python_names(libpython: Libpython, closure: Closure) -> frozenset[str]:
    """The names that the interpreter offers to extension modules."""
    if libpython.linkage is Linkage.STATIC:
        every = archive_symbols(libpython.path) - thread_local_symbols(libpython.path)
    else:
        objects = (library.object for library in closure.libraries if library.path in closure.residents)
        every = frozenset(symbol.name for object_ in objects for symbol in object_.symbols if _can_be_looked_up(symbol))
    return frozenset(name for name in every if name.startswith(EXPORTED_PREFIXES))


def _can_be_looked_up(symbol: Symbol) -> bool:
    return symbol.is_exported and symbol.version != "GLIBC_PRIVATE" and symbol.type != SymbolType.TLS


def _c_symbols(static: StaticLibrary, closure: Closure, offer: Offer) -> Iterator[tuple[str, str]]:
    """Names that the shared C library exports, with the symbols of the archives or of the launcher that stand for them."""
    for name in _c_names(closure):
        definition = name if name in offer.interposed else static.definition(name)
        if definition is not None:
            yield name, definition


def _c_names(closure: Closure) -> frozenset[str]:
    """The names that the shared C library exports."""
    libraries = (closure.system[name] for name in c_library_names(is_static=True) & closure.system.keys())
    return frozenset(symbol.name for each in libraries for symbol in each.symbols if _can_be_looked_up(symbol))


def static_files(system: System) -> Iterator[FileEntry]:
    """Files of the locale C.UTF-8 of the system's C library. The C library in the executable opens them by their usual paths;
    if the system lacks one, the launcher serves it from below `bundle_spare()`.
    """
    folder = system.file(str(_LOCALE))
    for path in sorted(folder.rglob("*LC_*")):
        if path.is_file():
            # Messages are in a folder, or are a file of its name (glibc 2.36, locale/loadlocale.c).
            place = _LOCALE / (path.parent if path.name == "SYS_LC_MESSAGES" else path).relative_to(folder)
            yield FileEntry(PurePosixPath(f"{bundle_spare()}{place}"), path, path.stat().st_size, origin=LAUNCHER)


def check_static(closure: Closure, placement: Placement) -> None:
    """BundleError, naming all of them, when libraries need a dynamic linker."""
    reasons = [
        *(f"`{each.library.object.path}` cannot be linked in: it {each.reason}" for each in placement.carried),
        *_system_reasons(closure),
    ]
    if reasons:
        left_out = len(reasons) - _MOST_NOTES
        raise BundleError(
            "not-static",
            f"the program cannot be linked statically: {reasons[0]}",
            notes=(*reasons[1:_MOST_NOTES], *([f"and {left_out} more"] if left_out > 0 else [])),
            hint="leave out the modules that need them with `--exclude-module`, or build without `--static`",
        )


def _system_reasons(closure: Closure) -> Iterator[str]:
    for name in sorted(closure.system.keys() - c_library_names(is_static=True) - closure.carried):
        users = sorted(each.path.name for each in _objects(closure) if name in each.needed)
        by = f", which `{users[0]}` needs" if users else ""
        yield f"`{name}`{by}, belongs to the system"


def _objects(closure: Closure) -> Iterator[SharedObject]:
    yield from (library.object for library in closure.libraries)
    yield from closure.system.values()


def lacking_functions(closure: Closure, placement: Placement) -> Iterator[Diagnostic]:
    """A note for each library that needs functions which the shared C library keeps for old programs, and the archives lack."""
    shared = _c_names(closure)
    for dso in placement.prelinked.objects:
        asked = {each.target for each in dso.fixups if isinstance(each.target, SystemSymbol)}
        lacking = sorted({each.name for each in asked if not each.is_weak and each.name in shared})
        if lacking:
            more = f" and {len(lacking) - 1} more" if lacking[1:] else ""
            yield Diagnostic(
                Severity.NOTE,
                "lacking-function",
                f"`{PurePosixPath(dso.path).name}` needs the function `{lacking[0]}`{more}, which a C library that is linked "
                "statically does not have: importing it fails",
                hint="if the program needs it, build without `--static`",
            )
