"""Looks for the largest part of a program's first imports that can be restored: round by round, without what is in the way."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

from bundler.analyze.graph import ModuleGraph
from bundler.snapshot.again import Shown, Statements
from bundler.snapshot.attempt import attempt
from bundler.snapshot.judge import Extent, importers, recordable_modules
from bundler.snapshot.model import Event, Refusal, Snapshot
from bundler.snapshot.rules import Rules
from bundler.snapshot.run import Subject
from bundler.snapshot.trial import Trial
from bundler.snapshot.verdict import INTERPRETER, Differing, Keeping, OtherOrder, Success, Verdict
from bundler.snapshot.work import Work

log = logging.getLogger(__name__)

# Each time, what was recorded ends before another module, or more statements are run again.
_MOST_ROUNDS = 24


def settle(subject: Subject, program: Work, rules: Rules, graph: ModuleGraph) -> Snapshot | Refusal:
    """Record until no module keeps anything of the machine. `program`: the work of a start without a snapshot."""
    search = _Search(subject, graph, program, rules, may_doubt=True)
    found = _search_rounds(search, subject, rules, subject.folder / "first")
    if isinstance(found, Refusal) and search.has_doubts:
        # What depends on addresses may keep an answer as well, so that nothing behind it can be compared: it is left out.
        found = _search_rounds(
            _Search(subject, graph, program, rules, may_doubt=False), subject, rules, subject.folder / "second"
        )
    return found


def _search_rounds(search: _Search, subject: Subject, rules: Rules, folder: Path) -> Snapshot | Refusal:
    for number in range(_MOST_ROUNDS):
        work, program = search.work(), search.program()
        trial = Trial(subject, work, program, rules, folder / str(number), dict(search.late), search.has_doubts)
        found = attempt(trial)
        if isinstance(found, Success):
            if search.is_done(found):
                return found.snapshot
            continue
        refusal = search.learn(found)
        log.debug("snapshot: late: %s", search.late)
        if refusal is not None:
            return refusal
    return Refusal("too many of its modules keep something of the machine", next(iter(search.late), ""))


class _Search:
    """The state of the search after some rounds. `late`: modules that are not recorded, and why. `has_doubts`: statements that cannot be
    run again seemed to give values that differ between machines; it may be the addresses of objects on which they depend.
    """

    def __init__(self, subject: Subject, graph: ModuleGraph, program: Work, rules: Rules, *, may_doubt: bool) -> None:
        self._graph = graph
        self._whole = program
        self._rules = rules
        self._shown = Shown()
        self._statements = Statements(subject.target, graph, program, self._shown)
        # Of modules that are recorded; None: all, and what comes behind them.
        self._names: tuple[str, ...] | None = None
        self._extent = Extent.ALL
        self._collects = False
        self.has_doubts = False
        self._may_doubt = may_doubt
        # Objects that each start constructs itself, by paths: the modules that load them.
        self._fresh: dict[str, str] = {}
        self._tried: frozenset[str] = frozenset()  # those of them that no recording has had yet
        self.late: dict[str, str] = {}

    def program(self) -> Work:
        """The work of a start without a snapshot, with what is run again."""
        rerun = self._statements.found()
        return replace(self._whole, rerun=rerun, fresh=frozenset(self._fresh), collects=self._collects)

    def work(self) -> Work:
        """The work that is recorded next."""
        program = self.program()
        return program if self._names is None else program.limit_to(self._names, self.late)

    def learn(self, found: Verdict | OtherOrder | Refusal) -> Refusal | None:
        """Take what was in the way out of the next round; a refusal where that is not possible."""
        match found:
            case Verdict():
                return self._learn_verdict(found)
            case OtherOrder():
                refusal = self._learn_order(found)
            case Refusal():
                refusal = None if self._learn_refusal(found) or self._give_up_fresh(found) else found
        return refusal or self._choose()

    def _learn_verdict(self, found: Verdict) -> Refusal | None:
        log.info("snapshot: %s", found.reasons)
        self._shown.add(found)
        self._tried = frozenset()
        if found.is_compared and not self._collects and self._statements.are_found_for(found.causes):
            # All that keeps an answer is run again: an exception, whose traceback has the frame that has the exception, may be left.
            self._collects = True
            return None
        missed = self._statements.look_for(self._construct_anew(found))
        if (
            self._may_doubt
            and not self.has_doubts
            and any(isinstance(found.causes.get(name), Differing) for name in missed)
        ):
            self.has_doubts = True
            self._statements.forget(missed)
            return None
        if INTERPRETER in missed:
            return Refusal(f"the interpreter keeps something of the machine: {missed[INTERPRETER]}")
        self._leave_out(missed, found)
        late = len(self.late)
        # Now, for once all is compared it would have to be compared once more.
        self._follow_attributes(recordable_modules(self._shown.events, self.late, self._graph.imports, self._extent))
        return self._choose() if missed or len(self.late) > late else None

    def _learn_order(self, found: OtherOrder) -> Refusal | None:
        """Record less of what comes behind late modules, or leave out the module whose name tells the order."""
        reason = f"the order of imports can be told: `{found.name}`"
        if self._extent < Extent.UP_TO_LEFT_OUT:
            self._extent = Extent(self._extent + 1)
        elif found.module in self.late:
            return Refusal(reason, found.module)
        else:
            self.late[found.module] = reason
        return None

    def is_done(self, found: Success) -> bool:
        """True if the modules of a snapshot use attributes of the interpreter in no statements but those that are run again."""
        self._shown.add(found)
        late = len(self.late)
        is_done = not self._follow_attributes(found.snapshot.modules)
        if len(self.late) > late:
            self._choose()
        return is_done

    def _follow_attributes(self, recorded: tuple[str, ...]) -> bool:
        """Look for uses of attributes of the interpreter. True if there are others than before."""
        before = self._statements.found()
        late = self._statements.follow_attributes(each for each in recorded if each not in self._rules.again)
        self.late.update(late)
        return bool(late) or self._statements.found() != before

    def _learn_refusal(self, found: Refusal) -> bool:
        """Leave out the module that ended the recording; False if none did."""
        self._shown.events = self._shown.events or found.events
        given_up = self._statements.give_up(found)
        if given_up is not None:
            self.late[given_up] = "its statements cannot be run again"
            return True
        if not found.module or found.module in self.late:
            return False
        self.late[found.module] = found.reason
        self._shown.events = found.events
        if Event("end", found.module) not in found.events:  # what came behind it was not imported
            self._extent = max(self._extent, Extent.UP_TO_LATE)
        return True

    def _leave_out(self, missed: dict[str, str], found: Verdict) -> None:
        for name in missed.keys() & self.late.keys():  # something imports it in a way that no statement shows
            missed |= dict.fromkeys(importers(found.recording.events, name), f"it imports {name}")
        self.late = missed | self.late

    def _construct_anew(self, found: Verdict) -> Verdict:
        """Let objects be constructed anew at each start; what is left of the verdict."""
        left = dict(found.causes)
        for name, cause in found.causes.items():
            more = cause.objects - self._fresh.keys() if isinstance(cause, Keeping) else frozenset()
            if more:
                del left[name]
            self._fresh |= dict.fromkeys(sorted(more), name)
            self._tried |= more
        return replace(found, causes=left)

    def _give_up_fresh(self, found: Refusal) -> bool:
        """Leave out the modules whose objects were constructed anew for the first time; False if there were none."""
        for path in self._tried:
            self.late[self._fresh.pop(path)] = found.reason
        given_up = bool(self._tried)
        self._tried = frozenset()
        return given_up

    def _choose(self) -> Refusal | None:
        """Choose the modules that are recorded next."""
        names = recordable_modules(self._shown.events, self.late, self._graph.imports, self._extent)
        while names == self._names and self._extent < Extent.UP_TO_LEFT_OUT:
            self._extent = Extent(self._extent + 1)
            names = recordable_modules(self._shown.events, self.late, self._graph.imports, self._extent)
        if names == self._names:
            return Refusal("modules are imported in another way", next(iter(self.late)))
        self._names = names
        self._statements.leave_out_main()
        return None
