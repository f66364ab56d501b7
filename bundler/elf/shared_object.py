"""Reads shared objects through PT_DYNAMIC alone, as the dynamic linker does: section headers may be missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from bundler.elf.header import read_header, read_segments
from bundler.elf.model import Rela, Segment, SharedObject, Symbol
from bundler.elf.structures import (
    ElfError,
    SegmentType,
    Tag,
    binding_of,
    map_file,
    read_array,
    read_text,
    size_of,
    type_of,
    visibility_of,
)

_VERSION_HIDDEN = 0x8000
_OLDEST_VERSION = 2  # after 0, local, and 1, the file itself
_VERSION_OF_FILE = 1  # VER_FLG_BASE

# Far beyond what compilers and linkers write; what is larger is garbage.
_MOST_VERSIONS = 1 << 15
_LARGEST_ADDRESS = 1 << 40
_LARGEST_ALIGNMENT = 1 << 30


def read_shared_object(path: Path) -> SharedObject:
    """Read the dynamic section and everything it points to; ElfError, naming the file, when it is malformed."""
    try:
        return _read_shared_object(path)
    except (ElfError, ValueError) as error:  # ValueError: an empty file cannot be mapped
        raise ElfError(f"`{path}`: {error}") from error


def _read_shared_object(path: Path) -> SharedObject:
    data = map_file(path)
    header, machine = read_header(data)
    segments = read_segments(data, header)
    _check_segments(segments, len(data), machine.page_size)
    dynamic = next((segment for segment in segments if segment.type == SegmentType.DYNAMIC), None)
    if dynamic is None:
        raise ElfError("it is not dynamically linked")
    tags: dict[int, int] = {}
    names: list[tuple[int, int]] = []
    for entry in read_array(data, dynamic.offset, "Elf64_Dyn", dynamic.file_size // size_of("Elf64_Dyn")):
        if entry.d_tag == 0:
            break
        if entry.d_tag in (Tag.NEEDED, Tag.SONAME, Tag.RPATH, Tag.RUNPATH):
            names.append((entry.d_tag, entry.d_val))
        tags[entry.d_tag] = entry.d_val
    # Only its address arithmetic is needed yet.
    bare = SharedObject(path, machine, data, segments, tags, (), None, (), False, (), ())
    _check_tags(bare)
    strings = bare.offset_of(bare.tag(Tag.STRTAB))
    named = [(tag, read_text(data, strings + offset)) for tag, offset in names]
    versions, needed_versions = _versions(bare, strings)
    paths = [text for tag, text in named if tag == (Tag.RUNPATH if Tag.RUNPATH in tags else Tag.RPATH)]
    relocations = tuple(_relocations(bare))
    symbols = tuple(_dynamic_symbols(bare, strings, versions, relocations))
    if any(rela.symbol >= max(len(symbols), 1) for rela in relocations):
        raise ElfError("a relocation refers to a symbol that is not there")
    return SharedObject(
        path=path,
        machine=machine,
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


def _relocations(object_: SharedObject) -> Iterator[Rela]:
    for start_tag, size_tag in ((Tag.RELA, Tag.RELASZ), (Tag.JMPREL, Tag.PLTRELSZ)):
        size = object_.tags.get(size_tag, 0)
        if size:
            start = object_.offset_of(object_.tag(start_tag))
            for entry in read_array(object_.data, start, "Elf64_Rela", size // size_of("Elf64_Rela")):
                yield Rela(entry.r_offset, entry.r_type, entry.r_sym, entry.r_addend)


def _relative_words(object_: SharedObject) -> Iterator[int]:
    """Unpack the compressed table DT_RELR (gABI draft, 2018): addresses of words."""
    size = object_.tags.get(Tag.RELRSZ, 0)
    if not size:
        return
    address = 0
    for word in read_array(object_.data, object_.offset_of(object_.tag(Tag.RELR)), "uint64_t", size // 8):
        if word & 1 == 0:
            yield word
            address = word + 8
            continue
        for bit in range(63):
            if word >> (bit + 1) & 1:
                yield address + 8 * bit
        address += 63 * 8


def _check_segments(segments: tuple[Segment, ...], size: int, page_size: int) -> None:
    """ElfError unless loaded segments are in the file, in the order of addresses, and apart from each other."""
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
            if segment.address < end or (segment.address - segment.offset) % page_size:
                raise ElfError("its segments are not in order")
            end = segment.address + segment.memory_size
    if not end:
        raise ElfError("nothing of it is loaded")


def _check_tags(object_: SharedObject) -> None:
    """ElfError unless memory holds all of what the launcher calls or reads without checking it."""
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


def _versions(object_: SharedObject, strings: int) -> tuple[dict[int, str], tuple[tuple[str, str], ...]]:
    """Version names by their index in DT_VERSYM, and what is needed of which file."""
    data, tags = object_.data, object_.tags
    names: dict[int, str] = {}
    needed: list[tuple[str, str]] = []
    if Tag.VERNEED in tags:
        at = object_.offset_of(tags[Tag.VERNEED])
        for _ in range(_MOST_VERSIONS):
            need = read_array(data, at, "Elf64_Verneed", 1)[0]
            file = read_text(data, strings + need.vn_file)
            auxiliary = at + need.vn_aux
            for _ in range(need.vn_cnt):
                entry = read_array(data, auxiliary, "Elf64_Vernaux", 1)[0]
                names[entry.vna_other] = read_text(data, strings + entry.vna_name)
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
            definition = read_array(data, at, "Elf64_Verdef", 1)[0]
            entry = read_array(data, at + definition.vd_aux, "Elf64_Verdaux", 1)[0]
            if not definition.vd_flags & _VERSION_OF_FILE:
                names[definition.vd_ndx] = read_text(data, strings + entry.vda_name)
            if not definition.vd_next:
                break
            at += definition.vd_next
    return names, tuple(needed)


def _symbol_count(object_: SharedObject, relocations: Iterable[Rela]) -> int:
    """The number of dynamic symbols, from the hash tables: without section headers there is no other source."""
    data, tags = object_.data, object_.tags
    if Tag.HASH in tags:
        return int(read_array(data, object_.offset_of(tags[Tag.HASH]), "uint32_t", 2)[1])
    if Tag.GNU_HASH not in tags:
        return 0
    at = object_.offset_of(tags[Tag.GNU_HASH])
    buckets, first, bloom, _shift = read_array(data, at, "uint32_t", 4)
    at += 16 + 8 * bloom
    last = max(read_array(data, at, "uint32_t", buckets), default=0)
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
    table = read_array(data, object_.offset_of(object_.tag(Tag.SYMTAB)), "Elf64_Sym", count)
    marks = None
    if Tag.VERSYM in tags:
        marks = read_array(data, object_.offset_of(tags[Tag.VERSYM]), "uint16_t", count)
    for index, entry in enumerate(table):
        mark = marks[index] if marks else 0
        yield _symbol(data, strings, entry, mark, versions)


def _symbol(data: Any, strings: int, entry: Any, mark: int, versions: Mapping[int, str]) -> Symbol:
    return Symbol(
        name=read_text(data, strings + entry.st_name),
        value=entry.st_value,
        size=entry.st_size,
        binding=binding_of(entry.st_info),
        type=type_of(entry.st_info),
        visibility=visibility_of(entry.st_other),
        section=entry.st_shndx,
        version=versions.get(mark & ~_VERSION_HIDDEN),
        is_hidden=bool(mark & _VERSION_HIDDEN),
        is_oldest=mark & ~_VERSION_HIDDEN == _OLDEST_VERSION,
    )
