"""Judges what modules asked and did while they were recorded: which must not be part of the snapshot, and why."""

from __future__ import annotations

import logging
from collections.abc import Container, Iterable, Mapping, Sequence
from enum import IntEnum

from bundler.analyze.graph import Binding, Import
from bundler.snapshot.answers import VARIED_VARIABLES
from bundler.snapshot.differences import Difference
from bundler.snapshot.kinds import KINDS, NoteKind
from bundler.snapshot.model import Event, Graph, Note, Question, Recording, Rerun
from bundler.snapshot.rules import Rules

log = logging.getLogger(__name__)

# Imports that happen while the importer is imported.
_AT_ONCE = frozenset((Binding.EAGER, Binding.OPTIONAL, Binding.CONDITIONAL, Binding.PARENT))


def guarded_variables(notes: Iterable[Note], rules: Rules) -> tuple[str, ...]:
    """Variables that modules asked for, and hardly anybody sets: a start that has one is a usual one. "NAME*" stands for all that begin so."""
    names: set[str] = set()
    for note in notes:
        if note.kind is NoteKind.VARIABLE and not rules.are_harmless(note):
            names.add(note.detail)
        elif note.kind is NoteKind.PREFIX:
            names.add(f"{note.detail}*")
    return tuple(sorted(name for name in names if name and name not in VARIED_VARIABLES))


def modules_named_late(events: Iterable[Event], rules: Rules) -> tuple[str, ...]:
    """The modules that the project wants to be imported at each start."""
    names = dict.fromkeys(event.module for event in events)
    return tuple(name for name in names if rules.is_named_late(name))


def unanswered_notes(recording: Recording, rules: Rules, rerun: Sequence[Rerun]) -> Mapping[str, tuple[Note, ...]]:
    """Notes of questions and effects that cannot be recorded, by module; without those of statements that are run again.

    Questions that are varied are among them where the line of a module's body is known that asked; for others, comparisons must do.
    """
    found: dict[str, tuple[Note, ...]] = {}
    for note in recording.notes:
        if KINDS[note.kind].says_nothing or rules.are_harmless(note):
            continue
        if is_varied(note) and (not (_may_keep_bit(note) and note.line) or note.object):
            continue
        if KINDS[note.kind].is_repeatable and _is_repeated(note, recording, rules, rerun):
            continue
        found[note.module] = (*found.get(note.module, ()), note)
    return found


def is_varied(note: Note) -> bool:
    """True for a question that recordings answer in several ways: whoever keeps the answer differs between them."""
    return KINDS[note.kind].is_varied or KINDS[note.kind].is_varied_by_name


def _has_answers(note: Note) -> bool:
    """True for a question that recordings answer in several ways, without one about a variable that only guards look at."""
    kind = KINDS[note.kind]
    return kind.is_varied or (kind.is_varied_by_name and note.detail in VARIED_VARIABLES)


def _may_keep_bit(note: Note) -> bool:
    kind = KINDS[note.kind]
    is_named = kind.may_keep_named_bit and note.detail != ""
    return kind.may_keep_bit or is_named or (kind.is_varied_by_name and note.detail in VARIED_VARIABLES)


def _is_repeated(note: Note, recording: Recording, rules: Rules, rerun: Sequence[Rerun]) -> bool:
    """True if each start asks this again: what is run again did, and took no answer that somebody had kept."""
    is_run_again = any(each.module == note.module and _is_in(note.line, each) for each in rerun)
    return (is_run_again or note.module in rules.again) and (
        Question.of(note.module, note.kind, note.detail) in recording.asked_again
    )


def _is_in(line: int, rerun: Rerun) -> bool:
    return any(first <= line <= last for first, last in rerun.spans)


def late_by_differences(
    differences: Sequence[Difference], recording: Recording, loaders: Mapping[str, str]
) -> Mapping[str, str]:
    """Modules that keep an answer of the machine; INTERPRETER stands for the interpreter itself.

    `loaders`: the modules that loaded objects, by paths of those.
    """
    asked: dict[str, list[str]] = {}
    for note in recording.notes:
        if _has_answers(note):
            name = f" {note.detail}" if KINDS[note.kind].is_varied_by_name else ""
            asked.setdefault(note.module, []).append(f"{note.kind}{name}")
    found: dict[str, str] = {}
    for each in differences[:20]:
        log.info("differs: %x %s %x %x", each.address, each.owner, *each.values)
    for each in differences:
        module = loaders.get(each.owner, each.owner)
        # Taking a lock asks for the clock: that is hardly what it keeps, if it asked for anything else.
        known = dict.fromkeys(asked.get(module, ()))
        kinds = (
            ", ".join(each for each in known if each != NoteKind.CLOCK or len(known) == 1) or "something of the machine"
        )
        found.setdefault(module, f"it keeps an answer ({kinds})")
    return found


def objects_with_threads(notes: Iterable[Note], fresh: Container[str]) -> Mapping[str, frozenset[str]]:
    """Objects whose constructors start threads, without those that are constructed anew already, by the modules that load them."""
    return _objects((note for note in notes if note.kind is NoteKind.THREAD), fresh)


def _objects(notes: Iterable[Note], fresh: Container[str]) -> Mapping[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for note in notes:
        if note.object and note.object not in fresh:
            found[note.module] = found.get(note.module, frozenset()) | {note.object}
    return found


def objects_that_ask(notes: Iterable[Note], fresh: Container[str]) -> Mapping[str, frozenset[str]]:
    """Objects whose constructors ask what other machines answer in another way, by the modules that load them."""
    return _objects((note for note in notes if KINDS[note.kind].is_varied), fresh)


def spoiled_modules(recording: Recording, spoiled: Mapping[str, str]) -> Mapping[str, str]:
    """The modules that load objects which cannot be constructed anew at each start, and why."""
    return {recording.loaders[path]: f"`{path.rpartition('/')[2]}`: {why}" for path, why in spoiled.items()}


def modules_with_varying_imports(one: Graph, other: Graph) -> Mapping[str, str]:
    """Modules that import others on some machines only, and why they are late. What else differs may follow from that."""
    found: dict[str, str] = {}
    for graph, missing in ((one, other), (other, one)):
        for name in sorted(graph.modules - missing.modules):
            running = importers(graph.events, name)
            if running and running[-1] in graph.modules & missing.modules:
                found.setdefault(running[-1], f"whether it imports {name} depends on the machine")
    return found


def asking_lines(recording: Recording, module: str, *, with_time: bool) -> tuple[int, ...]:
    """Lines of a module's body at which it asked what another machine answers in another way.

    Taking a lock asks for the time, so these questions count only if `with_time`.
    """
    return tuple(
        sorted(
            {
                note.line
                for note in recording.notes
                if note.module == module and (with_time or note.kind is not NoteKind.CLOCK) and _has_answers(note)
            }
        )
    )


def importers(events: Iterable[Event], module: str) -> tuple[str, ...]:
    """The modules that were being imported when this one began."""
    running: list[str] = []
    for happened, name in events:
        if happened == "begin" and name == module:
            return tuple(running[1:])  # without `__main__`
        if happened == "begin":
            running.append(name)
        elif running:
            running.pop()
    return ()


class Extent(IntEnum):
    """The part of a program that is recorded: all that can be, what was imported whole before the first late module began, or what
    was before the first module ended that is left out.
    """

    ALL = 0
    UP_TO_LATE = 1
    UP_TO_LEFT_OUT = 2


def recordable_modules(
    events: Sequence[Event], late: Iterable[str], imports: Iterable[Import], extent: Extent
) -> tuple[str, ...]:
    """The modules that can be imported without any of the late ones, in the order in which they began.

    A module that imports another which is left out, or lies in a package that is, is left out too.
    """
    begun = [name for happened, name in events if happened == "begin"]
    refused = {*late, "__main__"}
    whole = set()
    for happened, name in events:
        if extent > Extent.ALL and happened == "begin" and name in refused - {"__main__"}:
            break
        if happened == "end":
            whole.add(name)
    needed_by: dict[str, set[str]] = {}
    for each in imports:
        if each.importer is not None and each.binding in _AT_ONCE:
            needed_by.setdefault(each.imported, set()).add(each.importer)
    left_out = {*refused, *(set(begun) - whole)}
    pending = list(left_out)
    while pending:
        name = pending.pop()
        inside = {each for each in begun if each.startswith(f"{name}.")}
        more = (needed_by.get(name, set()) | inside) - left_out
        left_out |= more
        pending += more
    if extent is Extent.UP_TO_LEFT_OUT:
        left_out |= set(begun) - _modules_ended_before(events, left_out)
    return tuple(name for name in dict.fromkeys(begun) if name not in left_out and ":" not in name)


def _modules_ended_before(events: Iterable[Event], names: Container[str]) -> set[str]:
    """The modules whose bodies had ended when the first of these names' did."""
    found: set[str] = set()
    for happened, name in events:
        if happened != "begin" and name in names:
            break
        if happened == "end":
            found.add(name)
    return found
