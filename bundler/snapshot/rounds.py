"""The runs of a trial that are made side by side. Nouns: `Asked`, then `Repeated` if nothing is in the way so far."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bundler.snapshot.answers import ANSWERS, OPPOSITE_ANSWERS, OTHER_ANSWERS, TRIED_ANSWERS
from bundler.snapshot.model import Answers, Graph, Heat, Recording, Refusal
from bundler.snapshot.run import Run
from bundler.snapshot.trial import Trial
from bundler.snapshot.work import Work


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
    another way than the one where the program was recorded. `run`: the usual one.
    """

    run: Run
    usual: Graph
    restored: Graph

    @classmethod
    def of(cls, trial: Trial) -> tuple[Starts, ...] | Refusal:
        """Make the runs; the refusal of a restored start, or of all usual ones.

        A program that ends for an argument is tried without its late modules, among which is the one that ends it; and without arguments.
        """
        every = replace(TRIED_ANSWERS, has_every_argument=True)
        found = cls._of(trial, "one more", trial.program, replace(every, arguments=("--bundle-argument",)))
        if isinstance(found, _Refused) and found.is_usual:
            found = cls._of(trial, "every", trial.program, every)
        if isinstance(found, Starts):
            return (found,)
        if not found.is_usual:
            return found.refusal
        parts = (
            cls._of(trial, "every, recorded part", trial.work, every),
            cls._of(trial, "none", trial.program, TRIED_ANSWERS),
        )
        refused = next((each.refusal for each in parts if isinstance(each, _Refused) and not each.is_usual), None)
        return refused or tuple(each for each in parts if isinstance(each, Starts)) or found.refusal

    @classmethod
    def _of(cls, trial: Trial, arguments: str, work: Work, answers: Answers) -> Starts | _Refused:
        """The starts of a work, or which of them is refused. `arguments`: what they are called, for a folder."""
        run = Run(replace(work, rerun=(), again=()), answers, wants_graph=True)
        other = Run(replace(work, names=trial.work.names), ANSWERS, wants_graph=True, restored=answers)
        taken = trial.record_all({f"arguments: {arguments}; usual": run, f"arguments: {arguments}; restored": other})
        usual, restored = taken.values()
        if isinstance(usual, Refusal):
            return _Refused(usual, is_usual=True)
        if isinstance(restored, Refusal):
            return _Refused(restored, is_usual=False)
        return cls(run, _graph(usual), _graph(restored))


@dataclass(frozen=True, slots=True)
class _Refused:
    """The refusal of a start: a usual one, or one in which statements are run again."""

    refusal: Refusal
    is_usual: bool


def _refusal(taken: Iterable[Recording | Graph | Refusal]) -> Refusal | None:
    return next((each for each in taken if isinstance(each, Refusal)), None)


def _recording(taken: Recording | Graph | Refusal) -> Recording:
    assert isinstance(taken, Recording), "a run that was asked for one gives one, or a refusal"
    return taken


def _graph(taken: Recording | Graph | Refusal) -> Graph:
    assert isinstance(taken, Graph), "a run that was asked for one gives one, or a refusal"
    return taken
