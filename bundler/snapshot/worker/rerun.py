"""Find statements of modules that can be run again at each start: a `RerunRequest` on standard input, a `Rerun` as JSON.

Such a statement gives names of its module other values, and does nothing else that its source shows. What copies a name, in the
same module or in one that imports it, is run again too: assignments, `from MODULE import NAME`, defaults of functions.
"""

from __future__ import annotations

import ast
import functools
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .schema import Piece, Rerun, RerunRequest


def main() -> None:
    """Serve one request."""
    request: RerunRequest = json.load(sys.stdin)
    answer: Rerun = {"pieces": _found(request)}
    print(json.dumps(answer))


@dataclass
class _Module:
    """A module whose statements are looked at. `given`: names that get other values; `chosen`: what is run, by statement."""

    name: str
    path: Path
    given: set[str] = field(default_factory=set)
    chosen: dict[int, ast.stmt] = field(default_factory=dict)

    @functools.cached_property
    def text(self) -> bytes:
        """The module's source."""
        return self.path.read_bytes()

    @functools.cached_property
    def statements(self) -> list[ast.stmt]:
        """The statements of its body."""
        return ast.parse(self.text).body

    def may_use(self, names: set[str]) -> bool:
        """True if a name occurs in the source at all."""
        return b"import *" in self.text or any(name.encode() in self.text for name in names)

    def choose(self, number: int, again: ast.stmt) -> None:
        """Run this in place of the statement with this number, and all that make the same names before or behind it."""
        self.chosen[number] = again
        self.given |= _names_given(again)

    def complete(self) -> bool:
        """Choose all statements that set given names; False if one changes a value that no chosen one before it sets."""
        before: set[str] = set()
        while before != self.given:
            before = set(self.given)
            for number, each in enumerate(self.statements):
                if number not in self.chosen and _only_gives(each) and _names_given(each) & self.given:
                    self.choose(number, each)
        made: set[str] = set()
        for number in sorted(self.chosen):
            if not _changed(self.chosen[number]) <= made:
                return False
            made |= _names_given(self.chosen[number])
        return True

    def piece(self) -> Piece:
        """The statements to run again, in the order of the source."""
        numbers = sorted(self.chosen)
        chosen = [self.chosen[number] for number in numbers]
        body = ast.Module(self._with_deleted(chosen), [])
        spans = [(self.statements[n].lineno, self.statements[n].end_lineno or 0) for n in numbers]
        return {
            "module": self.name,
            "text": ast.unparse(ast.fix_missing_locations(body)),
            "lines": [line for span in spans for line in span],
        }

    def _with_deleted(self, chosen: list[ast.stmt]) -> list[ast.stmt]:
        """The statements, between imports of what they use and the module deletes, and its deletion."""
        used = {each.id for node in chosen for each in ast.walk(node) if isinstance(each, ast.Name)}
        deleted = {
            target.id
            for node in self.statements
            if isinstance(node, ast.Delete)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        imports: list[ast.stmt] = []
        names: dict[str, None] = {}
        for node in self.statements:
            if isinstance(node, ast.Import | ast.ImportFrom):
                found = {_bound(alias): alias for alias in node.names if _bound(alias) in used & deleted}
                if found:
                    aliases = list(found.values())
                    source = self.source_of(node) if isinstance(node, ast.ImportFrom) else None
                    imports.append(ast.ImportFrom(source, aliases, 0) if source else ast.Import(aliases))
                    names |= dict.fromkeys(found)
        ends = [ast.Delete([ast.Name(name, ast.Del())]) for name in names]
        return [*imports, *chosen, *ends]

    def source_of(self, node: ast.ImportFrom) -> str:
        """The absolute name of the module that a statement imports from."""
        package = self.name.split(".") if self.path.name == "__init__.py" else self.name.split(".")[:-1]
        above = package[: len(package) - node.level + 1] if node.level else []
        return ".".join((*above, *(node.module or "").split(".")) if node.module else above)


def _found(request: RerunRequest) -> list[Piece] | None:
    origin, *others = (_Module(each["name"], Path(each["path"])) for each in request["modules"])
    for number, each in enumerate(origin.statements):
        if any(_is_at(each, line) for line in request["lines"]) and _only_gives(each):
            origin.choose(number, each)
        elif request["names"]:
            again = _again(each, origin, set(request["names"]))
            if again is not None:
                origin.choose(number, again)
    if not origin.chosen or not origin.complete():
        return None
    chosen = [origin.statements[number] for number in origin.chosen]
    is_whole = all(any(_is_at(each, line) for each in chosen) for line in request["lines"])
    is_strict = request["is_strict"]
    modules = [origin, *others]
    if (is_strict and not is_whole) or not _follow(modules, is_strict=is_strict):
        return None
    return [each.piece() for each in modules if each.chosen]


def _bound(alias: ast.alias) -> str:
    """The name that an import gives a value."""
    return alias.asname or alias.name.partition(".")[0]


def _is_at(node: ast.stmt, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)


# --- What can be run again ----------------------------------------------------------------------------------------------


def _again(node: ast.stmt, module: _Module, names: set[str]) -> ast.stmt | None:
    """The part of a statement that gives names their values, as it can be run again; None: nothing of it does."""
    match node:
        case ast.ImportFrom():
            aliases = [alias for alias in node.names if (alias.asname or alias.name) in names]
            return ast.ImportFrom(module.source_of(node), aliases, 0) if aliases else None
        case ast.FunctionDef(name=name, decorator_list=[]) if name in names:
            return _defaults(node)
        case ast.FunctionDef(name=name, decorator_list=[decorator]) if name in names and _is_cache(decorator):
            function = ast.Name(name, ast.Load())
            clear = ast.Call(ast.Attribute(function, "cache_clear", ast.Load()), [], [])
            return ast.If(clear, [ast.Pass()], [])  # no expression: those are taken for changes of a value
        case _:
            return node if _only_gives(node) and names & _names_given(node) else None


def _is_cache(decorator: ast.expr) -> bool:
    """True for functools.cache and functools.lru_cache, called or not."""
    function = decorator.func if isinstance(decorator, ast.Call) else decorator
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in ("cache", "lru_cache")


def _defaults(node: ast.FunctionDef) -> ast.stmt | None:
    """A statement that gives a function its defaults; None when it has none."""
    function = ast.Name(node.name, ast.Load())
    statements: list[ast.stmt] = []
    if node.args.defaults:
        target = ast.Attribute(function, "__defaults__", ast.Store())
        statements.append(ast.Assign([target], ast.Tuple(node.args.defaults, ast.Load())))
    pairs = [(arg.arg, value) for arg, value in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if value]
    if pairs:
        table = ast.Dict([ast.Constant(name) for name, _ in pairs], [value for _, value in pairs])
        statements.append(ast.Assign([ast.Attribute(function, "__kwdefaults__", ast.Store())], table))
    return ast.If(ast.Constant(value=True), statements, []) if statements else None


def _only_gives(node: ast.stmt) -> bool:
    """True if a statement only gives names values, or changes what they stand for."""
    match node:
        case ast.Pass():
            return True
        case ast.Assign(targets):
            return all(isinstance(_named(target), ast.Name) for target in targets)
        case ast.AnnAssign(target=ast.Name(), value=value):
            return value is not None
        case ast.AugAssign(target=ast.Name()):
            return True
        case ast.Expr(ast.Call(ast.Attribute(ast.Name()))):
            return True
        case ast.If(test, body, orelse) if _is_decided(test):
            return all(isinstance(each, ast.Import) or _only_gives(each) for each in (*body, *orelse))
        case ast.If(_, body, orelse) | ast.For(ast.Name(), _, body, orelse):
            return all(map(_only_gives, (*body, *orelse)))
        case ast.Try(body, handlers, orelse, finalbody):
            parts = [*body, *orelse, *finalbody, *(each for handler in handlers for each in handler.body)]
            return all(map(_only_gives, parts))
        case _:
            return False


def _is_decided(test: ast.expr) -> bool:
    """True if the test has one value at every start: modules imported below it are loaded."""
    names = {each.id for each in ast.walk(test) if isinstance(each, ast.Name)}
    attributes = {each.attr for each in ast.walk(test) if isinstance(each, ast.Attribute)}
    return names <= {"sys", "os"} and attributes <= {"platform", "version_info", "implementation", "name"}


def _named(target: ast.expr) -> ast.expr:
    """The container that an item is assigned to, or the target itself."""
    return target.value if isinstance(target, ast.Subscript) else target


def _names_given(node: ast.stmt) -> set[str]:
    """The names that a statement gives values, or whose values it changes."""
    match node:
        case ast.ImportFrom(names=aliases):
            return {alias.asname or alias.name for alias in aliases}
        case ast.Import():
            return set()  # what is there already
        case _ if _only_gives(node):
            return {each.id for each in _stored(node)} | _changed(node)
        case _:
            return set()


def _stored(node: ast.stmt) -> Iterator[ast.Name]:
    return (each for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store))


def _changed(node: ast.stmt) -> set[str]:
    """The names whose values must be there before: they are changed. A call of a method of a module changes nothing."""
    found: set[str] = set()
    for each in ast.walk(node):
        match each:
            case ast.AugAssign(target=ast.Name(id=name)):
                found.add(name)
            case ast.Expr(ast.Call(ast.Attribute(ast.Name(id=name)))):
                found.add(name)
            case ast.Subscript(ast.Name(id=name), ctx=ast.Store()):
                found.add(name)
    return found - {each.id for each in _stored(node)} if isinstance(node, ast.If | ast.For | ast.Try) else found


# --- Who uses a name ----------------------------------------------------------------------------------------------------


def _follow(modules: list[_Module], *, is_strict: bool) -> bool:
    """Choose all statements that copy given names. False if these are not complete, or, if `is_strict`, if there is another
    use of a name: no comparison would show it.
    """
    by_name = {each.name: each for each in modules}
    count = -1
    while count != sum(len(each.chosen) for each in modules):
        count = sum(len(each.chosen) for each in modules)
        given = set().union(*(each.given for each in modules))
        for module in modules:
            if not module.may_use(given):
                continue
            for number, each in enumerate(module.statements):
                if number in module.chosen or not (used := _used(each, module, by_name, given)):
                    continue
                again = _copying(each, module, used)
                if again is not None:
                    module.choose(number, again)
                elif is_strict:
                    return False
            if not module.complete():
                return False
    return True


def _copying(node: ast.stmt, module: _Module, used: set[str]) -> ast.stmt | None:
    """The part of a statement that copies names which it uses, as it can be run again; None: it uses them in another way."""
    match node:
        case ast.ImportFrom():
            return _again(node, module, used) if "*" not in used else None
        case ast.FunctionDef(decorator_list=[]):
            return _defaults(node)
        case ast.Assign() | ast.AnnAssign() | ast.If() | ast.Try() | ast.For():
            return node if _only_gives(node) else None
        case _:
            return None


def _used(node: ast.stmt, module: _Module, modules: dict[str, _Module], given: set[str]) -> set[str]:
    """The names that code which runs while a module is imported may use: of the module itself, and attributes of any other."""
    found: set[str] = set()
    pending: list[ast.AST] = [node]
    while pending:
        match pending.pop():
            case ast.Name(id=name, ctx=ast.Load()) if name in module.given:
                found.add(name)
            case ast.Attribute(value, attr):
                found |= {attr} & given
                pending.append(value)
            case ast.ImportFrom(names=aliases) as statement:
                source = modules.get(module.source_of(statement))
                names = source.given if source else set()
                found |= {
                    alias.asname or alias.name
                    for alias in aliases
                    if alias.name in names or (alias.name == "*" and names)
                }
            case ast.FunctionDef() | ast.AsyncFunctionDef() as function:
                parts = (*function.decorator_list, *function.args.defaults, *function.args.kw_defaults)
                pending += filter(None, parts)
            case ast.Lambda():
                pass
            case other:
                pending += ast.iter_child_nodes(other)
    return found
