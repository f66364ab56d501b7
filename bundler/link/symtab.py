"""Takes out of an executable's symbol table what only its linking needed: a name for every frozen string, above all.

Structures from the System V gABI, chapter 4 (Sections, Symbol Table). gdb, perf and py-spy find what they look for in what
is left.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import NamedTuple

from bundler.link.elf import SymbolBinding, SymbolType

_HEADER_SIZE = 64
_SECTIONS_PLACE, _SECTIONS_COUNT = 40, 60  # of e_shoff, and of e_shnum and e_shstrndx, in the header
_SECTION = struct.Struct("<IIQQQQIIQQ")
_SYMBOL = struct.Struct("<IBBHQQ")

_SYMBOL_TABLE = 2  # SHT_SYMTAB
_NAMED = (SymbolType.OBJECT, SymbolType.FUNC, SymbolType.TLS, SymbolType.GNU_IFUNC)


class _Section(NamedTuple):
    """Elf64_Shdr."""

    name: int
    type: int
    flags: int
    address: int
    offset: int
    size: int
    link: int
    info: int
    alignment: int
    entry_size: int


def drop_symbols(path: Path, prefix: str) -> None:
    """Drop the symbols defined in sections whose name starts with `prefix`, and all that name no function or variable.

    The executable is as ld wrote it: the symbol table, its strings and the names of sections stand in this order behind
    everything else, and the section headers behind them.
    """
    with path.open("r+b") as file:
        header = bytearray(file.read(_HEADER_SIZE))
        (place,) = struct.unpack_from("<Q", header, _SECTIONS_PLACE)
        count, names_index = struct.unpack_from("<HH", header, _SECTIONS_COUNT)
        file.seek(place)
        sections = [_Section(*fields) for fields in _SECTION.iter_unpack(file.read(count * _SECTION.size))]
        table_index = next(index for index, section in enumerate(sections) if section.type == _SYMBOL_TABLE)
        indices = (table_index, sections[table_index].link, names_index)
        start = sections[table_index].offset
        last = max(range(count), key=lambda index: sections[index].offset)
        assert indices == tuple(sorted(indices)), "sections are in another order"
        assert last == names_index, "something stands behind the names"

        table, strings, names = [_read(file.fileno(), sections[index]) for index in indices]
        wanted = prefix.encode()
        dropped = {index for index, section in enumerate(sections) if names.startswith(wanted, section.name)}
        table, strings, first_global = _kept(table, strings, dropped)
        sections[table_index] = sections[table_index]._replace(info=first_global)

        tail = bytearray()
        for index, content in zip(indices, (table, strings, names), strict=True):
            sections[index] = sections[index]._replace(offset=start + len(tail), size=len(content))
            tail += content
            tail += bytes(-(start + len(tail)) % 8)
        struct.pack_into("<Q", header, _SECTIONS_PLACE, start + len(tail))
        tail += b"".join(_SECTION.pack(*section) for section in sections)
        file.seek(0)
        file.write(header)
        file.seek(start)
        file.write(tail)
        file.truncate()


def _read(descriptor: int, section: _Section) -> bytes:
    return os.pread(descriptor, section.size, section.offset)


def _kept(table: bytes, strings: bytes, dropped: set[int]) -> tuple[bytes, bytes, int]:
    """A symbol table and its strings without what is dropped, and the index of the first symbol that is not local."""
    entries, texts = bytearray(_SYMBOL.size), bytearray(1)
    first_global = 1
    for name, info, other, section, value, size in _SYMBOL.iter_unpack(table):
        if info & 15 in _NAMED and section not in dropped:
            entries += _SYMBOL.pack(len(texts), info, other, section, value, size)
            texts += strings[name : strings.index(b"\0", name) + 1]
            first_global += info >> 4 == SymbolBinding.LOCAL  # these come first, as sh_info says
    return bytes(entries), bytes(texts), first_global
