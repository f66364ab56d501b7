"""Removes symbols from a linked executable that only the link needed: above all, a name for every frozen string.

The names that gdb, perf and py-spy use stay.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from bundler.elf.structures import (
    SectionType,
    SymbolBinding,
    SymbolType,
    binding_of,
    packer,
    read_array,
    size_of,
    type_of,
)

_NAMED = (SymbolType.OBJECT, SymbolType.FUNC, SymbolType.TLS, SymbolType.GNU_IFUNC)


def drop_symbols(path: Path, prefix: str) -> None:
    """Drop symbols that name no function or variable, and those defined in sections whose names start with `prefix`.

    The executable is as ld wrote it: the symbol table, its strings and the names of sections stand in this order behind
    everything else, and the section headers behind them.
    """
    with path.open("r+b") as file:
        header_bytes = bytearray(file.read(size_of("Elf64_Ehdr")))
        header = read_array(header_bytes, 0, "Elf64_Ehdr", 1)[0]
        file.seek(header.e_shoff)
        section_bytes = bytearray(file.read(header.e_shnum * size_of("Elf64_Shdr")))
        sections = read_array(section_bytes, 0, "Elf64_Shdr", header.e_shnum)
        table_index = next(index for index, each in enumerate(sections) if each.sh_type == SectionType.SYMTAB)
        indices = (table_index, sections[table_index].sh_link, header.e_shstrndx)
        start = sections[table_index].sh_offset
        last = max(range(header.e_shnum), key=lambda index: sections[index].sh_offset)
        assert indices == tuple(sorted(indices)), "sections are in another order"
        assert last == header.e_shstrndx, "something stands behind the names"

        table, strings, names = [_read(file.fileno(), sections[index]) for index in indices]
        wanted = prefix.encode()
        dropped = {index for index, each in enumerate(sections) if names.startswith(wanted, each.sh_name)}
        table, strings, sections[table_index].sh_info = _kept(table, strings, dropped)

        tail = bytearray()
        for index, content in zip(indices, (table, strings, names), strict=True):
            sections[index].sh_offset, sections[index].sh_size = start + len(tail), len(content)
            tail += content
            tail += bytes(-(start + len(tail)) % 8)
        header.e_shoff = start + len(tail)
        tail += section_bytes
        file.seek(0)
        file.write(header_bytes)
        file.seek(start)
        file.write(tail)
        file.truncate()


def _read(descriptor: int, section: Any) -> bytes:
    return os.pread(descriptor, section.sh_size, section.sh_offset)


def _kept(table: bytes, strings: bytes, dropped: set[int]) -> tuple[bytes, bytes, int]:
    """A symbol table and its strings without what is dropped, and the index of the first symbol that is not local."""
    symbol = packer("Elf64_Sym")
    entries, texts = bytearray(symbol.size), bytearray(1)
    first_global = 1
    for name, info, other, section, value, size in symbol.iter_unpack(table):
        if type_of(info) in _NAMED and section not in dropped:
            entries += symbol.pack(len(texts), info, other, section, value, size)
            texts += strings[name : strings.index(b"\0", name) + 1]
            first_global += binding_of(info) == SymbolBinding.LOCAL  # these come first, as sh_info says
    return bytes(entries), bytes(texts), first_global
