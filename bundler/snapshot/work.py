"""The work of a recorded run, which workers compile, and statements that they find to be run at each start."""

from __future__ import annotations

import json
from collections.abc import Container
from dataclasses import dataclass, replace

from bundler.analyze.tell.leading import LeadingPart
from bundler.contract import launcher_folder
from bundler.settings import FunctionName
from bundler.snapshot.model import Rerun
from bundler.snapshot.worker.schema import AttributesRequest, Obstacle, Part, Request, RerunRequest
from bundler.snapshot.worker.schema import Rerun as RerunAnswer
from bundler.target import TargetPython
from bundler.target.workers import run_worker


@dataclass(frozen=True, slots=True)
class Work:
    """The work of a run: imports of the modules `names`, then what the program does first, if that is recorded too, then `wishes`.

    `again`: modules, and source text that is run in them at each start.

    `rerun`: statements of modules that are run at each start, as `again` is. `fresh`: objects, by their paths, that each start
    constructs itself. `collects`: garbage is collected in the end, unless the program has switched that off.
    """

    names: tuple[str, ...]
    parts: tuple[LeadingPart, ...] | None
    again: tuple[tuple[str, str], ...]
    rerun: tuple[Rerun, ...]
    wishes: tuple[FunctionName | str, ...]
    optimize: int
    fresh: frozenset[str] = frozenset()
    collects: bool = False

    def limit_to(self, names: tuple[str, ...], late: Container[str]) -> Work:
        """The part of this work that imports these modules alone; wishes that are late are left out too."""
        calls = (each for each in self.wishes if isinstance(each, FunctionName))
        wishes = tuple(each for each in calls if each.module in names and str(each) not in late)
        return replace(self, names=names, parts=None, wishes=wishes)


def compile_work(work: Work, target: TargetPython) -> bytes:
    """The work as the recorder reads it."""
    sources = launcher_folder() / "snapshot"
    request: Request = {
        "recorder": (sources / "recorder.py").read_text(),
        "graph": (sources / "graph.py").read_text(),
        "names": list(work.names),
        "parts": None if work.parts is None else [_part(each) for each in work.parts],
        "calls": list(map(_call, work.wishes)),
        "again": [*work.again, *((each.module, each.text) for each in work.rerun)],
        "optimize": work.optimize,
    }
    return run_worker(target.command, "snapshot", "main", job=json.dumps(request).encode()).stdout


def _call(wish: FunctionName | str) -> tuple[str, str]:
    """A function that is called, or a module that is imported."""
    if isinstance(wish, str):
        return "", f"import {wish}"
    return str(wish), f"import {wish.module}\n{wish.module}.{wish.name}()"


@dataclass(frozen=True, slots=True)
class Found:
    """Statements to run at each start, none where an obstacle is in the way. `copied`: modules and names of which the first module
    has copies itself.
    """

    rerun: tuple[Rerun, ...]
    obstacle: Obstacle | None
    copied: tuple[tuple[str, str], ...]


def find_rerun(request: RerunRequest, target: TargetPython) -> Found:
    """Find statements to run at each start, so that names of the first module, and copies of them in the others, get their values."""
    return _read_answer(run_worker(target.command, "snapshot", "rerun", job=json.dumps(request).encode()).stdout)


def find_uses_of_attributes(request: AttributesRequest, target: TargetPython) -> Found:
    """Find statements to run at each start, so that what uses attributes of the interpreter uses this start's."""
    return _read_answer(run_worker(target.command, "snapshot", "attributes", job=json.dumps(request).encode()).stdout)


def _read_answer(content: bytes) -> Found:
    answer: RerunAnswer = json.loads(content)
    rerun = tuple(
        Rerun(
            each["module"],
            each["text"],
            tuple(zip(each["lines"][::2], each["lines"][1::2], strict=True)),
            frozenset(each["names"]),
        )
        for each in answer["pieces"]
    )
    return Found(rerun, answer["obstacle"], tuple((module, name) for module, name in answer["copied"]))


def _part(part: LeadingPart) -> Part:
    return {
        "path": str(part.path),
        "filename": part.filename,
        "lines": list(part.lines),
        "module": part.module,
        "function": part.function,
    }
