"""Reads ELF files: the only place that knows their structures. Takes no decisions.

Structures and numbers from the System V gABI (chapters 4 and 5) and its x86-64 psABI; symbol versioning from the LSB Core
specification (chapter 10.7). Shared objects are read through PT_DYNAMIC alone, as the dynamic linker does: section
headers may be missing.
"""

from __future__ import annotations

import functools
import mmap
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any, NamedTuple

import cffi


@functools.cache
def _ffi() -> cffi.FFI:
    ffi = cffi.FFI()
    ffi.cdef(
        """
        typedef struct { unsigned char e_ident[16]; uint16_t e_type, e_machine; uint32_t e_version;
            uint64_t e_entry, e_phoff, e_shoff; uint32_t e_flags;
            uint16_t e_ehsize, e_phentsize, e_phnum, e_shentsize, e_shnum, e_shstrndx; } Elf64_Ehdr;
        typedef struct { uint32_t p_type, p_flags; uint64_t p_offset, p_vaddr, p_paddr, p_filesz, p_memsz, p_align;
            } Elf64_Phdr;
        typedef struct { uint32_t sh_name, sh_type; uint64_t sh_flags, sh_addr, sh_offset, sh_size;
            uint32_t sh_link, sh_info; uint64_t sh_addralign, sh_entsize; } Elf64_Shdr;
        typedef struct { int64_t d_tag; uint64_t d_val; } Elf64_Dyn;
        typedef struct { uint32_t st_name; unsigned char st_info, st_other; uint16_t st_shndx;
            uint64_t st_value, st_size; } Elf64_Sym;
        typedef struct { uint64_t r_offset; uint32_t r_type, r_sym; int64_t r_addend; } Elf64_Rela;
        typedef struct { uint16_t vn_version, vn_cnt; uint32_t vn_file, vn_aux, vn_next; } Elf64_Verneed;
        typedef struct { uint32_t vna_hash; uint16_t vna_flags, vna_other; uint32_t vna_name, vna_next;
            } Elf64_Vernaux;
        typedef struct { uint16_t vd_version, vd_flags, vd_ndx, vd_cnt; uint32_t vd_hash, vd_aux, vd_next;
            } Elf64_Verdef;
        typedef struct { uint32_t vda_name, vda_next; } Elf64_Verdaux;
        """
    )
    return ffi


class SegmentType(IntEnum):
    """p_type."""

    LOAD = 1
    DYNAMIC = 2
    INTERP = 3
    TLS = 7
    GNU_EH_FRAME = 0x6474E550
    GNU_STACK = 0x6474E551
    GNU_RELRO = 0x6474E552


class Tag(IntEnum):
    """d_tag."""

    NEEDED = 1
    PLTRELSZ = 2
    HASH = 4
    STRTAB = 5
    SYMTAB = 6
    RELA = 7
    RELASZ = 8
    INIT = 12
    FINI = 13
    SONAME = 14
    RPATH = 15
    SYMBOLIC = 16
    TEXTREL = 22
    JMPREL = 23
    INIT_ARRAY = 25
    FINI_ARRAY = 26
    INIT_ARRAYSZ = 27
    FINI_ARRAYSZ = 28
    RUNPATH = 29
    FLAGS = 30
    AUXILIARY = 0x7FFFFFFD
    FILTER = 0x7FFFFFFF
    RELRSZ = 35
    RELR = 36
    GNU_HASH = 0x6FFFFEF5
    VERSYM = 0x6FFFFFF0
    VERDEF = 0x6FFFFFFC
    VERNEED = 0x6FFFFFFE


class Relocation(IntEnum):
    """R_X86_64_*, those that a linked object may hold (psABI, table 4.10)."""

    NONE = 0
    ABSOLUTE = 1  # R_X86_64_64
    COPY = 5
    GLOB_DAT = 6
    JUMP_SLOT = 7
    RELATIVE = 8
    DTPMOD64 = 16
    DTPOFF64 = 17
    TPOFF64 = 18
    TLSDESC = 36
    IRELATIVE = 37


class SymbolBinding(IntEnum):
    """Upper half of st_info."""

    LOCAL = 0
    GLOBAL = 1
    WEAK = 2
    GNU_UNIQUE = 10


class SymbolType(IntEnum):
    """Lower half of st_info."""

    NOTYPE = 0
    OBJECT = 1
    FUNC = 2
    SECTION = 3
    TLS = 6
    GNU_IFUNC = 10


_FLAG_SYMBOLIC = 2  # DF_SYMBOLIC
_FLAG_TEXTREL = 4  # DF_TEXTREL
_VERSION_HIDDEN = 0x8000
_OLDEST_VERSION = 2  # after 0, local, and 1, the file itself
PAGE = 4096

# Far beyond what compilers and linkers write; what is larger is garbage.
_LONGEST_TEXT = 1 << 20
_MOST_VERSIONS = 1 << 15
_LARGEST_ADDRESS = 1 << 40
_LARGEST_ALIGNMENT = 1 << 30


class ElfError(Exception):
    """A file that is not what it should be."""


class Segment(NamedTuple):
    """A program header."""

    type: int
    flags: int
    offset: int
    address: int
    file_size: int
    memory_size: int
    alignment: int


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
        """Can another object be bound to it?"""
        return self.section != 0 and self.binding != SymbolBinding.LOCAL and self.visibility in (0, 3)


class Rela(NamedTuple):
    """A relocation; `symbol` is an index into the dynamic symbols."""

    offset: int
    type: int
    symbol: int
    addend: int


@dataclass(frozen=True, slots=True)
class SharedObject:
    """A shared object as its dynamic section describes it. Addresses are relative to its load base."""

    path: Path
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

    @property
    def name(self) -> str:
        """What other objects call it."""
        return self.soname or self.path.name

    @property
    def loads(self) -> tuple[Segment, ...]:
        return tuple(segment for segment in self.segments if segment.type == SegmentType.LOAD)

    @property
    def is_symbolic(self) -> bool:
        """Are its own definitions looked at first?"""
        return Tag.SYMBOLIC in self.tags or bool(self.tags.get(Tag.FLAGS, 0) & _FLAG_SYMBOLIC)

    @property
    def has_executable_stack(self) -> bool:
        """Does it ask for one? Without PT_GNU_STACK it only fails to say that it needs none."""
        stack = self.segment(SegmentType.GNU_STACK)
        return stack is not None and bool(stack.flags & 1)

    @property
    def has_text_relocations(self) -> bool:
        return Tag.TEXTREL in self.tags or bool(self.tags.get(Tag.FLAGS, 0) & _FLAG_TEXTREL)

    def segment(self, kind: SegmentType) -> Segment | None:
        """The first program header of this kind."""
        return next((segment for segment in self.segments if segment.type == kind), None)

    def tag(self, tag: Tag) -> int:
        """The value of a dynamic tag that must be there; ElfError when it is not."""
        if tag not in self.tags:
            raise ElfError(f"it has no DT_{tag.name}")
        return self.tags[tag]

    def offset_of(self, address: int) -> int:
        """Where in the file the byte at an address is; ElfError when it is not there (.bss)."""
        for segment in self.loads:
            if segment.address <= address < segment.address + segment.file_size:
                return segment.offset + address - segment.address
        raise ElfError(f"address {address:#x} is not in the file")

    def search_path_texts(self) -> Iterator[tuple[int, int]]:
        """Where in the file the texts of DT_RUNPATH and DT_RPATH stand, without what belongs to other texts too."""
        # Linkers merge strings with equal ends: that of a symbol may be the tail of the path.
        names = {symbol.name for symbol in self.symbols}
        for tag in (Tag.RUNPATH, Tag.RPATH):
            if tag in self.tags:
                start = self.offset_of(self.tags[Tag.STRTAB]) + self.tags[tag]
                text = _text(self.data, start)
                tail = max((len(name) for name in names if name and text.endswith(name)), default=0)
                yield start, self.data.find(b"\0", start) - start - tail

    def address_of(self, offset: int) -> int | None:
        """Where a byte of the file is loaded; None when it is not."""
        for segment in self.loads:
            if segment.offset <= offset < segment.offset + segment.file_size:
                return segment.address + offset - segment.offset
        return None

    @property
    def headers_address(self) -> int | None:
        """Where the program headers are loaded; tools that rewrite files move them."""
        return self.address_of(int.from_bytes(self.data[32:40], "little"))


def _relocations(object_: SharedObject) -> Iterator[Rela]:
    for start_tag, size_tag in ((Tag.RELA, Tag.RELASZ), (Tag.JMPREL, Tag.PLTRELSZ)):
        size = object_.tags.get(size_tag, 0)
        if size:
            start = object_.offset_of(object_.tag(start_tag))
            for entry in _array(object_.data, start, "Elf64_Rela", size // 24):
                yield Rela(entry.r_offset, entry.r_type, entry.r_sym, entry.r_addend)


def _relative_words(object_: SharedObject) -> Iterator[int]:
    """The compressed table DT_RELR (gABI draft, 2018)."""
    size = object_.tags.get(Tag.RELRSZ, 0)
    if not size:
        return
    address = 0
    for word in _array(object_.data, object_.offset_of(object_.tag(Tag.RELR)), "uint64_t", size // 8):
        if word & 1 == 0:
            yield word
            address = word + 8
            continue
        for bit in range(63):
            if word >> (bit + 1) & 1:
                yield address + 8 * bit
        address += 63 * 8


def _array(data: Any, offset: int, kind: str, count: int) -> Any:
    ffi = _ffi()
    size = ffi.sizeof(kind) * count
    view = memoryview(data)[offset : offset + size]
    if len(view) < size:
        raise ElfError("the file is cut off")
    # Without the count in it the type is parsed once, not once for each length.
    return ffi.from_buffer(f"{kind}[]", view)


def _text(data: Any, offset: int) -> str:
    end = data.find(b"\0", offset, offset + _LONGEST_TEXT) if offset < len(data) else -1
    if end < 0:
        raise ElfError("a text does not end")
    return bytes(data[offset:end]).decode("utf-8", "surrogateescape")


def _map(path: Path) -> Any:
    with path.open("rb") as file:
        if file.read(4) != b"\x7fELF":
            raise ElfError("it is not an ELF file")
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _header(data: Any) -> Any:
    header = _array(data, 0, "Elf64_Ehdr", 1)[0]
    if (header.e_ident[4], header.e_ident[5], header.e_machine) != (2, 1, 62):
        raise ElfError("it is not for x86-64")
    return header


def _segments(data: Any, header: Any) -> tuple[Segment, ...]:
    if header.e_phentsize != _ffi().sizeof("Elf64_Phdr"):
        raise ElfError("its program headers have another size than the format's")
    return tuple(
        Segment(e.p_type, e.p_flags, e.p_offset, e.p_vaddr, e.p_filesz, e.p_memsz, e.p_align)
        for e in _array(data, header.e_phoff, "Elf64_Phdr", header.e_phnum)
    )


def _check_segments(segments: tuple[Segment, ...], size: int) -> None:
    """What is loaded is in the file, in the order of addresses, and nothing overlaps."""
    end = 0
    for segment in segments:
        if segment.type in (SegmentType.LOAD, SegmentType.DYNAMIC, SegmentType.TLS):
            if segment.file_size > segment.memory_size or segment.offset + segment.file_size > size:
                raise ElfError("the file is cut off")
            if segment.address + segment.memory_size > _LARGEST_ADDRESS or segment.alignment > _LARGEST_ALIGNMENT:
                raise ElfError("a segment is too large")
            if segment.alignment & (segment.alignment - 1):
                raise ElfError("the alignment of a segment is no power of two")
        if segment.type == SegmentType.LOAD:
            if segment.address < end or (segment.address - segment.offset) % PAGE:
                raise ElfError("its segments are not in order")
            end = segment.address + segment.memory_size
    if not end:
        raise ElfError("nothing of it is loaded")


def _check_tags(object_: SharedObject) -> None:
    """What the launcher will call or look into without another look is in memory as a whole."""
    tags = object_.tags
    places = {tag: 1 for tag in (Tag.INIT, Tag.FINI, Tag.GNU_HASH) if tags.get(tag)}
    places[Tag.INIT_ARRAY] = tags.get(Tag.INIT_ARRAYSZ, 0)
    places[Tag.FINI_ARRAY] = tags.get(Tag.FINI_ARRAYSZ, 0)
    for tag, size in places.items():
        start = object_.tag(tag) if size else 0
        if size and not any(
            load.address <= start and start + size <= load.address + load.memory_size for load in object_.loads
        ):
            raise ElfError(f"its DT_{tag.name} is not in memory")


def read_shared_object(path: Path) -> SharedObject:
    """Read the dynamic section and everything it points to; ElfError, naming the file, when that cannot be."""
    try:
        return _read_shared_object(path)
    except (ElfError, ValueError) as error:  # ValueError: an empty file cannot be mapped
        raise ElfError(f"`{path}`: {error}") from error


def _read_shared_object(path: Path) -> SharedObject:
    data = _map(path)
    segments = _segments(data, _header(data))
    _check_segments(segments, len(data))
    dynamic = next((segment for segment in segments if segment.type == SegmentType.DYNAMIC), None)
    if dynamic is None:
        raise ElfError("it is not dynamically linked")
    tags: dict[int, int] = {}
    names: list[tuple[int, int]] = []
    for entry in _array(data, dynamic.offset, "Elf64_Dyn", dynamic.file_size // 16):
        if entry.d_tag == 0:
            break
        if entry.d_tag in (Tag.NEEDED, Tag.SONAME, Tag.RPATH, Tag.RUNPATH):
            names.append((entry.d_tag, entry.d_val))
        tags[entry.d_tag] = entry.d_val
    # Only its address arithmetic is needed yet.
    bare = SharedObject(path, data, segments, tags, (), None, (), False, (), ())
    _check_tags(bare)
    strings = bare.offset_of(bare.tag(Tag.STRTAB))
    named = [(tag, _text(data, strings + offset)) for tag, offset in names]
    versions, needed_versions = _versions(bare, strings)
    paths = [text for tag, text in named if tag == (Tag.RUNPATH if Tag.RUNPATH in tags else Tag.RPATH)]
    relocations = tuple(_relocations(bare))
    symbols = tuple(_dynamic_symbols(bare, strings, versions, relocations))
    if any(rela.symbol >= max(len(symbols), 1) for rela in relocations):
        raise ElfError("a relocation refers to a symbol that is not there")
    return SharedObject(
        path=path,
        data=data,
        segments=segments,
        tags=tags,
        needed=tuple(text for tag, text in named if tag == Tag.NEEDED),
        soname=next((text for tag, text in named if tag == Tag.SONAME), None),
        runpath=tuple(folder for text in paths for folder in text.split(":") if folder),
        is_rpath=Tag.RPATH in tags and Tag.RUNPATH not in tags,
        symbols=symbols,
        needed_versions=needed_versions,
        relocations=relocations,
        relative_words=tuple(_relative_words(bare)),
    )


def _versions(object_: SharedObject, strings: int) -> tuple[dict[int, str], tuple[tuple[str, str], ...]]:
    """Version names by their index in DT_VERSYM, and what is needed of which file."""
    data, tags = object_.data, object_.tags
    names: dict[int, str] = {}
    needed: list[tuple[str, str]] = []
    if Tag.VERNEED in tags:
        at = object_.offset_of(tags[Tag.VERNEED])
        for _ in range(_MOST_VERSIONS):
            need = _array(data, at, "Elf64_Verneed", 1)[0]
            file = _text(data, strings + need.vn_file)
            auxiliary = at + need.vn_aux
            for _ in range(need.vn_cnt):
                entry = _array(data, auxiliary, "Elf64_Vernaux", 1)[0]
                names[entry.vna_other] = _text(data, strings + entry.vna_name)
                needed.append((file, names[entry.vna_other]))
                if len(needed) > _MOST_VERSIONS:
                    raise ElfError("its table of versions does not end")
                auxiliary += entry.vna_next
                if not entry.vna_next:
                    break
            if not need.vn_next:
                break
            at += need.vn_next
    if Tag.VERDEF in tags:
        at = object_.offset_of(tags[Tag.VERDEF])
        for _ in range(_MOST_VERSIONS):
            definition = _array(data, at, "Elf64_Verdef", 1)[0]
            entry = _array(data, at + definition.vd_aux, "Elf64_Verdaux", 1)[0]
            if not definition.vd_flags & 1:  # VER_FLG_BASE names the file itself
                names[definition.vd_ndx] = _text(data, strings + entry.vda_name)
            if not definition.vd_next:
                break
            at += definition.vd_next
    return names, tuple(needed)


def _symbol_count(object_: SharedObject, relocations: Iterable[Rela]) -> int:
    """The hash tables know how many dynamic symbols there are; nothing else does without section headers."""
    data, tags = object_.data, object_.tags
    if Tag.HASH in tags:
        return int(_array(data, object_.offset_of(tags[Tag.HASH]), "uint32_t", 2)[1])
    if Tag.GNU_HASH not in tags:
        return 0
    at = object_.offset_of(tags[Tag.GNU_HASH])
    buckets, first, bloom, _shift = _array(data, at, "uint32_t", 4)
    at += 16 + 8 * bloom
    last = max(_array(data, at, "uint32_t", buckets), default=0)
    if last < first:
        # An object that exports nothing: its table only tells where exports would start; relocations know the rest.
        return int(max(first, max((rela.symbol for rela in relocations), default=0) + 1))
    at += 4 * buckets + 4 * (last - first)
    rest = memoryview(data)[at : at + (len(data) - at) // 4 * 4].cast("I")
    for length, word in enumerate(rest):
        if word & 1:
            return int(last) + length + 1
    raise ElfError("its hash table does not end")


def _dynamic_symbols(
    object_: SharedObject, strings: int, versions: Mapping[int, str], relocations: Iterable[Rela]
) -> Iterator[Symbol]:
    count = _symbol_count(object_, relocations)
    if not count:
        return
    data, tags = object_.data, object_.tags
    table = _array(data, object_.offset_of(object_.tag(Tag.SYMTAB)), "Elf64_Sym", count)
    marks = None
    if Tag.VERSYM in tags:
        marks = _array(data, object_.offset_of(tags[Tag.VERSYM]), "uint16_t", count)
    for index, entry in enumerate(table):
        mark = marks[index] if marks else 0
        yield _symbol(data, strings, entry, mark, versions)


def _symbol(data: Any, strings: int, entry: Any, mark: int, versions: Mapping[int, str]) -> Symbol:
    return Symbol(
        name=_text(data, strings + entry.st_name),
        value=entry.st_value,
        size=entry.st_size,
        binding=entry.st_info >> 4,
        type=entry.st_info & 15,
        visibility=entry.st_other & 3,
        section=entry.st_shndx,
        version=versions.get(mark & ~_VERSION_HIDDEN),
        is_hidden=bool(mark & _VERSION_HIDDEN),
        is_oldest=mark & ~_VERSION_HIDDEN == _OLDEST_VERSION,
    )


@dataclass(frozen=True, slots=True)
class Section:
    """A section header."""

    name: str
    address: int
    offset: int
    size: int
    flags: int


@dataclass(frozen=True, slots=True)
class Executable:
    """An executable as its section headers and symbol table describe it. `symbols` maps names to values."""

    path: Path
    type: int  # e_type: 2 is ET_EXEC
    segments: tuple[Segment, ...]
    sections: Mapping[str, Section]
    symbols: Mapping[str, int]


_SYMBOL_TABLE = 2  # SHT_SYMTAB
_SYMBOL = struct.Struct("<IBBHQQ")  # Elf64_Sym; unpacked in bulk, for executables have tens of thousands


def read_executable(path: Path, *, with_symbols: bool = True, without: str | None = None) -> Executable:
    """Read sections, and the full symbol table if asked for; ElfError, naming the file, when that cannot be.

    `without`: sections whose names start with it define symbols that nobody asks for.
    """
    try:
        return _read_executable(path, with_symbols, without)
    except (ElfError, ValueError, IndexError) as error:
        raise ElfError(f"`{path}`: {error}") from error


def _read_executable(path: Path, with_symbols: bool, without: str | None) -> Executable:
    data = _map(path)
    header = _header(data)
    raw = list(_array(data, header.e_shoff, "Elf64_Shdr", header.e_shnum))
    names = raw[header.e_shstrndx].sh_offset if raw else 0
    sections = [Section(_text(data, names + s.sh_name), s.sh_addr, s.sh_offset, s.sh_size, s.sh_flags) for s in raw]
    left_out = {0, *(index for index, each in enumerate(sections) if without and each.name.startswith(without))}
    symbols: dict[str, int] = {}
    for section in raw:
        if section.sh_type == _SYMBOL_TABLE and with_symbols:
            strings = raw[section.sh_link].sh_offset
            rows = data[section.sh_offset : section.sh_offset + section.sh_size]
            for name, info, _, index, value, _ in _SYMBOL.iter_unpack(rows):
                if index not in left_out and info >> 4 != SymbolBinding.LOCAL:
                    symbols[_text(data, strings + name)] = value
    return Executable(
        path=path,
        type=header.e_type,
        segments=_segments(data, header),
        sections={section.name: section for section in sections},
        symbols=symbols,
    )
