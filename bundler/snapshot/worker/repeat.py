"""Names that a statement gives values, and the part of it that can be run again at each start."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Collection, Iterable, Iterator


def again(node: ast.stmt, names: set[str], source_of: Callable[[ast.ImportFrom], str]) -> ast.stmt | None:
    """The part of a statement that gives names their values, as it can be run again; None: nothing of it does.

    `source_of`: the absolute name of the module that a statement imports from. A decorator is one of CACHES, and context managers are
    Python's: `SourcedModule.again` knows.
    """
    match node:
        case ast.ImportFrom():
            aliases = [alias for alias in node.names if (alias.asname or alias.name) in names]
            return ast.ImportFrom(source_of(node), aliases, 0) if aliases else None
        case ast.FunctionDef(name=name, decorator_list=[]) if name in names:
            return defaults(node, ast.Name(name, ast.Load()))
        case ast.Delete(targets):
            deleted: list[ast.expr] = [
                target for target in targets if isinstance(target, ast.Name) and target.id in names
            ]
            return ast.Delete(deleted) if deleted else None
        case ast.FunctionDef(name=name, decorator_list=[_]) if name in names:  # one of CACHES
            function = ast.Name(name, ast.Load())
            clear = ast.Call(ast.Attribute(function, "cache_clear", ast.Load()), [], [])
            return ast.If(clear, [ast.Pass()], [])  # no expression: those are taken for changes of a value
        case _:
            return node if only_gives(node) and names & names_given(node) else None


# Decorators whose functions remember answers, until they are told to forget.
CACHES = frozenset(("functools.cache", "functools.lru_cache"))


def defaults(node: ast.FunctionDef, function: ast.expr) -> ast.stmt | None:
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
        self._own = {each.id for part in node.body for each in stored_names(part)}
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


def repeatable_part(node: ast.stmt, parent: ast.ClassDef) -> ast.stmt | None:
    """A statement in the body of a class as one of the module: an attribute gets its value, a method its defaults. None if it cannot
    be one.

    It does nothing to an attribute that its class gives a meaning, for that is told of it when the class is made: a descriptor,
    what has `__set_name__`.
    """
    own, outside = ast.Name(parent.name, ast.Load()), _InClass(parent)
    match node:
        case ast.FunctionDef(name=name, decorator_list=[]) if not _has_scope(node.args):
            statement = defaults(node, ast.Attribute(own, name, ast.Load()))
            # The class is looked at again: it keeps its own defaults.
            return outside.visit(copy.deepcopy(statement)) if statement else None
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
            assignment = ast.Assign([ast.Attribute(own, name, ast.Store())], outside.visit(copy.deepcopy(value)))
            return ast.If(ast.parse(text, mode="eval").body, [assignment], [])
        case _:
            return None


def _has_scope(node: ast.AST) -> bool:
    """True if code has a scope of its own, in which names of the class are not known."""
    scopes = ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
    return any(isinstance(each, scopes) for each in ast.walk(node))


def only_gives(node: ast.stmt) -> bool:
    """True if a statement only gives names values, or changes what they stand for. Whether a context manager is Python's,
    `SourcedModule.only_gives` knows.
    """
    match node:
        case ast.Pass():
            return True
        case ast.Assign(targets):
            return all(map(_are_names, targets))
        case ast.AnnAssign(target=ast.Name(), value=value):
            return value is not None
        case ast.AugAssign(target=ast.Name()):
            return True
        case ast.Expr(ast.Call(ast.Attribute() as method)):
            return _owner(method) is not None
        case ast.If(test, body, orelse) if _is_decided(test):
            return all(isinstance(each, ast.Import) or only_gives(each) for each in (*body, *orelse))
        case ast.If(_, body, orelse):
            return all(map(only_gives, (*body, *orelse)))
        case ast.For(target, _, body, orelse):
            return _are_names(target) and all(map(only_gives, (*body, *orelse)))
        case ast.With(items, body):
            return all(_manager(each) is not None for each in items) and all(map(only_gives, body))
        case ast.Try(body, handlers, orelse, finalbody):
            parts = [*body, *orelse, *finalbody, *(each for handler in handlers for each in handler.body)]
            return all(isinstance(each, ast.Import) or only_gives(each) for each in parts)
        case _:
            return False


def _owner(method: ast.Attribute) -> str | None:
    """The name of the object of which this is a method, or one of its attributes'; None for a method of anything else."""
    match method.value:
        case ast.Name(id=name):
            return name
        case ast.Attribute() as inner:
            return _owner(inner)
        case _:
            return None


def _are_names(target: ast.expr) -> bool:
    """True if what is assigned to are names, or items of what they stand for."""
    match target:
        case ast.Tuple(targets) | ast.List(targets):
            return all(map(_are_names, targets))
        case _:
            return isinstance(_named(target), ast.Name)


# Context managers that leave nothing behind, and whether they let exceptions pass.
MANAGERS = {"warnings.catch_warnings": True, "contextlib.suppress": False, "contextlib.nullcontext": True}
_BY_LAST_NAME = {name.rpartition(".")[2]: passes for name, passes in MANAGERS.items()}


def _manager(item: ast.withitem) -> bool | None:
    """True if a context manager lets exceptions pass; None for one that may leave something behind."""
    match item:
        case ast.withitem(ast.Call(ast.Name() | ast.Attribute() as function), None):
            return _BY_LAST_NAME.get(ast.unparse(function).rpartition(".")[2])
        case _:
            return None


def _is_decided(test: ast.expr) -> bool:
    """True if the test has one value at every start: modules imported below it are loaded."""
    names = {each.id for each in ast.walk(test) if isinstance(each, ast.Name)}
    attributes = {each.attr for each in ast.walk(test) if isinstance(each, ast.Attribute)}
    return names <= {"sys", "os", "typing", "TYPE_CHECKING"} and attributes <= {
        *("platform", "version_info", "implementation", "name", "TYPE_CHECKING"),
    }


# What these are wherever a binary runs.
_ALWAYS = {"sys.platform": "linux", "os.name": "posix", "TYPE_CHECKING": "", "typing.TYPE_CHECKING": ""}


def branches(node: ast.If) -> list[ast.stmt]:
    """The statements of an `if` that some start may run."""
    match truth(node.test):
        case True:
            return node.body
        case False:
            return node.orelse
        case _:
            return [*node.body, *node.orelse]


def truth(test: ast.expr) -> bool | None:
    """The truth of a test on Linux, for which nothing else is evaluated; None where that is not known."""
    match test:
        case ast.UnaryOp(ast.Not(), operand):
            found = truth(operand)
            return None if found is None else not found
        case ast.BoolOp(op, values):
            decided = isinstance(op, ast.Or)  # by the first value of this truth
            for each in values:
                if (found := truth(each)) is None or found is decided:
                    return found
            return not decided
        case ast.Compare(left, [ast.Eq()], [ast.Constant(str(text))]) if (value := _always(left)) is not None:
            return value == text
        case ast.Compare(left, [ast.NotEq()], [ast.Constant(str(text))]) if (value := _always(left)) is not None:
            return value != text
        case ast.Call(ast.Attribute(left, "startswith"), [ast.Constant(str(text))]) if value := _always(left):
            return value.startswith(text)
        case ast.Name() | ast.Attribute() if (value := _always(test)) is not None:
            return bool(value)
        case _:
            return None


def _always(node: ast.expr) -> str | None:
    return _ALWAYS.get(ast.unparse(node)) if isinstance(node, ast.Name | ast.Attribute) else None


def _named(target: ast.expr) -> ast.expr:
    """The container that an item is assigned to, or the target itself."""
    return target.value if isinstance(target, ast.Subscript) else target


def names_given(node: ast.stmt) -> set[str]:
    """The names that a statement gives values, or whose values it changes."""
    match node:
        case ast.ImportFrom(names=aliases):
            return set(map(alias_name, aliases))
        case ast.Import():
            return set()  # what is there already
        case _ if only_gives(node):
            return {each.id for each in stored_names(node)} | changed_names(node)
        case _:
            return set()


def stored_names(node: ast.AST) -> Iterator[ast.Name]:
    """The names of the module that code assigns to; variables of comprehensions and functions are none."""
    pending = [node]
    while pending:
        match pending.pop():
            case ast.Name(ctx=ast.Store()) as name:
                yield name
            case ast.comprehension(iter=iterable, ifs=ifs):
                pending += (iterable, *ifs)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Lambda():
                pass
            case other:
                pending += ast.iter_child_nodes(other)


def bound_names(node: ast.AST) -> Iterator[str]:
    """All names of the module that a statement binds or deletes, in whatever way."""
    pending = [node]
    while pending:
        match pending.pop():
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                yield from map(alias_name, aliases)
            case ast.comprehension(iter=iterable, ifs=ifs):
                pending += (iterable, *ifs)
            case ast.Lambda() | ast.AnnAssign(value=None):
                pass
            case other:
                names = (getattr(other, "name", None), getattr(other, "rest", None))  # of handlers and patterns
                yield from (name for name in names if isinstance(name, str))
                pending += ast.iter_child_nodes(other)


def alias_name(alias: ast.alias) -> str:
    """The name that an import gives a value."""
    return alias.asname or alias.name.partition(".")[0]


def names_given_sometimes(node: ast.stmt, varied: Collection[str]) -> set[str]:
    """The names that a statement which only gives binds at some starts, and at others not; `varied` are names with other values."""
    return {each.id for each in stored_names(node)} - names_given_always([node], varied)


def names_given_always(body: Iterable[ast.stmt], varied: Collection[str]) -> set[str]:
    """The names that statements which only give bind at every start at which they end, or at none."""
    found: set[str] = set()
    for node in body:
        match node:
            case ast.If(test, body, orelse) if _is_decided(test):
                found |= names_given_always(body, varied) | names_given_always(orelse, varied)
            case ast.If(_, body, orelse):
                found |= names_given_always(body, varied) & names_given_always(orelse, varied)
            case ast.For(target, iterable, body, orelse):
                found |= names_given_always(orelse, varied)
                if _has_items(iterable) or _keeps_items(iterable, varied):
                    found |= names_given_always(body, varied) | {each.id for each in stored_names(target)}
            case ast.With(items, body):
                found |= names_given_always(body, varied) if all(map(_manager, items)) else set()
            case ast.Try(body, handlers, orelse, finalbody):
                ends = [
                    names_given_always([*body, *orelse], varied),
                    *(names_given_always(each.body, varied) for each in handlers),
                ]
                found |= set.intersection(*ends) | names_given_always(finalbody, varied)
            case ast.ImportFrom(names=aliases):
                found |= set(map(alias_name, aliases))
            case _:
                walruses = {id(each.target) for each in ast.walk(node) if isinstance(each, ast.NamedExpr)}
                found |= {each.id for each in stored_names(node) if id(each) not in walruses}
    return found


def _keeps_items(iterable: ast.expr, varied: Collection[str]) -> bool:
    """True for a view of a table, which has at each start the items that it had. Anything else may be an iterator, which has none left."""
    match iterable:
        case ast.Call(ast.Attribute(attr="items" | "keys" | "values") as view, [], []):
            return _owner(view) not in (None, *varied)
        case _:
            return False


def _has_items(iterable: ast.expr) -> bool:
    """True for what has items at every start, as its source shows."""
    match iterable:
        case ast.Tuple(items) | ast.List(items):
            return any(not isinstance(each, ast.Starred) for each in items)
        case ast.Call(ast.Name("range"), [ast.Constant(int(count))]):
            return count > 0
        case _:
            return False


# Functions that change nothing of what they belong to; the filters of warnings are those that `catch_warnings` restores.
# `strptime` looks at each call whether its tables are still those of the locale and the time zone (_strptime.py).
_QUIET = frozenset(
    (
        *("codecs.lookup", "warnings.simplefilter", "warnings.filterwarnings"),
        *("time.strptime", "datetime.strptime", "datetime.datetime.strptime"),
    )
)


def changed_names(node: ast.stmt) -> set[str]:
    """The names whose values must be there before: they are changed, or a method of theirs is called."""
    found: set[str] = set()
    for each in ast.walk(node):
        match each:
            case ast.AugAssign(target=ast.Name(id=name)):
                found.add(name)
            case ast.Expr(ast.Call(ast.Attribute() as function)) if ast.unparse(function) not in _QUIET:
                owner = _owner(function)
                found |= {owner} if owner is not None else set()
            case ast.Subscript(ast.Name(id=name), ctx=ast.Store()):
                found.add(name)
    return (
        found - {each.id for each in stored_names(node)}
        if isinstance(node, ast.If | ast.For | ast.Try | ast.With)
        else found
    )


# --- Places -----------------------------------------------------------------------------------------------------------


def is_at(node: ast.stmt, line: int) -> bool:
    """True if a line belongs to a statement."""
    first, last = span(node)
    return first <= line <= last


def span(node: ast.stmt) -> tuple[int, int]:
    """The first and the last line of a statement."""
    return node.lineno, node.end_lineno or node.lineno
