"""Finds what a program does first: the imports with which its `__main__` begins, and the functions that it calls from there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bundler.analyze.graph import ModuleGraph, SourceModule
from bundler.analyze.read.worker.schema import Leading, LeadingRequest
from bundler.cache import Cache, digest, tree_digest
from bundler.target import TargetPython
from bundler.target.workers import run_worker

# A console script calls a function, which calls another at once.
_MOST_CALLS = 4


@dataclass(frozen=True, slots=True)
class LeadingPart:
    """Statements with which code begins. `lines`: the first and last of each, one after the other.

    `module`: the module whose function `function` it is; None: `__main__` itself.
    """

    path: Path
    filename: str
    lines: tuple[int, ...]
    module: str | None = None
    function: str | None = None


def leading_parts(graph: ModuleGraph, target: TargetPython, cache: Cache) -> tuple[LeadingPart, ...]:
    """The statements with which the program begins, as long as they do nothing but import, in order."""
    return tuple(_parts(graph, target, cache))


def _parts(graph: ModuleGraph, target: TargetPython, cache: Cache) -> Iterator[LeadingPart]:
    module = graph.modules["__main__"]
    name: str | None = None
    function: str | None = None
    for _ in range(_MOST_CALLS):
        if not isinstance(module, SourceModule):
            return
        found = _read(module.path, function, target, cache)
        if found["lines"]:
            yield LeadingPart(module.path, module.filename, tuple(found["lines"]), name, function)
        if found["calls"] is None:
            return
        function = found["calls"]
        if found["from_module"] is not None:
            package = (graph.main_module if name is None else name).rpartition(".")[0]
            if name is not None and module.is_package:
                package = name
            name = _absolute(found["from_module"][0], package)
            function = found["from_module"][1]
            reached = graph.imported(name)
            if reached is None:
                return
            module = reached
        elif name is None:
            name = "__main__"


def _absolute(name: str, package: str) -> str:
    level = len(name) - len(name.lstrip("."))
    if not level:
        return name
    above = package.split(".")[: 1 - level or None]
    return ".".join((*above, name[level:])) if name[level:] else ".".join(above)


def _read(path: Path, function: str | None, target: TargetPython, cache: Cache) -> Leading:
    request: LeadingRequest = {"path": str(path), "function": function}
    worker = Path(__file__).parent.parent / "read" / "worker"

    def ask() -> Leading:
        done = run_worker(target.command, "analyze/read", "leading", job=json.dumps(request).encode())
        answer: Leading = json.loads(done.stdout)
        return answer

    key = digest(tree_digest(worker), str(target.hexversion), path.read_bytes(), function or "")
    found: Leading = cache.ask("leading", key, ask)
    return found
