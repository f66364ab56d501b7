"""The runs of a trial that are made side by side. Nouns: `Asked`, then `Repeated` if nothing is in the way so far."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bundler.snapshot.answers import ANSWERS, OPPOSITE_ANSWERS, OTHER_ANSWERS, TRIED_ANSWERS
from bundler.snapshot.model import Answers, Graph, Heat, Recording, Refusal
from bundler.snapshot.run import Run
from bundler.snapshot.trial import Trial


@dataclass(frozen=True, slots=True)
class Asked:
    """Results that can be judged without comparing memory.

    `graphs`: with equal answers, and with opposite ones. `twice`: the graph when all statements that are run again are run once more;
    None: there are none.
    """

    first: Recording
    graphs: tuple[Graph, Graph]
    twice: Graph | None

    @classmethod
    def of(cls, trial: Trial) -> Asked | Refusal:
        """Make the runs; the refusal of one of them, if any."""
        work = trial.work
        runs = {
            "first": Run(work, ANSWERS, hot=None),
            "graph": Run(work, ANSWERS, wants_graph=True),
            "graph-opposite": Run(work, OPPOSITE_ANSWERS, wants_graph=True),
        }
        if work.rerun:
            runs["twice"] = Run(replace(work, rerun=(*work.rerun, *work.rerun)), ANSWERS, wants_graph=True)
        taken = trial.record_all(runs)
        refusal = _refusal(taken.values())
        if refusal is not None:
            return refusal
        graphs = (_graph(taken["graph"]), _graph(taken["graph-opposite"]))
        return cls(_recording(taken["first"]), graphs, _graph(taken["twice"]) if work.rerun else None)


@dataclass(frozen=True, slots=True)
class Orders:
    """Graphs that tell whether the order of a restored start shows.

    `program`: of the program's own order. `restored`: of that of a restored start. `other`: of the program's own with other answers,
    None if it could not be made.
    """

    program: Graph
    restored: Graph | Refusal
    other: Graph | None


@dataclass(frozen=True, slots=True)
class Repeated:
    """Recordings to compare: two with equal answers, and one with others. `orders`: None if the order of modules is the program's own."""

    first: Recording
    second: Recording
    other: Recording
    orders: Orders | None

    @classmethod
    def of(cls, trial: Trial, hot: Sequence[Heat]) -> Repeated | Refusal:
        """Make the runs, with `hot` blocks together; the refusal of a recording if any."""
        work, program = trial.work, trial.program
        recorded = {
            "first, ordered": Run(work, ANSWERS, hot=hot),
            "second": Run(work, ANSWERS, hot=hot),
            "other": Run(work, OTHER_ANSWERS, hot=hot),
        }
        ordered = {
            "program": Run(program, ANSWERS, wants_graph=True),
            "order": Run(replace(program, names=work.names), ANSWERS, wants_graph=True),
            "program, other": Run(program, OPPOSITE_ANSWERS, wants_graph=True),
        }
        is_ordered = work.parts is None
        taken = trial.record_all({**recorded, **(ordered if is_ordered else {})})
        refusal = _refusal(taken[name] for name in recorded)
        if refusal is not None:
            return refusal
        orders = None
        if is_ordered and isinstance(taken["program"], Graph):
            restored, other = taken["order"], taken["program, other"]
            orders = Orders(
                taken["program"],
                restored if isinstance(restored, Refusal) else _graph(restored),
                None if isinstance(other, Refusal) else _graph(other),
            )
        first, second, third = (_recording(taken[name]) for name in recorded)
        return cls(first, second, third, orders)


@dataclass(frozen=True, slots=True)
class Starts:
    """Graphs that tell whether a start in which statements are run again leaves what a usual one leaves, on a machine that answers in
    another way than the one where the program was recorded. `answers`: that machine's.
    """

    usual: Graph
    restored: Graph
    answers: Answers

    @classmethod
    def of(cls, trial: Trial) -> Starts | Refusal:
        """Make the runs; the refusal of one, if any. A program that refuses the arguments gets none."""
        refusal: Refusal | None = None
        for answers in (TRIED_ANSWERS, replace(TRIED_ANSWERS, arguments=())):
            name = "started" if answers.arguments else "started without arguments"
            program = replace(trial.program, names=trial.work.names)
            runs = {
                f"{name}, usual": usual_start(trial, answers),
                f"{name}, restored": Run(program, ANSWERS, wants_graph=True, restored=answers),
            }
            usual, restored = trial.record_all(runs).values()
            refusal = usual if isinstance(usual, Refusal) else None
            if refusal is None:
                return restored if isinstance(restored, Refusal) else cls(_graph(usual), _graph(restored), answers)
        assert refusal is not None, "the last of them"
        return refusal


def usual_start(trial: Trial, answers: Answers) -> Run:
    """A run that describes what a start without a snapshot leaves on a machine."""
    return Run(replace(trial.program, rerun=(), again=()), answers, wants_graph=True)


def _refusal(taken: Iterable[Recording | Graph | Refusal]) -> Refusal | None:
    return next((each for each in taken if isinstance(each, Refusal)), None)


def _recording(taken: Recording | Graph | Refusal) -> Recording:
    assert isinstance(taken, Recording), "a run that was asked for one gives one, or a refusal"
    return taken


def _graph(taken: Recording | Graph | Refusal) -> Graph:
    assert isinstance(taken, Graph), "a run that was asked for one gives one, or a refusal"
    return taken
