"""Finds what a recording keeps of the processor, by another one in which another processor answers (launcher/world/processor.c)."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bundler.elf import SegmentFlag, SegmentType
from bundler.link.model import Linked
from bundler.snapshot.compare import Difference, object_at
from bundler.snapshot.model import Feature, Memory, Range, Recording

log = logging.getLogger(__name__)

# The instruction CPUID; the two bytes may also be parts of others.
_CPUID = b"\x0f\xa2"

# Micro-architecture levels of other processors, in the order in which they are tried.
LEVELS = (2, 3)

# The launcher's own instructions are here.
_OWN_SECTION = "bundle_processor"


@dataclass(frozen=True, slots=True)
class OfProcessor:
    """What a start does about the processor: which features it needs, and which objects are constructed before what was recorded
    is mapped, because constructors wrote `words` (addresses) by what the processor has.
    """

    features: tuple[Feature, ...]
    constructed: tuple[int, ...]
    words: frozenset[int]


def asking_places(linked: Linked) -> tuple[int, ...]:
    """Addresses at which the executable or an object of it may ask for the processor; without the launcher's."""
    own = linked.executable.sections.get(_OWN_SECTION)
    inside = Range(own.address, own.size) if own is not None else Range(0, 0)
    return tuple(place for place in _places(linked) if not inside.address <= place < inside.end)


def _places(linked: Linked) -> Iterator[int]:
    with linked.path.open("rb") as file:
        for segment in linked.executable.segments:
            if segment.type == SegmentType.LOAD and segment.flags & SegmentFlag.EXECUTE:
                file.seek(segment.offset)
                yield from (segment.address + at for at in _found(file.read(segment.file_size)))
    for dso in linked.layout.plan.prelinked.objects:
        for load in dso.object.loads:
            if load.is_executable and not dso.is_resident:
                content = dso.object.data[load.offset : load.offset + load.file_size]
                yield from (dso.base + load.address + at for at in _found(content))


def _found(content: bytes) -> Iterator[int]:
    at = content.find(_CPUID)
    while at >= 0:
        yield at
        at = content.find(_CPUID, at + 1)


def asks_processor(linked: Linked, recording: Recording, places: Sequence[int]) -> bool:
    """True if code that was there in a recording may ask for the processor."""
    objects = linked.layout.plan.prelinked.objects
    loaded = [objects[index] for index in recording.order]
    ranges = [Range(each.base, each.end - each.base) for each in loaded]
    ranges += [Range(each.address, each.memory_size) for each in linked.executable.segments]
    return any(each.address <= place < each.end for place in places for each in ranges)


def of_processor(
    linked: Linked, first: Recording, other: Recording, differing: Sequence[Difference], level: int
) -> OfProcessor | None:
    """What differs where a processor of a level answered, as what a start does about it; None: only one like the build's will do.

    A word that a constructor wrote, and nobody since, is written by the same constructor at each start.
    """
    objects = set()
    for each in differing:
        dso = object_at(linked, each.address)
        if dso is None or not (_is_constructed(first, each.address) and _is_constructed(other, each.address)):
            log.info("snapshot: of level %d: %x of %s", level, each.address, each.owner or "the interpreter")
            return None
        objects.add(dso.index)
    constructed = tuple(index for index in first.order if index in objects)
    return OfProcessor(first.least[level], constructed, frozenset(each.address for each in differing))


def _is_constructed(recording: Recording, address: int) -> bool:
    """True if the word is what constructors had made of it."""
    made = _word(recording.constructed, address)
    return made is not None and made == _word(recording.objects, address)


def _word(parts: Sequence[Memory], address: int) -> bytes | None:
    for part in parts:
        if part.address <= address < part.address + len(part.content):
            return part.content[address - part.address :][:8]
    return None
