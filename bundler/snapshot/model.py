"""Nouns: what a recorded run left, and what a start restores. Imports no verb.

Linked --record--> Recording --compare--> Snapshot --store--> the executable's last section
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from bundler.snapshot.kinds import NoteKind


@dataclass(frozen=True, slots=True)
class Range:
    """A part of the memory, in bytes."""

    address: int
    size: int

    @property
    def end(self) -> int:
        return self.address + self.size


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes at an address."""

    address: int
    content: bytes

    @property
    def end(self) -> int:
        """The address behind them."""
        return self.address + len(self.content)


@dataclass(frozen=True, slots=True)
class Key:
    """A key for values of threads, and the main thread's value."""

    key: int
    is_early: bool
    destructor: int
    value: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function that the C library was told to call; fields as in `struct bundle_call`."""

    kind: int
    is_argument_local: bool
    function: int
    argument: int
    child: int
    object: int


@dataclass(frozen=True, slots=True)
class SignalAction:
    """An action for a signal."""

    number: int
    flags: int
    handler: int
    mask: int


@dataclass(frozen=True, slots=True)
class Feature:
    """Bits that say what the processor has: masks and values of four words, on x86-64 EAX, EBX, ECX and EDX of a leaf of CPUID."""

    leaf: int
    subleaf: int
    masks: tuple[int, ...]
    values: tuple[int, ...]


class Question(NamedTuple):
    """A question of a module: its kind, and the variable, if it asked for one."""

    module: str
    kind: NoteKind
    variable: str

    @classmethod
    def of(cls, module: str, kind: NoteKind, detail: str) -> Question:
        """The question of a note. Paths are left out: they may follow from other answers."""
        return cls(module, kind, detail if kind is NoteKind.VARIABLE else "")


@dataclass(frozen=True, slots=True)
class Note:
    """A question or an effect of a module while it was imported. `line`: of a module's body that ran then, or 0.

    `object`: the path of an object whose constructors asked, or "". `asker`: the file of the code that ran, or "".
    """

    module: str
    line: int
    kind: NoteKind
    detail: str
    object: str = ""
    asker: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of threads, as `struct bundle_condition` has it."""

    address: int
    clock: int
    is_shared: bool
    is_intact: bool


@dataclass(frozen=True, slots=True)
class Rerun:
    """Statements of a module that are run at each start: their text, and first and last lines of what it stands for.

    `names`: those that they give values, or attributes or items of which they set.
    """

    module: str
    text: str
    spans: tuple[tuple[int, int], ...]
    names: frozenset[str] = frozenset()

    @property
    def place(self) -> str:
        """The place of an exception that they raise."""
        return f"<again {self.module}>"


class Event(NamedTuple):
    """A module's body begins, ends, or fails with an exception."""

    happened: str
    module: str


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers that a recorded run gets from the machine, its environment, and its arguments behind the first, which is `own_path`.

    `has_every_argument`: every word is said to be among the arguments. `is_tried`: the time stands still, and random bytes are the same each time, as far as nobody waits
    for others.
    """

    time: int
    entropy: int
    process: int
    user: int
    processors: int
    is_terminal: bool
    own_path: str
    folder: str
    host: str
    environment: tuple[str, ...]
    arguments: tuple[str, ...] = ()
    has_every_argument: bool = False
    is_tried: bool = False


@dataclass(frozen=True, slots=True)
class Heat:
    """A block of the heap that a start touches: its number (launcher/world/region.h), and bytes with its header."""

    number: int
    size: int
    is_written: bool


@dataclass(frozen=True, slots=True)
class Recording:
    """The memory of a recorded run, and what was told and asked in it."""

    before: tuple[Memory, ...]  # the executable's variables when a start gets to the snapshot
    executable: tuple[Memory, ...]
    region: Memory
    objects: tuple[Memory, ...]
    constructed: tuple[Memory, ...]  # the objects' after their constructors; empty if these wrote elsewhere, too
    thread: int  # the thread pointer
    block: Memory  # the main thread's variables
    library: tuple[int, ...]  # addresses in the C library, by numbers
    generators: tuple[Range, ...]  # the state of each `random.Random`
    order: tuple[int, ...]
    keys: tuple[Key, ...]
    calls: tuple[Call, ...]
    signals: tuple[SignalAction, ...]
    features: tuple[Feature, ...]
    least: Mapping[int, tuple[Feature, ...]]
    caches: tuple[Feature, ...]  # what no other processor answers in a recording
    condition: bytes  # a new condition of the C library
    conditions: tuple[Condition, ...] | None  # that the program has used; None: they are not all known
    streams_are_alone: bool  # nothing but the standard streams holds what lies below them
    variables: tuple[str, ...]
    notes: tuple[Note, ...]
    owners: tuple[str, ...]  # modules, by the numbers that blocks of the region carry
    events: tuple[Event, ...]  # what happened to modules, in order
    heat: tuple[Heat, ...] = ()  # blocks that a start touches, if that was asked
    spoiled: tuple[tuple[int, str], ...] = ()  # numbers of objects that a start cannot construct, and why
    symbols: Mapping[str, int] = field(default_factory=dict)  # addresses of those that the program looked up
    float_control: int = 0  # of the processor, if the program has changed it (launcher/machine.h)
    asked_again: frozenset[Question] = frozenset()  # by statements that were run once more

    @property
    def parts(self) -> tuple[Memory, ...]:
        """All recorded memory but the main thread's variables: the executable's, the region, the objects'."""
        return (*self.executable, self.region, *self.objects)

    @property
    def finished_modules(self) -> tuple[str, ...]:
        """Modules that were imported, in the order in which their bodies ended."""
        return tuple(name for happened, name in self.events if happened == "end")

    @property
    def loaders(self) -> Mapping[str, str]:
        """The modules that loaded objects, by paths."""
        return {note.detail: note.module for note in reversed(self.notes) if note.kind is NoteKind.OBJECT}


@dataclass(frozen=True, slots=True)
class Graph:
    """Digests of what modules hold, by module and name, in the order of `sys.modules`; what happened to modules before.

    `places`: "MODULE.NAME" of another name whose digest has the value of this one. `ordered`: modules and what they registered, in
    order. `called`: the first lines of code that ran, by its files, without code that is compiled to C; None if that is not known.
    """

    digests: Mapping[tuple[str, str], str]
    events: tuple[Event, ...] = ()
    places: Mapping[tuple[str, str], str] = field(default_factory=dict)
    ordered: tuple[tuple[str, str], ...] = ()
    called: Mapping[str, frozenset[int]] | None = None

    @property
    def modules(self) -> frozenset[str]:
        """The modules that are there."""
        return frozenset(module for module, _ in self.digests)

    def differing_names(self, other: Graph) -> tuple[tuple[str, str], ...]:
        """Modules and names that hold something else, or are not there, in the other; in order."""
        names = dict.fromkeys((*self.digests, *other.digests))
        return tuple(each for each in names if self.digests.get(each) != other.digests.get(each))

    def names_sharing(self, names: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """These names, and others whose values were met below them."""
        found = set(names)
        of_names = {f"{module}.{name}" for module, name in found}
        return tuple(each for each in self.digests if each in found or self.places.get(each) in of_names)


@dataclass(frozen=True, slots=True)
class Refusal:
    """The reason why a program, or a module of it, cannot be recorded.

    `place`: file and line, or "". `events`: what had happened to modules by then.
    """

    reason: str
    module: str = ""
    place: str = ""
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class PageRun:
    """Pages that differ from what the executable's file and zeros give."""

    address: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state that a start restores; fields as in `struct bundle_snapshot`.

    `hash_seed`: the secret of string hashes, as PYTHONHASHSEED takes it. `modules`: those that were recorded. `late`: modules that are imported at every start, and why.
    `fresh`: paths of objects that each start constructs itself.
    """

    region: Range
    runs: tuple[PageRun, ...]
    copies: tuple[Memory, ...]
    kept_words: tuple[int, ...]
    thread_words: tuple[int, ...]
    block: bytes
    objects: tuple[int, ...]
    replaced: frozenset[int]
    constructed: tuple[int, ...]
    system_words: tuple[tuple[int, int], ...]
    library_words: tuple[tuple[int, int], ...]
    generators: tuple[int, ...]
    number_words: tuple[int, ...]
    count_words: tuple[int, ...]
    symbol_words: tuple[tuple[int, str], ...]
    fresh: tuple[str, ...]
    keys: tuple[Key, ...]
    calls: tuple[Call, ...]
    signals: tuple[SignalAction, ...]
    features: tuple[Feature, ...]
    condition: bytes
    conditions: tuple[Condition, ...] | None
    variables: tuple[str, ...]
    guarded: tuple[str, ...]
    hash_seed: int
    modules: tuple[str, ...]
    late: Mapping[str, str]
    float_control: int
    asks_codeset: bool
