"""Find statements of modules that can be run again at each start: a `RerunRequest` on standard input, a `Rerun` as JSON.

Such a statement gives names of its module other values, and does nothing else that its source shows. What copies a name, in the
same module or in one that imports it, is run again too: assignments, `from MODULE import NAME`, defaults of functions.
"""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from .follow import choose_attributes, follow
from .repeat import bound_names, defaults, is_at
from .schema import Obstacle, Rerun, RerunRequest, Source
from .sourced import SourcedModule


def main() -> None:
    """Serve one request."""
    request: RerunRequest = json.load(sys.stdin)
    modules = read_sources(request["modules"])
    obstacle = _obstacle(request, modules)
    answer: Rerun = {
        "pieces": [] if obstacle else [each.piece() for each in modules if each.chosen],
        "obstacle": obstacle,
        "copied": list(_copied_names(modules[0])),
    }
    print(json.dumps(answer))


def _choose_caches(module: SourcedModule) -> None:
    """Let functions that remember their first answers, and that chosen statements call, ask again. Whoever calls them has the same answer."""
    functions = {
        each.name: (number, each) for number, each in enumerate(module.statements) if isinstance(each, ast.FunctionDef)
    }
    pending: list[ast.AST] = list(module.chosen.values())
    while pending:
        for each in ast.walk(pending.pop()):
            if not isinstance(each, ast.Name) or each.id not in functions:
                continue
            number, function = functions.pop(each.id)
            pending.append(function)
            part = module.again(function, {each.id}) if function.decorator_list else None
            if part is not None:
                module.choose(number, part)
                module.given.add(each.id)


def read_sources(sources: list[Source]) -> list[SourcedModule]:
    """The modules of a request."""
    return [
        SourcedModule(
            each["name"],
            Path(each["path"]),
            each["lines"],
            None if each["called"] is None else frozenset(each["called"]),
        )
        for each in sources
    ]


def _copied_names(module: SourcedModule) -> Iterator[tuple[str, str]]:
    """The modules and names of which a module imports names again."""
    for node in module.chosen.values():
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.module, alias.name) for alias in node.names)


def _obstacle(request: RerunRequest, modules: list[SourcedModule]) -> Obstacle | None:
    """Choose statements in the modules; what is in the way, if anything is."""
    origin = modules[0]
    for module in modules:
        module.differing |= set((request["differing"] or {}).get(module.name, ()))
    lines = (*request["lines"], *request["hints"])
    for number, each in enumerate(origin.statements):
        is_asking = any(is_at(each, line) for line in lines)
        if is_asking and origin.only_gives(each):
            origin.choose(number, each)
        elif is_asking and isinstance(each, ast.ClassDef):
            origin.asking[number] = [part for part in each.body if any(is_at(part, line) for line in lines)]
            choose_attributes(origin, number, {}, is_strict=request["is_strict"])
        elif is_asking and isinstance(each, ast.FunctionDef) and not each.decorator_list:
            part = defaults(each, ast.Name(each.name, ast.Load()))
            if part is not None:
                origin.choose(number, part)
                origin.users |= {each.name} if request["is_strict"] else set()
        elif request["names"]:
            part = origin.again(each, set(request["names"]))
            if part is not None:
                origin.choose(number, part)
    if request["is_strict"]:
        _choose_caches(origin)
    obstacle = origin.complete()
    if obstacle is not None:
        return obstacle
    is_strict = request["is_strict"]
    spans = [span for its in origin.spans.values() for span in its]
    left = [line for line in request["lines"] if not any(first <= line <= last for first, last in spans)]
    if (is_strict and left) or not origin.chosen:
        makers = (each.lineno for each in origin.statements if set(request["names"]) & set(bound_names(each)))
        return {"module": origin.name, "line": next(iter((*left, *makers)), 1), "name": ""}
    return follow(modules, is_strict=is_strict)
