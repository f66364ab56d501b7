"""Traces the imports of a start: of the finished program if the user names its arguments, else of a binary made for it.

Nothing of the program's own runs unless it is asked for. So the second binary imports what the program's modules import at
once from installed distributions, in front of the program, and ends there: its last import finds no module.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from bundler.analyze.graph import Binding, ModuleGraph
from bundler.freeze.start_profile import installed_imports
from bundler.link import LinkPlan
from bundler.process import CommandError, watch
from bundler.target import System
from bundler.target.workers import ForeignCode

_VARIABLES = {"BUNDLE_TRACE": "imports"}  # launcher/process/configuration.c

# The longest that a start is watched, in seconds. A server has imported what it needs by then.
_SECONDS = 15.0

_END = "_bundle_end_of_probe"

# "import time:       553 |        774 |     json.scanner": microseconds; two spaces for each import around it
# (Python/import.c, import_find_and_load).
_LINE = re.compile(r"import time: +(?P<own>\d+) \| +(?P<total>\d+) \| (?P<indent> *)(?P<name>\S+)$")


@dataclass(frozen=True, slots=True)
class ImportTime:
    """An import. Times in microseconds: of the module's own code, and with all that it imports."""

    name: str
    depth: int
    own: int
    total: int


@dataclass(frozen=True, slots=True)
class TracedStart:
    """A start, in words, and its imports in the order in which they began."""

    what: str
    imports: tuple[ImportTime, ...]


def trace_start(program: Path, arguments: Sequence[str], system: System, seconds: float = _SECONDS) -> TracedStart:
    """Start the program, with the user's environment and folder; it is ended if it goes on for `seconds` of this machine."""
    command = [*system.command(program.absolute()), *arguments]
    try:
        said = watch(command, environment=_VARIABLES, seconds=seconds * system.patience)
    except CommandError as error:
        return TracedStart(f"No start was traced: the program {error.reason}.", ())
    return TracedStart(f"A start of {shlex.join((program.name, *arguments))}.", read_imports(said))


def probe_plan(planned: LinkPlan, graph: ModuleGraph) -> LinkPlan:
    """The plan of a binary that imports what the program's own modules import at once, and nothing more."""
    certain = {edge.imported for edge in graph.imports if edge.binding is not Binding.OPTIONAL}
    names = (name for name in installed_imports(graph, with_later=False) if name in certain)
    hooks = (name for name in planned.contents.config.runtime_hooks if not _is_own(graph, name))
    config = replace(planned.contents.config, runtime_hooks=(*hooks, *names, _END))
    return replace(planned, contents=replace(planned.contents, config=config, has_snapshot=False))


def _is_own(graph: ModuleGraph, name: str) -> bool:
    module = graph.imported(name)
    return module is None or module.origin.is_own


def trace_probe(probe: Path, system: System) -> TracedStart:
    """Start the binary of `probe_plan`, as code of installed packages is run."""
    with closing(ForeignCode()) as foreign:
        try:
            said = foreign.run(system.command(probe.absolute()), b"", _SECONDS * system.patience, **_VARIABLES).stderr
        except CommandError as error:
            said = error.output.encode()  # it ends with an error, as it is meant to
    found = tuple(each for each in read_imports(said) if each.name != _END)
    return TracedStart(
        "The interpreter's start, then what the program's modules import from others at once; the program itself did not run. "
        "Built with --report-start ARGS, this shows a start of the program.",
        found,
    )


def read_imports(said: bytes) -> tuple[ImportTime, ...]:
    """The lines of `-X importtime` among others, in which imports stand after those that they made."""
    lines = said.decode(errors="replace").splitlines()
    rows = [
        ImportTime(row["name"], len(row["indent"]) // 2, int(row["own"]), int(row["total"]))
        for line in lines
        if (row := _LINE.search(line)) is not None
    ]
    return tuple(_from_the_beginning(rows))


def _from_the_beginning(rows: Iterable[ImportTime]) -> Iterator[ImportTime]:
    """Put each import before those that it made."""
    pending: dict[int, list[list[ImportTime]]] = {}
    for row in rows:
        below = pending.pop(row.depth + 1, [])
        pending.setdefault(row.depth, []).append([row, *(each for tree in below for each in tree)])
    # Imports around some of these did not come to their end, if the start was ended.
    for _, trees in sorted(pending.items()):
        for top, *others in trees:
            yield replace(top, depth=0)
            yield from (replace(each, depth=each.depth - top.depth) for each in others)
