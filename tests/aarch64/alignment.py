"""Are all parts of a binary laid out for the largest pages that kernels have? Verb: `misaligned`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from bundler.contract import bundle_ffi
from bundler.elf import Executable, SegmentFlag, SegmentType, read_executable


def misaligned(binary: Path) -> Iterator[str]:
    """What shares a page with something that has other permissions, or cannot be mapped from the file; in words.

    A page is one of the largest kernels. Of the executable's own segments, and of prelinked objects.
    """
    executable = read_executable(binary)
    page = executable.machine.page_size
    loads = [each for each in executable.segments if each.type == SegmentType.LOAD]
    for each in loads:
        if each.alignment < page or (each.address - each.offset) % page:
            yield f"segment at {each.address:#x}: aligned to {each.alignment:#x}, offset {each.offset:#x}"
    yield from _sharing(page, [(each.address, each.memory_size, each.flags & ~SegmentFlag.READ) for each in loads])
    for each in executable.segments:
        if each.type == SegmentType.GNU_RELRO and (each.address + each.memory_size) % page:
            yield f"what is read-only once relocated ends at {each.address + each.memory_size:#x}"
    for path, row, parts in _objects(binary, executable):
        for part in parts:
            if part.address % page or (int(part.file_size) and _offset(executable, part.content) % page):
                yield f"{path}: segment at {part.address:#x}, offset {_offset(executable, part.content):#x}"
        yield from _sharing(page, [(part.address, part.memory_size, part.protection) for part in parts], path)
        if row.relro % page or row.relro_size % page:
            yield f"{path}: what is read-only once relocated lies at {row.relro:#x}, {row.relro_size:#x} bytes"


def _sharing(page: int, parts: list[tuple[int, int, int]], path: str = "") -> Iterator[str]:
    """Parts (address, size, permissions) that begin on the page on which the one before ends."""
    ordered = sorted(parts)
    for (address, size, rights), (following, _, others) in pairwise(ordered):
        if rights != others and (address + size - 1) // page >= following // page:
            yield f"{path} parts at {address:#x} and {following:#x} share a page"


def _offset(executable: Executable, pointer: Any) -> int:
    """The place in the file of what lies at an address."""
    address = int(bundle_ffi().cast("uintptr_t", pointer))
    segment = next(
        each
        for each in executable.segments
        if each.type == SegmentType.LOAD and each.address <= address <= each.address + each.file_size
    )
    return segment.offset + address - segment.address


def _objects(binary: Path, executable: Executable) -> Iterator[tuple[str, Any, Any]]:
    """Paths, rows and segments of prelinked objects (launcher/bundle.h), without those in the executable's own segments."""
    ffi = bundle_ffi()
    data = binary.read_bytes()
    section = executable.sections[".bundle"]

    def rows(kind: str, pointer: Any, count: int) -> Any:
        start = _offset(executable, pointer)
        return ffi.from_buffer(f"{kind}[]", data[start : start + count * ffi.sizeof(kind)])

    head = ffi.from_buffer("struct bundle[]", data[section.offset : section.offset + ffi.sizeof("struct bundle")])[0]
    for row in rows("struct bundle_object", head.objects, head.object_index.count):
        start = _offset(executable, row.path)
        path = data[start : data.index(b"\0", start)].decode()
        if row.segment_count:
            yield path, row, rows("struct bundle_segment", row.segments, row.segment_count)
