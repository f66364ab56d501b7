"""Compares what a C library tells of an old one with a real old one. Verb: `wrong_facts`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from bundler.elf import SharedObject, read_shared_object
from bundler.glibc import Floor, beyond, read_floor
from bundler.link.system_libraries import LINKED_SYSTEM_LIBRARIES
from bundler.settings import OLDEST_GLIBC

# That of this machine has them no more.
_GONE = {"malloc_get_state", "malloc_set_state"}


def wrong_facts(here: Mapping[str, SharedObject], folder: Path) -> Iterator[str]:
    """Yields a sentence for each symbol that only one of both has, or in another library.

    `here`: libraries of a new C library, by soname. `folder`: those of the old one.
    """
    floor = read_floor(OLDEST_GLIBC, here, frozenset())
    names = {*here, *(symbol.library for symbol in floor.symbols)}
    yield from _differences(floor, {name: read_shared_object(folder / name) for name in sorted(names)})


def _differences(floor: Floor, real: Mapping[str, SharedObject]) -> Iterator[str]:
    told = {
        (symbol.name, symbol.version): symbol.library
        for symbol in floor.symbols
        if not beyond(symbol.version, floor.version)
    }
    there: dict[tuple[str, str], set[str]] = {}
    for library, shared_object in real.items():
        for symbol in shared_object.symbols:
            is_mark = symbol.name.startswith("GLIBC_")
            if symbol.is_exported and symbol.version and beyond(symbol.version, "0") and not is_mark:
                there.setdefault((symbol.name, symbol.version), set()).add(library)
    for (name, version), libraries in sorted(there.items()):
        place = told.get((name, version))
        # Others are separate libraries to this day.
        if place is None and name not in _GONE and libraries & LINKED_SYSTEM_LIBRARIES:
            yield f"{name} of {version} is in {', '.join(sorted(libraries))}, which the new one does not tell"
        if place is not None and place not in libraries:
            yield f"{name} of {version} is in {', '.join(sorted(libraries))}, not in {place}"
    for name, version in sorted(told.keys() - there.keys()):
        yield f"{name} of {version} is not there"
