"""Records a work several times under other circumstances, and judges whether it can be restored. Verb: `attempt`."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from bundler.link.model import Linked
from bundler.process import jobs
from bundler.snapshot import fresh
from bundler.snapshot.compare import Difference, Owners, StartWords, count_words, differences
from bundler.snapshot.judge import (
    guarded_variables,
    late_by_differences,
    named_late,
    objects_that_ask,
    objects_with_threads,
    reason,
    sometimes_imported,
    spoiled_modules,
    unanswered,
)
from bundler.snapshot.model import Answers, Graph, Heat, Memory, Note, Range, Recording, Refusal, Snapshot
from bundler.snapshot.passed_over import Instructions, Interned, Tables
from bundler.snapshot.processor import LEVELS, OfProcessor, asking_places, asks_for_caches, of_processor
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
from bundler.snapshot.store import make_snapshot, system_words
from bundler.target import TargetPython
from bundler.target.model import ObjectLayout
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
    """Modules that must not be in a snapshot as they are. All mappings are by module."""

    recording: Recording
    reasons: Mapping[str, str]
    notes: Mapping[str, tuple[Note, ...]]  # questions that were not answered
    names: Mapping[str, tuple[str, ...]]  # those whose values differ between machines
    # Paths of objects: if each start constructs them, the module keeps nothing.
    objects: Mapping[str, frozenset[str]] = field(default_factory=dict)
    differing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # as `names`, in a verdict about `notes`
    called: tuple[Mapping[str, frozenset[int]] | None, ...] = ()  # `Graph.called` of each graph
    is_compared: bool = False  # the memory showed it, so garbage may be what keeps something


def attempt(  # noqa: PLR0913 - what a verdict depends on
    subject: Subject,
    work: Work,
    program: Work,
    rules: Rules,
    folder: Path,
    late: Mapping[str, str],
    *,
    has_doubts: bool,
) -> Snapshot | Refusal | Verdict | OtherOrder:
    """The snapshot, or what is in its way.

    `program`: the work of a start without a snapshot. `has_doubts`: values may differ only because addresses do.
    """
    asked = {
        "first": _Run(work, ANSWERS, hot=None),
        "graph": _Run(work, ANSWERS, wants_graph=True),
        "graph-opposite": _Run(work, OPPOSITE_ANSWERS, wants_graph=True),
    }
    if work.rerun:
        asked["twice"] = _Run(replace(work, rerun=(*work.rerun, *work.rerun)), ANSWERS, wants_graph=True)
    taken = _taken(subject, asked, folder)
    refusal = next((each for each in taken.values() if isinstance(each, Refusal)), None)
    if refusal is not None:
        return refusal
    first = _as(Recording, taken["first"])
    spoiled = spoiled_modules(first, fresh.spoiled(subject.linked, first))
    if spoiled:
        return Verdict(first, spoiled, {}, {})
    threads = objects_with_threads(first.notes, work.fresh)
    if threads:  # they run beside the program: what is recorded depends on who is faster
        return Verdict(first, dict.fromkeys(threads, "its libraries start threads"), {}, {}, threads)
    graphs = (_as(Graph, taken["graph"]), _as(Graph, taken["graph-opposite"]))
    judged = _judged(subject, work, rules, folder, first, graphs, taken.get("twice"), has_doubts=has_doubts)
    found = judged or _compared(subject, work, program, rules, folder, late, hot_blocks(first.heat))
    return replace(found, called=tuple(graph.called for graph in graphs)) if isinstance(found, Verdict) else found


def _judged(  # noqa: PLR0913 - what a verdict depends on
    subject: Subject,
    work: Work,
    rules: Rules,
    folder: Path,
    first: Recording,
    graphs: tuple[Graph, Graph],
    twice: object,
    *,
    has_doubts: bool,
) -> Verdict | None:
    """The verdict from what was asked, and from graphs; None if nothing is in the way."""
    differing = _differing(subject, work, folder, graphs, has_doubts=has_doubts)
    # Who has drawn what differs, and draws it again, is found below.
    found = {*(module for module, _ in differing), *(each.module for each in work.rerun)}
    notes = {
        name: its
        for name, its in {**unanswered(first, rules, work.rerun), **named_late(first.events, rules)}.items()
        if name not in found or any(note.kind != "drawn" for note in its)
    }
    if notes:
        reasons = {name: reason(its[0]) for name, its in notes.items()}
        return Verdict(first, reasons, notes, {}, differing=_by_module(graphs[0].sharing(differing)))
    sometimes = sometimes_imported(*graphs)
    if sometimes:
        # No statement of theirs can be run again: it would import something.
        return Verdict(first, sometimes, {name: (Note(name, 0, "import", ""),) for name in sometimes}, {})
    names = _by_module(differing)
    if names:
        reasons = {module: f"`{its[0]}` depends on the machine" for module, its in names.items()}
        return Verdict(first, reasons, {}, names)
    changing = _changing(subject, work, rules, folder, graphs[0], twice)
    if changing:
        reasons = {module: f"`{name}` changes when statements are run again" for module, name in changing.items()}
        return Verdict(first, reasons, {name: (Note(name, 0, "again", ""),) for name in changing}, {})
    return None


def _differing(
    subject: Subject, work: Work, folder: Path, graphs: tuple[Graph, Graph], *, has_doubts: bool
) -> tuple[tuple[str, str], ...]:
    """The names whose values differ.

    With doubts, values that depend on addresses of objects are left out. The order in a set is one: a usual start may have
    any order.
    """
    found = tuple(each for each in graphs[0].differing(graphs[1]) if each[0] not in _INTERPRETER)
    of_addresses = _of_addresses(subject, work, folder / "differing", graphs[0]) if found and has_doubts else ()
    return tuple(each for each in found if each not in of_addresses)


# The order in a small set may be the same in one of them by chance.
_SHIFTS = (1, 2, 3, 4)


def _of_addresses(subject: Subject, work: Work, folder: Path, graph: Graph) -> frozenset[tuple[str, str]]:
    """The names of a graph whose values are others when all objects lie elsewhere."""
    runs = {f"shifted {number}": _Run(work, ANSWERS, wants_graph=True, shift=number) for number in _SHIFTS}
    shifted = [each for each in _taken(subject, runs, folder).values() if isinstance(each, Graph)]
    found = frozenset(name for each in shifted for name in graph.differing(each))
    if found:
        log.info("snapshot: %d names depend on addresses: %s", len(found), sorted(found)[:10])
    return found


# Modules of the interpreter, for what it keeps elsewhere. No module of the program is found by that.
_INTERPRETER = frozenset(("sys", "builtins"))


def _changing(  # noqa: PLR0913 - what a recording depends on
    subject: Subject, work: Work, rules: Rules, folder: Path, once: Graph, twice: object
) -> Mapping[str, str]:
    """Modules with statements that change more than the names that they give when they are run again, and a name that is changed.

    Such are those that call a function which adds to a list, or counts.
    """
    if not isinstance(twice, Graph) or not _changed(once, twice, work, rules):
        return {}
    of_addresses = _of_addresses(subject, work, folder / "changing", once)
    if of_addresses.issuperset(_changed(once, twice, work, rules)):
        return {}
    modules = tuple(dict.fromkeys(each.module for each in work.rerun))
    runs = {
        f"twice {module}": _Run(
            replace(work, rerun=(*work.rerun, *(each for each in work.rerun if each.module == module))),
            ANSWERS,
            wants_graph=True,
        )
        for module in modules
    }
    taken = _taken(subject, runs, folder)
    found: dict[str, str] = {}
    for module in modules:
        graph = taken[f"twice {module}"]
        changed = _changed(once, graph, work, rules) if isinstance(graph, Graph) else ((module, "it"),)
        changed = tuple(each for each in changed if each not in of_addresses)
        if changed:
            found[module] = ".".join(changed[0])
    return found


def _changed(once: Graph, twice: Graph, work: Work, rules: Rules) -> tuple[tuple[str, str], ...]:
    """Names whose values are others when statements were run once more, without those that these give values."""
    given = {(each.module, name) for each in work.rerun for name in each.names}
    places = {f"{module}.{name}" for module, name in given}
    return tuple(
        each
        for each in once.differing(twice)
        if each not in given and each not in rules.unordered and once.places.get(each) not in places
    )


def _by_module(names: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for module, name in names:
        found[module] = (*found.get(module, ()), name)
    return found


# Larger blocks are touched in few places.
_LARGEST_HOT = 4096


def hot_blocks(heat: Sequence[Heat]) -> tuple[Heat, ...]:
    """The blocks of those that a start touches that are to lie together: then it touches few pages."""
    return tuple(each for each in heat if each.size <= _LARGEST_HOT)


def _compared(  # noqa: PLR0913 - as above
    subject: Subject,
    work: Work,
    program: Work,
    rules: Rules,
    folder: Path,
    late: Mapping[str, str],
    hot: Sequence[Heat],
) -> Snapshot | Refusal | Verdict | OtherOrder:
    """The verdict from comparing recordings; notes and graphs of earlier ones showed no obstacle."""
    runs = {
        "first, ordered": _Run(work, ANSWERS, hot=hot),
        "second": _Run(work, ANSWERS, hot=hot),
        "other": _Run(work, OTHER_ANSWERS, hot=hot),
    }
    if work.parts is None:
        runs["program"] = _Run(program, ANSWERS, wants_graph=True)
        runs["order"] = _Run(replace(program, names=work.names), ANSWERS, wants_graph=True)
        runs["program, other"] = _Run(program, OPPOSITE_ANSWERS, wants_graph=True)
    taken = _taken(subject, runs, folder)
    refusal = next(
        (taken[name] for name in ("first, ordered", "second", "other") if isinstance(taken[name], Refusal)), None
    )
    if isinstance(refusal, Refusal):
        return refusal
    first, second, other = (_as(Recording, taken[name]) for name in ("first, ordered", "second", "other"))
    if first.thread == second.thread:
        return Refusal("this machine puts every process at the same addresses, so that recordings prove nothing")
    compared = _with_counts(subject, work, folder, _Compared.of(subject, first, second, other), other, hot)
    for each in (second, other):
        found = compared.differences(each)
        _, others = count_words(found, first, _TWO_COUNTS)  # these are looked at when nothing else differs
        keeps = _earliest(late_by_differences(others or found, first, first.loaders), first)
        if keeps:
            return Verdict(first, keeps, {}, {}, objects_that_ask(first.notes, work.fresh), is_compared=True)
    moved = _moved(subject, program, folder, taken, rules, late)
    if moved is not None:
        return moved
    unbuffered = () if first.streams_are_alone else ("PYTHONUNBUFFERED",)
    return make_snapshot(
        subject.linked,
        first,
        subject.pristine,
        compared.words,
        (*unbuffered, *_INTERPRETER_VARIABLES, *guarded_variables(first.notes, rules)),
        _processor(subject, work, folder, compared, hot),
        subject.seed,
        ANSWERS.environment,
        late,
    )


def _moved(  # noqa: PLR0913 - what a recording depends on, and what was taken
    subject: Subject,
    work: Work,
    folder: Path,
    taken: Mapping[str, Recording | Graph | Refusal],
    rules: Rules,
    late: Mapping[str, str],
) -> OtherOrder | None:
    """A name whose value differs in the order of a restored start; None if there is none, or nothing to compare.

    `work`: the program's. What late modules keep of the machine is another value each time.
    """
    program, order, other = (taken.get(name) for name in ("program", "order", "program, other"))
    if not isinstance(program, Graph):
        return None
    if isinstance(order, Refusal):
        return OtherOrder(order.module, order.reason)
    order = _as(Graph, order)
    of_machine = frozenset(program.differing(other)) if isinstance(other, Graph) else program.digests.keys()
    moved = [
        each
        for each in program.differing(order)
        if each not in rules.unordered and not (each[0] in late and each in of_machine)
    ]
    if moved:
        of_addresses = _of_addresses(subject, work, folder / "moved", program)
        moved = [each for each in moved if each not in of_addresses]
    if not moved and program.ordered != order.ordered:
        moved = [one for one, two in zip(program.ordered, order.ordered, strict=False) if one != two]
    if not moved:
        return None
    log.info("snapshot: %d names differ in another order: %s", len(moved), moved[:10])
    return OtherOrder(*moved[0])


@dataclass(frozen=True, slots=True)
class _Compared:
    """A recording, and facts from a second one with equal answers; `known`: addresses of words that each start computes."""

    linked: Linked
    first: Recording
    words: StartWords
    known: frozenset[int]
    owners: Owners
    layout: ObjectLayout
    instructions: Instructions
    interned: Interned

    @classmethod
    def of(cls, subject: Subject, first: Recording, second: Recording, other: Recording) -> _Compared:
        """The comparison that two recordings with equal answers allow; in a third, the machine gave other answers."""
        numbers = (ANSWERS.process, OTHER_ANSWERS.process)
        owners = Owners(first, subject.linked)
        words = StartWords.of(subject.pristine, first, second, other, numbers, owners)
        known = frozenset((*words.addresses, *system_words(subject.linked, first)))
        layout = subject.target.layout
        instructions = Instructions(first, subject.linked, layout)
        interned = Interned(first, subject.linked, owners, layout)
        return cls(subject.linked, first, words, known, owners, layout, instructions, interned)

    def differences(self, other: Recording) -> tuple[Difference, ...]:
        """The words that differ in another recording, and that a start does not find for itself."""
        tables = Tables(self.first, other, self.owners, self.layout)
        return differences(self.first, other, self.known, self.owners, (self.instructions, self.interned, tables))


# Nobody has so many processors that a word which holds the smaller of two numbers would pass for their number.
_COUNTS = (1, 1000)
_TWO_COUNTS = (ANSWERS.processors, OTHER_ANSWERS.processors)


def _with_counts(  # noqa: PLR0913 - what a recording depends on
    subject: Subject, work: Work, folder: Path, compared: _Compared, other: Recording, hot: Sequence[Heat]
) -> _Compared:
    """The comparison that also knows words that hold the number of processors; more recordings show whether any do."""
    words, others = count_words(compared.differences(other), compared.first, _TWO_COUNTS)
    if not words or others:
        return compared
    known = replace(compared.words, counts={each.address: 0 for each in words})
    for count in _COUNTS:
        run = _Run(work, replace(ANSWERS, processors=count), hot=hot)
        taken = _taken(subject, {f"processors {count}": run}, folder)[f"processors {count}"]
        if not isinstance(taken, Recording):
            return compared
        found = {each.address: each.values[1] for each in compared.differences(taken)}
        if found != dict.fromkeys(known.counts, count):
            log.info("snapshot: with %d processors: %d words differ", count, len(found))
            return compared
    return replace(compared, words=known, known=compared.known | known.counts.keys())


def _processor(subject: Subject, work: Work, folder: Path, compared: _Compared, hot: Sequence[Heat]) -> OfProcessor:
    """The snapshot's part about the processor, by more recordings where anything asks for it."""
    first = compared.first
    places = asking_places(subject.linked, first, subject.toolchain)
    if not places and subject.linked.layout.plan.machine.processor_question is not None:
        return OfProcessor((), (), frozenset())
    caches = first.caches if asks_for_caches(subject.linked, first) else ()
    for level in LEVELS:
        run = _Run(work, ANSWERS, hidden=HiddenProcessor(level, places), hot=hot)
        other = _taken(subject, {f"level {level}": run}, folder)[f"level {level}"]
        if not isinstance(other, Recording) or other.order != first.order:
            log.info("snapshot: with another processor: %s", other if isinstance(other, Refusal) else "other objects")
            continue
        explained = of_processor(subject.linked, first, other, compared.differences(other), level)
        if explained is not None:
            return replace(explained, features=(*explained.features, *caches))
    return OfProcessor((*first.features, *caches), (), frozenset())


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
    shift: int = 0
    hidden: HiddenProcessor | None = None
    hot: Sequence[Heat] | None = ()


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
            subject.target.system,
            wants_graph=run.wants_graph,
            collects=run.work.collects,
            shift=run.shift,
            hidden=run.hidden,
            hot=run.hot,
            fresh=fresh.indexes(subject.linked, run.work.fresh),
        )
        for name, run in runs.items()
    ]
    with ThreadPoolExecutor(jobs()) as pool:
        taken = dict(zip(runs, pool.map(record, copies), strict=True))
    return {
        name: fresh.as_new(subject.linked, each, runs[name].work.fresh) if isinstance(each, Recording) else each
        for name, each in taken.items()
    }


def _earliest(found: Mapping[str, str], recording: Recording) -> Mapping[str, str]:
    """The first module that keeps something: later ones, and the interpreter, may differ only because of it."""
    if not found:
        return found
    order = {name: number for number, (happened, name) in enumerate(recording.events) if happened == "begin"}
    names = sorted(found, key=lambda name: order.get(name, -1) if name else 2 * len(order))
    return {names[0]: found[names[0]]}
