"""Finds the names that code uses while its module is imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from .mentions import is_method_apart, mentions, with_attribute
from .repeat import alias_name, bound_names, branches, truth
from .scope import Scope, makes, takes
from .sourced import SourcedModule


class _Use(NamedTuple):
    """A use of a name. `is_compared`: it is one whose value differs, and the use shows it; who keeps that is found by comparing."""

    name: str
    is_compared: bool


# Functions of Python's that call nothing of what they are given, apart from what gives a class's attributes a meaning.
_LOOKING = frozenset(f"builtins.{name}" for name in ("getattr", "hasattr", "isinstance", "issubclass"))


# Where no more than a bit of a value is left.
_TESTS = ast.Compare | ast.BoolOp | ast.UnaryOp


def uses_in(root: ast.AST, scope: Scope) -> Iterator[_Use]:
    """Names that are used by code which runs while the module is imported."""
    # With each node: may users that it mentions be called, and is it part of a test?
    pending: list[tuple[ast.AST, bool, bool]] = [(root, False, False)]
    methods: set[ast.AST] = set()
    while pending:
        node, is_called, is_tested = pending.pop()
        node = with_attribute(node)
        if isinstance(node, ast.expr):
            yield from (_Use(name, is_compared=False) for each in scope.whole(node) for name in each.given)
        if isinstance(node, ast.Name | ast.Attribute):
            name = node.id if isinstance(node, ast.Name) else node.attr
            if (is_called and scope.is_user(node, is_called=True)) or scope.is_made(node):
                yield _Use(name, is_compared=False)
            elif givers := scope.givers(node):
                yield _Use(name, is_compared=not is_tested and all(name in each.differing for each in givers))
        match node:
            case ast.If() if _is_of_script(node):
                pass
            case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                # A method needs an object first.
                if (isinstance(node, ast.ClassDef) or node not in methods) and is_used_when_made(node, scope):
                    yield _Use(node.name, is_compared=False)
                methods.update(node.body)
                pending += [(each, is_called, False) for each, is_called in _run_when_made(node)]
            case ast.ImportFrom(names=aliases):
                source = scope.by_name.get(scope.module.source_of(node))
                for alias in aliases:
                    if source and (alias.name in source.given or (alias.name == "*" and takes(source))):
                        yield _Use(alias_name(alias), is_compared=alias.name in source.differing)
                    elif source and makes(source, alias.name):
                        yield _Use(alias_name(alias), is_compared=False)
            case ast.AnnAssign(target=target, value=value):
                pending += [(each, is_called, is_tested) for each in (target, value) if each is not None]
            case ast.Lambda():
                pass
            case ast.Attribute(value) if scope.whole(value):
                pass  # not the whole module, but this attribute of it
            case ast.If(test=test):
                pending += [(test, is_called, True)] if truth(test) is None else []
                pending += [(each, is_called, is_tested) for each in branches(node)]
            case ast.IfExp(test=test):
                pending.append((test, is_called, True))
                pending += [(each, is_called, is_tested) for each in ast.iter_child_nodes(node) if each is not test]
            case ast.Call(func=function, args=args, keywords=keywords) if is_method_apart(function, scope):
                pending += [(each, True, is_tested) for each in (*args, *keywords)]
            case ast.Call(func=function) if scope.module.meaning(function) in _LOOKING:
                pending += [(each, is_called, is_tested) for each in ast.iter_child_nodes(node)]
            case _:
                calls = is_called or isinstance(node, ast.Call | ast.With | ast.For | ast.comprehension)
                tests = is_tested or isinstance(node, _TESTS)
                pending += [(each, calls, tests) for each in ast.iter_child_nodes(node)]


_Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def is_used_when_made(node: _Definition, scope: Scope) -> bool:
    """True for a class or a function that uses given names, as somebody is told of it when it is made."""
    if not isinstance(node, ast.ClassDef) and not scope.module.was_called(node):
        return False
    # A class is made from its bases without a call of their methods, but for `__init_subclass__`.
    is_told = isinstance(node, ast.ClassDef) and any(map(scope.is_told, node.bases))
    return is_told or _is_given_away(node, scope)


def _run_when_made(node: _Definition) -> Iterator[tuple[ast.AST, bool]]:
    """The parts of a class or function that run when it is made; and whether functions that they mention may be called."""
    yield from ((each, True) for each in node.decorator_list)
    if isinstance(node, ast.ClassDef):
        yield from ((each, True) for each in node.keywords)
        yield from ((each, False) for each in (*node.bases, *node.body))
    else:
        yield from ((each, False) for each in (*node.args.defaults, *filter(None, node.args.kw_defaults)))


# Decorators that leave a function uncalled, by modules.
_UNCALLING = frozenset(
    f"{module}.{name}"
    for modules, names in (
        ("builtins", "property staticmethod classmethod"),
        ("functools", "cache lru_cache wraps cached_property total_ordering singledispatch singledispatchmethod"),
        ("contextlib", "contextmanager asynccontextmanager"),
        ("abc", "abstractmethod abstractproperty"),
        ("typing typing_extensions", "overload override final runtime_checkable no_type_check"),
        ("dataclasses pydantic.dataclasses", "dataclass"),
        ("attr attrs", "define frozen mutable s attrs"),
    )
    for module in modules.split()
    for name in names.split()
)
# The same, as attributes of properties.
_OF_PROPERTIES = frozenset(("setter", "getter", "deleter"))


def _leaves_uncalled(decorator: ast.expr, scope: Scope) -> bool:
    """True for a decorator that is known to call nothing, also where a module of the program hands it on."""
    match decorator:
        case ast.Attribute(ast.Name(id=name), attr) if attr in _OF_PROPERTIES and name in scope.module.properties:
            return True
    meaning = scope.module.meaning(decorator)
    seen: set[str] = set()
    while meaning not in seen:
        seen.add(meaning)
        owner, _, name = meaning.rpartition(".")
        if owner in scope.by_name:
            meaning = scope.by_name[owner].imports.get(name, meaning)
    return meaning in _UNCALLING


def _is_given_away(node: _Definition, scope: Scope) -> bool:
    """True for a function that uses given names and that a decorator has: it may call that at once, or keep it for others. A class, which
    is rarely called at once, must use them itself.
    """
    decorators = [
        each.func if isinstance(each, ast.Call) else each
        for each in node.decorator_list
        if not _only_wraps(each, scope)
    ]
    if all(_leaves_uncalled(each, scope) for each in decorators):
        return False
    if isinstance(node, ast.ClassDef):
        return any(mentions(each, scope.without_users(), with_given=True) for each in node.body)
    return mentions(node, scope, with_given=True)


def _only_wraps(decorator: ast.expr, scope: Scope) -> bool:
    """True for a function of these modules that calls nothing, but makes a function of what it is given."""
    match decorator:
        case ast.Name(id=name):
            whole = scope.module.imports.get(name, f"{scope.module.name}.{name}")
        case _:
            return False
    owner, _, name = whole.rpartition(".")
    module = scope.by_name.get(owner)
    if module is None:
        return False
    givers = [each for each in module.statements if name in bound_names(each)]
    return len(givers) == 1 and isinstance(givers[0], ast.FunctionDef) and _is_wrapper(givers[0], module)


def _is_wrapper(function: ast.FunctionDef, module: SourcedModule) -> bool:
    """True for a function that makes others, and calls nothing."""
    for node in function.body:
        match node:
            case ast.Expr(ast.Constant()) | ast.Return(ast.Name()):
                pass
            case ast.FunctionDef() if is_made_quietly(node, module):
                pass
            case _:
                return False
    return True


def is_made_quietly(function: ast.FunctionDef, module: SourcedModule) -> bool:
    """True for a function that is made without a call of another, but for `functools.wraps` of a name."""
    for decorator in function.decorator_list:
        match decorator:
            case ast.Call(func, [ast.Name()], keywords) if module.meaning(func) == "functools.wraps":
                pass
            case _:
                return False
        if any(isinstance(part, ast.Call) for each in keywords for part in ast.walk(each)):
            return False
    run = (function.args, *filter(None, [function.returns]))
    return not any(isinstance(part, ast.Call) for each in run for part in ast.walk(each))


def _is_of_script(node: ast.If) -> bool:
    """True for what runs if the module is the program: `if __name__ == "__main__"`."""
    match node:
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"), ops=[ast.Eq()])):
            return True
        case _:
            return False
