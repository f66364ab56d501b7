"""Looks up the symbols that shared objects offer to others, by name and version."""

from __future__ import annotations

from collections.abc import Iterable

from bundler.elf import SharedObject, Symbol, SymbolBinding


class Exports:
    """The symbols that one object offers to others, by name."""

    def __init__(self, object_: SharedObject) -> None:
        self._by_name: dict[str, list[Symbol]] = {}
        for symbol in object_.symbols:
            if symbol.is_exported:
                self._by_name.setdefault(symbol.name, []).append(symbol)

    def find(self, name: str, version: str | None) -> Symbol | None:
        """The definition that a reference with this version is bound to (glibc's do-lookup.h, check_match).

        A reference without one was made when the file had no versions yet, so it means the oldest.
        """
        candidates = self._by_name.get(name, ())
        for symbol in candidates:
            if symbol.version == version or (symbol.version is None and not symbol.is_hidden):
                return symbol
        if version is None:
            oldest = next((symbol for symbol in candidates if symbol.is_oldest), None)
            return oldest or next((symbol for symbol in candidates if not symbol.is_hidden), None)
        return None


def unique_names(object_: SharedObject) -> set[str]:
    """Names that are to be one for the process (STB_GNU_UNIQUE) and that the object defines."""
    return {s.name for s in object_.symbols if s.binding == SymbolBinding.GNU_UNIQUE and s.is_exported}


def shared_names(objects: Iterable[SharedObject]) -> list[str]:
    """Names that are to be one for the process and that more than one object defines."""
    seen: set[str] = set()
    shared: set[str] = set()
    for each in objects:
        names = unique_names(each)
        shared |= seen & names
        seen |= names
    return sorted(shared)
