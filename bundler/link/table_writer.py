"""Lays out tables that are declared in `launcher/bundle.h`, for the payload and for the snapshot."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from bundler.contract import Struct, bundle_ffi, fnv1a
from bundler.link.model import Reference, Tables


class TableWriter:
    """Lays out tables one behind the other, starting at an offset of the payload.

    While rows are filled in, a pointer holds the number of its target; `fill` makes it a reference.
    """

    def __init__(self, start: int) -> None:
        self.ffi = bundle_ffi()
        self._start = start
        self._data = bytearray()
        self._texts: dict[str, int] = {}
        self._pointees: list[Reference | int] = []  # addresses, where they are known
        self._references: list[Reference] = []

    # --- Room ---

    def place(self, content: bytes, alignment: int = 8) -> int:
        """Append bytes; their offset in the payload."""
        self._data += bytes(-(self._start + len(self._data)) % alignment)
        offset = self._start + len(self._data)
        self._data += content
        return offset

    def reserve(self, struct: str, count: int) -> tuple[Struct, int]:
        """Room for structs that are filled in later: a view of them, to be given to `fill`, and their offset."""
        array = self.ffi.new(f"{struct}[]", max(count, 1))
        return array, self.place(bytes(self.ffi.sizeof(array)))

    def fill(self, array: Struct, offset: int) -> None:
        """Write reserved structs."""
        start = offset - self._start
        data = self._refer(array, offset)
        self._data[start : start + len(data)] = data

    def finish(self, head: Struct) -> Tables:
        """All tables; `head` comes first in the payload."""
        chunks = ((0, bytes(self._refer(head, 0))), (self._start, bytes(self._data)))
        return Tables(chunks, tuple(self._references))

    def _refer(self, array: Struct, offset: int) -> bytearray:
        """The bytes of an array, with references in place of its pointers."""
        data = bytearray(self.ffi.buffer(array))
        item = self.ffi.typeof(array).item
        words = memoryview(data).cast("Q")
        for place in _pointer_places(item):
            for at in range(place, len(data), self.ffi.sizeof(item)):
                number = words[at // 8]
                if number:
                    pointee = self._pointees[number - 1]
                    if isinstance(pointee, Reference):
                        self._references.append(replace(pointee, place=offset + at))
                    words[at // 8] = 0 if isinstance(pointee, Reference) else pointee
        return data

    # --- Values of pointers ---

    def point(self, kind: str, offset: int) -> Struct:
        """A pointer to an offset of the payload."""
        return self._pointer(kind, Reference(0, None, offset))

    def point_to_symbol(self, kind: str, symbol: str) -> Struct:
        """A pointer to a symbol of the executable."""
        return self._pointer(kind, Reference(0, symbol, 0))

    def point_at(self, kind: str, address: int) -> Struct:
        """A pointer to an address that is known already."""
        return self._pointer(kind, address)

    def _pointer(self, kind: str, pointee: Reference | int) -> Struct:
        self._pointees.append(pointee)
        return self.ffi.cast(kind, len(self._pointees))

    def text(self, value: str | None) -> Struct:
        """A C string, shared between equal ones; NULL for None."""
        if value is None:
            return self.ffi.NULL
        if value not in self._texts:
            self._texts[value] = self.place(value.encode("utf-8", "surrogateescape") + b"\0", 1)
        return self.point("const char *", self._texts[value])

    def text_list(self, values: Sequence[str]) -> Struct:
        """A list of C strings that ends with NULL; NULL when there are none."""
        if not values:
            return self.ffi.NULL
        array = self.ffi.new("const char *[]", [*map(self.text, values), self.ffi.NULL])
        offset = self.place(bytes(self.ffi.sizeof(array)))
        self.fill(array, offset)
        return self.point("const char *const *", offset)

    def numbers(self, values: Sequence[int]) -> Struct:
        """An array of uint32_t."""
        array = self.ffi.new("uint32_t[]", [*values, 0])
        return self.point("const uint32_t *", self.place(bytes(self.ffi.buffer(array))))

    def index(self, record: Struct, texts: Iterable[str]) -> None:
        """Fill a `struct bundle_index` over records that begin with these texts."""
        keys = [text.encode("utf-8", "surrogateescape") for text in texts]
        size = 4
        while size < 2 * len(keys):  # at most half full: a miss ends soon
            size *= 2
        slots = [0] * size
        for number, key in enumerate(keys, 1):
            slot = fnv1a(key) & (size - 1)
            while slots[slot]:
                slot = (slot + 1) & (size - 1)
            slots[slot] = number
        record.slots = self.numbers(slots)
        record.mask = size - 1
        record.count = len(keys)


@functools.cache
def _pointer_places(kind: Any) -> tuple[int, ...]:
    """Offsets of the pointers in a C type, in bytes."""
    if kind.kind == "pointer":
        return (0,)
    if kind.kind != "struct":
        return ()
    return tuple(member.offset + place for _, member in kind.fields for place in _pointer_places(member.type))
