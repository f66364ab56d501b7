"""Finds the executable's variables: which a snapshot holds, and what they are before anything runs."""

from __future__ import annotations

from collections.abc import Sequence

from bundler.elf import Section, SectionFlag, SectionType, SegmentType
from bundler.link.model import Linked
from bundler.snapshot.model import Memory, Range


def recorded_ranges(linked: Linked) -> tuple[Range, ...]:
    """The executable's variables that a snapshot holds: writable sections, but for those of the process and of the linker."""
    executable = linked.executable
    constant = [each for each in executable.segments if each.type == SegmentType.GNU_RELRO]
    found: list[Range] = []
    sections = sorted(executable.sections.values(), key=lambda each: each.address)
    for section in sections:
        is_variable = section.flags & SectionFlag.ALLOC and section.flags & SectionFlag.WRITE
        if not is_variable or section.flags & SectionFlag.TLS or not section.size:
            continue
        if section.name in (".got.plt", "bundle_process") or any(
            each.address <= section.address < each.address + each.memory_size for each in constant
        ):
            continue
        if found and section.address - found[-1].end < _gap(section):
            found[-1] = Range(found[-1].address, section.address + section.size - found[-1].address)
        else:
            found.append(Range(section.address, section.size))
    return tuple(found)


def _gap(section: Section) -> int:
    """Bytes between two sections that are there for alignment only."""
    return 64 if section.type != SectionType.NOBITS else 4096


def pristine_executable(linked: Linked, ranges: Sequence[Range]) -> tuple[Memory, ...]:
    """The executable's variables as the file and zeros give them."""
    found = []
    with linked.path.open("rb") as file:
        for each in ranges:
            segment = next(
                s
                for s in linked.executable.segments
                if s.type == SegmentType.LOAD and s.address <= each.address < s.address + s.memory_size
            )
            file.seek(segment.offset + each.address - segment.address)
            stored = file.read(max(0, min(each.end, segment.address + segment.file_size) - each.address))
            found.append(Memory(each.address, stored.ljust(each.size, b"\0")))
    return tuple(found)
