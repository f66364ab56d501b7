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

from .repeat import again, defaults, is_at, only_gives, part_again, span, stored
from .schema import Piece, Rerun, RerunRequest
from .sourced import SourcedModule
from .uses import follow, used_names


def main() -> None:
    """Serve one request."""
    request: RerunRequest = json.load(sys.stdin)
    modules = [SourcedModule(each["name"], Path(each["path"]), each["lines"]) for each in request["modules"]]
    answer: Rerun = {"pieces": _found(request, modules), "copied": list(_copied(modules[0]))}
    print(json.dumps(answer))


def _copied(module: SourcedModule) -> Iterator[tuple[str, str]]:
    """The modules and names of which a module imports names again."""
    for node in module.chosen.values():
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.module, alias.name) for alias in node.names)


def _found(request: RerunRequest, modules: list[SourcedModule]) -> list[Piece] | None:
    origin = modules[0]
    for module in modules:
        module.differing |= set((request["differing"] or {}).get(module.name, ()))
    for number, each in enumerate(origin.statements):
        is_asking = any(is_at(each, line) for line in request["lines"])
        if is_asking and only_gives(each):
            origin.choose(number, each)
        elif is_asking and isinstance(each, ast.ClassDef):
            _choose_attributes(origin, number, request)
        elif is_asking and isinstance(each, ast.FunctionDef) and not each.decorator_list:
            part = defaults(each, ast.Name(each.name, ast.Load()))
            if part is not None:
                origin.choose(number, part)
                origin.users |= {each.name} if request["is_strict"] else set()
        elif request["names"]:
            part = again(each, set(request["names"]), origin.source_of)
            if part is not None:
                origin.choose(number, part)
    if not origin.chosen or not origin.complete():
        return None
    spans = [span for its in origin.spans.values() for span in its]
    is_whole = all(any(first <= line <= last for first, last in spans) for line in request["lines"])
    is_strict = request["is_strict"]
    if (is_strict and not is_whole) or not follow(modules, is_strict=is_strict):
        return None
    return [each.piece() for each in modules if each.chosen]


def _choose_attributes(module: SourcedModule, number: int, request: RerunRequest) -> None:
    """Run the assignments in a class again that are at the lines that ask, and what copies their names there."""
    node = module.statements[number]
    assert isinstance(node, ast.ClassDef)
    is_strict = request["is_strict"]
    # Where nothing is compared, or no more than a bit may be kept, nobody may have had the values: no metaclass, no decorator.
    if is_strict and (node.keywords or node.decorator_list):
        return
    names: set[str] = set()  # of the class, with other values
    parts: list[ast.stmt] = []
    spans: list[tuple[int, int]] = []
    for each in node.body:
        is_asking = any(is_at(each, line) for line in request["lines"])
        if not is_asking and not used_names(each, SourcedModule(module.name, module.path, None, names), {}):
            continue
        part = part_again(each, node)
        if part is not None:
            parts.append(part)
            spans.append(span(each))
            names |= {one.id for one in stored(each)} if not isinstance(each, ast.FunctionDef) else set()
        elif is_asking or is_strict:
            return
    if parts:
        if is_strict and node.bases:
            parts.insert(0, _of_silent_bases(node.name))
        module.chosen[number] = ast.If(ast.Constant(value=True), parts, [])
        module.spans[number] = spans
        module.given |= names
        if node.name in module.differing:
            module.differing |= names


def _of_silent_bases(name: str) -> ast.stmt:
    """A statement that raises an exception if bases of a class were told of it when it was made."""
    told = f"type({name}) is not type or hasattr({name}.__init_subclass__, '__func__')"
    return ast.parse(f"if {told}: raise TypeError('a base may keep attributes')").body[0]
