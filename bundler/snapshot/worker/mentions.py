"""Tells whether code mentions given names, wherever: it may use them once it runs."""

from __future__ import annotations

import ast
import functools
from typing import cast

from .repeat import bound_names
from .scope import Scope


def with_attribute(node: ast.AST) -> ast.AST:
    """The attribute that a call of `getattr` asks for; anything else is what it is."""
    match node:
        case ast.Call(ast.Name("getattr"), [owner, ast.Constant(str(name)), *_]):
            return ast.Attribute(owner, name, ast.Load())
        case _:
            return node


def _followed(node: ast.expr, scope: Scope) -> bool:
    """True for a given name of which no comparison finds those who keep something of it."""
    name = node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
    return any(name not in each.differing for each in scope.givers(node))


def _is_used_in_function(node: ast.expr, scope: Scope) -> bool:
    """True for a given name, followed to its uses, that a function uses."""
    node = cast(ast.expr, with_attribute(node))
    return _followed(node, scope) or scope.is_made(node)


def is_method_apart(node: ast.expr, scope: Scope) -> bool:
    """True for a method of a class of the module, by its name, that has nothing to do with what other methods use."""
    match node:
        case ast.Attribute(ast.Name(id=name), attr) if name not in scope.module.given:
            found = scope.module.classes.get(name, [])
            return len(found) == 1 and _is_apart(found[0], attr, scope)
        case _:
            return False


def _is_apart(owner: ast.ClassDef, name: str, scope: Scope) -> bool:
    method = (owner.name, name)
    if method in scope.looked_at:
        return True
    scope.looked_at.add(method)
    is_apart = _uses_nothing(owner, name, scope)
    scope.looked_at.discard(method)
    return is_apart


def _uses_nothing(owner: ast.ClassDef, name: str, scope: Scope) -> bool:
    methods = [each for each in owner.body if isinstance(each, ast.FunctionDef) and each.name == name]
    if len(methods) != 1 or mentions(methods[0], scope, with_given=True):
        return False
    is_static = any(isinstance(each, ast.Name) and each.id == "staticmethod" for each in methods[0].decorator_list)
    arguments = [] if is_static else [each.arg for each in methods[0].args.args[:1]]
    names = [each for each in ast.walk(methods[0]) if isinstance(each, ast.Name)]
    attributes = [each for each in ast.walk(methods[0]) if isinstance(each, ast.Attribute)]
    through = [each for each in attributes if isinstance(each.value, ast.Name) and each.value.id in arguments]
    # The class itself goes no further, and whatever is taken from it is such a method, too.
    uses = sum(each.id in (*arguments, owner.name, "super", "__class__") for each in names)
    return uses == len(through) and all(_is_apart(owner, each.attr, scope) for each in through)


def mentions(node: ast.AST, scope: Scope, *, with_given: bool, own: frozenset[str] = frozenset()) -> bool:
    """True if code mentions a user, or a given name, wherever: in a function, a method, a nested class or a base of a class.

    `own`: names that mean something else there, such as variables of functions.
    """
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda() if not scope.module.was_called(node):
            return False
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            own |= own_names(node)
        case ast.Name(id=name) if name in own:
            return False
        case ast.ImportFrom(names=aliases) if source := scope.by_name.get(scope.module.source_of(node)):
            names = source.users | (source.given - source.differing) if with_given else source.users
            if any(alias.name in names for alias in aliases):
                return True
        case ast.Call(func=function, args=args, keywords=keywords) if is_method_apart(function, scope):
            return any(mentions(each, scope, with_given=with_given, own=own) for each in (*args, *keywords))
        case ast.expr() if scope.is_user(node) or (with_given and _is_used_in_function(node, scope)):
            return True
        case ast.Call(args=args) if with_given and (scope.whole(node) or any(map(scope.whole, args))):
            return True
        case _:
            pass
    return any(mentions(each, scope, with_given=with_given, own=own) for each in ast.iter_child_nodes(node))


@functools.cache
def own_names(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> frozenset[str]:
    """The variables of a function, without those of functions in it."""
    arguments = {each.arg for each in ast.walk(function.args) if isinstance(each, ast.arg)}
    if isinstance(function, ast.Lambda):
        return frozenset(arguments)
    shared = {name for each in ast.walk(function) if isinstance(each, ast.Global) for name in each.names}
    return frozenset((arguments | {name for each in function.body for name in bound_names(each)}) - shared)
