"""Reads what a recorded run has written (launcher/snapshot/write.c)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from enum import IntEnum
from typing import Any, NamedTuple, TypeVar

from bundler.contract import Struct, bundle_constant, bundle_ffi
from bundler.snapshot.kinds import NoteKind
from bundler.snapshot.model import (
    Call,
    Condition,
    Event,
    Feature,
    Graph,
    Heat,
    Key,
    Memory,
    Note,
    Question,
    Range,
    Recording,
    Refusal,
    SignalAction,
)


class Part(IntEnum):
    """Kinds of parts of a recording; launcher/recorded.h tells what each holds."""

    NOTES = bundle_constant("BUNDLE_PART_NOTES")
    FAILURE = bundle_constant("BUNDLE_PART_FAILURE")
    END = bundle_constant("BUNDLE_PART_END")
    GRAPH = bundle_constant("BUNDLE_PART_GRAPH")
    CALLED = bundle_constant("BUNDLE_PART_CALLED")
    LOCALE = bundle_constant("BUNDLE_PART_LOCALE")
    MASK = bundle_constant("BUNDLE_PART_MASK")
    STREAMS = bundle_constant("BUNDLE_PART_STREAMS")
    VARIABLE = bundle_constant("BUNDLE_PART_VARIABLE")
    BEFORE = bundle_constant("BUNDLE_PART_BEFORE")
    EXECUTABLE = bundle_constant("BUNDLE_PART_EXECUTABLE")
    REGION = bundle_constant("BUNDLE_PART_REGION")
    OBJECT = bundle_constant("BUNDLE_PART_OBJECT")
    CONSTRUCTED = bundle_constant("BUNDLE_PART_CONSTRUCTED")
    SPOILED = bundle_constant("BUNDLE_PART_SPOILED")
    THREAD = bundle_constant("BUNDLE_PART_THREAD")
    THREAD_BLOCK = bundle_constant("BUNDLE_PART_THREAD_BLOCK")
    GENERATOR = bundle_constant("BUNDLE_PART_GENERATOR")
    LIBRARY = bundle_constant("BUNDLE_PART_LIBRARY")
    ORDER = bundle_constant("BUNDLE_PART_ORDER")
    KEYS = bundle_constant("BUNDLE_PART_KEYS")
    CALLS = bundle_constant("BUNDLE_PART_CALLS")
    SIGNALS = bundle_constant("BUNDLE_PART_SIGNALS")
    FEATURES = bundle_constant("BUNDLE_PART_FEATURES")
    LEAST = bundle_constant("BUNDLE_PART_LEAST")
    CACHES = bundle_constant("BUNDLE_PART_CACHES")
    NEW_CONDITION = bundle_constant("BUNDLE_PART_NEW_CONDITION")
    CONDITIONS = bundle_constant("BUNDLE_PART_CONDITIONS")
    HEAT = bundle_constant("BUNDLE_PART_HEAT")
    FLOAT_CONTROL = bundle_constant("BUNDLE_PART_FLOAT_CONTROL")


_KINDS = frozenset(Part)
_Noun = TypeVar("_Noun", Call, Condition, Feature, Heat, Key, SignalAction)


class _Parts:
    """The parts that a run has written."""

    def __init__(self, data: memoryview) -> None:
        self._found: dict[Part, list[Memory]] = {part: [] for part in Part}
        size = bundle_ffi().sizeof("struct bundle_part")
        at = 0
        while at + size <= len(data):
            # The array is kept, for its rows do not keep it.
            heads = _rows("struct bundle_part", bytes(data[at : at + size]))
            if heads[0].kind not in _KINDS:  # the program has written to the descriptor itself
                break
            content = data[at + size : at + size + heads[0].size]
            self._found[Part(heads[0].kind)].append(Memory(heads[0].address, bytes(content)))
            at += size + len(content)

    def all(self, part: Part) -> tuple[Memory, ...]:
        """The parts of a kind, in order."""
        return tuple(self._found[part])

    def has(self, part: Part) -> bool:
        """True if there is one of a kind."""
        return bool(self._found[part])

    def one(self, part: Part) -> Memory:
        """The first of a kind."""
        return self._found[part][0]

    def content(self, part: Part) -> bytes:
        """The content of the first of a kind; nothing if there is none."""
        return self.one(part).content if self.has(part) else b""

    def table(self, part: Part, struct: str, noun: type[_Noun]) -> tuple[_Noun, ...]:
        """The rows of the first of a kind, an array of structs that have members for the fields of a noun; () if there is none."""
        return read_table(self.content(part), struct, noun)


def read_table(content: bytes, struct: str, noun: type[_Noun]) -> tuple[_Noun, ...]:
    """An array of structs as nouns, whose fields have the names of members."""
    names = [each.name for each in fields(noun)]
    return tuple(noun(*(_value(row, name) for name in names)) for row in _rows(struct, content))


def _value(row: Struct, name: str) -> Any:
    """The value of a member, as a field of this name has it: an int, a bool, or a tuple of ints."""
    value = getattr(row, name)
    if not isinstance(value, int):
        return tuple(value)
    return bool(value) if name.startswith("is_") else value


def _rows(struct: str, content: bytes) -> Struct:
    """An array of structs that the launcher's headers declare."""
    return bundle_ffi().from_buffer(f"{struct}[]", content)


def read_recording(data: memoryview) -> Recording | Graph | Refusal:
    """The recording or the graph, whichever was asked for, or why there is none."""
    parts = _Parts(data)
    lines = tuple(_lines(parts.content(Part.NOTES), keeps_locale=bool(parts.content(Part.LOCALE))))
    notes, owners, events = _read_notes(lines, keeps_mask=bool(parts.content(Part.MASK)))
    if parts.has(Part.FAILURE):
        return _refusal(parts.content(Part.FAILURE).decode("utf-8", "replace"), notes, events)
    if parts.has(Part.GRAPH):
        called = parts.content(Part.CALLED) if parts.has(Part.CALLED) else None
        return _graph(parts.content(Part.GRAPH), events, notes, called)
    if not parts.has(Part.END):
        return Refusal("it ended the process while it was imported", _running_module(events), "", events)
    return Recording(
        before=parts.all(Part.BEFORE),
        executable=parts.all(Part.EXECUTABLE),
        region=parts.one(Part.REGION),
        objects=parts.all(Part.OBJECT),
        constructed=parts.all(Part.CONSTRUCTED),
        thread=parts.one(Part.THREAD).address,
        block=parts.one(Part.THREAD_BLOCK),
        generators=tuple(
            Range(each.address, int.from_bytes(each.content, "little")) for each in parts.all(Part.GENERATOR)
        ),
        library=tuple(memoryview(parts.content(Part.LIBRARY)).cast("Q")),
        order=tuple(memoryview(parts.content(Part.ORDER)).cast("I")),
        keys=parts.table(Part.KEYS, "struct bundle_key", Key),
        calls=parts.table(Part.CALLS, "struct bundle_call", Call),
        signals=parts.table(Part.SIGNALS, "struct bundle_signal", SignalAction),
        features=parts.table(Part.FEATURES, "struct bundle_feature", Feature),
        caches=parts.table(Part.CACHES, "struct bundle_feature", Feature),
        condition=parts.content(Part.NEW_CONDITION),
        conditions=_conditions(parts),
        least={
            each.address: read_table(each.content, "struct bundle_feature", Feature) for each in parts.all(Part.LEAST)
        },
        streams_are_alone=bool(parts.content(Part.STREAMS)),
        variables=tuple(each.content.decode("utf-8", "surrogateescape") for each in parts.all(Part.VARIABLE)),
        notes=notes,
        owners=owners,
        events=events,
        heat=parts.table(Part.HEAT, "struct bundle_heat", Heat),
        symbols=dict(_read_symbols(lines)),
        float_control=parts.one(Part.FLOAT_CONTROL).address,
        asked_again=_read_asked_again(lines),
        spoiled=tuple((each.address, each.content.decode()) for each in parts.all(Part.SPOILED)),
    )


def _conditions(parts: _Parts) -> tuple[Condition, ...] | None:
    """The conditions of threads; None where they are not known."""
    return parts.table(Part.CONDITIONS, "struct bundle_condition", Condition) if parts.has(Part.CONDITIONS) else None


def _graph(content: bytes, events: tuple[Event, ...], notes: tuple[Note, ...], called: bytes | None) -> Graph:
    rows = [line.split(" ") for line in content.decode("utf-8", "surrogateescape").splitlines()]
    return Graph(
        {(module, name): digest for module, name, digest, _ in rows},
        events,
        {(module, name): place for module, name, _, place in rows if place != "-"},
        tuple((note.module, note.detail) for note in notes if note.kind is NoteKind.ORDERED),
        # A thread of the program's own may have called anything.
        _called_lines(called)
        if called is not None and all(note.kind is not NoteKind.THREAD for note in notes)
        else None,
    )


def _called_lines(content: bytes) -> Mapping[str, frozenset[int]]:
    """The first lines of code that ran, by files (launcher/snapshot/called.h)."""
    found: dict[str, set[int]] = defaultdict(set)
    for line in content.decode("utf-8", "surrogateescape").splitlines():
        file, _, number = line.rpartition("\t")
        found[file].add(int(number))
    return {file: frozenset(numbers) for file, numbers in found.items()}


class _Line(NamedTuple):
    """A line that the recorder noted: the number of the module, the line of its source, the file of the code that ran, the kind, and
    what it is about.
    """

    owner: int
    place: int
    asker: str
    kind: str
    detail: str


def _lines(content: bytes, *, keeps_locale: bool) -> Iterator[_Line]:
    """The lines. `keeps_locale`: in the end the locale was what it had been: who set another for a while has only asked for it."""
    for line in content.decode("utf-8", "replace").splitlines():
        number, place, asker, kind, detail = line.split("\t", 4)
        if keeps_locale and kind == NoteKind.SET_LOCALE:
            kind = NoteKind.LOCALE_NAME
        yield _Line(int(number), int(place), asker, kind, detail)


_NOTE_KINDS = frozenset(NoteKind)

# Kinds of lines that are about no module: addresses of symbols, and where statements that are run again begin and end.
_OF_NO_MODULE = frozenset(("symbol", "again", "again-end"))


def _read_notes(
    lines: Iterable[_Line], *, keeps_mask: bool
) -> tuple[tuple[Note, ...], tuple[str, ...], tuple[Event, ...]]:
    """Notes, modules by their numbers, and what happened to modules.

    `keeps_mask`: in the end the signals were blocked that had been: constructors that block others do so while they try an instruction.
    """
    owners = [""]
    events = []
    notes = []
    constructing: list[str] = []
    for number, place, asker, kind, detail in lines:
        if kind == "begin":
            owners.append(detail)
        if kind in ("begin", "end", "fail"):
            events.append(Event(kind, detail))
        elif kind == "constructed":
            constructing.pop()
        elif kind == NoteKind.SIGNAL_MASK and constructing and keeps_mask:
            continue
        elif kind not in _OF_NO_MODULE and number:
            maker = constructing[-1] if constructing else ""
            notes.append(Note(owners[number], place, NoteKind(kind), detail, maker, asker))
        if kind == NoteKind.OBJECT:
            constructing.append(detail)
    return tuple(dict.fromkeys(notes)), tuple(owners), tuple(events)


def _read_asked_again(lines: Iterable[_Line]) -> frozenset[Question]:
    """Questions of modules when statements of theirs were run once more."""
    found: set[Question] = set()
    module = ""
    for *_, kind, detail in lines:
        if kind in ("again", "again-end"):
            module = detail
        elif module and kind in _NOTE_KINDS:
            found.add(Question.of(module, NoteKind(kind), detail))
    return frozenset(found)


def _read_symbols(lines: Iterable[_Line]) -> Iterator[tuple[str, int]]:
    """Symbols that were looked up, and their addresses."""
    for *_, kind, detail in lines:
        if kind == "symbol":
            name, _, address = detail.rpartition(" ")
            yield name, int(address, 16)


def _running_module(events: tuple[Event, ...]) -> str:
    """The module that ran last, or failed: what follows a failure is the end of those that import it."""
    running: list[str] = []
    failed = ""
    for happened, name in events:
        if happened == "begin":
            running.append(name)
            failed = ""
        elif running:
            running.pop()
            failed = (failed or name) if happened == "fail" else ""
    return failed or (running[-1] if running else "")


# Reasons of failures that are found only at the end of a recording, by the kind of the note that their cause left.
LEFT_OPEN: Mapping[str, str] = {
    NoteKind.DESCRIPTOR: "it leaves a descriptor open",
    NoteKind.THREAD: "it leaves a thread running",
}


def _refusal(text: str, notes: tuple[Note, ...], events: tuple[Event, ...]) -> Refusal:
    kind, _, number = text.partition("\n")
    if kind in LEFT_OPEN:
        causes = [note.module for note in notes if note.kind == kind and note.detail in ("", number)]
        return Refusal(LEFT_OPEN[kind], causes[-1] if causes else "", "", events)
    module = _running_module(events)
    kind, *rest = text.split("\n", 4)
    if kind != "raised":
        return Refusal(text, module, "", events)
    file, line, exception, message = (*rest, "", "", "", "")[:4]
    place = f"{file}:{line}" if file else ""  # the recorder itself raises as well
    return Refusal(f"it raises {exception}: {message}".rstrip(": "), module, place, events)
