"""Judges by graphs: which names of modules have other values on other machines, in another order, or when statements run again."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace

from bundler.snapshot.answers import ANSWERS
from bundler.snapshot.model import Graph, Refusal
from bundler.snapshot.rounds import Orders, Starts
from bundler.snapshot.rules import Rules
from bundler.snapshot.run import Run
from bundler.snapshot.trial import Trial
from bundler.snapshot.verdict import OtherOrder
from bundler.snapshot.work import Work

log = logging.getLogger(__name__)


def differing_names(trial: Trial, graphs: tuple[Graph, Graph]) -> tuple[tuple[str, str], ...]:
    """The names whose values differ.

    If the search has doubts, values that depend on where objects lie are left out. An example is the order of a set, which a
    usual start may choose freely.
    """
    found = tuple(each for each in graphs[0].differing_names(graphs[1]) if each[0] not in _INTERPRETER)
    of_addresses = (
        _names_by_address(trial, "differing", _described(trial.work), graphs[0]) if found and trial.has_doubts else ()
    )
    return tuple(each for each in found if each not in of_addresses)


# The order in a small set may be the same in one of them by chance.
_SHIFTS = (1, 2, 3, 4)


def _described(work: Work) -> Run:
    """A run that describes what a work leaves."""
    return Run(work, ANSWERS, wants_graph=True)


def _names_by_address(trial: Trial, purpose: str, run: Run, graph: Graph) -> frozenset[tuple[str, str]]:
    """The names of a run's graph whose values are others when all objects lie elsewhere."""
    runs = {f"{purpose}, shifted {number}": replace(run, shift=number) for number in _SHIFTS}
    shifted = [each for each in trial.record_all(runs).values() if isinstance(each, Graph)]
    found = frozenset(name for each in shifted for name in graph.differing_names(each))
    if found:
        log.info("snapshot: %d names depend on addresses: %s", len(found), sorted(found)[:10])
    return found


# Modules of the interpreter, for what it keeps elsewhere. No module of the program is found by that.
_INTERPRETER = frozenset(("sys", "builtins"))


def changing_modules(trial: Trial, once: Graph, twice: Graph | None) -> Mapping[str, str]:
    """Modules with statements that change more than the names that they give when they are run again, and a name that is changed.

    Such are those that call a function which adds to a list, or counts.
    """
    work, rules = trial.work, trial.rules
    if twice is None or not _changed_names(once, twice, work, rules):
        return {}
    of_addresses = _names_by_address(trial, "changing", _described(work), once)
    if of_addresses.issuperset(_changed_names(once, twice, work, rules)):
        return {}
    modules = tuple(dict.fromkeys(each.module for each in work.rerun))
    runs = {
        f"twice {module}": Run(
            replace(work, rerun=(*work.rerun, *(each for each in work.rerun if each.module == module))),
            ANSWERS,
            wants_graph=True,
        )
        for module in modules
    }
    taken = trial.record_all(runs)
    found: dict[str, str] = {}
    for module in modules:
        graph = taken[f"twice {module}"]
        changed = _changed_names(once, graph, work, rules) if isinstance(graph, Graph) else ((module, "it"),)
        changed = tuple(each for each in changed if each not in of_addresses)
        if changed:
            found[module] = ".".join(changed[0])
    return found


def _changed_names(once: Graph, twice: Graph, work: Work, rules: Rules) -> tuple[tuple[str, str], ...]:
    """Names whose values are others when statements were run once more, without those that these give values."""
    given = {(each.module, name) for each in work.rerun for name in each.names}
    places = {f"{module}.{name}" for module, name in given}
    return tuple(
        each
        for each in once.differing_names(twice)
        if each not in given and each not in rules.unordered and once.places.get(each) not in places
    )


def find_other_order(trial: Trial, orders: Orders) -> OtherOrder | None:
    """A name whose value differs in the order of a restored start; None if there is none.

    What late modules keep of the machine is another value each time.
    """
    program, order, other = orders.program, orders.restored, orders.other
    if isinstance(order, Refusal):
        return OtherOrder(order.module, order.reason)
    of_machine = frozenset(program.differing_names(other)) if other else program.digests.keys()
    found = [
        each
        for each in program.differing_names(order)
        if each not in trial.rules.unordered and not (each[0] in trial.late and each in of_machine)
    ]
    if found:
        of_addresses = _names_by_address(trial, "moved", _described(trial.program), program)
        found = [each for each in found if each not in of_addresses]
    if not found and program.ordered != order.ordered:
        found = [one for one, two in zip(program.ordered, order.ordered, strict=False) if one != two]
    if not found:
        return None
    log.info("snapshot: %d names differ in another order: %s", len(found), found[:10])
    return OtherOrder(*found[0])


def lost_names(trial: Trial, starts: Starts) -> tuple[tuple[str, str], ...]:
    """The names that a usual start on another machine leaves with other values than a start from the snapshot, for instance because
    something has changed an object that is made again.

    Names of late modules are among them only where there are no others: these modules do what they do in a usual start.
    """
    rules = trial.rules
    found = [
        each
        for each in starts.usual.differing_names(starts.restored)
        if each not in rules.unordered | rules.renewed and each[0] not in rules.restored | _INTERPRETER
    ]
    if found:
        purpose = "started" if starts.run.answers.has_every_argument else "started without arguments"
        of_addresses = _names_by_address(trial, purpose, starts.run, starts.usual)
        found = [each for each in found if each not in of_addresses]
        log.info("snapshot: %d names differ from a usual start: %s", len(found), found[:10])
    return tuple(each for each in found if each[0] not in trial.late) or tuple(found)
