"""Takes a snapshot of a linked executable: records it until nothing of the build machine is left. Verb: `snapshot`."""

from __future__ import annotations

import hashlib
import logging
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from bundler.analyze.graph import ModuleGraph, SourceModule
from bundler.analyze.tell.leading import LeadingPart, leading_parts
from bundler.context import BuildContext
from bundler.elf import fill_section
from bundler.link.model import Linked
from bundler.link.script import SNAPSHOT_SECTION
from bundler.process import jobs
from bundler.snapshot.compare import Instructions, Owners, differences, kept_words, thread_words
from bundler.snapshot.judge import (
    REPEATABLE,
    asking_lines,
    guarded_variables,
    importers,
    late_by_differences,
    loaders,
    reason,
    recordable,
    unanswered,
)
from bundler.snapshot.model import Answers, Event, Graph, Memory, Note, Range, Recording, Refusal, Snapshot
from bundler.snapshot.processor import LEVELS, OfProcessor, asking_places, asks_processor, of_processor
from bundler.snapshot.record import (
    ANSWERS,
    OPPOSITE_ANSWERS,
    OTHER_ANSWERS,
    HiddenProcessor,
    Work,
    compiled_work,
    find_rerun,
    make_copy,
    record,
    recorded_ranges,
)
from bundler.snapshot.rules import Rules, load_rules
from bundler.snapshot.store import host_words, make_snapshot, pristine_executable, section_content
from bundler.target import TargetPython

log = logging.getLogger(__name__)

# Variables that make the interpreter another (docs/environment.md).
_INTERPRETER_VARIABLES = (
    "PYTHONTRACEMALLOC",
    "PYTHONHASHSEED",
    "PYTHONWARNINGS",
)

# Each time, what was recorded ends before another module.
_MOST_ROUNDS = 16


# How often a module's statements are run again: without those that asked for the time alone, and with them.
_ATTEMPTS = 2


@dataclass(frozen=True, slots=True)
class Taken:
    """The result of the stage: a snapshot that was written into the executable, or why there is none."""

    snapshot: Snapshot | None
    refusal: Refusal | None


@dataclass(frozen=True, slots=True)
class _Subject:
    """The executable that is recorded again and again, and facts about it."""

    linked: Linked
    target: TargetPython
    ranges: tuple[Range, ...]
    pristine: tuple[Memory, ...]
    seed: int
    folder: Path


def snapshot(linked: Linked, graph: ModuleGraph, target: TargetPython, optimize: int, context: BuildContext) -> Taken:
    """Take a snapshot and write it into the executable, which is whole without one, too."""
    rules = load_rules()
    with _subject(linked, target) as subject:
        parts = leading_parts(graph, target, context.cache)
        found = _settled(subject, Work((), parts, tuple(rules.again.items()), (), optimize), rules, graph)
    if isinstance(found, Refusal):
        return Taken(None, found)
    page_size = linked.layout.plan.machine.page_size
    fill_section(linked.path, SNAPSHOT_SECTION, section_content(found), page_size)
    return Taken(found, None)


@contextmanager
def _subject(linked: Linked, target: TargetPython) -> Iterator[_Subject]:
    ranges = recorded_ranges(linked)
    with linked.path.open("rb") as file:
        content = hashlib.file_digest(file, "sha256").digest()
    # Secrets of hashes follow from the contents: equal builds have equal bytes. 0 would mean that hashes are not random.
    seed = int.from_bytes(content[:4], "little") or 1
    with tempfile.TemporaryDirectory(prefix=".recording-", dir=linked.path.parent) as folder:
        yield _Subject(linked, target, ranges, pristine_executable(linked, ranges), seed, Path(folder))


def _settled(subject: _Subject, program: Work, rules: Rules, graph: ModuleGraph) -> Snapshot | Refusal:
    """Record until no module keeps anything of the machine."""
    late: dict[str, str] = {}
    tried: dict[str, int] = {}
    work = program
    up_to_first = False
    events: tuple[Event, ...] = ()
    for round_ in range(_MOST_ROUNDS):
        folder = subject.folder / str(round_)
        found = _judged(subject, work, program, rules, folder, late)
        if isinstance(found, Snapshot):
            return found
        if isinstance(found, _OtherOrder):
            if up_to_first:
                return Refusal(f"the order of imports can be told: `{found.name}`", found.module)
            up_to_first = True
        elif isinstance(found, Refusal) and (raising := _raising(found, work.rerun)) is not None:
            kept = tuple(each for each in work.rerun if each.module != raising)
            work, program = (replace(each, rerun=kept) for each in (work, program))
            late[raising] = "its statements cannot be run again"
            events = events or found.events
        elif isinstance(found, Refusal):
            if not found.module or found.module in late:
                return found
            late[found.module] = found.reason
            events, up_to_first = found.events, True
        else:
            log.info("snapshot: %s", found.reasons)
            rerun = _rerun(found, tried, subject, graph)
            events = events or found.recording.events
            kept = tuple(each for each in work.rerun if each.module not in found.reasons)
            work, program = (replace(each, rerun=(*kept, *rerun)) for each in (work, program))
            again = {each.module for each in rerun}
            missed = {name: why for name, why in found.reasons.items() if name not in again}
            if "" in missed:
                return Refusal(f"the interpreter keeps something of the machine: {missed['']}")
            for name in missed.keys() & late.keys():  # something imports it in a way that no statement shows
                missed |= dict.fromkeys(importers(found.recording.events, name), f"it imports {name}")
            late = missed | late
            if not missed:
                continue
        names = recordable(events, late, graph.imports, up_to_first=up_to_first)
        if names == work.names and work.parts is None:
            return Refusal("modules are imported in another way", next(iter(late)))
        work = replace(work, names=names, parts=None)
    return Refusal("too many of its modules keep something of the machine", next(iter(late), ""))


def _raising(refusal: Refusal, rerun: tuple[LeadingPart, ...]) -> str | None:
    """The module whose statements raised when they were run again; None when it was something else."""
    if refusal.module:
        return None
    return next((each.module for each in rerun if refusal.place.startswith(f"{each.filename}:")), None)


@dataclass(frozen=True, slots=True)
class _OtherOrder:
    """A name of a module whose value depends on the order in which modules were imported."""

    module: str
    name: str


@dataclass(frozen=True, slots=True)
class _Verdict:
    """Modules that must not be in a snapshot as they are, with reasons.

    `notes`: what they asked that was not answered. `names`: those in modules whose values differ between machines.
    """

    recording: Recording
    reasons: Mapping[str, str]
    notes: Mapping[str, tuple[Note, ...]]
    names: Mapping[str, tuple[str, ...]]


def _rerun(found: _Verdict, tried: dict[str, int], subject: _Subject, graph: ModuleGraph) -> tuple[LeadingPart, ...]:
    """Statements of the modules that are run again at each start, for those modules with which that can be done."""
    parts = []
    for name in found.reasons:
        module = graph.imported(name)
        attempt = tried.get(name, 0)
        if not isinstance(module, SourceModule) or attempt >= _ATTEMPTS:
            continue
        notes = found.notes.get(name, ())
        if notes and any(note.kind not in REPEATABLE or not note.line for note in notes):
            continue
        for with_time in (False, True)[attempt:]:
            tried[name] = tried.get(name, 0) + 1
            asked = {note.line for note in notes}
            lines = sorted(asked) if notes else asking_lines(found.recording, name, with_time=with_time)
            importers = [
                importer.path
                for each in graph.imports
                if each.imported == name and isinstance(importer := graph.imported(each.importer), SourceModule)
            ]
            part = find_rerun(
                module, lines, found.names.get(name, ()), importers, subject.target, is_strict=bool(notes)
            )
            if part is not None:
                parts.append(part)
                break
    return tuple(parts)


def _judged(  # noqa: PLR0913 - what a verdict depends on
    subject: _Subject, work: Work, program: Work, rules: Rules, folder: Path, late: Mapping[str, str]
) -> Snapshot | Refusal | _Verdict | _OtherOrder:
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
        return _Verdict(first, {name: reason(asked[0]) for name, asked in notes.items()}, notes, {})
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
        return _Verdict(first, reasons, {}, names)
    if work.parts is None:
        plain, ordered = taken["graph-program"], taken["graph-order"]
        if isinstance(plain, Graph) and isinstance(ordered, Refusal):
            return _OtherOrder(ordered.module, ordered.reason)
        if isinstance(plain, Graph) and isinstance(ordered, Graph):
            moved = [each for each in plain.differing(ordered) if each not in rules.unordered and each[0] not in late]
            if moved:
                log.info("snapshot: %d names differ in another order: %s", len(moved), moved[:10])
                return _OtherOrder(*moved[0])
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
    subject: _Subject, work: Work, folder: Path, first: Recording, known: set[int], instructions: Instructions
) -> OfProcessor:
    """What a start does about the processor, by more recordings where anything asks for it."""
    places = asking_places(subject.linked)
    if not asks_processor(subject.linked, first, places):
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


def _taken(subject: _Subject, runs: Mapping[str, _Run], folder: Path) -> Mapping[str, Recording | Graph | Refusal]:
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
