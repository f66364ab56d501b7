"""What was measured, and the page that says so."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from benchmarks.startup.clock import Timing
from benchmarks.startup.tools import BUNDLE, PYTHON, WITHOUT_SNAPSHOT, Built

FLOOR = "C"

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Results:
    """Timings by start and tool, and builds by app and tool; of the floor, under `FLOOR`, among every start's."""

    versions: str
    rounds: int
    timings: Mapping[str, Mapping[str, Timing]]
    builds: Mapping[str, Mapping[str, Built]]
    failures: Mapping[str, str]  # what could not be built, or does not run, with the reason


def page(results: Results, plot: str, kept: str = "") -> str:
    """Markdown; `plot` is the file beside it with the picture, `kept` sections that other commands write."""
    return "\n".join((*_lines(results, plot, kept), ""))


def _lines(results: Results, plot: str, kept: str) -> Iterator[str]:
    yield "# How fast programs start"
    yield ""
    yield "Written by `python -m benchmarks.startup`, which builds each program with each tool, as the tool does it when"
    yield "nothing is asked for, and then starts all of them in turn, so that whatever else the machine does meets all alike."
    yield f"Medians of {results.rounds} starts. {results.versions}; {datetime.datetime.now(datetime.UTC):%Y-%m-%d}."
    yield ""
    yield "`python` is `python app.py` in the app's virtual environment with warm bytecode; `C` is a C program that prints"
    yield "one line, the least that a start can take. `bundle` starts go on from a [snapshot](snapshot.md). The last columns are what"
    yield "it takes of what `python` takes, and of what the fastest of the other tools takes."
    yield ""
    yield f"![start-up times]({plot})"
    yield ""
    yield "## Time from start to end, ms"
    yield ""
    yield from _compared(results.timings, lambda timing: timing.time, (FLOOR, PYTHON, "python -I -S"))
    yield ""
    yield "## Peak of resident memory, MiB"
    yield ""
    yield from _compared(results.timings, lambda timing: timing.memory, (FLOOR, PYTHON, "python -I -S"))
    yield ""
    yield "## Size on disk, MB"
    yield ""
    yield from _compared(results.builds, lambda built: built.size / 1e6, (PYTHON, "python -I -S"))
    yield ""
    if kept:
        yield from kept.splitlines()
        yield ""
    yield "## Building with nothing remembered, seconds of all processors together"
    yield ""
    yield from _compared(results.builds, lambda built: built.cost.processors, (PYTHON, "python -I -S"))
    yield ""
    yield "## The same by the clock, seconds"
    yield ""
    yield from _compared(results.builds, lambda built: built.cost.clock, (PYTHON, "python -I -S"))
    yield ""
    ours = {app: each[BUNDLE] for app, each in results.builds.items() if BUNDLE in each}
    yield "`bundle` once more, with what that left in the cache: " + ", ".join(
        f"{app} {built.cost_again.clock:.1f}" for app, built in ours.items() if built.cost_again is not None
    )
    if results.failures:
        yield ""
        yield "## What did not work"
        yield ""
        yield from (f"- {what}: {reason}" for what, reason in results.failures.items())


def _compared(
    table: Mapping[str, Mapping[str, _T]], number: Callable[[_T], float], not_tools: tuple[str, ...]
) -> Iterator[str]:
    """A row for each key; numbers are shown where they are not 0, as they are for what is not built."""
    shown = {row: {tool: number(one) for tool, one in each.items() if number(one)} for row, each in table.items()}
    columns = list(dict.fromkeys(tool for each in shown.values() for tool in each))
    with_python = PYTHON in columns
    compared = ["of python", "of the best tool"] if with_python else ["of the best tool"]
    yield f"| | {' | '.join((*columns, *compared))} |"
    yield "|---" * (len(columns) + len(compared) + 1) + "|"
    for row, each in shown.items():
        best = min(
            (value for tool, value in each.items() if tool not in (*not_tools, WITHOUT_SNAPSHOT, BUNDLE)), default=None
        )
        cells = [f"{each[tool]:.1f}" if tool in each else "" for tool in columns]
        others = (each.get(PYTHON), best) if with_python else (best,)
        yield f"| {' | '.join((row, *cells, *(_ratio(each.get(BUNDLE), other) for other in others)))} |"


def _ratio(ours: float | None, other: float | None) -> str:
    return f"{ours / other:.2f}" if ours and other else ""
