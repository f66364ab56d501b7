"""The contents of prelinked objects, as they lie in memory once everything is bound.

Where parts lie and how large they are (`parts`) is known when an object has its address; their bytes (`contents`) when
the executable is linked.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from operator import itemgetter

from bundler.elf import Segment, SegmentFlag, SegmentType, Tag
from bundler.link.objects import ExecutableSymbol, Locate, Part, PrelinkedObject, Protection, RunTimeTarget


def parts(dso: PrelinkedObject) -> tuple[Part, ...]:
    """The parts of an object in the order of addresses."""
    constant = _constant_range(dso)
    return tuple(part for load in dso.object.loads for part in _parts_of(dso, load, constant))


def contents(dso: PrelinkedObject, locate: Locate) -> Iterator[tuple[Part, bytes]]:
    """The parts of an object with their bound bytes."""
    forgotten = ((address, bytes(size)) for address, size in _run_path(dso))
    values = sorted((*_values(dso, locate), *forgotten), key=_address)
    constant = _constant_range(dso)
    for load in dso.object.loads:
        start, stored_size, _ = extent(dso, load)
        content = bytearray(stored_size)
        if load.file_size:
            lead = dso.base + load.address - start
            content[: lead + load.file_size] = dso.object.data[load.offset - lead : load.offset + load.file_size]
        first, last = (bisect_left(values, end, key=_address) for end in (start, start + stored_size))
        for address, value in values[first:last]:
            content[address - start : address - start + len(value)] = value
        for part in _parts_of(dso, load, constant):
            offset = part.address - start
            yield part, bytes(content[offset : offset + part.stored_size])


def changed_places(dso: PrelinkedObject) -> Iterator[tuple[int, int]]:
    """Address and size of what `contents` changes."""
    yield from ((address, 8) for address, _ in dso.relative)
    yield from ((fixup.address, 8) for fixup in dso.fixups if not isinstance(fixup.target, RunTimeTarget))
    yield from ((address, dso.object.machine.detour.size) for address, _ in dso.detours)
    yield from _run_path(dso)


def thread_local_content(dso: PrelinkedObject, locate: Locate) -> bytes:
    """The initial bytes of a new thread's block, with bound values."""
    segment = dso.object.segment(SegmentType.TLS)
    if segment is None:
        return b""
    start = dso.base + segment.address
    content = bytearray(dso.object.data[segment.offset : segment.offset + segment.file_size])
    for address, value in _values(dso, locate):
        if start <= address < start + len(content):
            content[address - start : address - start + 8] = value
    return bytes(content)


def relro(dso: PrelinkedObject) -> tuple[int, int]:
    """Start and size of PT_GNU_RELRO, read-only after binding, in whole pages; (0, 0) when there is none."""
    segment = dso.object.segment(SegmentType.GNU_RELRO)
    if segment is None:
        return 0, 0
    machine = dso.object.machine
    start = machine.page_down(dso.base + segment.address)
    size = machine.page_down(dso.base + segment.address + segment.memory_size) - start
    return (start, size) if size > 0 else (0, 0)


def late_relro(dso: PrelinkedObject) -> tuple[int, int]:
    """The result of `relro` if a patch falls into it, so that it can only be protected after patching; else (0, 0)."""
    start, size = relro(dso)
    return (start, size) if any(start <= patch.address < start + size for patch in dso.patches) else (0, 0)


_address = itemgetter(0)


def extent(dso: PrelinkedObject, load: Segment) -> tuple[int, int, int]:
    """Address, stored size and memory size of a segment, in whole pages."""
    machine = dso.object.machine
    start = machine.page_down(dso.base + load.address)
    lead = dso.base + load.address - start
    stored_size = machine.page_up(lead + load.file_size) if load.file_size else 0
    return start, stored_size, machine.page_up(lead + load.memory_size)


def _constant_range(dso: PrelinkedObject) -> tuple[int, int]:
    """Start and size of what can be mapped read-only from the start; (0, 0) when a patch falls into it."""
    return relro(dso) if late_relro(dso) == (0, 0) else (0, 0)


def _parts_of(dso: PrelinkedObject, load: Segment, constant: tuple[int, int]) -> Iterator[Part]:
    """The parts of one segment: its constant range is a part of its own."""
    start, stored_size, memory_size = extent(dso, load)
    protection = _protection(load.flags)
    constant_start, constant_size = constant
    constant_end = min(constant_start + constant_size, start + stored_size)
    if not start <= constant_start < constant_end or not protection & Protection.WRITE:
        yield Part(start, memory_size, stored_size, protection)
        return
    cuts = (start, constant_start, constant_end, start + memory_size)
    for low, high, kind in zip(cuts, cuts[1:], (protection, Protection.READ, protection), strict=False):
        if low < high:
            yield Part(low, high - low, max(min(high, start + stored_size) - low, 0), kind)


def _protection(flags: int) -> Protection:
    """PF_* as PROT_*: the same three bits in another order."""
    pairs = (
        (SegmentFlag.READ, Protection.READ),
        (SegmentFlag.WRITE, Protection.WRITE),
        (SegmentFlag.EXECUTE, Protection.EXECUTE),
    )
    found = Protection(0)
    for flag, protection in pairs:
        if flags & flag:
            found |= protection
    return found


def _values(dso: PrelinkedObject, locate: Locate) -> list[tuple[int, bytes]]:
    values = [(address, _word(value)) for address, value in dso.relative]
    values += [
        (fixup.address, _word(locate(fixup.target)))
        for fixup in dso.fixups
        if not isinstance(fixup.target, RunTimeTarget)
    ]
    detour = dso.object.machine.detour
    values += [(address, detour.encode(address, locate(ExecutableSymbol(name, 0)))) for address, name in dso.detours]
    return values


def _word(value: int) -> bytes:
    """Eight bytes of a value, computed modulo 2**64 as in the dynamic linker."""
    return (value & (1 << 64) - 1).to_bytes(8, "little")


def _run_path(dso: PrelinkedObject) -> Iterator[tuple[int, int]]:
    """Address and size of search paths of the build machine, which nothing reads in the binary: zeros take their place."""
    strings = dso.object.tags.get(Tag.STRTAB, 0)
    for start, size in dso.object.search_path_texts():
        yield dso.base + strings + start - dso.object.offset_of(strings), size
