"""Digests of an executable that say the same after tools such as `strip` have moved its contents in the file."""

from __future__ import annotations

import hashlib
from pathlib import Path

from bundler.elf.header import read_header, read_segments
from bundler.elf.structures import (
    NAMED_TYPES,
    SectionType,
    SegmentType,
    map_file,
    packer,
    read_array,
    size_of,
    type_of,
)


def loaded_digest(path: Path) -> str:
    """SHA-256 of all that a start maps, and of where: program headers but for places in the file, then contents.

    The headers themselves are loaded as well, and left out: they say where things lie in the file. So their own place
    counts. ElfError when the file is malformed.
    """
    data = map_file(path)
    header, machine = read_header(data)
    segments = read_segments(data, header)
    heads = header.e_phoff + header.e_phnum * size_of("Elf64_Phdr")
    state = hashlib.sha256(f"{machine.number} {header.e_type} {header.e_phoff} {header.e_entry:#x}\n".encode())
    for each in segments:
        row = (each.type, each.flags, each.address, each.file_size, each.memory_size)
        state.update(f"{' '.join(map(str, row))}\n".encode())
    for each in segments:
        if each.type == SegmentType.LOAD:
            state.update(data[max(each.offset, heads) : each.offset + each.file_size])
    return state.hexdigest()


def symbols_digest(path: Path) -> str:
    """SHA-256 of the names of functions and variables, with their values; "" if there is no table of symbols."""
    data = map_file(path)
    header, _ = read_header(data)
    sections = read_array(data, header.e_shoff, "Elf64_Shdr", header.e_shnum)
    table = next((each for each in sections if each.sh_type == SectionType.SYMTAB), None)
    if table is None:
        return ""
    strings = sections[table.sh_link].sh_offset
    symbol = packer("Elf64_Sym")
    rows = data[table.sh_offset : table.sh_offset + table.sh_size]
    found = []
    for name, info, _, _, value, size in symbol.iter_unpack(rows[: len(rows) // symbol.size * symbol.size]):
        if type_of(info) in NAMED_TYPES:
            start = strings + name
            found.append((data[start : data.find(b"\0", start)], info, value, size))
    state = hashlib.sha256()
    for name, *numbers in sorted(found):
        state.update(name + f" {' '.join(map(str, numbers))}\n".encode())
    return state.hexdigest()
