"""Makes symbol files: what a debugger reads of a shared object that the dynamic linker does not know.

gdb takes an ELF file that lies in the program's memory (GDB manual, "JIT Compilation Interface"). This one consists of
headers only. Its sections are parts of the loaded object: an offset in the file is a distance in memory. Symbols of a
relocatable file count from the section that they name; so every section that the object's symbols name begins at its base,
and its dynamic symbols serve as they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from bundler.elf.model import SharedObject
from bundler.elf.structures import (
    IDENTIFICATION,
    ElfError,
    FileType,
    SectionFlag,
    SectionType,
    SegmentType,
    SymbolType,
    Tag,
    make_struct,
    size_of,
)

_CURRENT_VERSION = b"\1"  # EV_CURRENT
_FIRST_RESERVED_SECTION = 0xFF00  # SHN_LORESERVE: what is not below is no section

# DW_EH_PE_pcrel | DW_EH_PE_sdata4 (LSB Core, chapter 10.5): how every linker writes the pointer to .eh_frame.
_RELATIVE_TO_PLACE = b"\x1b"
_LENGTH_IN_64_BITS = 0xFFFFFFFF

_WORD = (1 << 64) - 1  # tags of a malformed object may hold any number


class _Section(NamedTuple):
    name: str
    type: SectionType
    address: int = 0
    size: int = 0
    flags: int = 0
    link: int = 0
    info: int = 0
    entry_size: int = 0


def symbol_file(object_: SharedObject, base: int, address: int) -> bytes:
    """The symbol file of an object that is loaded at `base`. The file lies at `address`, below the object."""
    sections = tuple(_sections(object_, base))
    names = b"\0".join((b"", *(section.name.encode() for section in sections), b".shstrtab", b""))
    headers_size = (len(sections) + 2) * size_of("Elf64_Shdr")
    names_offset = size_of("Elf64_Ehdr") + headers_size
    header = make_struct(
        "Elf64_Ehdr",
        e_ident=(IDENTIFICATION + _CURRENT_VERSION).ljust(16, b"\0"),
        e_type=FileType.RELOCATABLE,
        e_machine=object_.machine.number,
        e_version=1,
        e_shoff=size_of("Elf64_Ehdr"),
        e_ehsize=size_of("Elf64_Ehdr"),
        e_shentsize=size_of("Elf64_Shdr"),
        e_shnum=len(sections) + 2,
        e_shstrndx=len(sections) + 1,
    )
    rows = [make_struct("Elf64_Shdr")]
    rows += [
        make_struct(
            "Elf64_Shdr",
            sh_name=names.index(b"\0" + section.name.encode() + b"\0") + 1,
            sh_type=section.type,
            sh_flags=section.flags,
            # Debuggers take an address for a part of the program's memory.
            sh_addr=section.address & _WORD if section.flags else 0,
            sh_offset=(section.address - address) & _WORD,
            sh_size=section.size & _WORD,
            sh_link=section.link,
            sh_info=section.info,
            sh_addralign=1,
            sh_entsize=section.entry_size,
        )
        for section in sections
    ]
    rows.append(
        make_struct(
            "Elf64_Shdr",
            sh_name=names.index(b"\0.shstrtab\0") + 1,
            sh_type=SectionType.STRTAB,
            sh_offset=names_offset,
            sh_size=len(names),
            sh_addralign=1,
        )
    )
    return b"".join((header, *rows, names))


def symbol_file_size(object_: SharedObject) -> int:
    """Bytes of an object's symbol file, wherever the two lie."""
    return len(symbol_file(object_, 0, 0))


def _sections(object_: SharedObject, base: int) -> Iterator[_Section]:
    """The sections behind the first, which is empty: those that symbols name, then the tables."""
    named = Counter(
        symbol.section
        for symbol in object_.symbols
        if symbol.is_defined and symbol.section < _FIRST_RESERVED_SECTION and symbol.type == SymbolType.FUNC
    )
    count = max((s.section for s in object_.symbols if s.section < _FIRST_RESERVED_SECTION), default=0) or 1
    # gdb wants the function that an address belongs to in the section that holds the address: one section has it all.
    code = named.most_common(1)[0][0] if named else 1
    size = max(segment.address + segment.memory_size for segment in object_.loads)
    for index in range(1, count + 1):
        flags = SectionFlag.ALLOC | SectionFlag.EXECUTE
        if index == code:
            yield _Section(".text", SectionType.NOBITS, base, size, flags)
        else:
            yield _Section(f".{index}", SectionType.NOBITS, base, 0, flags)
    frames = _frames(object_)
    if frames is not None:
        start, length = frames
        yield _Section(".eh_frame", SectionType.PROGBITS, base + start, length, SectionFlag.ALLOC)
    strings = count + 2 + (frames is not None)
    entry = size_of("Elf64_Sym")
    table = len(object_.symbols) * entry
    symbols = object_.tags.get(Tag.SYMTAB, 0)
    yield _Section(".symtab", SectionType.SYMTAB, base + symbols, table, link=strings, info=1, entry_size=entry)
    yield _Section(
        ".strtab", SectionType.STRTAB, base + object_.tags.get(Tag.STRTAB, 0), object_.tags.get(Tag.STRSZ, 0)
    )


def _frames(object_: SharedObject) -> tuple[int, int] | None:
    """Address, relative to the base, and size of .eh_frame; None when the object tells of none."""
    header = object_.segment(SegmentType.GNU_EH_FRAME)
    if header is None:
        return None
    data = object_.data
    try:
        place = object_.offset_of(header.address)
        if data[place + 1 : place + 2] != _RELATIVE_TO_PLACE:
            return None
        start = header.address + 4 + int.from_bytes(data[place + 4 : place + 8], "little", signed=True)
        first = object_.offset_of(start)
    except ElfError:
        return None
    at = first
    while length := int.from_bytes(data[at : at + 4], "little"):
        if length == _LENGTH_IN_64_BITS:
            length = 8 + int.from_bytes(data[at + 4 : at + 12], "little")
        at += 4 + length
    return start, min(at + 4, len(data)) - first
