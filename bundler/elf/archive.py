"""Reads static libraries: which symbols they define. Format: ar(5), the symbol index of System V and GNU."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bundler.elf.structures import (
    SectionType,
    SymbolBinding,
    SymbolType,
    binding_of,
    packer,
    read_array,
    read_text,
    type_of,
)

_MAGIC = b"!<arch>\n"
_HEADER = 60
_ELF64 = b"\x7fELF\x02"


def archive_symbols(path: Path) -> frozenset[str]:
    """The global symbols that members of the archive define, from its index; empty when it has none."""
    word, index = _read_index(path)
    if not word:
        return frozenset()
    count = int.from_bytes(index[:word], "big")
    names = index[word * (count + 1) :].split(b"\0")
    return frozenset(text.decode() for text in names[:count])


def undefined_symbols(path: Path) -> frozenset[str]:
    """The global symbols that members of the archive need and do not define themselves; weak ones are left out."""
    return frozenset(name for name, _, is_defined in _symbols(path) if not is_defined)


def thread_local_symbols(path: Path) -> frozenset[str]:
    """The global thread-local variables that members of the archive define."""
    return frozenset(name for name, kind, is_defined in _symbols(path) if is_defined and kind == SymbolType.TLS)


def _symbols(path: Path) -> Iterator[tuple[str, int, bool]]:
    """Name and type of the global symbols of members, and whether they are defined."""
    for member in _members(path.read_bytes()):
        yield from _global_symbols(member)


def _members(data: bytes) -> Iterator[bytes]:
    """The members of the archive, in their order, with the index and the long names."""
    place = len(_MAGIC)
    while place + _HEADER <= len(data):
        size = int(data[place + 48 : place + 58])
        yield data[place + _HEADER : place + _HEADER + size]
        place += _HEADER + size + size % 2


def _global_symbols(member: bytes) -> Iterator[tuple[str, int, bool]]:
    if member[: len(_ELF64)] != _ELF64:
        return
    header = read_array(member, 0, "Elf64_Ehdr", 1)[0]
    sections = read_array(member, header.e_shoff, "Elf64_Shdr", header.e_shnum)
    for section in sections:
        if section.sh_type == SectionType.SYMTAB:
            strings = sections[section.sh_link].sh_offset
            rows = member[section.sh_offset : section.sh_offset + section.sh_size]
            for name, info, _, index, _, _ in packer("Elf64_Sym").iter_unpack(rows):
                if name and binding_of(info) == SymbolBinding.GLOBAL:
                    yield read_text(member, strings + name), type_of(info), index != 0


def read_archive_index(path: Path) -> bytes:
    """The symbol index: the places of members and the names that they define; empty when there is none."""
    return _read_index(path)[1]


def _read_index(path: Path) -> tuple[int, bytes]:
    """The size of its words in bytes, and the index; (0, b"") when the archive has none."""
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            return 0, b""
        header = file.read(_HEADER)
        if len(header) < _HEADER:  # empty: glibc's libpthread.a since 2.34
            return 0, b""
        name, size = header[:16].rstrip(), int(header[48:58])
        word = {b"/": 4, b"/SYM64/": 8}.get(name)
        return (word, file.read(size)) if word else (0, b"")
