"""Reads parts of the syntax tree: nodes within nodes, parameters, handlers of exceptions, lists that are written out."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

from .conditions import dotted

IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError"})
BROADER_ERRORS = frozenset({"Exception", "BaseException"})


class _Children(dict[type, tuple[str, ...]]):
    """The fields of each kind of node that hold other nodes."""

    _OTHERS = frozenset("ctx op ops id attr arg level conversion kind type_comment simple is_async".split())

    def __missing__(self, kind: type) -> tuple[str, ...]:
        self[kind] = tuple(name for name in getattr(kind, "_fields", ()) if name not in self._OTHERS)
        return self[kind]


CHILDREN = _Children()


def type_parameters(node: ast.stmt) -> list[Any]:
    """`T` in `def f[T]`, or `class C[T]` (PEP 695)."""
    return getattr(node, "type_params", [])


def evaluated(arguments: ast.arguments) -> Iterator[ast.expr]:
    """Defaults and annotations: evaluated where the function is defined."""
    yield from arguments.defaults
    yield from filter(None, arguments.kw_defaults)
    yield from (each.annotation for each in _each_argument(arguments) if each.annotation is not None)


def argument_names(arguments: ast.arguments) -> Iterator[str]:
    """The names of a function's parameters."""
    return (each.arg for each in _each_argument(arguments))


def _each_argument(arguments: ast.arguments) -> Iterator[ast.arg]:
    yield from arguments.posonlyargs
    yield from arguments.args
    yield from arguments.kwonlyargs
    yield from filter(None, (arguments.vararg, arguments.kwarg))


def caught(handlers: Sequence[ast.ExceptHandler]) -> set[str]:
    """The last names of the exceptions that handlers catch."""
    found = set()
    for handler in handlers:
        if handler.type is None:
            found.add("BaseException")
        else:
            kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
            found |= {(dotted(kind) or "").rpartition(".")[2] for kind in kinds}
    return found


def is_import(node: ast.stmt) -> bool:
    """True if a statement can fail for no other reason than an import."""
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Pass() | ast.Assign(value=ast.Constant()):
            return True
        case _:
            return False


def suppresses_import_errors(node: ast.expr) -> bool:
    """True for `suppress(ImportError)`."""
    match node:
        case ast.Call(function, arguments):
            is_suppress = (dotted(function) or "").rpartition(".")[2] == "suppress"
            names = {(dotted(argument) or "").rpartition(".")[2] for argument in arguments}
            return is_suppress and not names.isdisjoint(IMPORT_ERRORS | BROADER_ERRORS)
        case _:
            return False


def written_strings(node: ast.expr) -> list[str]:
    """The texts in a list or tuple, or in several that are added."""
    if isinstance(node, ast.BinOp):
        return [*written_strings(node.left), *written_strings(node.right)]
    elements = node.elts if isinstance(node, ast.List | ast.Tuple) else []
    return [e.value for e in elements if isinstance(e, ast.Constant) and isinstance(e.value, str)]
