"""Find statements of modules that can be run again at each start: a `RerunRequest` on standard input, a `Rerun` as JSON.

Such a statement gives names of its module other values, and does nothing else that its source shows. What copies a name, in the
same module or in one that imports it, is run again too: assignments, `from MODULE import NAME`, defaults of functions.
"""

from __future__ import annotations

import ast
import functools
import json
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .schema import Piece, Rerun, RerunRequest


def main() -> None:
    """Serve one request."""
    request: RerunRequest = json.load(sys.stdin)
    modules = [_Module(each["name"], Path(each["path"])) for each in request["modules"]]
    answer: Rerun = {"pieces": _found(request, modules), "copied": list(_copied(modules[0]))}
    print(json.dumps(answer))


@dataclass
class _Module:
    """A module whose statements are looked at. `given`: names that get other values; `chosen`: what is run, by statement, and
    `spans`: the first and last lines of what that stands for; `users`: functions and classes that use such names when they are called.
    """

    name: str
    path: Path
    given: set[str] = field(default_factory=set)
    chosen: dict[int, ast.stmt] = field(default_factory=dict)
    spans: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    users: set[str] = field(default_factory=set)

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
        self.spans[number] = [_span(self.statements[number])]
        self.given |= _names_given(again)

    def choose_attributes(self, number: int, lines: Collection[int], *, is_strict: bool) -> None:
        """Run the assignments in a class again that are at these lines, and what copies their names there."""
        node = self.statements[number]
        assert isinstance(node, ast.ClassDef)
        # Where no comparison follows, nobody may have had the values: no base, no decorator.
        if is_strict and (node.bases or node.keywords or node.decorator_list):
            return
        names: set[str] = set()  # of the class, with other values
        parts: list[ast.stmt] = []
        spans: list[tuple[int, int]] = []
        for each in node.body:
            is_asking = any(_is_at(each, line) for line in lines)
            if not is_asking and not _used(each, _Module(self.name, self.path, names), {}, names):
                continue
            part = _part_again(each, node)
            if part is not None:
                parts.append(part)
                spans.append(_span(each))
                names |= {one.id for one in _stored(each)} if not isinstance(each, ast.FunctionDef) else set()
            elif is_asking or is_strict:
                return
        if parts:
            self.chosen[number] = ast.If(ast.Constant(value=True), parts, [])
            self.spans[number] = spans
            self.given |= names

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
        spans = [span for number in numbers for span in self.spans[number]]
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


def _copied(module: _Module) -> Iterator[tuple[str, str]]:
    """The modules and names of which a module imports names again."""
    for node in module.chosen.values():
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.module, alias.name) for alias in node.names)


def _found(request: RerunRequest, modules: list[_Module]) -> list[Piece] | None:
    origin = modules[0]
    for number, each in enumerate(origin.statements):
        is_asking = any(_is_at(each, line) for line in request["lines"])
        if is_asking and _only_gives(each):
            origin.choose(number, each)
        elif is_asking and isinstance(each, ast.ClassDef):
            origin.choose_attributes(number, request["lines"], is_strict=request["is_strict"])
        elif request["names"]:
            again = _again(each, origin, set(request["names"]))
            if again is not None:
                origin.choose(number, again)
    if not origin.chosen or not origin.complete():
        return None
    spans = [span for its in origin.spans.values() for span in its]
    is_whole = all(any(first <= line <= last for first, last in spans) for line in request["lines"])
    is_strict = request["is_strict"]
    if (is_strict and not is_whole) or not _follow(modules, is_strict=is_strict):
        return None
    return [each.piece() for each in modules if each.chosen]


def _bound(alias: ast.alias) -> str:
    """The name that an import gives a value."""
    return alias.asname or alias.name.partition(".")[0]


def _is_at(node: ast.stmt, line: int) -> bool:
    first, last = _span(node)
    return first <= line <= last


def _span(node: ast.stmt) -> tuple[int, int]:
    return node.lineno, node.end_lineno or node.lineno


# --- What can be run again ----------------------------------------------------------------------------------------------


def _again(node: ast.stmt, module: _Module, names: set[str]) -> ast.stmt | None:
    """The part of a statement that gives names their values, as it can be run again; None: nothing of it does."""
    match node:
        case ast.ImportFrom():
            aliases = [alias for alias in node.names if (alias.asname or alias.name) in names]
            return ast.ImportFrom(module.source_of(node), aliases, 0) if aliases else None
        case ast.FunctionDef(name=name, decorator_list=[]) if name in names:
            return _defaults(node, ast.Name(name, ast.Load()))
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


def _defaults(node: ast.FunctionDef, function: ast.expr) -> ast.stmt | None:
    """A statement that gives a function its defaults; None when it has none."""
    statements: list[ast.stmt] = []
    if node.args.defaults:
        target = ast.Attribute(function, "__defaults__", ast.Store())
        statements.append(ast.Assign([target], ast.Tuple(node.args.defaults, ast.Load())))
    pairs = [(arg.arg, value) for arg, value in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if value]
    if pairs:
        table = ast.Dict([ast.Constant(name) for name, _ in pairs], [value for _, value in pairs])
        statements.append(ast.Assign([ast.Attribute(function, "__kwdefaults__", ast.Store())], table))
    return ast.If(ast.Constant(value=True), statements, []) if statements else None


class _InClass(ast.NodeTransformer):
    """Makes code in the body of a class code of the module: names of the class become attributes, private ones what they stand for."""

    def __init__(self, node: ast.ClassDef) -> None:
        self._class = node.name
        self._own = {each.id for part in node.body for each in _stored(part)}
        self._own |= {part.name for part in node.body if isinstance(part, ast.FunctionDef | ast.ClassDef)}

    def visit_Name(self, node: ast.Name) -> ast.expr:  # noqa: N802 - the method's name is ast's
        if node.id not in self._own:
            return ast.Name(self.meant(node.id), node.ctx)
        return ast.Attribute(ast.Name(self._class, ast.Load()), self.meant(node.id), ast.Load())

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:  # noqa: N802 - as above
        return ast.Attribute(self.visit(node.value), self.meant(node.attr), node.ctx)

    def meant(self, name: str) -> str:
        """The name that a name stands for in the class (Language Reference, 6.2.2: private name mangling)."""
        is_private = name.startswith("__") and not name.endswith("__") and self._class.strip("_")
        return f"_{self._class.lstrip('_')}{name}" if is_private else name


def _part_again(node: ast.stmt, parent: ast.ClassDef) -> ast.stmt | None:
    """A statement in the body of a class as one of the module: an attribute gets its value, a method its defaults. None if it cannot
    be one.

    It does nothing to an attribute that its class gives a meaning, for that is told of it when the class is made: a descriptor,
    what has `__set_name__`.
    """
    own, outside = ast.Name(parent.name, ast.Load()), _InClass(parent)
    match node:
        case ast.FunctionDef(name=name, decorator_list=[]) if not _has_scope(node.args):
            defaults = _defaults(node, ast.Attribute(own, name, ast.Load()))
            return outside.visit(defaults) if defaults else None
        case (
            ast.Assign([ast.Name(id=name)], value)
            | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
        ):
            if _has_scope(value):
                return None
            name = outside.meant(name)
            text = (
                f"not any(hasattr(type(vars({parent.name})[{name!r}]), each) for each in ('__get__', '__set_name__'))"
            )
            assignment = ast.Assign([ast.Attribute(own, name, ast.Store())], outside.visit(value))
            return ast.If(ast.parse(text, mode="eval").body, [assignment], [])
        case _:
            return None


def _has_scope(node: ast.AST) -> bool:
    """True if code has a scope of its own, in which names of the class are not known."""
    scopes = ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
    return any(isinstance(each, scopes) for each in ast.walk(node))


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
    while count != sum(len(each.chosen) + len(each.users) for each in modules):
        count = sum(len(each.chosen) + len(each.users) for each in modules)
        given = set().union(*(each.given for each in modules))
        if is_strict:
            _find_users(modules, by_name, given)
            given |= set().union(*(each.users for each in modules))
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


def _find_users(modules: list[_Module], by_name: dict[str, _Module], given: set[str]) -> None:
    """Find functions and classes of modules that use given names when they are called, themselves or by others that do."""
    count = -1
    while count != sum(len(each.users) for each in modules):
        count = sum(len(each.users) for each in modules)
        names = given.union(*(each.users for each in modules))
        for module in modules:
            for node in module.statements if module.may_use(names) else ():
                match node:
                    case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                        if _may_use_when_called(node, module, names):
                            module.users.add(name)
                    case ast.ImportFrom(names=aliases) if source := by_name.get(module.source_of(node)):
                        module.users |= {alias.asname or alias.name for alias in aliases if alias.name in source.users}


def _may_use_when_called(node: ast.stmt, module: _Module, names: set[str]) -> bool:
    """True if a function, or a method, a nested class or a base of a class, uses names of the module, or attributes of these names."""
    own = module.given | module.users
    return any(
        (isinstance(each, ast.Name) and each.id in own) or (isinstance(each, ast.Attribute) and each.attr in names)
        for each in ast.walk(node)
    )


def _is_of_script(node: ast.stmt) -> bool:
    """True for what runs if the module is the program: `if __name__ == "__main__"`."""
    match node:
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"), ops=[ast.Eq()])):
            return True
        case _:
            return False


def _copying(node: ast.stmt, module: _Module, used: set[str]) -> ast.stmt | None:
    """The part of a statement that copies names which it uses, as it can be run again; None: it uses them in another way."""
    match node:
        case ast.ImportFrom():
            return _again(node, module, used) if "*" not in used else None
        case ast.FunctionDef(name=name, decorator_list=[]):
            return _defaults(node, ast.Name(name, ast.Load()))
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
            case ast.If() as statement if _is_of_script(statement):
                pass
            case ast.ClassDef(bases=bases) as statement if all(
                isinstance(each, ast.Name) and each.id in module.users for each in bases
            ):
                pending += (*statement.decorator_list, *statement.keywords, *statement.body)
            case ast.Name(id=name, ctx=ast.Load()) if name in module.given or name in module.users:
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
