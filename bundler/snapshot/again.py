"""Statements that each start runs again: those by which modules keep something of the machine, and what follows from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bundler.analyze.graph import ExtensionModule, Module, ModuleGraph, SourceModule
from bundler.snapshot.judge import asking_lines, is_varied
from bundler.snapshot.kinds import KINDS
from bundler.snapshot.model import Event, Recording, Refusal, Rerun
from bundler.snapshot.verdict import Cause, Differing, Keeping, Lost, Success, Unanswered, Unrepeatable, Verdict
from bundler.snapshot.work import Work, find_rerun, find_uses_of_attributes
from bundler.snapshot.worker.schema import AttributesRequest, Obstacle, RerunRequest, Source
from bundler.target import TargetPython

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


@dataclass
class Shown:
    """The results of all rounds so far.

    `events`: of the round that tells the order of imports. `differing`: names whose values differ between machines, by modules.
    """

    events: tuple[Event, ...] = ()
    differing: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _called: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    _knows_called: bool | None = None  # None: no recording has told that yet; False: one could not

    def add(self, found: Verdict | Success) -> None:
        """Add what one more round has shown."""
        self.events = self.events or (found.events if isinstance(found, Success) else found.recording.events)
        for module, its in found.sharing.items() if isinstance(found, Verdict) else ():
            self.differing[module].update(its)
        for each in found.called:
            self._knows_called = each is not None and self._knows_called is not False
            for file, lines in (each or {}).items():
                self._called[file] |= lines

    def lines_called(self, module: SourceModule) -> list[int] | None:
        """The first lines of a module's code that ran; None where a round could not tell."""
        return sorted(self._called[module.filename]) if self._knows_called else None


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

    def add(self, cause: Cause, recording: Recording, name: str) -> bool:
        """Add what a verdict says of the module; False if it did what cannot be repeated."""
        match cause:
            case Unrepeatable():
                return False
            case Unanswered(notes):
                if any(not KINDS[note.kind].is_repeatable or not note.line for note in notes):
                    return False
                self.is_strict = True
                self.is_compared &= all(map(is_varied, notes))
                self.lines |= {note.line for note in notes}
                return True
            case Differing(names) | Lost(names):
                self.names |= set(names)
            case Keeping():
                pass
        # Taking a lock asks for the time, so these questions count only from the second attempt on.
        self.hints |= set(asking_lines(recording, name, with_time=self.attempts > 1))
        return True


class Statements:
    """The statements that the next round runs again. `program`: the work of a start without a snapshot."""

    def __init__(self, target: TargetPython, graph: ModuleGraph, program: Work, shown: Shown) -> None:
        self._target = target
        self._graph = graph
        self._shown = shown
        self._lines_of_main = [line for part in program.parts or () if part.module is None for line in part.lines]
        self._wanted: dict[str, _Wanted] = defaultdict(_Wanted)
        self._of_attributes: tuple[Rerun, ...] = ()  # statements that use attributes of the interpreter

    def found(self) -> tuple[Rerun, ...]:
        """All, in the order in which modules were imported: names are copied from one to the next."""
        order = {event.module: number for number, event in enumerate(self._shown.events) if event.happened == "end"}
        found = [*(each for wanted in self._wanted.values() for each in wanted.found), *self._of_attributes]
        return tuple(sorted(dict.fromkeys(found), key=lambda each: order.get(each.module, 0)))

    def are_found_for(self, names: Iterable[str]) -> bool:
        """True if statements of one of these modules, or for one of them, are run again."""
        return any(self._wanted[name].found for name in names)

    def leave_out_main(self) -> None:
        """The program's own statements are not recorded any more."""
        self._lines_of_main = []

    def forget(self, names: Iterable[str]) -> None:
        """Begin anew with these modules."""
        self._shown.differing.clear()
        for name in names:
            self._wanted[name] = _Wanted()

    def give_up(self, found: Refusal) -> str | None:
        """Run those no more of which one raised, and ended a round; the module for which they were run, None if none raised."""
        raising = next((each for each in self.found() if found.place.startswith(f"{each.place}:")), None)
        if raising is None:
            return None
        if raising in self._of_attributes:
            self._of_attributes = ()
            return raising.module
        if found.module:
            return None
        owner = next(name for name, wanted in self._wanted.items() if raising in wanted.found)
        self._wanted[owner].found = ()
        self._wanted[owner].attempts = _ATTEMPTS
        return owner

    def look_for(self, found: Verdict) -> dict[str, str]:
        """Look for statements to run again; the modules with which that cannot be done, and why they are late."""
        missed: dict[str, str] = {}
        before = {name: wanted.found for name, wanted in self._wanted.items()}
        for name, cause in found.causes.items():
            wanted = self._wanted[name]
            wanted.attempts += 1
            is_repeatable = wanted.attempts <= _ATTEMPTS and wanted.add(cause, found.recording, name)
            if is_repeatable:
                self._find(wanted, name)
            # What copies its names may have found more already; what was found before this round did not help.
            if not is_repeatable or not wanted.found or wanted.found == before.get(name):
                missed[name] = cause.reason + _obstacle_text(wanted.obstacle, name)
                self._wanted[name] = _Wanted(attempts=_ATTEMPTS)
        return missed

    def follow_attributes(self, names: Iterable[str]) -> dict[str, str]:
        """Look in modules for uses of attributes of the interpreter; those in which some cannot be run again, and why they are late."""
        left = list(names)
        late: dict[str, str] = {}
        while left:
            request: AttributesRequest = {
                "modules": self._sources(left),
                "attributes": _ATTRIBUTES,
                "differing": _DIFFERING,
            }
            found = find_uses_of_attributes(request, self._target)
            self._of_attributes = found.rerun
            if found.obstacle is None:
                break
            name = found.obstacle["module"]
            late[name] = f"line {found.obstacle['line']} uses `{found.obstacle['name']}`, which is this start's"
            left.remove(name)
        return late

    def _find(self, wanted: _Wanted, name: str) -> None:
        """Find what is wanted of a module."""
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
            "differing": {each: sorted(self._shown.differing[each]) for each in names} if wanted.is_compared else None,
        }
        found = find_rerun(request, self._target)
        wanted.found, wanted.obstacle = found.rerun, found.obstacle
        for module, original in found.copied if wanted.found else ():
            # Where several modules have a name, the one that is blamed may have a copy.
            source = self._wanted[module]
            if original not in source.names:
                source.names.add(original)
                self._find(source, module)

    def _sources(self, names: Iterable[str]) -> list[Source]:
        """Modules that have sources."""
        found = ((name, self._graph.imported(name)) for name in names)
        return [
            {
                "name": name,
                "path": str(path),
                "lines": self._lines_of_main if name == "__main__" else None,
                "called": self._shown.lines_called(module) if isinstance(module, SourceModule) else None,
            }
            for name, module in found
            if (path := _source(module)) is not None
        ]

    def _importers(self, name: str) -> Iterator[str]:
        """The modules that import one, directly or through others, as far as they were imported."""
        by_imported = defaultdict(list)
        for each in self._graph.imports:
            by_imported[each.imported].append(each.importer)
        begun = {"__main__", *(event.module for event in self._shown.events)}
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
