"""Reads names that code puts together: literal arguments of import calls, texts with parts that only running shows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from .lookups import argument

_PLACEHOLDER = re.compile(r"\{\w*\}")
_PLACEHOLDER_OLD = re.compile(r"%(?:\(\w+\))?s")


def resolved(name: str, package: str) -> str:
    """The full name for one that begins with dots."""
    rest = name.lstrip(".")
    parts = package.split(".")
    above = len(name) - len(rest) - 1
    return ".".join((*parts[: len(parts) - above], rest))


def literal_package(call: ast.Call) -> str:
    """The second argument of import_module, where it is written out."""
    match argument(call, 1, "package"):
        case ast.Constant(str(package)):
            return package
        case _:
            return ""


def literal_level(call: ast.Call) -> int:
    """The level at which `__import__` starts, from its fifth argument: 1 is the file's own package."""
    match argument(call, 4, "level"):
        case ast.Constant(int(level)) if level > 0:
            return level
        case _:
            return 0


def pattern_of(node: ast.expr, constants: Mapping[str, str]) -> str:
    """A computed string with stars for what is not known; a star alone when nothing is."""
    match node:
        case ast.Constant(str(text)):
            return text
        case ast.Name(name) if name in constants:
            return constants[name]
        case ast.JoinedStr(values):
            return "".join(
                pattern_of(each.value if isinstance(each, ast.FormattedValue) else each, constants) for each in values
            )
        case ast.BinOp(left, ast.Add(), right):
            return pattern_of(left, constants) + pattern_of(right, constants)
        case ast.BinOp(ast.Constant(str(text)), ast.Mod()):
            return _PLACEHOLDER_OLD.sub("*", text)
        case ast.Call(ast.Attribute(ast.Constant(str(text)), "format")):
            return _PLACEHOLDER.sub("*", text)
        case _:
            return "*"


def texts_of(node: ast.expr, constants: Mapping[str, str], choices: Mapping[str, set[str]]) -> Iterator[str]:
    """The texts that an expression may have, with stars for what is not known: `a or "b"`, a variable of a loop."""
    match node:
        case ast.BoolOp(values=values):
            for value in values:
                yield from texts_of(value, constants, choices)
        case ast.IfExp(body=body, orelse=orelse):
            yield from texts_of(body, constants, choices)
            yield from texts_of(orelse, constants, choices)
        case ast.Name(name) if name in choices:
            yield from choices[name]
        case _:
            yield pattern_of(node, constants)


def modules_to_run(items: Sequence[ast.expr]) -> Iterator[str]:
    """Names behind "-m" in a list that is most likely a command."""
    for option, name in pairwise(items):
        match option, name:
            case ast.Constant("-m"), ast.Constant(str(text)):
                yield text
