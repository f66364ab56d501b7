"""Looks for the largest part of a program's first imports that can be restored: round by round, without what is in the way."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from bundler.analyze.graph import ExtensionModule, Module, ModuleGraph, SourceModule
from bundler.snapshot.attempt import attempt
from bundler.snapshot.judge import Extent, asking_lines, importers, is_varied, recordable_modules
from bundler.snapshot.kinds import KINDS
from bundler.snapshot.model import Event, Recording, Refusal, Rerun, Snapshot
from bundler.snapshot.rules import Rules
from bundler.snapshot.run import Subject
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
from bundler.snapshot.work import Work, find_rerun, find_uses_of_attributes
from bundler.snapshot.worker.schema import AttributesRequest, Obstacle, RerunRequest, Source

log = logging.getLogger(__name__)

# Each time, what was recorded ends before another module, or more statements are run again.
_MOST_ROUNDS = 24

# Attributes that the interpreter gives values at each start, without a question that is noted; and those of them whose values differ
# between recordings, so that no more than a bit of them can be kept unseen.
_ATTRIBUTES = {
    "sys": ["executable", "_base_executable"],
    "sys.flags": ["utf8_mode"],
    **{f"sys.{name}": ["line_buffering", "seekable", "write_through"] for name in ("stdin", "stdout", "stderr")},
    **{f"sys.{name}.buffer": ["seekable"] for name in ("stdin", "stdout", "stderr")},
}
_DIFFERING = {"sys": ["executable", "_base_executable"]}

# Attempts to find statements of one module: running some of them again can show that it keeps more.
_ATTEMPTS = 3


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


@dataclass
class _Wanted:
    """The part of a module that is to be run again: statements at lines, and those that give names.

    `is_strict`: all must be followed to the last use. `is_compared`: comparisons look for those who keep the answers themselves;
    `hints`: lines that may have to do with what these find.
    """

    lines: set[int] = field(default_factory=set)
    hints: set[int] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    is_strict: bool = False
    is_compared: bool = True
    attempts: int = 0
    found: tuple[Rerun, ...] = ()
    obstacle: Obstacle | None = None


class _Search:
    """The state of the search after some rounds. `late`: modules that are not recorded, and why. `has_doubts`: statements that cannot be
    run again seemed to give values that differ between machines; it may be the addresses of objects on which they depend.
    """

    def __init__(self, subject: Subject, graph: ModuleGraph, program: Work, rules: Rules, *, may_doubt: bool) -> None:
        self._subject = subject
        self._graph = graph
        self._whole = program
        self._rules = rules
        # Of modules that are recorded; None: all, and what comes behind them.
        self._names: tuple[str, ...] | None = None
        self._wanted: dict[str, _Wanted] = defaultdict(_Wanted)
        self._differing: dict[str, set[str]] = defaultdict(set)  # names of modules whose values differ between machines
        self._called: dict[str, set[int]] = defaultdict(set)  # first lines of code that ran, by its files
        self._knows_called: bool | None = None  # None: no recording has told that yet; False: one could not
        self._of_attributes: tuple[Rerun, ...] = ()  # statements that use attributes of the interpreter
        self._events: tuple[Event, ...] = ()
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
        rerun = tuple(self._rerun())
        return replace(self._whole, rerun=rerun, fresh=frozenset(self._fresh), collects=self._collects)

    def work(self) -> Work:
        """The work that is recorded next."""
        program = self.program()
        return program if self._names is None else program.limit_to(self._names, self.late)

    def _rerun(self) -> Iterator[Rerun]:
        """The statements to run again, in the order in which modules were imported: names are copied from one to the next."""
        order = {event.module: number for number, event in enumerate(self._events) if event.happened == "end"}
        found = [*(each for wanted in self._wanted.values() for each in wanted.found), *self._of_attributes]
        yield from sorted(dict.fromkeys(found), key=lambda each: order.get(each.module, 0))

    def learn(self, found: Verdict | OtherOrder | Refusal) -> Refusal | None:
        """Take what was in the way out of the next round; a refusal where that is not possible."""
        if isinstance(found, OtherOrder):
            reason = f"the order of imports can be told: `{found.name}`"
            if self._extent < Extent.UP_TO_LEFT_OUT:
                self._extent = Extent(self._extent + 1)
            elif found.module in self.late:
                return Refusal(reason, found.module)
            else:
                self.late[found.module] = reason
        elif isinstance(found, Refusal):
            if not self._learn_refusal(found) and not self._give_up_fresh(found):
                return found
        else:
            reasons = found.reasons
            log.info("snapshot: %s", reasons)
            self._events = self._events or found.recording.events
            self._tried = frozenset()
            for module, its in found.sharing.items():
                self._differing[module].update(its)
            self._add_called(found.called)
            if found.is_compared and not self._collects and any(self._wanted[name].found for name in reasons):
                # All that keeps an answer is run again: an exception, whose traceback has the frame that has the exception, may be left.
                self._collects = True
                return None
            missed = self._run_again(self._construct_anew(found))
            if (
                self._may_doubt
                and not self.has_doubts
                and any(isinstance(found.causes.get(name), Differing) for name in missed)
            ):
                self.has_doubts = True
                self._differing.clear()
                for name in missed:
                    self._wanted[name] = _Wanted()
                return None
            if INTERPRETER in missed:
                return Refusal(f"the interpreter keeps something of the machine: {missed[INTERPRETER]}")
            self._leave_out(missed, found)
            late = len(self.late)
            # Now, for once all is compared it would have to be compared once more.
            self._follow_attributes(recordable_modules(self._events, self.late, self._graph.imports, self._extent))
            if not missed and len(self.late) == late:
                return None
        return self._choose()

    def _add_called(self, called: Iterable[Mapping[str, frozenset[int]] | None]) -> None:
        """Add what ran in recordings with other answers, or with other modules."""
        for each in called:
            self._knows_called = each is not None and self._knows_called is not False
            for file, lines in (each or {}).items():
                self._called[file] |= lines

    def is_done(self, found: Success) -> bool:
        """True if the modules of a snapshot use attributes of the interpreter in no statements but those that are run again."""
        self._events = self._events or found.events
        self._add_called(found.called)
        late = len(self.late)
        is_done = not self._follow_attributes(found.snapshot.modules)
        if len(self.late) > late:
            self._choose()
        return is_done

    def _follow_attributes(self, recorded: tuple[str, ...]) -> bool:
        """Look for uses of attributes of the interpreter. True if there are others than before."""
        names = [each for each in recorded if each not in self._rules.again]
        before = (self._of_attributes, len(self.late))
        while names:
            request: AttributesRequest = {
                "modules": self._sources(names),
                "attributes": _ATTRIBUTES,
                "differing": _DIFFERING,
            }
            found = find_uses_of_attributes(request, self._subject.target)
            self._of_attributes = found.rerun
            if found.obstacle is None:
                break
            name = found.obstacle["module"]
            self.late[name] = f"line {found.obstacle['line']} uses `{found.obstacle['name']}`, which is this start's"
            names.remove(name)
        return (self._of_attributes, len(self.late)) != before

    def _learn_refusal(self, found: Refusal) -> bool:
        """Leave out the module that ended the recording; False if none did."""
        self._events = self._events or found.events
        raising = next((each for each in self._rerun() if found.place.startswith(f"{each.place}:")), None)
        if raising in self._of_attributes:
            self._of_attributes = ()
            self.late[raising.module] = "its statements cannot be run again"
            return True
        if raising is not None and not found.module:
            owner = next(name for name, wanted in self._wanted.items() if raising in wanted.found)
            self._wanted[owner].found = ()
            self._wanted[owner].attempts = _ATTEMPTS
            self.late[owner] = "its statements cannot be run again"
            return True
        if not found.module or found.module in self.late:
            return False
        self.late[found.module] = found.reason
        self._events = found.events
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
        names = recordable_modules(self._events, self.late, self._graph.imports, self._extent)
        while names == self._names and self._extent < Extent.UP_TO_LEFT_OUT:
            self._extent = Extent(self._extent + 1)
            names = recordable_modules(self._events, self.late, self._graph.imports, self._extent)
        if names == self._names:
            return Refusal("modules are imported in another way", next(iter(self.late)))
        self._names = names
        return None

    def _run_again(self, found: Verdict) -> dict[str, str]:
        """Look for statements to run again; the modules with which that cannot be done, and why they are late."""
        missed: dict[str, str] = {}
        before = {name: wanted.found for name, wanted in self._wanted.items()}
        for name, cause in found.causes.items():
            wanted = self._wanted[name]
            wanted.attempts += 1
            is_repeatable = wanted.attempts <= _ATTEMPTS and self._add(wanted, cause, found.recording, name)
            if is_repeatable:
                self._find(wanted, name)
            # What copies its names may have found more already; what was found before this round did not help.
            if not is_repeatable or not wanted.found or wanted.found == before.get(name):
                missed[name] = cause.reason + _obstacle_text(wanted.obstacle, name)
                self._wanted[name] = _Wanted(attempts=_ATTEMPTS)
        return missed

    def _add(self, wanted: _Wanted, cause: Cause, recording: Recording, name: str) -> bool:
        """Add what a verdict says of a module; False if it did what cannot be repeated."""
        match cause:
            case Unrepeatable():
                return False
            case Unanswered(notes):
                if any(not KINDS[note.kind].is_repeatable or not note.line for note in notes):
                    return False
                wanted.is_strict = True
                wanted.is_compared &= all(map(is_varied, notes))
                wanted.lines |= {note.line for note in notes}
                return True
            case Differing(names) | Lost(names):
                wanted.names |= set(names)
            case Keeping():
                pass
        # Taking a lock asks for the time, so these questions count only from the second attempt on.
        wanted.hints |= set(asking_lines(recording, name, with_time=wanted.attempts > 1))
        return True

    def _find(self, wanted: _Wanted, name: str) -> None:
        """Find the statements."""
        wanted.found, wanted.obstacle = (), None
        names = (name, *(self._importers(name) if wanted.is_strict else ()))
        modules = self._sources(names)
        if not modules or modules[0]["name"] != name:
            return
        request: RerunRequest = {
            "modules": modules,
            "lines": sorted(wanted.lines),
            "hints": sorted(wanted.hints - wanted.lines),
            "names": sorted(wanted.names),
            "is_strict": wanted.is_strict,
            "differing": {each: sorted(self._differing[each]) for each in names} if wanted.is_compared else None,
        }
        found = find_rerun(request, self._subject.target)
        wanted.found, wanted.obstacle = found.rerun, found.obstacle
        for module, original in found.copied if wanted.found else ():
            # Where several modules have a name, the one that is blamed may have a copy.
            source = self._wanted[module]
            if original not in source.names:
                source.names.add(original)
                self._find(source, module)

    def _sources(self, names: Iterable[str]) -> list[Source]:
        """Modules that have sources."""
        return [
            {
                "name": each,
                "path": str(path),
                "lines": self._recorded_lines(each),
                "called": self._lines_called(each),
            }
            for each in names
            if (path := _source(self._graph.imported(each))) is not None
        ]

    def _recorded_lines(self, name: str) -> list[int] | None:
        """Lines of the statements of a module that are recorded; None: all are."""
        if name != "__main__":
            return None
        parts = self._whole.parts if self._names is None else None
        return [line for part in parts or () if part.module is None for line in part.lines]

    def _lines_called(self, name: str) -> list[int] | None:
        """The first lines of a module's code that ran; None where that is not known, as for code that is compiled to C."""
        module = self._graph.imported(name)
        if not self._knows_called or not isinstance(module, SourceModule):
            return None
        return sorted(self._called[module.filename])

    def _importers(self, name: str) -> Iterator[str]:
        """The modules that import one, directly or through others, as far as they were imported."""
        by_imported = defaultdict(list)
        for each in self._graph.imports:
            by_imported[each.imported].append(each.importer)
        begun = {"__main__", *(event.module for event in self._events)}
        seen = {name}
        pending = [name]
        while pending:
            for importer in by_imported[pending.pop()]:
                if importer is not None and importer not in seen and importer in begun:
                    seen.add(importer)
                    pending.append(importer)
                    yield importer


def _obstacle_text(obstacle: Obstacle | None, origin: str) -> str:
    """The statement that is in the way of running those of a module again, as the end of a reason."""
    if obstacle is None:
        return ""
    place = f"line {obstacle['line']}" if obstacle["module"] == origin else f"{obstacle['module']}:{obstacle['line']}"
    return f", and {place} uses `{obstacle['name']}`" if obstacle["name"] else f", and {place} cannot be run again"


def _source(module: Module | None) -> Path | None:
    """The file of a module's statements. One that was compiled by mypyc has its source beside it, whose statements mean the same."""
    match module:
        case SourceModule():
            return module.path
        case ExtensionModule():
            source = module.path.with_name(f"{module.path.name.partition('.')[0]}.py")
            return source if source.is_file() else None
        case _:
            return None
