"""Finds the expressions of a file whose values may reach a place in it: through variables, arguments, results and tables.

Only names are followed, not the order of statements: a variable may have any of the values that it is given somewhere.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from enum import IntEnum

from .composed_names import CHANGING
from .syntax import CHILDREN, argument_names

# The functions around a place, from the outermost.
_Scope = tuple[int, ...]
_Value = tuple[ast.expr, _Scope]


class Way(IntEnum):
    """The ways in which a value arrives somewhere, from the loosest: something is computed of it, it is a part of a text that is put
    together, it is there as it is.
    """

    COMPUTED = 0
    PART = 1
    WHOLE = 2


_Step = tuple[ast.expr, _Scope, Way]

_FILLING = frozenset("append appendleft add extend insert setdefault update".split())
_INSTANCE = frozenset({"self", "cls"})

# Functions and methods that hand on what they are given, or what is in it.
_PASSING = frozenset(
    "sorted list tuple set frozenset reversed enumerate iter next dict zip chain filter str items keys values".split()
)
# The same for what comes behind a key.
_KEYED = frozenset({"get", "pop", "getenv"})
_COMPOSING = frozenset({"format", "join"})

# Nodes that give something to a name, and those without nodes in them.
_GIVING = frozenset(
    {
        *(
            ast.Assign,
            ast.AnnAssign,
            ast.AugAssign,
            ast.NamedExpr,
            ast.For,
            ast.AsyncFor,
            ast.comprehension,
            ast.withitem,
        ),
        *(ast.Return, ast.Yield, ast.YieldFrom, ast.Call, ast.Global, ast.Nonlocal),
    }
)
_LEAVES = frozenset({type(None), str, int, bytes, float, complex, bool, type(...), ast.Constant})

_Function = ast.FunctionDef | ast.AsyncFunctionDef

# Expressions that hold others as they are.
_HOLDING = (ast.List, ast.Tuple, ast.Set, ast.Dict, ast.BoolOp, ast.Starred, ast.NamedExpr, ast.Await)


class Flows:
    """The values that the names of a file are given."""

    def __init__(self, tree: ast.Module, places: Iterable[ast.expr]) -> None:
        # Of places that are asked about, by their identity.
        self._scopes: dict[int, _Scope] = dict.fromkeys(map(id, places), ())
        self._values: dict[tuple[_Scope, str], list[_Value]] = {}  # of variables
        self._attributes: dict[str, list[_Value]] = {}
        self._results: dict[str, list[_Value]] = {}  # of functions
        self._functions: dict[str, list[tuple[_Function | ast.Lambda, _Scope]]] = {}  # by the name in a call
        self._calls: list[tuple[str, ast.Call, _Scope]] = []
        self._shared: set[tuple[_Scope, str]] = set()  # variables of a scope around
        self._filled: list[tuple[str, _Value]] = []  # tables, which may be of a function around
        self._body(tree.body, (), "", "")
        for name, call, scope in self._calls:
            for function, inside in self._functions.get(name, ()):
                for parameter, value in _passed(call, function):
                    self._values.setdefault((inside, parameter), []).append((value, scope))
        for name, (value, scope) in self._filled:
            self._values.setdefault((self._home(name, scope), name), []).append((value, scope))

    def reaching(self, place: ast.expr) -> list[tuple[ast.expr, Way]]:
        """The expressions whose values may arrive at an expression of the file, itself too, and in which way."""
        found: dict[tuple[int, Way], ast.expr] = {}
        pending: list[_Step] = [(place, self._scopes.get(id(place), ()), Way.WHOLE)]
        while pending:
            node, scope, way = pending.pop()
            if (id(node), way) not in found:
                found[id(node), way] = node
                pending += ((value, inside, min(way, each)) for value, inside, each in self._before(node, scope))
        return [(node, way) for (_, way), node in found.items()]

    def _before(self, node: ast.expr, scope: _Scope) -> Iterator[_Step]:
        """The values of which an expression takes its own, and how."""
        match node:
            case ast.Name(name):
                yield from ((*value, Way.WHOLE) for value in self._variable(name, scope))
            case ast.Attribute(value, name):
                yield from ((*each, Way.WHOLE) for each in self._attributes.get(name, ()))
                yield value, scope, Way.COMPUTED
            case ast.Subscript(value):
                yield value, scope, Way.WHOLE
            case ast.IfExp(body=body, orelse=orelse):
                yield from ((body, scope, Way.WHOLE), (orelse, scope, Way.WHOLE))
            case ast.Call():
                yield from self._before_call(node, scope)
            case ast.ListComp(element, generators) | ast.SetComp(element, generators):
                yield element, scope, Way.WHOLE
                yield from ((each.iter, scope, Way.COMPUTED) for each in generators)
            case ast.GeneratorExp(element, generators):
                yield element, scope, Way.WHOLE
                yield from ((each.iter, scope, Way.COMPUTED) for each in generators)
            case ast.Compare() | ast.Lambda():
                return
            case _:
                way = Way.WHOLE if isinstance(node, _HOLDING) else Way.PART
                yield from ((each, scope, way) for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr))

    def _before_call(self, node: ast.Call, scope: _Scope) -> Iterator[_Step]:
        name = last_name(node.func)
        yield from ((*value, Way.WHOLE) for value in self._results.get(name, ()))
        way = Way.WHOLE if name in _PASSING else Way.PART if name in _COMPOSING else Way.COMPUTED
        if name in _KEYED:
            yield from ((each, scope, Way.WHOLE) for each in node.args[1:])
        elif name not in self._functions:  # one of the file takes what it returns
            given = (*node.args, *(each.value for each in node.keywords))
            yield from ((each, scope, way) for each in given)
        if isinstance(node.func, ast.Attribute):
            is_kept = name in CHANGING or name in _KEYED
            yield node.func.value, scope, Way.WHOLE if is_kept else way

    def _variable(self, name: str, scope: _Scope) -> Iterable[_Value]:
        return self._values.get((self._home(name, scope), name), ())

    def _home(self, name: str, scope: _Scope) -> _Scope:
        """The innermost scope around a place that has a variable of this name."""
        around = (scope[:depth] for depth in range(len(scope), 0, -1))
        return next((each for each in around if (each, name) in self._values), ())

    # --- Collecting ---

    def _body(self, nodes: Iterable[ast.AST], scope: _Scope, function: str, class_name: str) -> None:
        """Note what nodes give to names. `function`: the name of the function that they are in."""
        pending = list(nodes)
        while pending:
            node = pending.pop()
            if isinstance(node, _Function):
                # What a class is called with is given to its `__init__`.
                name = class_name if node.name == "__init__" and class_name else node.name
                self._enter(node, name, node.body, scope)
                pending += [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
                continue
            if isinstance(node, ast.Lambda):
                self._enter(node, "", [node.body], scope)
                continue
            if isinstance(node, ast.ClassDef):
                self._body(node.body, scope, function, node.name)
                self._fields(node, scope)
                continue
            kind = type(node)
            if kind in _GIVING:
                self._note(node, scope, function)
            if id(node) in self._scopes:
                self._scopes[id(node)] = scope
            for name in CHILDREN[kind]:
                value = getattr(node, name)
                if type(value) is list:
                    pending += value
                elif type(value) not in _LEAVES:
                    pending.append(value)

    def _enter(self, node: _Function | ast.Lambda, name: str, body: Iterable[ast.AST], scope: _Scope) -> None:
        inside = (*scope, id(node))
        self._functions.setdefault(name, []).append((node, inside))
        for each in argument_names(node.args):
            self._values.setdefault((inside, each), [])
        for parameter, value in _defaults(node.args):
            self._values[inside, parameter].append((value, scope))
        self._body(body, inside, name, "")

    def _fields(self, node: ast.ClassDef, scope: _Scope) -> None:
        """Note what a class gives to its attributes."""
        for each in node.body:
            match each:
                case ast.Assign([ast.Name(name)], value) | ast.AnnAssign(ast.Name(name), value=ast.expr() as value):
                    self._attributes.setdefault(name, []).append((value, scope))

    def _note(self, node: ast.AST, scope: _Scope, function: str) -> None:
        match node:
            case ast.Assign(targets, value):
                for target in targets:
                    self._give(target, value, scope)
            case ast.AnnAssign(target, value=ast.expr() as value) | ast.AugAssign(target, value=value):
                self._give(target, value, scope)
            case ast.NamedExpr(target, value):
                self._give(target, value, scope)
            case ast.For(target, table) | ast.AsyncFor(target, table) | ast.comprehension(target, table):
                self._give(target, table, scope)
            case ast.withitem(value, ast.expr() as target):
                self._give(target, value, scope)
            case ast.Return(ast.expr() as value) | ast.Yield(ast.expr() as value) | ast.YieldFrom(value):
                self._results.setdefault(function, []).append((value, scope))
            case ast.Call(called):
                self._calls.append((last_name(called), node, scope))
                if isinstance(called, ast.Attribute) and called.attr in _FILLING:
                    for value in (*node.args, *(each.value for each in node.keywords)):
                        self._fill(called.value, value, scope)
            case ast.Global(names) | ast.Nonlocal(names):
                self._shared |= {(scope, name) for name in names}

    def _give(self, target: ast.expr, value: ast.expr, scope: _Scope) -> None:
        match target:
            case ast.Name(name) if (scope, name) in self._shared:
                self._filled.append((name, (value, scope[:-1])))
            case ast.Name(name):
                self._values.setdefault((scope, name), []).append((value, scope))
            case ast.Attribute(attr=name):
                self._attributes.setdefault(name, []).append((value, scope))
            case ast.Subscript(table):
                self._fill(table, value, scope)
            case ast.Starred(inner):
                self._give(inner, value, scope)
            case ast.Tuple(elements) | ast.List(elements):
                for each in elements:
                    self._give(each, value, scope)

    def _fill(self, table: ast.expr, value: ast.expr, scope: _Scope) -> None:
        match table:
            case ast.Name(name):
                self._filled.append((name, (value, scope)))
            case _:
                self._give(table, value, scope)


def last_name(function: ast.expr) -> str:
    """The name of a function or method in a call; "" if it has none."""
    return getattr(function, "attr", None) or getattr(function, "id", None) or ""


def _defaults(arguments: ast.arguments) -> Iterator[tuple[str, ast.expr]]:
    positional = [*arguments.posonlyargs, *arguments.args]
    given = len(arguments.defaults)
    yield from (
        (each.arg, value) for each, value in zip(positional[-given:], arguments.defaults, strict=False) if given
    )
    for each, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if value is not None:
            yield each.arg, value


def _passed(call: ast.Call, function: _Function | ast.Lambda) -> Iterator[tuple[str, ast.expr]]:
    """The parameters of a function, with what a call gives to them."""
    positional = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
    if positional and positional[0] in _INSTANCE:
        del positional[0]
    rest = function.args.vararg.arg if function.args.vararg else ""
    for place, value in enumerate(call.args):
        if isinstance(value, ast.Starred):
            yield from ((each, value.value) for each in positional[place:])
        elif place < len(positional):
            yield positional[place], value
        elif rest:
            yield rest, value
    keywords = function.args.kwarg.arg if function.args.kwarg else ""
    named = {*positional, *(each.arg for each in function.args.kwonlyargs)}
    for each in call.keywords:
        if each.arg is None:
            yield from ((name, each.value) for name in named)
        elif each.arg in named:
            yield each.arg, each.value
        elif keywords:
            yield keywords, each.value
