"""Removes symbols from a linked executable that only the link needed: above all, a name for every frozen string.

The names that gdb, perf and py-spy use stay.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from bundler.elf.structures import (
    NAMED_TYPES,
    ElfError,
    SectionFlag,
    SectionType,
    SymbolBinding,
    binding_of,
    packer,
    read_array,
    size_of,
    type_of,
)

_ALIGNMENT = 8  # of what is moved, and of the section headers


def drop_symbols(path: Path, prefix: str) -> None:
    """Drop symbols that name no function or variable, and those defined in sections whose names start with `prefix`.

    Moves whatever stands behind the symbol table up, in whichever order the linker wrote it, and the section headers
    behind it. ElfError when there is no symbol table, or when a part of it is loaded or shared with another section.
    """
    with path.open("r+b") as file:
        header_bytes = bytearray(file.read(size_of("Elf64_Ehdr")))
        header = read_array(header_bytes, 0, "Elf64_Ehdr", 1)[0]
        section_bytes = bytearray(os.pread(file.fileno(), header.e_shnum * size_of("Elf64_Shdr"), header.e_shoff))
        sections = read_array(section_bytes, 0, "Elf64_Shdr", header.e_shnum)
        table = next((each for each in sections if each.sh_type == SectionType.SYMTAB), None)
        if table is None:
            raise ElfError(f"`{path}`: no symbol table")
        strings, names = sections[table.sh_link], _read(file.fileno(), sections[header.e_shstrndx])
        start = min(table.sh_offset, strings.sh_offset)
        behind = sorted(_stored_behind(sections, start), key=lambda each: each.sh_offset)
        if table.sh_link == header.e_shstrndx or any(each.sh_flags & SectionFlag.ALLOC for each in behind):
            raise ElfError(f"`{path}`: the symbol table does not stand alone at the end")

        contents = {each.sh_offset: _read(file.fileno(), each) for each in behind}
        wanted = prefix.encode()
        dropped = {index for index, each in enumerate(sections) if names.startswith(wanted, each.sh_name)}
        contents[table.sh_offset], contents[strings.sh_offset], table.sh_info = _kept(
            contents[table.sh_offset], contents[strings.sh_offset], dropped
        )
        tail = bytearray()
        for section in behind:
            content = contents[section.sh_offset]
            tail += bytes(-(start + len(tail)) % max(_ALIGNMENT, section.sh_addralign))
            section.sh_offset, section.sh_size = start + len(tail), len(content)
            tail += content
        tail += bytes(-(start + len(tail)) % _ALIGNMENT)
        header.e_shoff = start + len(tail)
        tail += section_bytes
        file.seek(0)
        file.write(header_bytes)
        file.seek(start)
        file.write(tail)
        file.truncate()


def _stored_behind(sections: Iterable[Any], start: int) -> Iterator[Any]:
    """The sections with bytes in the file that stand at an offset or behind it."""
    for each in sections:
        if each.sh_offset >= start and each.sh_size and each.sh_type not in (SectionType.NULL, SectionType.NOBITS):
            yield each


def _read(descriptor: int, section: Any) -> bytes:
    return os.pread(descriptor, section.sh_size, section.sh_offset)


def _kept(table: bytes, strings: bytes, dropped: set[int]) -> tuple[bytes, bytes, int]:
    """A symbol table and its strings without what is dropped, and the index of the first symbol that is not local."""
    symbol = packer("Elf64_Sym")
    entries, texts = bytearray(symbol.size), bytearray(1)
    first_global = 1
    for name, info, other, section, value, size in symbol.iter_unpack(table):
        if type_of(info) in NAMED_TYPES and section not in dropped:
            entries += symbol.pack(len(texts), info, other, section, value, size)
            texts += strings[name : strings.index(b"\0", name) + 1]
            first_global += binding_of(info) == SymbolBinding.LOCAL  # these come first, as sh_info says
    return bytes(entries), bytes(texts), first_global
