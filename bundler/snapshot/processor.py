"""Finds what a recording keeps of the processor, by another one in which another processor answers (launcher/world/processor_*.c)."""

from __future__ import annotations

import logging
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bundler.contract import bundle_constant
from bundler.elf import Machine, SegmentFlag, SegmentType
from bundler.link.model import Linked
from bundler.process import CommandError, run
from bundler.snapshot.differences import Difference, object_at
from bundler.snapshot.model import Feature, Memory, Range, Recording
from bundler.toolchain import Toolchain

log = logging.getLogger(__name__)

# Micro-architecture levels of other processors, in the order in which they are tried.
LEVELS = range(bundle_constant("BUNDLE_FIRST_LEVEL"), bundle_constant("BUNDLE_LAST_LEVEL") + 1)

# Bytes of code that are decoded before two bytes, to see whether they are an instruction; and behind them, which do nothing.
_WINDOW = 512
_BEHIND = 16

# The launcher's own instructions are here.
_OWN_SECTION = "bundle_processor"


@dataclass(frozen=True, slots=True)
class ProcessorPart:
    """The part of a snapshot that is about the processor.

    `features`: those that a start needs. `constructed`: objects that are constructed before their recorded pages are mapped, because
    constructors wrote `words` (addresses) by what the processor has.
    """

    features: tuple[Feature, ...]
    constructed: tuple[int, ...]
    words: frozenset[int]


def asking_places(linked: Linked, recording: Recording, toolchain: Toolchain) -> tuple[int, ...]:
    """Addresses at which code that was there in a recording asks for the processor; without the launcher's."""
    if linked.layout.plan.machine.processor_question is None:
        return ()
    inside = _own_code(linked)
    found = [each for each in _candidates(linked, recording) if not inside.address <= each.address < inside.end]
    decoded = _decode(linked.layout.plan.machine, found, toolchain) if found else frozenset()
    return tuple(each.address for each in found if each in decoded)


def asks_for_caches(linked: Linked, recording: Recording) -> bool:
    """True if code that was there in a recording, without the launcher's, asks how caches are kept coherent.

    Data among the code may look like it.
    """
    inside = _own_code(linked)
    return any(
        not inside.address <= found < inside.end
        for mask, value in linked.layout.plan.machine.cache_questions
        for address, content in _code(linked, recording)
        for found in _words(address, content, mask, value)
    )


def _words(address: int, content: bytes, mask: int, value: int) -> Iterator[int]:
    """The addresses of instructions of four bytes; the bits that do not count are in the first byte."""
    ending = value.to_bytes(4, "little")[1:]
    at = content.find(ending)
    while at >= 0:
        place = at - 1
        if (
            place >= 0
            and (address + place) % 4 == 0
            and int.from_bytes(content[place : place + 4], "little") & mask == value
        ):
            yield address + place
        at = content.find(ending, at + 1)


def _own_code(linked: Linked) -> Range:
    own = linked.executable.sections.get(_OWN_SECTION)
    return Range(own.address, own.size) if own is not None else Range(0, 0)


class _Candidate(NamedTuple):
    """The address of two bytes that may be CPUID, and the code up to them."""

    address: int
    before: bytes


def _candidates(linked: Linked, recording: Recording) -> Iterator[_Candidate]:
    for address, content in _code(linked, recording):
        yield from _find_question(linked.layout.plan.machine, address, content)


def _code(linked: Linked, recording: Recording) -> Iterator[tuple[int, bytes]]:
    """Addresses and contents of code that was there in a recording."""
    with linked.path.open("rb") as file:
        for segment in linked.executable.segments:
            if segment.type == SegmentType.LOAD and segment.flags & SegmentFlag.EXECUTE:
                file.seek(segment.offset)
                yield segment.address, file.read(segment.file_size)
    objects = linked.layout.plan.prelinked.objects
    for dso in (objects[index] for index in recording.order):
        for load in dso.object.loads:
            if load.is_executable and not dso.is_resident:
                content = dso.object.data[load.offset : load.offset + load.file_size]
                yield dso.base + load.address, content


def _find_question(machine: Machine, address: int, content: bytes) -> Iterator[_Candidate]:
    assert machine.processor_question is not None, "asking_places does not ask otherwise"
    _, question = machine.processor_question
    at = content.find(question)
    while at >= 0:
        yield _Candidate(address + at, content[max(0, at - _WINDOW) : at])
        at = content.find(question, at + 1)


def _decode(machine: Machine, candidates: Sequence[_Candidate], toolchain: Toolchain) -> frozenset[_Candidate]:
    """The candidates that are the instruction; all of them where there is no disassembler.

    Decoding falls into step with the code soon, wherever it begins.
    """
    assert machine.processor_question is not None, "asking_places does not ask otherwise"
    name, question = machine.processor_question
    nothing = machine.no_operation * (_BEHIND // len(machine.no_operation))
    code = b""
    ends: dict[int, _Candidate] = {}
    for each in candidates:
        code += each.before
        ends[len(code)] = each
        code += question + nothing
    with tempfile.NamedTemporaryFile(prefix="code-") as file:
        file.write(code)
        file.flush()
        try:
            command = (toolchain.program("objdump"), "-D", "-b", "binary", "-m", machine.disassembler, file.name)
            lines = run(command).stdout.decode().splitlines()
        except CommandError:
            return frozenset(candidates)
    found = (re.match(rf"\s*([0-9a-f]+):\t[0-9a-f ]+\t{name}\b", line) for line in lines)
    return frozenset(ends[at] for each in found if each is not None and (at := int(each[1], 16)) in ends)


def processor_part(
    linked: Linked, first: Recording, other: Recording, differing: Sequence[Difference], level: int
) -> ProcessorPart | None:
    """The snapshot's part about the processor, if one of a level will do; None: only one like the build's will.

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
    return ProcessorPart(first.least[level], constructed, frozenset(each.address for each in differing))


def _is_constructed(recording: Recording, address: int) -> bool:
    """True if the word is what constructors had made of it."""
    made = _word(recording.constructed, address)
    return made is not None and made == _word(recording.objects, address)


def _word(parts: Sequence[Memory], address: int) -> bytes | None:
    for part in parts:
        if part.address <= address < part.address + len(part.content):
            return part.content[address - part.address :][:8]
    return None
