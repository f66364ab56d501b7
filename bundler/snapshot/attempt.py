"""Records a work several times under other circumstances, and judges whether it can be restored. Verb: `attempt`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bundler.snapshot import fresh
from bundler.snapshot.assemble import make_snapshot
from bundler.snapshot.comparison import TWO_COUNTS, Comparison, add_counts, find_processor_part
from bundler.snapshot.differences import count_words
from bundler.snapshot.graphs import changing_modules, differing_names, find_other_order, lost_names
from bundler.snapshot.judge import (
    guarded_variables,
    late_by_differences,
    modules_named_late,
    modules_with_varying_imports,
    objects_that_ask,
    objects_with_threads,
    spoiled_modules,
    unanswered_notes,
)
from bundler.snapshot.kinds import NoteKind
from bundler.snapshot.model import Heat, Recording, Refusal, Snapshot
from bundler.snapshot.rounds import Asked, Repeated, Starts
from bundler.snapshot.trial import Trial
from bundler.snapshot.verdict import (
    INTERPRETER,
    Cause,
    Differing,
    Keeping,
    Lost,
    OtherOrder,
    Success,
    Unanswered,
    Unrepeatable,
    Verdict,
)

# Variables that make the interpreter another (docs/environment.md).
_INTERPRETER_VARIABLES = (
    "PYTHONTRACEMALLOC",
    "PYTHONHASHSEED",
    "PYTHONWARNINGS",
)


def attempt(trial: Trial) -> Success | Refusal | Verdict | OtherOrder:
    """The snapshot, or what is in its way."""
    asked = Asked.of(trial)
    if isinstance(asked, Refusal):
        return asked
    first = asked.first
    spoiled = spoiled_modules(first, fresh.spoiled_objects(trial.subject.linked, first))
    if spoiled:
        return Verdict(first, {name: Keeping(why) for name, why in spoiled.items()})
    threads = objects_with_threads(first.notes, trial.work.fresh)
    if threads:  # they run beside the program: what is recorded depends on who is faster
        return Verdict(first, {name: Keeping("its libraries start threads", its) for name, its in threads.items()})
    judged = _judge(trial, asked)
    found = judged or _compare(trial, hot_blocks(first.heat))
    called = tuple(graph.called for graph in asked.graphs)
    match found:
        case Snapshot():
            return Success(found, first.events, called)
        case Verdict():
            return replace(found, called=called)
        case _:
            return found


def _judge(trial: Trial, asked: Asked) -> Verdict | None:
    """The verdict from what was asked, and from graphs; None if nothing is in the way."""
    work, rules, first, graphs = trial.work, trial.rules, asked.first, asked.graphs
    names_differing = differing_names(trial, graphs)
    # Who has drawn what differs, and draws it again, is found below.
    found = {*(module for module, _ in names_differing), *(each.module for each in work.rerun)}
    causes: dict[str, Cause] = {
        name: Unanswered(notes)
        for name, notes in unanswered_notes(first, rules, work.rerun).items()
        if name not in found or any(note.kind is not NoteKind.DRAWN for note in notes)
    }
    causes |= dict.fromkeys(modules_named_late(first.events, rules), Unrepeatable("the project names it"))
    if causes:
        return Verdict(first, causes, sharing=_group_by_module(graphs[0].names_sharing(names_differing)))
    sometimes = modules_with_varying_imports(*graphs)
    if sometimes:
        # No statement of theirs can be run again: it would import something.
        return Verdict(first, {name: Unrepeatable(why) for name, why in sometimes.items()})
    names = _group_by_module(names_differing)
    if names:
        return Verdict(first, {module: Differing(its) for module, its in names.items()})
    changed = changing_modules(trial, graphs[0], asked.twice)
    if changed:
        why = "`{}` changes when statements are run again"
        return Verdict(first, {module: Unrepeatable(why.format(name)) for module, name in changed.items()})
    return None


def _group_by_module(names: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for module, name in names:
        found[module] = (*found.get(module, ()), name)
    return found


# Larger blocks are touched in few places.
_LARGEST_HOT = 4096


def hot_blocks(heat: Sequence[Heat]) -> tuple[Heat, ...]:
    """The blocks of those that a start touches that are to lie together: then it touches few pages."""
    return tuple(each for each in heat if each.size <= _LARGEST_HOT)


def _compare(trial: Trial, hot: Sequence[Heat]) -> Snapshot | Refusal | Verdict | OtherOrder:
    """The verdict from comparing recordings; notes and graphs of earlier ones showed no obstacle."""
    subject, work = trial.subject, trial.work
    repeated = Repeated.of(trial, hot)
    if isinstance(repeated, Refusal):
        return repeated
    first, second, other = repeated.first, repeated.second, repeated.other
    if first.thread == second.thread:
        return Refusal("this machine puts every process at the same addresses, so that recordings prove nothing")
    compared = add_counts(trial, Comparison.of(subject, first, second, other), other, hot)
    for each in (second, other):
        found = compared.differences(each)
        _, others = count_words(found, first, TWO_COUNTS)  # these are looked at when nothing else differs
        keeps = _first_keeper(late_by_differences(others or found, first, first.loaders), first)
        if keeps:
            objects = objects_that_ask(first.notes, work.fresh)
            causes = {name: Keeping(why, objects.get(name, frozenset())) for name, why in keeps.items()}
            return Verdict(first, causes, is_compared=True)
    order = find_other_order(trial, repeated.orders) if repeated.orders else None
    if order is not None:
        return order
    if work.rerun or work.again:
        starts = Starts.of(trial)
        if isinstance(starts, Refusal):
            return starts
        names = next(filter(None, (lost_names(trial, each) for each in starts)), ())
        if names:
            return _judge_lost(trial, first, names)
    unbuffered = () if first.streams_are_alone else ("PYTHONUNBUFFERED",)
    guarded = (*unbuffered, *_INTERPRETER_VARIABLES, *guarded_variables(first.notes, trial.rules))
    return make_snapshot(trial, first, compared.words, find_processor_part(trial, compared, hot), guarded)


def _judge_lost(trial: Trial, first: Recording, names: tuple[tuple[str, str], ...]) -> Verdict | OtherOrder:
    """The verdict about names whose values are not those of a usual start: more statements are run again, if none of the module are."""
    if names[0][0] in trial.late:
        return OtherOrder(*names[0])
    run_again = {*(each.module for each in trial.work.rerun), *(module for module, _ in trial.work.again)}
    causes: dict[str, Cause] = {}
    for module, its in _group_by_module(names).items():
        cause = Lost(its)
        causes[module] = Unrepeatable(cause.reason) if module in run_again else cause
    return Verdict(first, causes)


def _first_keeper(found: Mapping[str, str], recording: Recording) -> Mapping[str, str]:
    """The first module that keeps something: later ones, and the interpreter, may differ only because of it."""
    if not found:
        return found
    order = {name: number for number, (happened, name) in enumerate(recording.events) if happened == "begin"}
    names = sorted(found, key=lambda name: 2 * len(order) if name == INTERPRETER else order.get(name, -1))
    return {names[0]: found[names[0]]}
