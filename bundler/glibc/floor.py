"""Reads what the C library of the oldest supported system offers. Pure. Verb: `read_floor`.

A C library keeps all versions of its symbols for ever, so that of the build machine tells what older ones had: the
symbols whose versions are not newer. (Those of glibc 2.36 up to GLIBC_2.17 are the symbols of a real glibc 2.17, but for
`malloc_get_state` and `malloc_set_state`.) What it does not tell is which library had them: glibc 2.34 made several
libraries one (`names.toml`).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import tomli
from packaging.version import Version

from bundler.elf import SharedObject

HOST = "host"
"""In place of a version: the C library of the build machine, as it is."""

_NUMBERED = re.compile(r"GLIBC_(\d+(?:\.\d+)*)")
_MERGED = Version("2.34")
_LIBC = "libc.so.6"
# Of these a program needs a function or two, and each library that is loaded costs some system calls: polyfills instead.
_AVOIDED = frozenset({"librt.so.1", "libutil.so.1"})


@dataclass(frozen=True, slots=True)
class FloorSymbol:
    """A symbol that a library of the C library has at the floor. `kind`: a `SymbolType`. `size`: in bytes.

    `is_default`: what a reference without a version is bound to.
    """

    library: str
    name: str
    version: str
    is_default: bool
    kind: int
    size: int


@dataclass(frozen=True)
class Floor:
    """The C library of a version.

    `symbols`: what the linker may bind to. Of a name that has no version this old, and no polyfill, it is the oldest one:
    an executable that needs it needs a newer C library. `polyfilled`: names that the launcher brings.
    """

    version: str
    symbols: tuple[FloorSymbol, ...]
    polyfilled: frozenset[str]

    def is_polyfilled(self, name: str, version: str | None) -> bool:
        """True if the launcher's function serves a reference to this version."""
        return name in self.polyfilled and (name not in _changed() or beyond(version, self.version))

    def bound_version(self, name: str, version: str | None) -> str | None:
        """The version to which a reference is bound: its own, unless the C library lacks that at the floor, or has it in a
        library that no other symbol needs. None when there is none.
        """
        default = self._defaults.get(name)
        if not beyond(version, self.version):
            is_avoided = default is not None and default.library not in _AVOIDED and (name, version) in self._avoided
            return default.version if default is not None and is_avoided else version
        return default.version if default is not None else None

    @functools.cached_property
    def _defaults(self) -> Mapping[str, FloorSymbol]:
        """The symbols of the C library at the floor, by name."""
        return {
            symbol.name: symbol
            for symbol in self.symbols
            if symbol.is_default and not beyond(symbol.version, self.version)
        }

    @functools.cached_property
    def _avoided(self) -> frozenset[tuple[str, str | None]]:
        return frozenset((symbol.name, symbol.version) for symbol in self.symbols if symbol.library in _AVOIDED)


@dataclass(frozen=True, slots=True)
class CLibrary:
    """The C library that the linker is given in place of this machine's.

    `stubs`: shared libraries with the symbols of a floor, by soname. `polyfills`: an archive. `others`: archives that
    belong to the C library and are linked into every program.
    """

    stubs: Mapping[str, Path]
    polyfills: Path
    others: tuple[Path, ...]


def beyond(version: str | None, floor: str) -> bool:
    """True if a symbol's version is newer than a version of the C library. One that is not glibc's is not."""
    number = _number(version)
    return number is not None and number > Version(floor)


def read_floor(version: str, libraries: Mapping[str, SharedObject], polyfills: frozenset[str]) -> Floor:
    """The C library at a version, from that of this machine: its libraries, by their sonames.

    `polyfills`: names that the launcher can bring.
    """
    floor = Version(version)
    every = _symbols(libraries, at=floor)
    kept: list[FloorSymbol] = []
    polyfilled = set(polyfills - every.keys())
    for name, by_version in sorted(every.items()):
        old = {number: symbol for number, symbol in by_version.items() if number <= floor}
        newest = max(by_version)
        is_lost = not old or (newest > floor and name in _changed() and newest >= _changed()[name])
        if name in polyfills and (is_lost or all(symbol.library in _AVOIDED for symbol in old.values())):
            polyfilled.add(name)
        default = None if name in polyfilled else max(old) if old else min(by_version)
        for number, symbol in sorted((old or ({} if name in polyfilled else by_version)).items()):
            if number in old or number == default:
                kept.append(replace(symbol, is_default=number == default))
    return Floor(version, tuple(kept), frozenset(polyfilled))


def _symbols(libraries: Mapping[str, SharedObject], at: Version) -> Mapping[str, Mapping[Version, FloorSymbol]]:
    """All symbols with a numbered version, by name and version, in the libraries that have them at the floor."""
    found: dict[str, dict[Version, FloorSymbol]] = {}
    moved = _moved(Version(libraries[_LIBC].machine.first_glibc)) if _LIBC in libraries else {}
    # libc.so.6 first: other libraries have had copies of some of its functions.
    for library in sorted(libraries, key=lambda name: (name != _LIBC, name)):
        for symbol in libraries[library].symbols:
            number = _number(symbol.version) if symbol.is_exported else None
            if number is None or symbol.version is None or _is_mark(symbol.name):
                continue
            place = library
            if library == _LIBC and at < _MERGED:
                place = moved.get((symbol.name, number), library)
            row = FloorSymbol(place, symbol.name, symbol.version, False, symbol.type, symbol.size)
            found.setdefault(symbol.name, {}).setdefault(number, row)
    return found


def _is_mark(name: str) -> bool:
    """True if a symbol only stands for a version. Linkers write such, and merged libraries have no others left."""
    return name.startswith("GLIBC_") or name.endswith("_version_placeholder")


@functools.cache
def _number(version: str | None) -> Version | None:
    matched = _NUMBERED.fullmatch(version or "")
    return Version(matched[1]) if matched else None


@functools.cache
def _table() -> Mapping[str, Any]:
    return tomli.loads(Path(__file__).with_name("names.toml").read_text())


@functools.cache
def _moved(first: Version) -> Mapping[tuple[str, Version], str]:
    """The library that had a symbol before all became one, by name and version. `first`: the machine's oldest version."""
    joined = {name for version, names in _table()["joined"].items() if _number(version) == first for name in names}
    return {
        (name, max(version, first)): library
        for library, version, names in _rows(_table()["moved"])
        for name in names
        if name not in joined
    }


def _rows(moved: Mapping[str, Mapping[str, list[str]]]) -> Iterator[tuple[str, Version, list[str]]]:
    for library, versions in moved.items():
        for version, names in versions.items():
            number = _number(version)
            assert number is not None, "names.toml has versions of glibc"
            yield library, number, names


@functools.cache
def _changed() -> Mapping[str, Version]:
    """Names for which an older version cannot stand since a version."""
    rows = _table()["changed"].items()
    return {name: number for version, names in rows if (number := _number(version)) is not None for name in names}
