"""Fresh objects: those whose constructors keep what they ask the machine, or start threads, and which each start constructs itself.

Such an object is restored as it is when it is bound, and its constructors run. While it is recorded, the launcher sees whether that
can be done (launcher/loader/fresh.c).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from bundler.link import relocated
from bundler.link.model import Linked
from bundler.link.objects import IndirectFunction, PrelinkedObject
from bundler.link.write import locator
from bundler.snapshot.model import Memory, Recording


def indexes(linked: Linked, paths: Collection[str]) -> tuple[int, ...]:
    """The numbers of objects, by their paths."""
    return tuple(each.index for each in linked.layout.plan.prelinked.objects if each.path in paths)


def renew_objects(linked: Linked, recording: Recording, paths: Collection[str]) -> Recording:
    """The recording with the variables of these objects as they were before their constructors ran.

    Words that were looked up when an object was bound are kept; those of indirect functions are looked up at each start.
    """
    if not paths:
        return recording
    variables = {address: each for index in indexes(linked, paths) for address, each in _variables(linked, index)}

    def bound(part: Memory) -> Memory:
        found = variables.get(part.address)
        return _renewed_part(part, *found) if found is not None else part

    return replace(
        recording,
        objects=tuple(map(bound, recording.objects)),
        constructed=tuple(
            Memory(each.address, b"") if each.address in variables else each for each in recording.constructed
        ),
    )


def _variables(linked: Linked, index: int) -> Iterable[tuple[int, tuple[PrelinkedObject, bytes]]]:
    dso = linked.layout.plan.prelinked.objects[index]
    for part, content in relocated.contents(dso, locator(linked)):
        yield part.address, (dso, content.ljust(part.memory_size, b"\0"))


def _renewed_part(part: Memory, dso: PrelinkedObject, new: bytes) -> Memory:
    content = bytearray(new)
    recorded = part.content.ljust(len(new), b"\0")
    for fixup in dso.patches:
        at = fixup.address - part.address
        if 0 <= at < len(content) and not isinstance(fixup.target, IndirectFunction):
            content[at : at + 8] = recorded[at : at + 8]
    return Memory(part.address, bytes(content))


def spoiled_objects(linked: Linked, recording: Recording) -> Mapping[str, str]:
    """The objects that cannot be constructed anew, by their paths, and why."""
    objects = linked.layout.plan.prelinked.objects
    return {objects[index].path: why for index, why in recording.spoiled}
