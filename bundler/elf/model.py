"""Nouns: ELF files as they describe themselves. Imports no reader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from bundler.elf.machine import Machine, Relocation
from bundler.elf.structures import (
    DynamicFlag,
    ElfError,
    SectionFlag,
    SegmentFlag,
    SegmentType,
    SymbolBinding,
    Tag,
    Visibility,
    offset_of,
    read_text,
)


class Segment(NamedTuple):
    """A program header."""

    type: int
    flags: int
    offset: int
    address: int
    file_size: int
    memory_size: int
    alignment: int

    @property
    def is_writable(self) -> bool:
        return bool(self.flags & SegmentFlag.WRITE)

    @property
    def is_executable(self) -> bool:
        return bool(self.flags & SegmentFlag.EXECUTE)


class Symbol(NamedTuple):
    """An entry of a symbol table.

    `version` is None where there is none; `is_hidden`: not the default version; `is_oldest`: its file's first version.
    """

    name: str
    value: int
    size: int
    binding: int
    type: int
    visibility: int
    section: int
    version: str | None
    is_hidden: bool
    is_oldest: bool

    @property
    def is_defined(self) -> bool:
        return self.section != 0

    @property
    def is_exported(self) -> bool:
        """True if another object can be bound to it."""
        return (
            self.section != 0
            and self.binding != SymbolBinding.LOCAL
            and self.visibility in (Visibility.DEFAULT, Visibility.PROTECTED)
        )


class Rela(NamedTuple):
    """A relocation. `type` is the machine's number, `symbol` an index into the dynamic symbols."""

    offset: int
    type: int
    symbol: int
    addend: int


@dataclass(frozen=True, slots=True)
class SharedObject:
    """A shared object as its dynamic section describes it. Addresses are relative to its load base."""

    path: Path
    machine: Machine
    data: Any  # a read-only buffer with the file's bytes
    segments: tuple[Segment, ...]
    tags: Mapping[int, int]
    needed: tuple[str, ...]
    soname: str | None
    runpath: tuple[str, ...]
    is_rpath: bool  # DT_RPATH, without DT_RUNPATH: holds for the needed objects' own needs as well
    symbols: tuple[Symbol, ...]
    needed_versions: tuple[tuple[str, str], ...]  # (file, version)
    relocations: tuple[Rela, ...] = ()  # all that the dynamic linker would apply, but for DT_RELR
    relative_words: tuple[int, ...] = ()  # addresses of words to which the base is added (DT_RELR)

    def undefined_versions(self) -> Iterator[tuple[str, str | None]]:
        """The symbols that it takes from others, with their versions; no name where a version is needed for itself."""
        yield from (("", version) for _, version in self.needed_versions)
        yield from ((symbol.name, symbol.version) for symbol in self.symbols if not symbol.is_defined)

    @property
    def name(self) -> str:
        """Its name in other objects' DT_NEEDED."""
        return self.soname or self.path.name

    @property
    def loads(self) -> tuple[Segment, ...]:
        return tuple(segment for segment in self.segments if segment.type == SegmentType.LOAD)

    @property
    def is_symbolic(self) -> bool:
        """True if symbols are looked up in the object itself first (-Bsymbolic)."""
        return Tag.SYMBOLIC in self.tags or bool(self.tags.get(Tag.FLAGS, 0) & DynamicFlag.SYMBOLIC)

    @property
    def has_executable_stack(self) -> bool:
        """True if PT_GNU_STACK asks for one; without that header the object makes no statement."""
        stack = self.segment(SegmentType.GNU_STACK)
        return stack is not None and stack.is_executable

    @property
    def has_text_relocations(self) -> bool:
        return Tag.TEXTREL in self.tags or bool(self.tags.get(Tag.FLAGS, 0) & DynamicFlag.TEXTREL)

    def segment(self, kind: SegmentType) -> Segment | None:
        """The first program header of this kind."""
        return next((segment for segment in self.segments if segment.type == kind), None)

    def tag(self, tag: Tag) -> int:
        """The value of a dynamic tag that must be there; ElfError when it is not."""
        if tag not in self.tags:
            raise ElfError(f"it has no DT_{tag.name}")
        return self.tags[tag]

    def offset_of(self, address: int) -> int:
        """The offset in the file of the byte at an address; ElfError when the file does not hold it (.bss)."""
        for segment in self.loads:
            if segment.address <= address < segment.address + segment.file_size:
                return segment.offset + address - segment.address
        raise ElfError(f"address {address:#x} is not in the file")

    def search_path_texts(self) -> Iterator[tuple[int, int]]:
        """Offset and size, in the file, of the texts of DT_RUNPATH and DT_RPATH, without tails that symbols share."""
        # Linkers merge strings with equal ends: that of a symbol may be the tail of the path.
        names = {symbol.name for symbol in self.symbols}
        for tag in (Tag.RUNPATH, Tag.RPATH):
            if tag in self.tags:
                start = self.offset_of(self.tags[Tag.STRTAB]) + self.tags[tag]
                text = read_text(self.data, start)
                tail = max((len(name) for name in names if name and text.endswith(name)), default=0)
                yield start, self.data.find(b"\0", start) - start - tail

    def address_of(self, offset: int) -> int | None:
        """The address of a byte of the file; None when it is not loaded."""
        for segment in self.loads:
            if segment.offset <= offset < segment.offset + segment.file_size:
                return segment.address + offset - segment.offset
        return None

    def kind_of(self, rela: Rela) -> Relocation | None:
        """The kind of a relocation; None when no linked object may hold it."""
        return self.machine.relocations.get(rela.type)

    @property
    def headers_address(self) -> int | None:
        """The address of the program headers; tools that rewrite files move them. None when they are not loaded."""
        place = offset_of("Elf64_Ehdr", "e_phoff")
        return self.address_of(int.from_bytes(self.data[place : place + 8], "little"))


@dataclass(frozen=True, slots=True)
class Section:
    """A section header."""

    name: str
    type: int
    address: int
    offset: int
    size: int
    flags: int


@dataclass(frozen=True, slots=True)
class Executable:
    """An executable, or an object file, as its section headers and symbol table describe it.

    `symbols` maps names to values.
    """

    path: Path
    machine: Machine
    type: int  # e_type: a FileType
    segments: tuple[Segment, ...]
    sections: Mapping[str, Section]
    symbols: Mapping[str, int]

    @property
    def memory_size(self) -> int:
        """Bytes that its sections take in memory."""
        return sum(section.size for section in self.sections.values() if section.flags & SectionFlag.ALLOC)
