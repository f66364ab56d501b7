"""Gathers the libraries of a binary, and decides how each gets there. Verb: `gather`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bundler.analyze.graph import ExtensionModule, ModuleGraph, OpenedLibrary
from bundler.contract import bundle_root
from bundler.elf import archive_symbols
from bundler.glibc import Floor, StaticLibrary, polyfill_names, read_floor
from bundler.link.interposed import (
    INTERPOSED_FOR_EXTENSIONS,
    INTERPOSED_FUNCTIONS,
    INTERPOSED_IN_OBJECTS,
    INTERPOSED_IN_SHARED_PYTHON,
)
from bundler.link.libraries import Roots, find_closure
from bundler.link.library_search import LibrarySearch, linked_library, system_libraries
from bundler.link.objects import Closure, Offer, Placement
from bundler.link.place import library_rules, place
from bundler.link.script import EXPORTED_PREFIXES
from bundler.link.static import check_static
from bundler.link.system_libraries import LINKED_SYSTEM_LIBRARIES, RUNTIMES
from bundler.settings import Settings
from bundler.target import Linkage, TargetPython


def gather(
    graph: ModuleGraph, static: StaticLibrary | None, target: TargetPython, settings: Settings
) -> tuple[Closure, Offer, Placement]:
    """The libraries of the binary, what they get from the executable and the C library, and how they are carried."""
    libpython = target.libpython
    is_shared = libpython.linkage is Linkage.SHARED
    files: list[ExtensionModule | OpenedLibrary] = [*graph.of_kind(ExtensionModule), *graph.libraries]
    embedded = needed_libraries(target)
    symbols = frozenset() if is_shared else archive_symbols(libpython.path)
    exported = frozenset(name for name in symbols if name.startswith(EXPORTED_PREFIXES))

    roots = Roots(
        modules=[(each.path, each.filename) for each in files],
        linked=[libpython.path] if is_shared else list(embedded.values()),
        opened=tuple(graph.library_names),
    )
    places = LibrarySearch.of(target.machine, target.system, settings.library_folders)

    def placed(left_to_system: frozenset[str]) -> tuple[Closure, Offer, Placement]:
        closure = find_closure(
            roots,
            str(bundle_root()),
            places,
            left_to_system=left_to_system,
            is_static=static is not None,
        )
        offer = Offer(
            exported=exported,
            interposed=INTERPOSED_FUNCTIONS | INTERPOSED_IN_OBJECTS,
            for_extensions=INTERPOSED_FOR_EXTENSIONS,
            detoured=INTERPOSED_IN_SHARED_PYTHON,
            floor=_floor(settings, closure) if static is None else None,
            static=static,
        )
        return closure, offer, place(closure, offer, library_rules())

    found = placed(frozenset())
    if static is not None:
        check_static(found[0], found[2])
    elif any(each.library.object.name in RUNTIMES for each in found[2].carried):
        # The dynamic linker brings the system's for a library that it loads; there must be one of them only.
        found = placed(RUNTIMES)
    return found


def needed_libraries(target: TargetPython) -> Mapping[str, Path]:
    """The shared libraries that a static libpython is linked with, by the options of its Makefile; without the C library.

    They become part of the binary as a shared libpython does, so that it counts on no library of the user's system.
    """
    if target.libpython.linkage is Linkage.SHARED:
        return {}
    known = system_libraries(target.machine, target.system)
    found = ((option, linked_library(option, known)) for option in target.libpython.needs)
    return {option: path for option, path in found if path is not None}


def _floor(settings: Settings, closure: Closure) -> Floor | None:
    """The C library of the oldest system that the binary is to run on; None: one like this machine's."""
    if settings.glibc_floor is None:
        return None
    libraries = {name: closure.system[name] for name in LINKED_SYSTEM_LIBRARIES if name in closure.system}
    return read_floor(settings.glibc_floor, libraries, polyfill_names())
