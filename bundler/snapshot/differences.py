"""Compares recordings: which words a start must find for itself, and which modules keep an answer of the machine."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bundler.contract import Struct, bundle_constant, bundle_ffi
from bundler.link.model import Linked
from bundler.link.objects import PrelinkedObject
from bundler.snapshot.kinds import NoteKind
from bundler.snapshot.model import Memory, Range, Recording

# Memory is compared in pieces.
_PIECE = 4096

# Words that count from the thread pointer lie within so many bytes of it.
_NEAR_THREAD = bundle_constant("BUNDLE_NEAR_THREAD")
_LOWER = (1 << 32) - 1
_STEADY = bundle_constant("BUNDLE_STEADY")
_REGION_ROOM = bundle_constant("BUNDLE_REGION_ROOM")
_HEAD_SIZE = bundle_ffi().sizeof("struct bundle_block_head")


@dataclass(frozen=True, slots=True)
class Difference:
    """A word that differs between two recordings; `owner`: the module or object whose it is."""

    address: int
    owner: str
    values: tuple[int, int]


def words_that_differ(first: Sequence[Memory], second: Sequence[Memory]) -> Iterator[tuple[int, int, int]]:
    """Address and values of words that differ between the same parts of two recordings."""
    for one, other in zip(first, second, strict=True):
        yield from _words(one, other)


def _words(one: Memory, other: Memory) -> Iterator[tuple[int, int, int]]:
    size = max(len(one.content), len(other.content))
    if one.content == other.content:
        return
    for at in range(0, size, _PIECE):
        left, right = one.content[at : at + _PIECE], other.content[at : at + _PIECE]
        if left == right:
            continue
        left, right = left.ljust(_PIECE, b"\0"), right.ljust(_PIECE, b"\0")
        for place, (a, b) in enumerate(zip(memoryview(left).cast("Q"), memoryview(right).cast("Q"), strict=True)):
            if a != b:
                yield one.address + at + 8 * place, a, b


def thread_words(first: Recording, second: Recording) -> Mapping[int, int]:
    """Words that hold addresses near the thread pointer: distances from it, by the words' addresses. The key of a word in the
    thread's own block is its own distance from the thread pointer, which is smaller than any address.
    """
    found: dict[int, int] = {}
    for address, one, other in words_that_differ(first.parts, second.parts):
        if _is_near(one, first) and one - first.thread == other - second.thread:
            found[address] = one - first.thread
    for address, one, other in words_that_differ((first.block,), (second.block,)):
        if _is_near(one, first) and one - first.thread == other - second.thread:
            found[address - first.thread] = one - first.thread
    return found


def is_in_block(place: int) -> bool:
    """True if a place is a distance from the thread pointer, and no address."""
    return place < _NEAR_THREAD


def library_words(first: Recording, second: Recording) -> Mapping[int, int]:
    """Words that hold addresses in the C library which every start finds by itself: the numbers of those, by the words' addresses."""
    found: dict[int, int] = {}
    numbers = {value: number for number, value in enumerate(first.library) if value}
    for address, one, other in words_that_differ(first.parts, second.parts):
        number = numbers.get(one)
        if number is not None and second.library[number] == other:
            found[address] = number
    return found


def symbol_words(first: Recording, second: Recording) -> Mapping[int, str]:
    """Words that hold the address of a symbol which the program looked up, by their addresses."""
    names = {address: name for name, address in first.symbols.items()}
    return {
        address: names[one]
        for address, one, other in words_that_differ(first.parts, second.parts)
        if one in names and second.symbols.get(names[one]) == other
    }


def seeded_generators(first: Recording, other: Recording) -> tuple[Range, ...]:
    """The generators of random numbers whose state followed from the answers of the machine."""
    if first.generators != other.generators:
        return ()
    differing = [address for address, _, _ in words_that_differ((first.region,), (other.region,))]
    return tuple(
        each
        for each in first.generators
        if bisect_left(differing, each.address) < bisect_left(differing, each.address + each.size)
    )


def number_words(first: Recording, other: Recording, numbers: tuple[int, int], owners: Owners) -> Mapping[int, int]:
    """Words that hold the number of the main thread, with zero, by their addresses: of modules that asked for this one, and never
    for the number of the process.

    Rust's standard library keeps it, for messages about panics. Who remembers the process, to notice a fork, must find another.
    """
    kinds: dict[str, set[NoteKind]] = {}
    for note in first.notes:
        kinds.setdefault(note.module, set()).add(note.kind)
    asking = {module for module, its in kinds.items() if NoteKind.THREAD_NUMBER in its and NoteKind.PROCESS not in its}
    loaded_by = first.loaders
    pairs = ((first.region, other.region), *zip(first.objects, other.objects, strict=True)) if asking else ()
    found: dict[int, int] = {}
    for pair in pairs:
        for address, *values in _words(*pair):
            owner = owners.owner(address) if tuple(values) == numbers else ""
            if loaded_by.get(owner, owner) in asking:
                found[address] = 0
    return found


def count_words(
    found: Iterable[Difference], first: Recording, counts: tuple[int, int]
) -> tuple[tuple[Difference, ...], tuple[Difference, ...]]:
    """Differences that may be words which hold how many processors there are, and all others.

    They are those of modules that asked for this number alone, by sched_getaffinity(2). Other recordings show whether the words hold it
    for few processors and for many, too. `counts`: the numbers in both recordings.
    """
    details: dict[str, set[str]] = {}
    for note in first.notes:
        if note.kind is NoteKind.PROCESSORS:
            details.setdefault(note.module, set()).add(note.detail)
    asking = {module for module, its in details.items() if its == {"affinity"}}
    words: list[Difference] = []
    others: list[Difference] = []
    for each in found:
        is_count = each.values == counts and first.loaders.get(each.owner, each.owner) in asking
        (words if is_count else others).append(each)
    return tuple(words), tuple(others)


def half_words(first: Recording, second: Recording) -> Mapping[int, int]:
    """Words whose upper half is what was left of an address in the system's libraries, with that half zero, by their addresses.

    A compiler copies structs with their padding, in which lies what the stack had there before. The word is no address: the lower
    halves of that would differ, too, for every process has its libraries at other pages.
    """
    upper = (_upper_halves(first), _upper_halves(second))
    return {
        address: one & _LOWER
        for address, one, other in words_that_differ(first.parts, second.parts)
        if one & _LOWER == other & _LOWER and one >> 32 in upper[0] and other >> 32 in upper[1]
    }


def _upper_halves(recording: Recording) -> frozenset[int]:
    return frozenset(value >> 32 for value in (recording.thread, *recording.library) if value >> 32)


def _is_near(value: int, recording: Recording) -> bool:
    thread, block = recording.thread, recording.block
    # The C library's description of the thread lies in front, and its size depends on the version.
    if block.address > thread:
        return thread <= value <= block.end
    return -_NEAR_THREAD < value - thread < _NEAR_THREAD


def kept_words(recording: Recording, pristine: Sequence[Memory]) -> Mapping[int, int]:
    """Words of the executable that constructors wrote, and nobody since: their pristine values by address.

    A restored process has run the same constructors, and its own values are the right ones.
    """
    found: dict[int, int] = {}
    now = {each.address: each for each in recording.executable}
    for linked in pristine:
        before = next(each for each in recording.before if each.address == linked.address)
        current = memoryview(now[linked.address].content.ljust(len(linked.content), b"\0"))
        for address, was, is_ in _words(linked, before):
            at = address - linked.address
            if int.from_bytes(current[at : at + 8], "little") == is_:
                found[address] = was
    return found


def object_at(linked: Linked, address: int) -> PrelinkedObject | None:
    """The object in whose memory an address lies."""
    objects = linked.layout.plan.prelinked.objects
    return next((each for each in objects if each.base <= address < each.end), None)


class Owners:
    """Finds whose a word is: the module that ran when a block was taken, the object whose variable it is."""

    def __init__(self, recording: Recording, linked: Linked) -> None:
        self._recording = recording
        self._linked = linked
        self._starts: list[int] = []
        self._rows: list[tuple[int, int]] = []  # end, owner
        self._walk()

    def _walk(self) -> None:
        region = self._recording.region
        heads: Struct = bundle_ffi().from_buffer("struct bundle_block_head[]", region.content)
        at = 0
        while at < len(heads):
            room, owner = heads[at].room, heads[at].owner & ~_STEADY
            if not room:  # a gap before a block that is aligned, or behind the last
                at += 1
                continue
            start = region.address + at * _HEAD_SIZE
            self._starts.append(start)
            self._rows.append((start + _HEAD_SIZE + room, owner))
            at += 1 + room // _HEAD_SIZE

    def _row(self, address: int) -> int:
        """The number of the block in which an address of the region lies; -1 for none."""
        row = bisect_right(self._starts, address) - 1
        return row if row >= 0 and address < self._rows[row][0] else -1

    def block(self, address: int) -> Range | None:
        """The block of the region in which an address lies."""
        row = self._row(address)
        if row < 0:
            return None
        start = self._starts[row] + _HEAD_SIZE
        return Range(start, self._rows[row][0] - start)

    def owner(self, address: int) -> str:
        """The owner's name: a module's, or an object's path; "" for the interpreter's and the launcher's."""
        region = self._recording.region
        if region.address <= address < region.address + _REGION_ROOM:
            row = self._row(address)
            number = self._rows[row][1] if row >= 0 else len(self._recording.owners)
            return self._recording.owners[number] if number < len(self._recording.owners) else ""
        dso = object_at(self._linked, address)
        return dso.path if dso is not None else ""


@dataclass(frozen=True, slots=True)
class StartWords:
    """Words that each start computes for itself, by address; what each maps to, the function of that name tells.

    `generators`: objects of `random.Random` that are seeded.
    """

    kept: Mapping[int, int]
    local: Mapping[int, int]
    library: Mapping[int, int]
    halves: Mapping[int, int]
    generators: tuple[Range, ...]
    numbers: Mapping[int, int]
    symbols: Mapping[int, str]
    counts: Mapping[int, int] = field(default_factory=dict)

    @classmethod
    def of(  # noqa: PLR0913 - three recordings, and what is known of two
        cls,
        pristine: Sequence[Memory],
        first: Recording,
        second: Recording,
        other: Recording,
        numbers: tuple[int, int],
        owners: Owners,
    ) -> StartWords:
        """The words that three recordings show: two with equal answers of the machine, and one with others.

        `numbers`: those of the main thread in the first and in the other.
        """
        return cls(
            kept_words(first, pristine),
            thread_words(first, second),
            library_words(first, second),
            half_words(first, second),
            seeded_generators(first, other),
            number_words(first, other, numbers, owners),
            symbol_words(first, second),
        )

    @property
    def addresses(self) -> Iterator[int]:
        """The addresses of all of them."""
        yield from (*self.kept, *self.local, *self.library, *self.halves, *self.numbers, *self.symbols, *self.counts)
        for each in self.generators:
            yield from range(each.address, each.end, 8)

    @property
    def stored(self) -> Mapping[int, int]:
        """The values that these words have in the snapshot, outside of the thread's own block."""
        outside = {address: value for address, value in self.local.items() if not is_in_block(address)}
        return {
            **outside,
            **dict.fromkeys((*self.library, *self.symbols), 0),
            **self.halves,
            **self.numbers,
            **self.counts,
        }


class PassedOver(Protocol):
    """Words that may differ between recordings: nothing that a program can see depends on their values."""

    def hold(self, address: int) -> bool:
        """True if the word at an address is one of them."""


def differences(
    first: Recording, second: Recording, known: Collection[int], owners: Owners, passed_over: Sequence[PassedOver]
) -> tuple[Difference, ...]:
    """Words that differ, but for those at known addresses and those that are passed over."""
    found = []
    for address, one, other in words_that_differ(first.parts, second.parts):
        if address not in known and not any(each.hold(address) for each in passed_over):
            found.append(Difference(address, owners.owner(address), (one, other)))
    for address, one, other in words_that_differ((first.block,), (second.block,)):
        if address - first.thread not in known:
            found.append(Difference(address, "", (one, other)))
    return tuple(found)
