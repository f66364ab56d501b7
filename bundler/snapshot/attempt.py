"""Records a work several times under other circumstances, and judges whether it can be restored. Verb: `attempt`."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from bundler.link.model import Linked
from bundler.process import jobs
from bundler.snapshot.compare import Instructions, Owners, differences, kept_words, thread_words
from bundler.snapshot.judge import guarded_variables, late_by_differences, loaders, reason, unanswered
from bundler.snapshot.model import Answers, Graph, Memory, Note, Range, Recording, Refusal, Snapshot
from bundler.snapshot.processor import LEVELS, OfProcessor, asking_places, of_processor
from bundler.snapshot.record import (
    ANSWERS,
    OPPOSITE_ANSWERS,
    OTHER_ANSWERS,
    HiddenProcessor,
    Work,
    compiled_work,
    make_copy,
    record,
)
from bundler.snapshot.rules import Rules
from bundler.snapshot.store import host_words, make_snapshot
from bundler.target import TargetPython
from bundler.toolchain import Toolchain

log = logging.getLogger(__name__)

# Variables that make the interpreter another (docs/environment.md).
_INTERPRETER_VARIABLES = (
    "PYTHONTRACEMALLOC",
    "PYTHONHASHSEED",
    "PYTHONWARNINGS",
)


@dataclass(frozen=True, slots=True)
class Subject:
    """The executable that is recorded again and again, and facts about it."""

    linked: Linked
    target: TargetPython
    toolchain: Toolchain
    ranges: tuple[Range, ...]
    pristine: tuple[Memory, ...]
    seed: int
    folder: Path


@dataclass(frozen=True, slots=True)
class OtherOrder:
    """A name of a module whose value depends on the order in which modules were imported."""

    module: str
    name: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Modules that must not be in a snapshot as they are, with reasons.

    `notes`: what they asked that was not answered. `names`: those in modules whose values differ between machines.
    """

    recording: Recording
    reasons: Mapping[str, str]
    notes: Mapping[str, tuple[Note, ...]]
    names: Mapping[str, tuple[str, ...]]


def attempt(  # noqa: PLR0913 - what a verdict depends on
    subject: Subject, work: Work, program: Work, rules: Rules, folder: Path, late: Mapping[str, str]
) -> Snapshot | Refusal | Verdict | OtherOrder:
    """The snapshot, or what is in its way. `program`: the work of a start without a snapshot."""
    runs = {
        "first": _Run(work, ANSWERS),
        "second": _Run(work, ANSWERS),
        "other": _Run(work, OTHER_ANSWERS),
        "graph": _Run(work, ANSWERS, wants_graph=True),
        "graph-opposite": _Run(work, OPPOSITE_ANSWERS, wants_graph=True),
    }
    if work.parts is None:
        runs["graph-program"] = _Run(program, ANSWERS, wants_graph=True)
        runs["graph-order"] = _Run(replace(program, names=work.names), ANSWERS, wants_graph=True)
    taken = _taken(subject, runs, folder)
    for name, each in taken.items():
        if isinstance(each, Refusal) and name not in ("graph-program", "graph-order"):
            return each
    first, second, other = (_as(Recording, taken[name]) for name in ("first", "second", "other"))
    if first.thread == second.thread:
        return Refusal("this machine puts every process at the same addresses, so that recordings prove nothing")
    notes = unanswered(first.notes, rules, work.rerun)
    if notes:
        return Verdict(first, {name: reason(asked[0]) for name, asked in notes.items()}, notes, {})
    changing = _as(Graph, taken["graph"]).differing(_as(Graph, taken["graph-opposite"]))
    kept = kept_words(first, subject.pristine)
    local = thread_words(first, second)
    known = {*kept, *local, *host_words(subject.linked, first)}
    owners = Owners(first, subject.linked)
    instructions = Instructions(first, subject.linked, subject.target.layout)
    loaded_by = loaders(first.notes)
    names: dict[str, tuple[str, ...]] = {}
    for module, name in changing:
        names[module] = (*names.get(module, ()), name)
    reasons = {module: f"`{its[0]}` depends on the machine" for module, its in names.items()}
    for compared in (second, other):
        found = differences(first, compared, known, owners, instructions)
        keeps = late_by_differences(found, first, loaded_by)
        if keeps:
            reasons |= _earliest(keeps, first)
            break
    if len(reasons) > 1:
        reasons.pop("", None)  # the interpreter's memory may differ because theirs does
    if reasons:
        return Verdict(first, reasons, {}, names)
    if work.parts is None:
        plain, ordered = taken["graph-program"], taken["graph-order"]
        if isinstance(plain, Graph) and isinstance(ordered, Refusal):
            return OtherOrder(ordered.module, ordered.reason)
        if isinstance(plain, Graph) and isinstance(ordered, Graph):
            moved = [each for each in plain.differing(ordered) if each not in rules.unordered and each[0] not in late]
            if moved:
                log.info("snapshot: %d names differ in another order: %s", len(moved), moved[:10])
                return OtherOrder(*moved[0])
    unbuffered = () if first.streams_are_alone else ("PYTHONUNBUFFERED",)
    guarded = (*unbuffered, *_INTERPRETER_VARIABLES, *guarded_variables(first.notes, rules))
    processor = _processor(subject, work, folder, first, known, instructions)
    return make_snapshot(
        subject.linked,
        first,
        subject.pristine,
        kept,
        local,
        guarded,
        processor,
        subject.seed,
        ANSWERS.environment,
        late,
    )


def _processor(  # noqa: PLR0913 - what the first recording is compared by
    subject: Subject, work: Work, folder: Path, first: Recording, known: set[int], instructions: Instructions
) -> OfProcessor:
    """What a start does about the processor, by more recordings where anything asks for it."""
    places = asking_places(subject.linked, first, subject.toolchain)
    if not places:
        return OfProcessor((), (), frozenset())
    for level in LEVELS:
        run = _Run(work, ANSWERS, hidden=HiddenProcessor(level, places))
        other = _taken(subject, {f"level {level}": run}, folder)[f"level {level}"]
        if not isinstance(other, Recording) or other.order != first.order:
            log.info("snapshot: with another processor: %s", other if isinstance(other, Refusal) else "other objects")
            continue
        found = differences(first, other, known, Owners(first, subject.linked), instructions)
        explained = of_processor(subject.linked, first, other, found, level)
        if explained is not None:
            return explained
    return OfProcessor(first.features, (), frozenset())


_Kind = TypeVar("_Kind")


def _as(kind: type[_Kind], value: object) -> _Kind:
    assert isinstance(value, kind)
    return value


@dataclass(frozen=True, slots=True)
class _Run:
    """One run of a copy."""

    work: Work
    answers: Answers
    wants_graph: bool = False
    hidden: HiddenProcessor | None = None


def _taken(subject: Subject, runs: Mapping[str, _Run], folder: Path) -> Mapping[str, Recording | Graph | Refusal]:
    """The results of runs, side by side."""
    compiled: dict[Work, bytes] = {}
    for run in runs.values():
        if run.work not in compiled:
            compiled[run.work] = compiled_work(run.work, subject.target)
    copies = [
        make_copy(
            subject.linked,
            folder / name / "program",
            run.answers,
            subject.ranges,
            compiled[run.work],
            subject.seed,
            wants_graph=run.wants_graph,
            hidden=run.hidden,
        )
        for name, run in runs.items()
    ]
    with ThreadPoolExecutor(jobs()) as pool:
        return dict(zip(runs, pool.map(record, copies), strict=True))


def _earliest(found: Mapping[str, str], recording: Recording) -> Mapping[str, str]:
    """The first module that keeps something: what follows it differs for that alone, perhaps."""
    order = {name: number for number, (happened, name) in enumerate(recording.events) if happened == "begin"}
    names = sorted(found, key=lambda name: order.get(name, -1))
    return {names[0]: found[names[0]]}
