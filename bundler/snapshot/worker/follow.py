"""Follows names from the statements that give them values to all that use them while modules are imported."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from .repeat import defaults, repeatable_part, span, stored_names
from .schema import Obstacle
from .scope import Scope, shown_names, words_of
from .sourced import SourcedModule
from .users import find_users
from .uses import is_used_when_made, uses_in


def follow(modules: list[SourcedModule], *, is_strict: bool) -> Obstacle | None:
    """Choose all statements that copy given names. An obstacle if these are not complete, or, if `is_strict`, if there is another
    use of a name that no comparison would show.
    """
    by_name = {each.name: each for each in modules}
    count = -1
    while count != (now := sum(len(each.chosen) + len(each.users) + len(each.given) for each in modules)):
        count = now
        if is_strict:
            find_users(modules, by_name)
        words = words_of(modules)
        for module in modules:
            scope = Scope(module, by_name)
            for number in sorted({*module.may_use(words), *module.asking, *module.chosen}):
                each = module.statements[number]
                if is_strict and isinstance(each, ast.ClassDef):
                    if choose_attributes(module, number, by_name, is_strict=True):
                        continue
                    # It was enough before more of its names were known to have other values.
                    if number in module.chosen:
                        return module.obstacle(each)
                if number in module.chosen or not (used := set(uses_in(each, scope))):
                    continue
                part = _copying_part(each, scope, {use.name for use in used})
                if part is not None:
                    module.choose(number, part)
                elif is_strict and (name := next((use.name for use in sorted(used) if not use.is_compared), "")):
                    return {"module": module.name, "line": each.lineno, "name": name}
            if (obstacle := module.complete()) is not None:
                return obstacle
    return None


def choose_attributes(
    module: SourcedModule, number: int, by_name: Mapping[str, SourcedModule], *, is_strict: bool
) -> bool:
    """Run assignments in a class again: those that ask, that use given names, or names of the class that get other values. False if
    these are not all that the class makes of them, or if they cannot be run again; then none is.
    """
    node = module.statements[number]
    assert isinstance(node, ast.ClassDef)
    scope = Scope(module, by_name)
    asking = module.asking.get(number, [])
    # A value that is compared stays as it is: a path is changed in place, and is one object wherever it is.
    using = [
        each
        for each in node.body
        if is_strict and each not in asking and not all(use.is_compared for use in uses_in(each, scope))
    ]
    # Where nothing is compared, or no more than a bit may be kept, nobody may have had the values: no metaclass, no decorator.
    if not (asking or using) or (is_strict and (node.keywords or node.decorator_list)):
        return False
    if is_used_when_made(node, scope) or any(True for each in node.bases for _ in uses_in(each, scope)):
        return False
    names: set[str] = set()  # of the class, with other values
    parts: list[ast.stmt] = []
    spans: list[tuple[int, int]] = []
    for each in node.body:
        own = Scope(SourcedModule(module.name, module.path, None, given=names), {})
        if each not in asking and each not in using and not any(True for _ in uses_in(each, own)):
            continue
        part = repeatable_part(each, node)
        if part is not None:
            parts.append(part)
            spans.append(span(each))
            names |= {one.id for one in stored_names(each)} if not isinstance(each, ast.FunctionDef) else set()
        elif each in asking or is_strict:
            return False
    if not parts:
        return False
    if is_strict and node.bases:
        parts.insert(0, _check_of_bases(node.name))
    module.chosen[number] = ast.If(ast.Constant(value=True), parts, [])
    module.spans[number] = spans
    module.given |= names
    if node.name in module.differing:
        module.differing |= names
    return True


def _check_of_bases(name: str) -> ast.stmt:
    """A statement that raises an exception if bases of a class were told of it when it was made."""
    told = f"type({name}) is not type or hasattr({name}.__init_subclass__, '__func__')"
    return ast.parse(f"if {told}: raise TypeError('a base may keep attributes')").body[0]


def _copying_part(node: ast.stmt, scope: Scope, used: set[str]) -> ast.stmt | None:
    """The part of a statement that copies names which it uses, as it can be run again; None: it uses them in another way."""
    match node:
        case ast.ImportFrom() if "*" in used:
            source = scope.by_name[scope.module.source_of(node)]
            shown = shown_names(source)
            names = [ast.alias(name) for name in sorted(source.given & shown)] if shown is not None else []
            return ast.ImportFrom(source.name, names, 0) if names else None
        case ast.ImportFrom():
            return scope.module.again(node, used)
        case ast.FunctionDef(name=name, decorator_list=[]):
            return defaults(node, ast.Name(name, ast.Load()))
        case ast.Assign() | ast.AnnAssign() | ast.If() | ast.Try() | ast.For():
            return node if scope.module.only_gives(node) else None
        case _:
            return None
