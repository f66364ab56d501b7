"""Conditions that the target decides by itself: its platform, its version, type checking."""

from __future__ import annotations

import ast
import operator
import os
import sys
from typing import Any

_COMPARISONS: dict[type[ast.cmpop], Any] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda item, items: item in items,
    ast.NotIn: lambda item, items: item not in items,
}

# Values that sources compare to find out where they run.
_KNOWN_ATTRIBUTES = {
    "sys.platform": sys.platform,
    "os.name": os.name,
    "sys.version_info": tuple(sys.version_info),
    "sys.version_info.major": sys.version_info.major,
    "sys.version_info.minor": sys.version_info.minor,
    "sys.hexversion": sys.hexversion,
    "sys.implementation.name": sys.implementation.name,
    "sys.byteorder": sys.byteorder,
}

_UNKNOWN = object()


def dotted(node: ast.expr) -> str | None:
    """`a.b.c` as a text; None when it begins with something else than a name."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return ".".join((node.id, *reversed(parts)))


def _value(node: ast.expr) -> Any:
    """The value of an expression that the target alone decides, else _UNKNOWN."""
    match node:
        case ast.Constant(value):
            return value
        case ast.Tuple(elements) | ast.List(elements) | ast.Set(elements):
            values = [_value(element) for element in elements]
            return _UNKNOWN if any(value is _UNKNOWN for value in values) else tuple(values)
        case ast.Attribute():
            return _KNOWN_ATTRIBUTES.get(dotted(node) or "", _UNKNOWN)
        case ast.Subscript(value=value, slice=ast.Constant(int(index))):
            known = _value(value)
            return known[index] if isinstance(known, tuple) and index < len(known) else _UNKNOWN
        case ast.Subscript(value=value, slice=ast.Slice(lower=None, upper=ast.Constant(int(upper)), step=None)):
            known = _value(value)
            return known[:upper] if isinstance(known, tuple) else _UNKNOWN
        case _:
            return _UNKNOWN


def truth(test: ast.expr) -> bool | None:
    """True or False for a condition that always has this value on the target; None where only running the program tells."""
    match test:
        case ast.Constant(value):
            return bool(value)
        case ast.Name("TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return False
        case ast.UnaryOp(ast.Not(), operand):
            inner = truth(operand)
            return None if inner is None else not inner
        case ast.BoolOp(op, values):
            decisive = isinstance(op, ast.Or)
            results = [truth(value) for value in values]
            if decisive in results:
                return decisive
            return None if None in results else not decisive
        case ast.Compare(left, [comparison], [right]):
            sides = (_value(left), _value(right))
            if _UNKNOWN in sides or type(comparison) not in _COMPARISONS:
                return None
            try:
                return bool(_COMPARISONS[type(comparison)](*sides))
            except TypeError:
                return None
        case ast.Call(ast.Attribute(attr="startswith") as method, [ast.Constant(str(prefix))], []):
            known = _value(method.value)
            return known.startswith(prefix) if isinstance(known, str) else None
        case _:
            return None


def is_main_test(test: ast.expr) -> bool:
    """True for `__name__ == "__main__"`."""
    match test:
        case ast.Compare(ast.Name("__name__"), [ast.Eq()], [ast.Constant("__main__")]):
            return True
        case ast.Compare(ast.Constant("__main__"), [ast.Eq()], [ast.Name("__name__")]):
            return True
        case _:
            return False
