"""The statements with which a program begins: imports, functions and literals, up to the first that does anything else.

They can run before the program does, and nobody can tell: they read nothing but modules, and write names that the program
writes again. `try ... except ImportError` is one of them when all within it are, and so is an `if` whose test the target
decides.
"""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

from .conditions import dotted, is_main_test, truth
from .schema import Leading, LeadingRequest

_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError"})


def main() -> None:
    """Answer one request on standard input with a `Leading`, as JSON."""
    request: LeadingRequest = json.load(sys.stdin)
    tree = ast.parse(Path(request["path"]).read_bytes())
    print(json.dumps(leading(tree, request["function"])))


def leading(tree: ast.Module, function: str | None) -> Leading:
    """Lines of the statements with which a module begins, or a function in it, and what is called behind them."""
    body = tree.body
    if function is not None:
        found = [each for each in tree.body if isinstance(each, ast.FunctionDef) and each.name == function]
        if len(found) != 1 or found[0].decorator_list:
            return {"lines": [], "calls": None, "from_module": None}
        body = found[0].body
    quiet, following = _leading_statements(body, is_function=function is not None)
    name = _called(following)
    return {
        "lines": [line for each in quiet for line in (each.lineno, each.end_lineno or each.lineno)],
        "calls": name,
        "from_module": _origin(tree.body, name),
    }


def _leading_statements(body: list[ast.stmt], *, is_function: bool) -> tuple[list[ast.stmt], ast.stmt | None]:
    """The quiet statements with which a body begins, and the one behind them.

    A `try` is entered, for its handlers come into play only when something fails, and so is the test of `__name__`.
    """
    quiet: list[ast.stmt] = []
    while True:
        count = 0
        while count < len(body) and _is_quiet(body[count], is_function=is_function):
            count += 1
        quiet += body[:count]
        following = body[count] if count < len(body) else None
        if isinstance(following, ast.Try) or (isinstance(following, ast.If) and is_main_test(following.test)):
            body = following.body
        else:
            return quiet, following


def _is_quiet(node: ast.stmt, *, is_function: bool) -> bool:
    match node:
        case ast.Import() | ast.Pass():
            return True
        case ast.ImportFrom(names=names):
            return not is_function or all(alias.name != "*" for alias in names)
        case ast.Expr(ast.Constant()):
            return True
        case ast.Assign(targets, value):
            return all(isinstance(target, ast.Name) for target in targets) and _is_literal(value)
        case ast.AnnAssign(target=ast.Name(), value=value, annotation=ast.Name() | ast.Constant()):
            return value is None or _is_literal(value)
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return not node.decorator_list and _has_quiet_signature(node)
        case ast.If(test, body, orelse):
            decided = truth(test)
            if decided is None:
                return False
            return all(_is_quiet(each, is_function=is_function) for each in (body if decided else orelse))
        case ast.Try(body, handlers, orelse, finalbody):
            parts = [*body, *orelse, *finalbody, *(each for handler in handlers for each in handler.body)]
            return all(map(_is_import_handler, handlers)) and all(
                _is_quiet(each, is_function=is_function) for each in parts
            )
        case _:
            return False


def _is_import_handler(handler: ast.ExceptHandler) -> bool:
    types: list[ast.expr | None] = [*handler.type.elts] if isinstance(handler.type, ast.Tuple) else [handler.type]
    return all(isinstance(each, ast.Name) and each.id in _IMPORT_ERRORS for each in types)


def _is_literal(node: ast.expr | None) -> bool:
    match node:
        case None | ast.Constant():
            return True
        case ast.Tuple(elements) | ast.List(elements) | ast.Set(elements):
            return all(map(_is_literal, elements))
        case ast.Dict(keys, values):
            return all(map(_is_literal, (*keys, *values))) and None not in keys
        case ast.UnaryOp(ast.USub(), ast.Constant()):
            return True
        case _:
            return False


def _has_quiet_signature(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    arguments = node.args
    defaults = [*arguments.defaults, *(each for each in arguments.kw_defaults if each is not None)]
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    annotations = [node.returns, *(each.annotation for each in every if each is not None)]
    return all(map(_is_literal, defaults)) and all(map(_is_name, annotations))


def _is_name(node: ast.expr | None) -> bool:
    """An annotation that has no effect when it is evaluated: a name, a text, or such as `list[str]`."""
    match node:
        case None | ast.Constant() | ast.Name():
            return True
        case ast.Attribute():
            return dotted(node) is not None
        case ast.Subscript(value, index):
            return _is_name(value) and _is_name(index)
        case ast.Tuple(elements):
            return all(map(_is_name, elements))
        case ast.BinOp(left, ast.BitOr(), right):
            return _is_name(left) and _is_name(right)
        case _:
            return False


def _called(node: ast.stmt | None) -> str | None:
    """The name of the function that a statement calls first: `f()`, `sys.exit(f())`, `raise SystemExit(f())`, `return f()`."""
    match node:
        case ast.Expr(ast.Call() as call) | ast.Return(ast.Call() as call) | ast.Assign(value=ast.Call() as call):
            pass
        case ast.Raise(exc=ast.Call() as call):
            pass
        case _:
            return None
    while (
        call.args
        and isinstance(call.args[0], ast.Call)
        and (dotted(call.func) or "").rpartition(".")[2]
        in (
            "exit",
            "SystemExit",
        )
    ):
        call = call.args[0]
    return call.func.id if isinstance(call.func, ast.Name) else None


def _origin(body: list[ast.stmt], name: str | None) -> list[str] | None:
    """Module and name that a name was imported from, by a statement of the module; None: it is the module's own."""
    for node in body:
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if (alias.asname or alias.name) == name:
                    return ["." * node.level + (node.module or ""), alias.name]
    return None
