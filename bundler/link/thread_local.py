"""Decides which prelinked objects have a part in the executable's thread-local block, and where a place in it is."""

from __future__ import annotations

from collections.abc import Iterable

from bundler.elf import Machine, Segment, SegmentType, ThreadPointer
from bundler.link.objects import PrelinkedObject, Refusal, ThreadLocal, ThreadLocalBlock

# Thread-local storage that every thread gets when it is made, in bytes: what is larger is made for each thread when it
# first asks (launcher/loader/threads.c). Threads with a stack of 64 KB, in which glibc makes room for it, must work.
MOST_STATIC = 16 << 10
_SMALL = 256

# The launcher's functions of TLS descriptors: for storage that is part of the executable's, and for other.
STATIC_DESCRIPTOR = "bundle_tlsdesc"
DESCRIPTOR_FUNCTIONS = (STATIC_DESCRIPTOR, "bundle_tlsdesc_dynamic")

# Bytes from the thread pointer to the block, of variant I: two words, which are the C library's.
_BEFORE = 16


def thread_local_blocks(
    objects: Iterable[PrelinkedObject],
) -> tuple[tuple[ThreadLocalBlock, ...], tuple[Refusal, ...]]:
    """Parts of the executable's block, by object, and the objects for which there is no room.

    Objects whose code counts from the thread pointer have a part, and small ones.
    """
    every = tuple(objects)
    counted = {
        fixup.target.owner
        for each in every
        for fixup in each.fixups
        if isinstance(fixup.target, ThreadLocal) and fixup.target.from_thread_pointer
    }
    blocks, refusals = [], []
    total = 0
    for each in every:
        segment = each.object.segment(SegmentType.TLS)
        size = segment.memory_size if segment else 0
        is_optional = each.index not in counted
        if segment is None or not size or (is_optional and (size > _SMALL or total >= MOST_STATIC // 2)):
            continue
        if total + size > MOST_STATIC:
            reason = (
                f"has {size} bytes of thread-local storage at a fixed place, and there is room for {MOST_STATIC} in all"
            )
            refusals.append(Refusal(each.path, reason))
            continue
        total += size
        blocks.append(ThreadLocalBlock(each.index, segment.file_size, size, max(segment.alignment, 1)))
    return tuple(blocks), tuple(refusals)


def dynamic_argument(dso: PrelinkedObject, offset: int) -> int:
    """The second word of a TLS descriptor for storage that a thread gets when it asks: the object's number, and the place.

    The place counts from what is allocated for the thread (launcher/loader/threads.c).
    """
    segment = dso.object.segment(SegmentType.TLS)
    assert segment is not None, "the variable is in it"
    lead = (dso.base + segment.address) & (max(segment.alignment, 1) - 1)
    return dso.index << 32 | lead + offset


def thread_pointer_offset(machine: Machine, block: Segment, place: int) -> int:
    """The distance of a place in the executable's block from the thread pointer. `block`: its PT_TLS segment."""
    match machine.thread_pointer:
        case ThreadPointer.BEFORE_BLOCK:
            return place + -(-_BEFORE // block.alignment) * block.alignment
        case ThreadPointer.BEHIND_BLOCK:
            return place - -(-block.memory_size // block.alignment) * block.alignment
