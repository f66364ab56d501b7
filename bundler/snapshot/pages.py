"""Finds the pages that a restored start maps, and makes the snapshot of a recording. Verb: `make_snapshot`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from bundler.contract import bundle_constant
from bundler.elf import SegmentType
from bundler.link import relocated
from bundler.link.model import Linked
from bundler.link.objects import PrelinkedObject, SystemSymbol, SystemThreadLocal
from bundler.link.write import locator
from bundler.snapshot.differences import StartWords, is_in_block
from bundler.snapshot.model import Condition, Memory, PageRun, Range, Recording, Snapshot
from bundler.snapshot.processor import OfProcessor

# Unchanged pages are stored too when they are so few bytes, between changed ones or beside them in an object: a mapping costs more
# (docs/startup.md).
MOST_UNCHANGED = 256 << 10

# The region and the stack of a recorded run (launcher/world/world.h). Libraries of the system lie above, or below and yet above all
# prelinked objects, as under QEMU's emulation of programs.
_RECORDED = Range(0x5F00000000, 0x500000000)


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
                isinstance(fixup.target, SystemSymbol) and _is_of_system(_value(values, fixup.address), last)
            ):
                found[fixup.address] = (dso.index, number)
    return found


def _is_of_system(value: int, last: int) -> bool:
    """True if an address lies in a library of the system; `last`: where prelinked objects end."""
    return value >= last and not _RECORDED.address <= value < _RECORDED.end


def _value(parts: Mapping[int, Memory], address: int) -> int:
    for part in parts.values():
        if part.address <= address < part.address + len(part.content):
            at = address - part.address
            return int.from_bytes(part.content[at : at + 8], "little")
    return 0


def overwritten(memory: Memory, words: Mapping[int, int]) -> Memory:
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
    needed = _with_needed(linked, constructed)
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


def _with_needed(linked: Linked, indexes: Collection[int]) -> frozenset[int]:
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


def restored_conditions(recording: Recording) -> tuple[Condition, ...] | None:
    """The program's conditions; None if something else may have taken the place of one."""
    is_known = recording.conditions is not None and all(each.is_intact for each in recording.conditions)
    return recording.conditions if is_known else None


def make_snapshot(  # noqa: PLR0913 - what recordings have shown
    linked: Linked,
    recording: Recording,
    pristine: Sequence[Memory],
    words: StartWords,
    guarded: Sequence[str],
    processor: OfProcessor,
    seed: int,
    environment: Sequence[str],
    late: Mapping[str, str],
) -> Snapshot:
    """The snapshot of a recording."""
    page_size = linked.layout.plan.machine.page_size
    of_system = system_words(linked, recording)
    outside = words.stored
    objects = pristine_objects(linked, recording)
    runs: list[PageRun] = []
    copies: list[Memory] = []
    before = {each.address: each for each in recording.before}
    for clean in pristine:
        now = next(each for each in recording.executable if each.address == clean.address)
        now = Memory(now.address, now.content.ljust(len(clean.content), b"\0"))
        now = overwritten(overwritten(now, outside), words.kept)
        touched = before[clean.address]
        runs += changed_runs(now, clean, page_size, touched)
        copies += edges(now, clean, page_size)
    at_start = {each.address: each for each in objects}
    clean_words = {address: _value(at_start, address) for address in (*of_system, *processor.words)}
    variables = {
        written.address: overwritten(
            overwritten(Memory(written.address, written.content.ljust(len(clean.content), b"\0")), outside), clean_words
        )
        for clean, written in zip(objects, recording.objects, strict=True)
    }
    of_objects, replaced = runs_of_objects(linked, recording, variables, at_start, processor.constructed)
    runs += of_objects
    region = overwritten(recording.region, outside)
    used = len(region.content) + -len(region.content) % page_size
    stored = Memory(region.address, region.content.ljust(used, b"\0"))
    runs += changed_runs(stored, Memory(region.address, bytes(used)), page_size)
    block = Memory(recording.block.address - recording.thread, recording.block.content)
    inside = {address: value for address, value in words.local.items() if is_in_block(address)}
    given = set(environment)
    names = {each.partition("=")[0] for each in recording.variables}
    return Snapshot(
        region=Range(region.address, used),
        runs=tuple(runs),
        copies=tuple(copies),
        kept_words=tuple(sorted((*words.kept, *processor.words))),
        thread_words=tuple(sorted(words.local)),
        block=overwritten(block, inside).content,
        objects=tuple(each.index for each in mapped_objects(linked, recording)),
        replaced=replaced,
        constructed=processor.constructed,
        system_words=tuple(of_system.values()),
        library_words=tuple(sorted(words.library.items())),
        generators=tuple(each.address for each in words.generators),
        number_words=tuple(sorted(words.numbers)),
        count_words=tuple(sorted(words.counts)),
        symbol_words=tuple(sorted(words.symbols.items())),
        fresh=tuple(
            linked.layout.plan.prelinked.objects[each.object].path
            for each in recording.calls
            if each.kind == bundle_constant("BUNDLE_CALL_CONSTRUCT")
        ),
        keys=tuple(sorted(recording.keys, key=lambda key: key.number)),
        calls=recording.calls,
        signals=recording.signals,
        features=processor.features,
        condition=recording.condition,
        conditions=restored_conditions(recording),
        variables=(
            *(each for each in recording.variables if each not in given),
            *(name for each in environment if (name := each.partition("=")[0]) not in names),
        ),
        guarded=tuple(guarded),
        hash_seed=seed,
        modules=recording.finished,
        late=late,
        asks_codeset=any(note.kind == "codeset" for note in recording.notes),
        float_control=recording.float_control,
    )
