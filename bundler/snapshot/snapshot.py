"""Takes a snapshot of a linked executable: records it until nothing of the build machine is left. Verb: `snapshot`."""

from __future__ import annotations

import hashlib
import logging
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

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
    late_by_differences,
    loaders,
    reason,
    recordable_before,
    unanswered,
)
from bundler.snapshot.model import Graph, Memory, Note, Range, Recording, Refusal, Snapshot
from bundler.snapshot.record import (
    ANSWERS,
    OPPOSITE_ANSWERS,
    OTHER_ANSWERS,
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

log = logging.getLogger("bundler.process")

# Variables that make the interpreter another (docs/environment.md).
_INTERPRETER_VARIABLES = (
    "PYTHONUNBUFFERED",
    "PYTHONFAULTHANDLER",
    "PYTHONTRACEMALLOC",
    "PYTHONHASHSEED",
    "PYTHONWARNINGS",
)

# Each time, what was recorded ends before another module.
_MOST_ROUNDS = 12


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
        found = _settled(subject, Work(None, parts, rules.again, (), optimize), rules, graph)
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


def _settled(subject: _Subject, work: Work, rules: Rules, graph: ModuleGraph) -> Snapshot | Refusal:
    """Record until no module keeps anything of the machine."""
    late: dict[str, str] = {}
    tried: dict[str, int] = {}
    for round_ in range(_MOST_ROUNDS):
        found = _judged(subject, work, rules, subject.folder / str(round_), late)
        if isinstance(found, Snapshot | Refusal):
            return found
        log.info("snapshot: %s", found.reasons)
        rerun = _rerun(found, tried, subject, graph)
        kept = tuple(each for each in work.rerun if each.module not in found.reasons)
        if rerun:
            work = replace(work, rerun=(*kept, *rerun))
        missed = {name: why for name, why in found.reasons.items() if name not in {each.module for each in rerun}}
        late |= missed
        if "" in missed:
            return Refusal(f"the interpreter keeps something of the machine: {missed['']}")
        if missed:
            names = recordable_before(found.recording, late, graph.imports)
            if names == work.names:
                return Refusal("modules are imported in another order", next(iter(missed)))
            work = replace(work, names=names, parts=(), rerun=(*kept, *rerun))
    return Refusal("too many of its modules keep something of the machine", next(iter(late), ""))


@dataclass(frozen=True, slots=True)
class _Verdict:
    """Modules that must not be in a snapshot as they are, with reasons.

    `notes`: what they asked that was not answered. `names`: those in a module whose values differ between machines.
    """

    recording: Recording
    reasons: Mapping[str, str]
    notes: Mapping[str, tuple[Note, ...]]
    names: tuple[str, ...]


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
            part = find_rerun(module, lines, found.names, importers, subject.target, is_strict=bool(notes))
            if part is not None:
                parts.append(part)
                break
    return tuple(parts)


def _judged(
    subject: _Subject, work: Work, rules: Rules, folder: Path, late: Mapping[str, str]
) -> Snapshot | Refusal | _Verdict:
    """The snapshot, or what is in its way."""
    compiled = compiled_work(work, subject.target)
    copies = [
        make_copy(
            subject.linked,
            folder / name / "program",
            answers,
            subject.ranges,
            compiled,
            subject.seed,
            wants_graph=name.startswith("graph"),
        )
        for name, answers in (
            ("first", ANSWERS),
            ("second", ANSWERS),
            ("other", OTHER_ANSWERS),
            ("graph", ANSWERS),
            ("graph-opposite", OPPOSITE_ANSWERS),
        )
    ]
    with ThreadPoolExecutor(jobs()) as pool:
        taken = list(pool.map(record, copies))
    first, second, other, graph, opposite = taken
    for each in taken:
        if isinstance(each, Refusal):
            return each
    assert isinstance(first, Recording)
    assert isinstance(second, Recording)
    assert isinstance(other, Recording)
    assert isinstance(graph, Graph)
    assert isinstance(opposite, Graph)
    notes = unanswered(first.notes, rules, work.rerun)
    if notes:
        return _Verdict(first, {name: reason(asked[0]) for name, asked in notes.items()}, notes, ())
    changing = graph.differing(opposite)
    kept = kept_words(first, subject.pristine)
    local = thread_words(first, second)
    known = {*kept, *local, *host_words(subject.linked, first)}
    owners = Owners(first, subject.linked)
    instructions = Instructions(first, subject.linked, subject.target.layout)
    loaded_by = loaders(first.notes)
    for compared in (second, other):
        keeps = late_by_differences(differences(first, compared, known, owners, instructions), first, rules, loaded_by)
        if keeps:
            earliest = _earliest(keeps, first)
            return _Verdict(first, earliest, {}, tuple(name for module, name in changing if module in earliest))
    if changing:
        log.info("snapshot: %d names differ: %s", len(changing), changing[:10])
        module = changing[0][0]
        names = tuple(name for its_module, name in changing if its_module == module)
        return _Verdict(first, {module: f"`{names[0]}` depends on the machine"}, {}, names)
    guarded = (*_INTERPRETER_VARIABLES, *guarded_variables(first.notes, rules))
    return make_snapshot(subject.linked, first, subject.pristine, kept, local, guarded, ANSWERS.environment, late)


def _earliest(found: Mapping[str, str], recording: Recording) -> Mapping[str, str]:
    """The first module that keeps something: what follows it differs for that alone, perhaps."""
    order: Sequence[str] = [name for happened, name in recording.events if happened == "begin"]
    names = sorted(found, key=lambda name: order.index(name) if name in order else -1)
    return {names[0]: found[names[0]]}
