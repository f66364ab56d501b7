"""Reads executables and object files through their section headers."""

from __future__ import annotations

from pathlib import Path

from bundler.elf.header import read_header, read_segments
from bundler.elf.model import Executable, Section
from bundler.elf.structures import (
    ElfError,
    SectionType,
    SymbolBinding,
    Visibility,
    binding_of,
    map_file,
    packer,
    read_array,
    read_text,
    visibility_of,
)


def read_executable(path: Path, *, with_symbols: bool = True, without: str | None = None) -> Executable:
    """Read sections, and the full symbol table if asked for; ElfError, naming the file, when they are malformed.

    `without`: symbols of sections whose names start with it are skipped.
    """
    try:
        return _read_executable(path, with_symbols, without)
    except (ElfError, ValueError, IndexError) as error:
        raise ElfError(f"`{path}`: {error}") from error


def _read_executable(path: Path, with_symbols: bool, without: str | None) -> Executable:
    data = map_file(path)
    header, machine = read_header(data)
    raw = list(read_array(data, header.e_shoff, "Elf64_Shdr", header.e_shnum))
    names = raw[header.e_shstrndx].sh_offset if raw else 0
    sections = [
        Section(read_text(data, names + s.sh_name), s.sh_type, s.sh_addr, s.sh_offset, s.sh_size, s.sh_flags)
        for s in raw
    ]
    left_out = {0, *(index for index, each in enumerate(sections) if without and each.name.startswith(without))}
    symbols: dict[str, int] = {}
    for section in raw:
        if section.sh_type == SectionType.SYMTAB and with_symbols:
            strings = raw[section.sh_link].sh_offset
            rows = data[section.sh_offset : section.sh_offset + section.sh_size]
            for name, info, other, index, value, _ in packer("Elf64_Sym").iter_unpack(rows):
                # lld makes hidden symbols local, which were global among the object files.
                is_global = binding_of(info) != SymbolBinding.LOCAL or visibility_of(other) == Visibility.HIDDEN
                if is_global and index not in left_out:
                    symbols[read_text(data, strings + name)] = value
    return Executable(
        path=path,
        machine=machine,
        type=header.e_type,
        segments=read_segments(data, header),
        sections={section.name: section for section in sections},
        symbols=symbols,
    )
