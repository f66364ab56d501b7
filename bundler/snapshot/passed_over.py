"""Words of the interpreter that may differ between recordings, for nothing that a program can see depends on them."""

from __future__ import annotations

import functools
from bisect import bisect_right
from collections.abc import Mapping, Sequence

from bundler.link.model import Linked
from bundler.snapshot.differences import Owners
from bundler.snapshot.model import Range, Recording
from bundler.target.model import ObjectLayout

_MOST_KINDS = 3  # of keys of dictionaries (pycore_dict.h, DictKeysKind)


class Instructions:
    """Finds words of instructions: the interpreter writes into them what it has seen, to be faster, and nothing else (PEP 659).

    Whether it has seen something often enough differs where a loop takes another turn.
    """

    def __init__(self, recording: Recording, linked: Linked, layout: ObjectLayout) -> None:
        fields = {field.name: field.offset for field in layout.structs["code"]}
        self._parts = (*recording.executable, recording.region)
        self._text_type = _address_of("PyUnicode_Type", linked)
        pattern = _address_of("PyCode_Type", linked).to_bytes(8, "little")
        self._spans: list[tuple[int, int]] = []
        for part in self._parts:
            at = part.content.find(pattern)
            while at >= 0:
                start = part.address + at - 8
                first = start + fields["co_code_adaptive"]
                end = first + 2 * int.from_bytes(part.content[at + 8 : at + 16], "little")
                # Tables of types hold the pattern, too: what follows there is no size, and no object with a file's name.
                if at % 8 == 0 and end <= part.end and self._is_text(self._word(start + fields["co_filename"])):
                    self._spans.append((first, end))
                at = part.content.find(pattern, at + 1)
        self._spans.sort()
        self._starts = [start for start, _ in self._spans]

    def _word(self, address: int) -> int:
        for part in self._parts:
            if part.address <= address < part.end:
                return int.from_bytes(part.content[address - part.address : address - part.address + 8], "little")
        return 0

    def _is_text(self, address: int) -> bool:
        """True if a string lies there."""
        return self._word(address + 8) == self._text_type

    def hold(self, address: int) -> bool:
        """True if the word at an address holds instructions."""
        row = bisect_right(self._starts, address + 7) - 1
        return row >= 0 and address < self._spans[row][1]


class Interned:
    """Finds words of strings that only the table of interned strings refers to. In 3.12 these live on when nobody has them any more
    (PEP 683), as do the parts of a path that was changed.
    """

    def __init__(self, recording: Recording, linked: Linked, owners: Owners, layout: ObjectLayout) -> None:
        self._recording = recording
        self._owners = owners
        self._type = _address_of("PyUnicode_Type", linked)
        self._state = next(field.offset for field in layout.structs["ascii"] if field.name == "state")
        self._known: dict[int, bool] = {}  # by starts of blocks

    def hold(self, address: int) -> bool:
        """True if the word at an address is part of such a string."""
        block = self._owners.block(address)
        if block is None:
            return False
        if block.address not in self._known:
            self._known[block.address] = self._is_interned(block) and self._is_alone(block)
        return self._known[block.address]

    def _is_interned(self, block: Range) -> bool:
        region = self._recording.region
        head = region.content[block.address - region.address : block.end - region.address]
        # PyASCIIObject begins its state with two bits for this (unicodeobject.h, SSTATE_INTERNED_MORTAL).
        return int.from_bytes(head[8:16], "little") == self._type and head[self._state] & 3 != 0

    def _is_alone(self, block: Range) -> bool:
        """True if just two words in all recorded memory are addresses in a block: key and value in the table of interned strings."""
        found = [at for address in range(block.address, block.end) for at in self._referring_words.get(address, ())]
        return len(found) == 2 and abs(found[1] - found[0]) == 8

    @functools.cached_property
    def _referring_words(self) -> Mapping[int, Sequence[int]]:
        """The addresses of words that are addresses in the region, by these. One walk: blocks to look at come by the thousand."""
        region = self._recording.region
        first, end = region.address, region.address + len(region.content)
        found: dict[int, list[int]] = {}
        for part in self._recording.parts:
            words = memoryview(part.content[: len(part.content) // 8 * 8]).cast("Q")
            for number, word in enumerate(words):
                if first <= word < end:
                    found.setdefault(word, []).append(part.address + number * 8)
        return found


class Tables:
    """Finds words of hash tables of dictionaries, where both recordings have the same entries behind them.

    A table holds numbers of entries. In which of its places a number lies depends on keys that were there before, too: a string
    such as the user's folder that was interned, and has died since.
    """

    def __init__(self, first: Recording, second: Recording, owners: Owners, layout: ObjectLayout) -> None:
        self._fields = {field.name: field for field in layout.structs["keys"]}
        self._regions = (first.region, second.region)
        self._owners = owners
        self._known: dict[int, Range | None] = {}  # by starts of blocks

    def hold(self, address: int) -> bool:
        """True if the word at an address is part of such a table."""
        block = self._owners.block(address)
        if block is None:
            return False
        if block.address not in self._known:
            self._known[block.address] = self._table(block)
        table = self._known[block.address]
        return table is not None and table.address <= address and address + 8 <= table.end

    def _table(self, block: Range) -> Range | None:
        """The table in a block that is one of a dictionary's keys, with equal entries in both; else None."""
        heads = [self._content(which, block.address, self._fields["dk_indices"].offset) for which in (0, 1)]
        log2_size, log2_bytes, kind, usable, used = (
            self._number(heads[0], name)
            for name in ("dk_log2_size", "dk_log2_index_bytes", "dk_kind", "dk_usable", "dk_nentries")
        )
        width = 1 << max(log2_bytes - log2_size, 0)
        # USABLE_FRACTION of dictobject.c: two thirds of the places have entries, used ones and others.
        fits = 3 <= log2_size <= log2_bytes < 32 and width <= 8 and usable + used == (2 << log2_size) // 3
        size = 1 << log2_bytes if fits else 0
        table = Range(block.address + self._fields["dk_indices"].offset, size)
        if not fits or kind >= _MOST_KINDS or table.end > block.end or heads[0] != heads[1]:
            return None
        entries = [_entries(self._content(which, table.address, size), width) for which in (0, 1)]
        return table if entries[0] == entries[1] else None

    def _content(self, which: int, address: int, size: int) -> bytes:
        region = self._regions[which]
        return region.content[address - region.address : address - region.address + size].ljust(size, b"\0")

    def _number(self, head: bytes, name: str) -> int:
        field = self._fields[name]
        return int.from_bytes(head[field.offset : field.offset + field.size], "little")


def _entries(table: bytes, width: int) -> Sequence[int]:
    """The numbers of entries in a table, sorted: a negative one is a place that is empty, or was used before."""
    numbers = (int.from_bytes(table[at : at + width], "little", signed=True) for at in range(0, len(table), width))
    return sorted(number for number in numbers if number >= 0)


def _address_of(name: str, linked: Linked) -> int:
    """The address of one of CPython's variables."""
    symbols = linked.executable.symbols
    if name in symbols:
        return symbols[name]
    for dso in linked.layout.plan.prelinked.residents:
        for symbol in dso.object.symbols:
            if symbol.name == name and symbol.is_defined:
                return dso.base + symbol.value
    raise AssertionError(f"the executable has no {name}")
