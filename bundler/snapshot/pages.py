"""Finds the pages that a restored start maps, and the words in them that only each process knows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from bundler.contract import bundle_constant
from bundler.link import relocated
from bundler.link.model import Linked
from bundler.link.objects import PrelinkedObject, SystemSymbol, SystemThreadLocal
from bundler.link.write import locator
from bundler.snapshot.model import Memory, PageRun, Recording

# Unchanged pages are stored too when they are so few bytes, between changed ones or beside them in an object: a mapping costs more
# (docs/startup.md).
MOST_UNCHANGED = 256 << 10

# From the stack of a recorded run up to the region's end. Libraries of the system lie above, or below and yet above all prelinked
# objects, as under QEMU's emulation of programs.
_RECORDED = range(
    bundle_constant("BUNDLE_STACK"), bundle_constant("BUNDLE_REGION") + bundle_constant("BUNDLE_REGION_ROOM")
)


def pristine_objects(linked: Linked, recording: Recording) -> tuple[Memory, ...]:
    """The writable parts of the objects of a recording as they are when they are mapped."""
    objects = linked.layout.plan.prelinked.objects
    locate = locator(linked)
    contents = {
        part.address: content
        for index in recording.order
        for part, content in relocated.contents(objects[index], locate)
    }
    sizes = {part.address: part.memory_size for index in recording.order for part in relocated.parts(objects[index])}
    return tuple(
        Memory(each.address, contents[each.address].ljust(sizes[each.address], b"\0")) for each in recording.objects
    )


def system_words(linked: Linked, recording: Recording) -> Mapping[int, tuple[int, int]]:
    """Words of objects that are only known in each process, by address: object and place among its patches."""
    found: dict[int, tuple[int, int]] = {}
    values = {each.address: each for each in recording.objects}
    last = max((each.end for each in linked.layout.plan.prelinked.objects), default=0)
    for index in recording.order:
        dso = linked.layout.plan.prelinked.objects[index]
        if dso.is_resident:
            continue
        for number, fixup in enumerate(dso.patches):
            if isinstance(fixup.target, SystemThreadLocal) or (
                isinstance(fixup.target, SystemSymbol) and _is_of_system(word_at(values, fixup.address), last)
            ):
                found[fixup.address] = (dso.index, number)
    return found


def _is_of_system(value: int, last: int) -> bool:
    """True if an address lies in a library of the system; `last`: where prelinked objects end."""
    return value >= last and value not in _RECORDED


def word_at(parts: Mapping[int, Memory], address: int) -> int:
    """The word at an address in the parts of memory; 0 outside of them."""
    for part in parts.values():
        if part.address <= address < part.address + len(part.content):
            at = address - part.address
            return int.from_bytes(part.content[at : at + 8], "little")
    return 0


def overwrite(memory: Memory, words: Mapping[int, int]) -> Memory:
    """The memory with other values for words at these addresses."""
    inside = {
        address: value
        for address, value in words.items()
        if memory.address <= address < memory.address + len(memory.content)
    }
    if not inside:
        return memory
    content = bytearray(memory.content)
    for address, value in inside.items():
        at = address - memory.address
        content[at : at + 8] = (value & (1 << 64) - 1).to_bytes(8, "little")
    return Memory(memory.address, bytes(content))


def changed_runs(now: Memory, pristine: Memory, page_size: int, touched: Memory | None = None) -> Iterator[PageRun]:
    """Runs of whole pages that differ from pristine ones, or that were `touched` before; with few unchanged ones between."""
    first = -now.address % page_size
    size = max(len(now.content), len(pristine.content))
    content, clean = now.content.ljust(size, b"\0"), pristine.content.ljust(size, b"\0")
    before = touched.content.ljust(size, b"\0") if touched is not None else clean
    start = end = -1
    for at in range(first, size - page_size + 1, page_size):
        page = clean[at : at + page_size]
        if content[at : at + page_size] == page and before[at : at + page_size] == page:
            continue
        if start >= 0 and at - end > MOST_UNCHANGED:
            yield PageRun(now.address + start, content[start:end])
            start = -1
        start = at if start < 0 else start
        end = at + page_size
    if start >= 0:
        yield PageRun(now.address + start, content[start:end])


def whole_run(now: Memory, runs: Sequence[PageRun]) -> PageRun | None:
    """All of an object's variables, if some of them have changed and little else is among them; so they are mapped once."""
    changed = sum(len(each.content) for each in runs)
    is_worth = runs and len(now.content) - changed <= MOST_UNCHANGED
    return PageRun(now.address, now.content) if is_worth else None


def edges(now: Memory, pristine: Memory, page_size: int) -> Iterator[Memory]:
    """The bytes at both ends that share a page with what is not recorded."""
    size = len(pristine.content)
    content = now.content.ljust(size, b"\0")
    first = min(-now.address % page_size, size)
    last = max(first, size - (now.address + size) % page_size)
    for start, end in ((0, first), (last, size)):
        if content[start:end] != pristine.content[start:end]:
            yield Memory(now.address + start, content[start:end])


def mapped_objects(linked: Linked, recording: Recording) -> tuple[PrelinkedObject, ...]:
    """The objects of a recording that lie outside of the executable, in the order in which they were loaded."""
    objects = linked.layout.plan.prelinked.objects
    return tuple(objects[index] for index in recording.order if not objects[index].is_resident)


def runs_of_objects(
    linked: Linked,
    recording: Recording,
    now: Mapping[int, Memory],
    clean: Mapping[int, Memory],
    constructed: Collection[int],
) -> tuple[tuple[PageRun, ...], frozenset[int]]:
    """Runs of the objects' variables, and the objects that need no mapping of their own for them.

    `now` and `clean`: the variables by address. Constructors that run before the runs are mapped, and what they may call, need
    the variables as they are when they are new.
    """
    runs: list[PageRun] = []
    replaced = set()
    needed = _needed_objects(linked, constructed)
    for dso in mapped_objects(linked, recording):
        changed = {
            part.address: tuple(changed_runs(now[part.address], clean[part.address], dso.object.machine.page_size))
            for part in relocated.parts(dso)
            if part.address in now
        }
        whole = [whole_run(now[address], its) for address, its in changed.items()]
        if dso.index not in needed and all(whole):
            replaced.add(dso.index)
            runs += [each for each in whole if each is not None]
        else:
            runs += [each for its in changed.values() for each in its]
    return tuple(runs), frozenset(replaced)


def _needed_objects(linked: Linked, indexes: Collection[int]) -> frozenset[int]:
    """Objects, and all that they need."""
    objects = linked.layout.plan.prelinked.objects
    found: set[int] = set()
    pending = list(indexes)
    while pending:
        index = pending.pop()
        if index not in found:
            found.add(index)
            pending += objects[index].needed
    return frozenset(found)
