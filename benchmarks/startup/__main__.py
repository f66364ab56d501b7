"""Builds, times and writes the page."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.sections import PAGE, kept_sections
from benchmarks.startup.apps import APPS, App
from benchmarks.startup.clock import Timing, build_starter, side_by_side
from benchmarks.startup.results import FLOOR, Results, page
from benchmarks.startup.tools import (
    BUNDLE,
    PYTHON,
    TOOLS,
    Built,
    Tool,
    build_floor,
    empty,
    make_environments,
    remembered,
    versions,
)


def main() -> None:
    """The command."""
    options = _parse()
    apps = [app for app in APPS if not options.apps or app.name in options.apps]
    tools = [tool for tool in TOOLS if not options.tools or tool.name in (*options.tools, PYTHON, BUNDLE)]
    with tempfile.TemporaryDirectory() as temporary:
        results = measure(apps, tools, options.python, options.work or Path(temporary), options.rounds)
    plot = options.output.with_suffix(".svg")
    earlier = options.output.read_text() if options.output.exists() else ""
    options.output.write_text(page(results, plot.name, kept_sections(earlier)))
    if not options.no_plot:
        from benchmarks.startup.plot import draw

        draw(results, plot)
    sys.exit(bool(results.failures))


def _parse() -> argparse.Namespace:
    def names(text: str) -> list[str]:
        return text.split(",")

    parser = argparse.ArgumentParser(prog="python -m benchmarks.startup")
    parser.add_argument("--python", type=Path, default=Path(sys.executable), help="the interpreter; default: this one")
    parser.add_argument("--apps", type=names, default=[], help=f"of {','.join(app.name for app in APPS)}")
    parser.add_argument("--tools", type=names, default=[], help=f"of {','.join(tool.name for tool in TOOLS)}")
    parser.add_argument("--rounds", type=int, default=50, help="starts of each that are timed")
    parser.add_argument("--work", type=Path, help="a folder for environments and builds, kept for the next time")
    parser.add_argument("--output", type=Path, default=PAGE, help="the page; its plot goes beside it")
    parser.add_argument("--no-plot", action="store_true", help="only the page (the plot needs matplotlib)")
    return parser.parse_args()


def measure(apps: Sequence[App], tools: Sequence[Tool], python: Path, work: Path, rounds: int) -> Results:
    """Build everything first, then time it."""
    builds: dict[str, dict[str, Built]] = {}
    failures: dict[str, str] = {}
    for app in apps:
        builds[app.name] = {}
        for tool in tools:
            if not tool.takes(app):
                continue
            print(f"{app.name}: {tool.name}", flush=True)
            try:
                environment = make_environments(app, python, work, tool.name)
                builds[app.name][tool.name] = remembered(tool, app, environment)
            except subprocess.CalledProcessError as error:
                failures[f"{tool.name} building {app.name}"] = _last_line(error)
    floor = build_floor(empty(work / "builds" / "floor"))
    starter = build_starter(work)
    timings: dict[str, dict[str, Timing]] = {}
    for app in apps:
        for name, arguments in app.starts.items():
            print(f"{name}: {rounds} starts each", flush=True)
            commands = {FLOOR: floor.command}
            for tool_name, built in builds[app.name].items():
                command = (*built.command, *arguments)
                if (reason := _why_it_fails(command)) is None:
                    commands[tool_name] = command
                else:
                    failures[f"{tool_name} starting {name}"] = reason
            timings[name] = side_by_side(commands, rounds, starter)
    return Results(versions(python), rounds, timings, builds, failures)


def _why_it_fails(command: Sequence[str]) -> str | None:
    try:
        subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True)
    except subprocess.CalledProcessError as error:
        return _last_line(error)
    return None


def _last_line(error: subprocess.CalledProcessError) -> str:
    said = error.output.decode(errors="replace").strip().splitlines()
    return said[-1] if said else f"exit status {error.returncode}"


if __name__ == "__main__":
    main()
