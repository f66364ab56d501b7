"""Finds functions and classes that use given names when they are called."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from .mentions import mentions, own_names
from .repeat import alias_name, branches, changed_names, stored_names
from .scope import Scope, words_of
from .sourced import SourcedModule
from .uses import is_made_quietly


def find_users(modules: list[SourcedModule], by_name: Mapping[str, SourcedModule]) -> None:
    """Find functions and classes of modules that use given names when they are called, themselves or by others that do; and the
    names that stand for such, or hold them.
    """
    before: set[tuple[str, str, str]] = set()
    words: set[str] = set()
    # Which functions only make others, and which classes are told of others, follows from all that is found.
    while before != (now := {each for module in modules for each in _find_users_of(module)}):
        known, words = words, words_of(modules)
        new = {*(words - known), *(name for *_, name in before ^ now)}
        before = now
        for module in modules:
            if not module.may_use(new):
                continue  # all that it mentions is as it was
            scope = Scope(module, by_name)
            for node in _parts(module.statements[number] for number in module.may_use(words)):
                match node:
                    case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                        if mentions(node, scope, with_given=True):
                            module.users.add(name)
                            module.makers.discard(name)
                            if isinstance(node, ast.FunctionDef) and _only_makes(node, scope):
                                module.makers.add(name)
                            if isinstance(node, ast.ClassDef) and _is_told(node, scope):
                                module.told.add(name)
                    case ast.ImportFrom(names=aliases) if source := by_name.get(module.source_of(node)):
                        module.users |= {alias_name(alias) for alias in aliases if alias.name in source.users}
                        module.makers -= {alias_name(alias) for alias in aliases}
                        module.makers |= {alias_name(alias) for alias in aliases if alias.name in source.makers}
                        module.told |= {alias_name(alias) for alias in aliases if alias.name in source.told}
                        if any(alias.name == "*" for alias in aliases):
                            module.users |= {each for each in source.users if not each.startswith("_")}
                            module.makers |= source.makers & module.users
                            module.told |= source.told & module.users
                    case ast.Assign() | ast.AnnAssign() | ast.AugAssign() | ast.Expr():
                        if mentions(node, scope, with_given=False):
                            module.users |= {each.id for each in stored_names(node)} | changed_names(node)
                    case _:
                        pass


def _find_users_of(module: SourcedModule) -> Iterator[tuple[str, str, str]]:
    """Tell all that is known of a module's names."""
    for kind, names in (
        ("given", module.given),
        ("user", module.users),
        ("told", module.told),
        ("maker", module.makers),
    ):
        yield from ((module.name, kind, name) for name in names)


def _parts(body: Iterable[ast.AST]) -> Iterator[ast.stmt]:
    """Statements, those within others too, but for those of functions and classes."""
    for node in body:
        if isinstance(node, ast.stmt):
            yield node
        if isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case) and not isinstance(
            node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        ):
            yield from _parts(branches(node) if isinstance(node, ast.If) else ast.iter_child_nodes(node))


def _only_makes(function: ast.FunctionDef, scope: Scope) -> bool:
    """True for a function that uses nothing itself, and does no more with a function in it that does than to return it."""
    inner = {each.name for each in function.body if isinstance(each, ast.FunctionDef)}
    for each in function.body:
        match each:
            case ast.FunctionDef():
                if not is_made_quietly(each, scope.module):
                    return False
            case ast.Return(ast.Name(id=name)) if name in inner:
                pass
            case _:
                names = {part.id for part in ast.walk(each) if isinstance(part, ast.Name)}
                if names & inner or mentions(each, scope, with_given=True, own=own_names(function)):
                    return False
    return not function.decorator_list


def _is_told(node: ast.ClassDef, scope: Scope) -> bool:
    """True for a class, among those that use given names, that does something when another is made from it, or its base does."""
    own = {each.name for each in node.body if isinstance(each, ast.FunctionDef)}
    return bool(own & {"__init_subclass__", "__set_name__"}) or any(map(scope.is_told, node.bases))
