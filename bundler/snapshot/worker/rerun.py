"""Find statements of a module that can be run again at each start: a `RerunRequest` on standard input, a `Rerun` as JSON.

Such a statement gives names of the module other values, and does nothing else that its source shows.
"""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

from .schema import Rerun, RerunRequest


def main() -> None:
    """Serve one request."""
    request: RerunRequest = json.load(sys.stdin)
    answer: Rerun = {"lines": _found(request)}
    print(json.dumps(answer))


def _found(request: RerunRequest) -> list[int] | None:
    tree = ast.parse(Path(request["path"]).read_bytes())
    names = set(request["names"])
    asking = [each for each in tree.body if any(_is_at(each, line) for line in request["lines"])]
    statements = [each for each in tree.body if _only_assigns(each) and (each in asking or names & _names_given(each))]
    if request["is_strict"]:
        is_whole = all(any(_is_at(each, line) for each in statements) for line in request["lines"])
        given = {name for each in statements for name in _names_given(each)}
        others = (ast.parse(Path(path).read_bytes()) for path in request["importers"])
        rest = ast.Module([each for each in tree.body if each not in statements], [])
        if not is_whole or _uses(rest, given) or any(_uses(other, given) for other in others):
            return None
    places = sorted({(each.lineno, each.end_lineno or each.lineno) for each in statements})
    return [line for place in places for line in place] or None


def _is_at(node: ast.stmt, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)


def _uses(tree: ast.Module, names: set[str]) -> bool:
    """True if code that runs while a module is imported may use one of the names, of this module or of another."""
    pending: list[ast.AST] = list(tree.body)
    while pending:
        node = pending.pop()
        match node:
            case ast.Name(id=name, ctx=ast.Load()) if name in names:
                return True
            case ast.Attribute(attr=name) if name in names:
                return True
            case ast.ImportFrom(names=aliases) if any(alias.name in names or alias.name == "*" for alias in aliases):
                return True
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                pending += [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
            case ast.Lambda():
                pass
            case _:
                pending += ast.iter_child_nodes(node)
    return False


def _names_given(node: ast.stmt) -> set[str]:
    targets = [each for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)]
    return {each.id for each in targets} if _only_assigns(node) else set()


def _only_assigns(node: ast.stmt) -> bool:
    match node:
        case ast.Pass():
            return True
        case ast.Assign(targets):
            return all(isinstance(target, ast.Name) for target in targets)
        case ast.AnnAssign(target=ast.Name(), value=value):
            return value is not None
        case ast.If(_, body, orelse):
            return all(map(_only_assigns, (*body, *orelse)))
        case ast.Try(body, handlers, orelse, finalbody):
            parts = [*body, *orelse, *finalbody, *(each for handler in handlers for each in handler.body)]
            return all(map(_only_assigns, parts))
        case _:
            return False
