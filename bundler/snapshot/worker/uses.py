"""Follows names from the statements that give them values to all that use them while modules are imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import NamedTuple, cast

from .repeat import again, alias_name, bound, changed, defaults, only_gives, stored
from .sourced import SourcedModule


def follow(modules: list[SourcedModule], *, is_strict: bool) -> bool:
    """Choose all statements that copy given names. False if these are not complete, or, if `is_strict`, if there is another
    use of a name that no comparison would show.
    """
    by_name = {each.name: each for each in modules}
    count = -1
    while count != sum(len(each.chosen) + len(each.users) for each in modules):
        count = sum(len(each.chosen) + len(each.users) for each in modules)
        if is_strict:
            _find_users(modules, by_name)
        words = _words(modules)
        for module in modules:
            if not module.may_use(words):
                continue
            scope = _Scope(module, by_name)
            for number, each in enumerate(module.statements):
                if number in module.chosen or not (used := set(_used(each, scope))):
                    continue
                part = _copying(each, module, {use.name for use in used})
                if part is not None:
                    module.choose(number, part)
                elif is_strict and not all(use.is_compared for use in used):
                    return False
            if not module.complete():
                return False
    return True


def _words(modules: list[SourcedModule]) -> set[str]:
    """Words of which one occurs in each source that may use given names: these, and what a module that has some is called."""
    found = {"modules"}  # sys.modules
    for each in modules:
        found |= each.given | each.users
        found |= {each.name.rpartition(".")[2]} if each.given else set()
    return found


def used_names(node: ast.stmt, module: SourcedModule, by_name: Mapping[str, SourcedModule]) -> set[str]:
    """The given names that code which runs while a module is imported may use, and the users that it may call: of the module
    itself, and attributes of any other.
    """
    return {use.name for use in _used(node, _Scope(module, by_name))}


def _copying(node: ast.stmt, module: SourcedModule, used: set[str]) -> ast.stmt | None:
    """The part of a statement that copies names which it uses, as it can be run again; None: it uses them in another way."""
    match node:
        case ast.ImportFrom():
            return again(node, used, module.source_of) if "*" not in used else None
        case ast.FunctionDef(name=name, decorator_list=[]):
            return defaults(node, ast.Name(name, ast.Load()))
        case ast.Assign() | ast.AnnAssign() | ast.If() | ast.Try() | ast.For():
            return node if only_gives(node) else None
        case _:
            return None


# --- Names and attributes -------------------------------------------------------------------------------------------------


class _Scope:
    """A module among others: what expressions in it stand for."""

    def __init__(self, module: SourcedModule, by_name: Mapping[str, SourcedModule], *, with_users: bool = True) -> None:
        self.module = module
        self.by_name = by_name
        self._with_users = with_users

    def without_users(self) -> _Scope:
        """A scope of the same module where nothing but a given name itself is a use."""
        return _Scope(self.module, self.by_name, with_users=False)

    def givers(self, node: ast.expr) -> tuple[SourcedModule, ...]:
        """The modules of which this may be a given name, by itself or as an attribute."""
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                return (self.module,) if name in self.module.given else ()
            case ast.Attribute(value, attr):
                owner = self._owner(value)
                owners = self.by_name.values() if owner is None else filter(None, [self.by_name.get(owner)])
                return tuple(each for each in owners if attr in each.given)
            case _:
                return ()

    def whole(self, node: ast.expr) -> tuple[SourcedModule, ...]:
        """The modules, with given names, that an expression stands for: whoever has one can ask it for any of its names."""
        match node:
            case ast.Name(id=name) if name in self.module.imports:
                found = self.by_name.get(self.module.imports[name])
                return (found,) if found and found.given else ()
            case ast.Attribute():
                found = self.by_name.get(self._owner(node) or "")
                return (found,) if found and found.given else ()
            case ast.Call(ast.Name("globals" | "locals" | "vars" | "eval" | "exec"), args) if (
                "vars" not in ast.dump(node.func) or not args
            ):
                return (self.module,) if self.module.given else ()
            case ast.Call(ast.Name("import_module" | "__import__") | ast.Attribute(attr="import_module"), [key, *_]):
                return self._loaded(key)
            case ast.Subscript(ast.Attribute(ast.Name("sys"), "modules"), key, ctx=ast.Load()):
                return self._loaded(key)
            case ast.Call(ast.Attribute(ast.Attribute(ast.Name("sys"), "modules"), "get"), [key, *_]):
                return self._loaded(key)
            case _:
                return ()

    def _loaded(self, key: ast.expr) -> tuple[SourcedModule, ...]:
        """The module, if it has given names, that `sys.modules` holds below a key; none for one that the source does not tell."""
        match key:
            case ast.Constant(str(name)):
                found = [self.by_name[name]] if name in self.by_name else []
            case ast.Name("__name__"):
                found = [self.module]
            case _:
                found = []
        return tuple(each for each in found if each.given)

    def is_made(self, node: ast.expr) -> bool:
        """True for an attribute that a module makes when it is asked for (PEP 562), by a function that uses given names."""
        match node:
            case ast.Attribute(value, attr):
                owner = self.by_name.get(self._owner(value) or "")
                return owner is not None and makes(owner, attr)
            case _:
                return False

    def is_told(self, node: ast.expr) -> bool:
        """True for a class that uses given names when another is made from it."""
        match node:
            case ast.Name(id=name):
                return name in self.module.told
            case ast.Attribute(value, attr):
                owner = self.by_name.get(self._owner(value) or "")
                return owner is not None and attr in owner.told
            case ast.Subscript(value):
                return self.is_told(value)
            case _:
                return False

    def is_user(self, node: ast.expr) -> bool:
        """True for a function or class that uses given names, by its name or as an attribute of its module."""
        match node:
            case _ if not self._with_users:
                return False
            case ast.Name(id=name, ctx=ast.Load()):
                return name in self.module.users
            case ast.Attribute(value, attr):
                owner = self.by_name.get(self._owner(value) or "")
                return owner is not None and attr in owner.users
            case _:
                return False

    def _owner(self, node: ast.expr) -> str | None:
        """The module that an expression stands for, or what else is not of a module that is known; None where that is unknown."""
        match node:
            case ast.Name(id=name) if found := self.module.imports.get(name):
                return None if found not in self.by_name and found.rpartition(".")[0] in self.by_name else found
            case ast.Attribute(value, attr):
                owner = self._owner(value)
                whole = f"{owner}.{attr}"
                return whole if owner is not None and (whole in self.by_name or owner not in self.by_name) else None
            case _:
                return None


def makes(module: SourcedModule, name: str) -> bool:
    """True if a module's `__getattr__` uses given names, and may be what tells this one."""
    return "__getattr__" in module.users and name not in module.bound and name != "*"


class _Use(NamedTuple):
    """A use of a name. `is_compared`: it is one whose value differs, and the use shows it; who keeps that is found by comparing."""

    name: str
    is_compared: bool


# Where no more than a bit of a value is left.
_TESTS = ast.Compare | ast.BoolOp | ast.UnaryOp


def _used(root: ast.AST, scope: _Scope) -> Iterator[_Use]:
    """Names that are used by code which runs while the module is imported."""
    # With each node: may users that it mentions be called, and is it part of a test?
    pending: list[tuple[ast.AST, bool, bool]] = [(root, False, False)]
    methods: set[ast.AST] = set()
    while pending:
        node, is_called, is_tested = pending.pop()
        node = _with_attribute(node)
        if isinstance(node, ast.expr):
            yield from (_Use(name, is_compared=False) for each in scope.whole(node) for name in each.given)
        if isinstance(node, ast.Name | ast.Attribute):
            name = node.id if isinstance(node, ast.Name) else node.attr
            if (is_called and scope.is_user(node)) or scope.is_made(node):
                yield _Use(name, is_compared=False)
            elif givers := scope.givers(node):
                yield _Use(name, is_compared=not is_tested and all(name in each.differing for each in givers))
        match node:
            case ast.If() if _is_of_script(node):
                pass
            case ast.ClassDef(bases=bases, keywords=keywords, decorator_list=decorators, body=body):
                # A class is made from its bases without a call of their methods, but for `__init_subclass__`.
                yield from (_Use(node.name, is_compared=False) for each in bases if scope.is_told(each))
                if _is_given_away(node, scope):
                    yield _Use(node.name, is_compared=False)
                methods.update(body)
                pending += [(each, False, False) for each in (*bases, *body)]
                pending += [(each, True, False) for each in (*decorators, *keywords)]
            case ast.ImportFrom(names=aliases):
                source = scope.by_name.get(scope.module.source_of(node))
                for alias in aliases:
                    if source and source.given and (alias.name in source.given or alias.name == "*"):
                        yield _Use(alias_name(alias), is_compared=alias.name in source.differing)
                    elif source and makes(source, alias.name):
                        yield _Use(alias_name(alias), is_compared=False)
            case (
                ast.FunctionDef(args=args, decorator_list=decorators)
                | ast.AsyncFunctionDef(args=args, decorator_list=decorators)
            ):
                # A method needs an object first.
                if node not in methods and _is_given_away(node, scope):
                    yield _Use(node.name, is_compared=False)
                pending += [(each, False, False) for each in (*args.defaults, *filter(None, args.kw_defaults))]
                pending += [(each, True, False) for each in decorators]
            case ast.AnnAssign(target=target, value=value):
                pending += [(each, is_called, is_tested) for each in (target, value) if each is not None]
            case ast.Lambda():
                pass
            case ast.Attribute(value) if scope.whole(value):
                pass  # not the whole module, but this attribute of it
            case ast.If(test=test) | ast.IfExp(test=test):
                pending.append((test, is_called, True))
                pending += [(each, is_called, is_tested) for each in ast.iter_child_nodes(node) if each is not test]
            case _:
                calls = is_called or isinstance(node, ast.Call | ast.With | ast.For | ast.comprehension)
                tests = is_tested or isinstance(node, _TESTS)
                pending += [(each, calls, tests) for each in ast.iter_child_nodes(node)]


def _with_attribute(node: ast.AST) -> ast.AST:
    """The attribute that a call of `getattr` asks for; anything else is what it is."""
    match node:
        case ast.Call(ast.Name("getattr"), [owner, ast.Constant(str(name)), *_]):
            return ast.Attribute(owner, name, ast.Load())
        case _:
            return node


# Decorators that leave a function uncalled, by their last names.
_UNCALLING = frozenset(
    (
        *(
            "property",
            "staticmethod",
            "classmethod",
            "setter",
            "getter",
            "deleter",
            "cached_property",
            "abstractmethod",
        ),
        *("cache", "lru_cache", "wraps", "contextmanager", "asynccontextmanager", "overload", "override", "final"),
        *(
            "dataclass",
            "define",
            "frozen",
            "total_ordering",
            "runtime_checkable",
            "singledispatch",
            "singledispatchmethod",
            "no_type_check",
        ),
    )
)


def _is_given_away(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, scope: _Scope) -> bool:
    """True for a function that uses given names and that a decorator has: it may call that at once, or keep it for others. A class, which
    is rarely called at once, must use them itself.
    """
    decorators = (each.func if isinstance(each, ast.Call) else each for each in node.decorator_list)
    names = {each.attr if isinstance(each, ast.Attribute) else getattr(each, "id", "") for each in decorators}
    if names <= _UNCALLING:
        return False
    if isinstance(node, ast.ClassDef):
        return any(_mentions(each, scope.without_users(), with_given=True) for each in node.body)
    return _mentions(node, scope, with_given=True)


def _followed(node: ast.expr, scope: _Scope) -> bool:
    """True for a given name of which no comparison finds those who keep something of it."""
    name = node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
    return any(name not in each.differing for each in scope.givers(node))


def _is_used_in_function(node: ast.expr, scope: _Scope) -> bool:
    """True for a given name, followed to its uses, that a function uses."""
    node = cast(ast.expr, _with_attribute(node))
    return _followed(node, scope) or scope.is_made(node)


def _is_of_script(node: ast.If) -> bool:
    """True for what runs if the module is the program: `if __name__ == "__main__"`."""
    match node:
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"), ops=[ast.Eq()])):
            return True
        case _:
            return False


# --- Users ------------------------------------------------------------------------------------------------------------------


def _find_users(modules: list[SourcedModule], by_name: Mapping[str, SourcedModule]) -> None:
    """Find functions and classes of modules that use given names when they are called, themselves or by others that do; and the
    names that stand for such, or hold them.
    """
    count = -1
    while count != sum(len(each.users) for each in modules):
        count = sum(len(each.users) for each in modules)
        words = _words(modules)
        for module in modules:
            scope = _Scope(module, by_name)
            for node in module.statements if module.may_use(words) else ():
                match node:
                    case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                        if _mentions(node, scope, with_given=True):
                            module.users.add(name)
                            if isinstance(node, ast.ClassDef) and _is_told(node, scope):
                                module.told.add(name)
                    case ast.ImportFrom(names=aliases) if source := by_name.get(module.source_of(node)):
                        module.users |= {alias.asname or alias.name for alias in aliases if alias.name in source.users}
                        module.told |= {alias.asname or alias.name for alias in aliases if alias.name in source.told}
                    case ast.Assign() | ast.AnnAssign() | ast.AugAssign() | ast.If() | ast.Try():
                        if _mentions(node, scope, with_given=False):
                            module.users |= {each.id for each in stored(node)} | changed(node)
                    case _:
                        pass


def _is_told(node: ast.ClassDef, scope: _Scope) -> bool:
    """True for a class, among those that use given names, that does something when another is made from it, or its base does."""
    own = {each.name for each in node.body if isinstance(each, ast.FunctionDef)}
    return bool(own & {"__init_subclass__", "__set_name__"}) or any(map(scope.is_told, node.bases))


def _mentions(node: ast.AST, scope: _Scope, *, with_given: bool, own: frozenset[str] = frozenset()) -> bool:
    """True if code mentions a user, or a given name, wherever: in a function, a method, a nested class or a base of a class.

    `own`: names that mean something else there, such as variables of functions.
    """
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            own |= _own_names(node)
        case ast.Name(id=name) if name in own:
            return False
        case ast.ImportFrom(names=aliases) if source := scope.by_name.get(scope.module.source_of(node)):
            names = source.users | (source.given - source.differing) if with_given else source.users
            if any(alias.name in names for alias in aliases):
                return True
        case ast.expr() if scope.is_user(node) or (with_given and _is_used_in_function(node, scope)):
            return True
        case ast.Call(args=args) if with_given and (scope.whole(node) or any(map(scope.whole, args))):
            return True
        case _:
            pass
    return any(_mentions(each, scope, with_given=with_given, own=own) for each in ast.iter_child_nodes(node))


def _own_names(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> frozenset[str]:
    """The variables of a function, without those of functions in it."""
    arguments = {each.arg for each in ast.walk(function.args) if isinstance(each, ast.arg)}
    if isinstance(function, ast.Lambda):
        return frozenset(arguments)
    shared = {name for each in ast.walk(function) if isinstance(each, ast.Global) for name in each.names}
    return frozenset((arguments | {name for each in function.body for name in bound(each)}) - shared)
