"""Reads what a recorded run has written (launcher/snapshot/write.c)."""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from bundler.contract import bundle_ffi
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

_HEAD = struct.Struct("<8sQQ")


def read_recording(data: memoryview) -> Recording | Graph | Refusal:
    """The recording or the graph, whichever was asked for, or why there is none."""
    parts: dict[str, list[Memory]] = defaultdict(list)
    at = 0
    while at + _HEAD.size <= len(data):
        kind, address, size = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        parts[kind.rstrip(b"\0").decode()].append(Memory(address, bytes(data[at : at + size])))
        at += size
    text = parts["notes"][0].content if parts["notes"] else b""
    keeps_locale = any(each.content for each in parts["locale"])
    lines = tuple(_lines(text, keeps_locale=keeps_locale))
    keeps_mask = any(each.content for each in parts["mask"])
    notes, owners, events = _read_notes(lines, keeps_mask=keeps_mask)
    if parts["failure"]:
        return _refusal(parts["failure"][0].content.decode("utf-8", "replace"), notes, events)
    if parts["graph"]:
        return _graph(parts["graph"][0].content, events, notes, parts["called"])
    if not parts["end"]:
        return Refusal("it ended the process while it was imported", _running(events), "", events)
    return Recording(
        before=tuple(parts["before"]),
        executable=tuple(parts["memory"]),
        region=parts["region"][0],
        objects=tuple(parts["object"]),
        constructed=tuple(parts["made"]),
        thread=parts["thread"][0].address,
        block=parts["block"][0],
        generators=tuple(Range(each.address, int.from_bytes(each.content, "little")) for each in parts["seeded"]),
        library=tuple(memoryview(parts["library"][0].content).cast("Q")),
        order=tuple(memoryview(parts["order"][0].content).cast("I")),
        keys=tuple(
            Key(row.key, bool(row.is_early), row.destructor, row.value)
            for row in _rows("struct bundle_key", parts["keys"][0].content)
        ),
        calls=tuple(
            Call(row.kind, bool(row.is_argument_local), row.function, row.argument, row.child, row.object)
            for row in _rows("struct bundle_call", parts["calls"][0].content)
        ),
        signals=tuple(
            SignalAction(row.number, row.flags, row.handler, row.mask)
            for row in _rows("struct bundle_signal", parts["signals"][0].content)
        ),
        features=_features(parts["features"][0]),
        caches=_features(parts["caches"][0]),
        condition=parts["waits"][0].content,
        conditions=tuple(
            Condition(row.address, row.clock, bool(row.is_shared), bool(row.is_intact))
            for row in _rows("struct bundle_condition", parts["conds"][0].content)
        )
        if parts["conds"]
        else None,
        least={each.address: _features(each) for each in parts["least"]},
        streams_are_alone=bool(parts["alone"][0].content),
        variables=tuple(each.content.decode("utf-8", "surrogateescape") for each in parts["variable"]),
        notes=notes,
        owners=owners,
        events=events,
        heat=tuple(
            Heat(row.number, row.size, bool(row.is_written))
            for part in parts["heat"]
            for row in _rows("struct bundle_heat", part.content)
        ),
        symbols=dict(_read_symbols(lines)),
        float_control=parts["float"][0].address,
        asked_again=_read_asked_again(lines),
        spoiled=tuple((each.address, each.content.decode()) for each in parts["spoiled"]),
    )


def _graph(content: bytes, events: tuple[Event, ...], notes: tuple[Note, ...], called: Sequence[Memory]) -> Graph:
    rows = [line.split(" ") for line in content.decode("utf-8", "surrogateescape").splitlines()]
    return Graph(
        {(module, name): digest for module, name, digest, _ in rows},
        events,
        {(module, name): place for module, name, _, place in rows if place != "-"},
        tuple((note.module, note.detail) for note in notes if note.kind == "ordered"),
        # A thread of the program's own may have called anything.
        _called(called[0].content) if called and all(note.kind != "thread" for note in notes) else None,
    )


def _called(content: bytes) -> Mapping[str, frozenset[int]]:
    """The first lines of code that ran, by files (launcher/snapshot/called.h)."""
    found: dict[str, set[int]] = defaultdict(set)
    for line in content.decode("utf-8", "surrogateescape").splitlines():
        file, _, number = line.rpartition("\t")
        found[file].add(int(number))
    return {file: frozenset(numbers) for file, numbers in found.items()}


def _features(part: Memory) -> tuple[Feature, ...]:
    rows = _rows("struct bundle_feature", part.content)
    return tuple(Feature(row.leaf, row.subleaf, tuple(row.masks), tuple(row.values)) for row in rows)


def _rows(kind: str, content: bytes) -> Any:
    """An array of structs that `launcher/bundle.h` declares."""
    return bundle_ffi().from_buffer(f"{kind}[]", content)


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
        if keeps_locale and kind == "set-locale":
            kind = "locale-name"
        yield _Line(int(number), int(place), asker, kind, detail)


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
        elif kind == "signal-mask" and constructing and keeps_mask:
            continue
        elif kind != "symbol" and number:
            notes.append(Note(owners[number], place, kind, detail, constructing[-1] if constructing else "", asker))
        if kind == "object":
            constructing.append(detail)
    return tuple(dict.fromkeys(notes)), tuple(owners), tuple(events)


def _read_asked_again(lines: Iterable[_Line]) -> frozenset[Question]:
    """Questions of modules when statements of theirs were run once more."""
    found: set[Question] = set()
    module = ""
    for *_, kind, detail in lines:
        if kind in ("again", "again-end"):
            module = detail
        elif module:
            found.add(Question.of(module, kind, detail))
    return frozenset(found)


def _read_symbols(lines: Iterable[_Line]) -> Iterator[tuple[str, int]]:
    """Symbols that were looked up, and their addresses."""
    for *_, kind, detail in lines:
        if kind == "symbol":
            name, _, address = detail.rpartition(" ")
            yield name, int(address, 16)


def _running(events: tuple[Event, ...]) -> str:
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
LEFT_OPEN = {"descriptor": "it leaves a descriptor open", "thread": "it leaves a thread running"}


def _refusal(text: str, notes: tuple[Note, ...], events: tuple[Event, ...]) -> Refusal:
    kind, _, number = text.partition("\n")
    if kind in LEFT_OPEN:
        causes = [note.module for note in notes if note.kind == kind and note.detail in ("", number)]
        return Refusal(LEFT_OPEN[kind], causes[-1] if causes else "", "", events)
    module = _running(events)
    kind, *rest = text.split("\n", 4)
    if kind != "raised":
        return Refusal(text, module, "", events)
    file, line, exception, message = (*rest, "", "", "", "")[:4]
    return Refusal(f"it raises {exception}: {message}".rstrip(": "), module, f"{file}:{line}", events)
