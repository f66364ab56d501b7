"""Follows names from the statements that give them values to all that use them while modules are imported."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, cast

from .repeat import again, alias_name, bound, branches, changed, defaults, only_gives, part_again, span, stored, truth
from .schema import Obstacle
from .sourced import SourcedModule


def follow(modules: list[SourcedModule], *, is_strict: bool) -> Obstacle | None:
    """Choose all statements that copy given names. An obstacle if these are not complete, or, if `is_strict`, if there is another
    use of a name that no comparison would show.
    """
    by_name = {each.name: each for each in modules}
    count = -1
    while count != (now := sum(len(each.chosen) + len(each.users) + len(each.given) for each in modules)):
        count = now
        if is_strict:
            _find_users(modules, by_name)
        words = _words(modules)
        for module in modules:
            if not module.may_use(words):
                continue
            scope = _Scope(module, by_name)
            for number, each in enumerate(module.statements):
                if (
                    is_strict
                    and isinstance(each, ast.ClassDef)
                    and choose_attributes(module, number, by_name, is_strict=True)
                ):
                    continue
                if number in module.chosen or not (used := set(_used(each, scope))):
                    continue
                part = _copying(each, scope, {use.name for use in used})
                if part is not None:
                    module.choose(number, part)
                elif is_strict and (name := next((use.name for use in sorted(used) if not use.is_compared), "")):
                    return {"module": module.name, "line": each.lineno, "name": name}
            if (obstacle := module.complete()) is not None:
                return obstacle
    return None


def _words(modules: list[SourcedModule]) -> set[str]:
    """Words of which one occurs in each source that may use given names: these, and what a module that has some is called."""
    found = {"modules"}  # sys.modules
    for each in modules:
        found |= each.given | each.users
        found |= {each.name.rpartition(".")[2]} if each.given and each.path else set()
    return found


def choose_attributes(
    module: SourcedModule, number: int, by_name: Mapping[str, SourcedModule], *, is_strict: bool
) -> bool:
    """Run assignments in a class again: those that ask, that use given names, or names of the class that get other values. False if
    these are not all that the class makes of them, or if they cannot be run again; then none is.
    """
    node = module.statements[number]
    assert isinstance(node, ast.ClassDef)
    scope = _Scope(module, by_name)
    asking = module.asking.get(number, [])
    # A value that is compared stays as it is: a path is changed in place, and is one object wherever it is.
    using = [
        each
        for each in node.body
        if is_strict and each not in asking and not all(use.is_compared for use in _used(each, scope))
    ]
    # Where nothing is compared, or no more than a bit may be kept, nobody may have had the values: no metaclass, no decorator.
    if not (asking or using) or (is_strict and (node.keywords or node.decorator_list)):
        return False
    if _is_used_when_made(node, scope) or any(True for each in node.bases for _ in _used(each, scope)):
        return False
    names: set[str] = set()  # of the class, with other values
    parts: list[ast.stmt] = []
    spans: list[tuple[int, int]] = []
    for each in node.body:
        own = _Scope(SourcedModule(module.name, module.path, None, given=names), {})
        if each not in asking and each not in using and not any(True for _ in _used(each, own)):
            continue
        part = part_again(each, node)
        if part is not None:
            parts.append(part)
            spans.append(span(each))
            names |= {one.id for one in stored(each)} if not isinstance(each, ast.FunctionDef) else set()
        elif each in asking or is_strict:
            return False
    if not parts:
        return False
    if is_strict and node.bases:
        parts.insert(0, _of_silent_bases(node.name))
    module.chosen[number] = ast.If(ast.Constant(value=True), parts, [])
    module.spans[number] = spans
    module.given |= names
    if node.name in module.differing:
        module.differing |= names
    return True


def _of_silent_bases(name: str) -> ast.stmt:
    """A statement that raises an exception if bases of a class were told of it when it was made."""
    told = f"type({name}) is not type or hasattr({name}.__init_subclass__, '__func__')"
    return ast.parse(f"if {told}: raise TypeError('a base may keep attributes')").body[0]


def _copying(node: ast.stmt, scope: _Scope, used: set[str]) -> ast.stmt | None:
    """The part of a statement that copies names which it uses, as it can be run again; None: it uses them in another way."""
    match node:
        case ast.ImportFrom() if "*" in used:
            source = scope.by_name[scope.module.source_of(node)]
            shown = _shown(source)
            names = [ast.alias(name) for name in sorted(source.given & shown)] if shown is not None else []
            return ast.ImportFrom(source.name, names, 0) if names else None
        case ast.ImportFrom():
            return again(node, used, scope.module.source_of)
        case ast.FunctionDef(name=name, decorator_list=[]):
            return defaults(node, ast.Name(name, ast.Load()))
        case ast.Assign() | ast.AnnAssign() | ast.If() | ast.Try() | ast.For():
            return node if only_gives(node) else None
        case _:
            return None


def _shown(module: SourcedModule) -> set[str] | None:
    """The given names that `from MODULE import *` takes; None where the source does not tell."""
    values = [
        each.value
        for each in module.statements
        if isinstance(each, ast.Assign)
        and any(isinstance(name, ast.Name) and name.id == "__all__" for name in each.targets)
    ]
    if not values and b"__all__" not in module.text:
        return {name for name in module.given if not name.startswith("_")}
    try:
        (value,) = values
        return set(ast.literal_eval(value)) if module.text.count(b"__all__") == 1 else None
    except ValueError:
        return None


def _takes(module: SourcedModule) -> bool:
    """True if `from MODULE import *` may take given names."""
    shown = _shown(module)
    return bool(module.given) and (shown is None or bool(module.given & shown))


# --- Names and attributes -------------------------------------------------------------------------------------------------


class _Scope:
    """A module among others: what expressions in it stand for."""

    def __init__(self, module: SourcedModule, by_name: Mapping[str, SourcedModule], *, with_users: bool = True) -> None:
        self.module = module
        self.by_name = by_name
        self.looked_at: set[tuple[str, str]] = set()  # methods of classes that are being judged
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
                modules = [each for each in self.by_name.values() if each.path]
                owners = modules if owner is None else list(filter(None, [self.by_name.get(owner)]))
                return tuple(each for each in owners if attr in each.given)
            case _:
                return ()

    def whole(self, node: ast.expr) -> tuple[SourcedModule, ...]:
        """The modules, with given names, that an expression stands for: whoever has one can ask it for any of its names."""
        return tuple(each for each in self._whole(node) if each.path)

    def _whole(self, node: ast.expr) -> tuple[SourcedModule, ...]:
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

    def is_user(self, node: ast.expr, *, is_called: bool = False) -> bool:
        """True for a function or class that uses given names, by its name or as an attribute of its module; with `is_called`, if it
        does so when it is called.
        """
        match node:
            case _ if not self._with_users:
                return False
            case ast.Name(id=name, ctx=ast.Load()):
                module: SourcedModule | None = self.module
            case ast.Attribute(value, name):
                module = self.by_name.get(self._owner(value) or "")
            case _:
                return False
        return module is not None and name in module.users and not (is_called and name in module.makers)

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


# Functions of Python's that call nothing of what they are given, apart from what gives a class's attributes a meaning.
_LOOKING = frozenset(("getattr", "hasattr", "isinstance", "issubclass"))

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
            if (is_called and scope.is_user(node, is_called=True)) or scope.is_made(node):
                yield _Use(name, is_compared=False)
            elif givers := scope.givers(node):
                yield _Use(name, is_compared=not is_tested and all(name in each.differing for each in givers))
        match node:
            case ast.If() if _is_of_script(node):
                pass
            case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                # A method needs an object first.
                if (isinstance(node, ast.ClassDef) or node not in methods) and _is_used_when_made(node, scope):
                    yield _Use(node.name, is_compared=False)
                methods.update(node.body)
                pending += [(each, is_called, False) for each, is_called in _run_when_made(node)]
            case ast.ImportFrom(names=aliases):
                source = scope.by_name.get(scope.module.source_of(node))
                for alias in aliases:
                    if source and (alias.name in source.given or (alias.name == "*" and _takes(source))):
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
            case ast.Call(func=function, args=args, keywords=keywords) if _is_method_apart(function, scope):
                pending += [(each, True, is_tested) for each in (*args, *keywords)]
            case ast.Call(func=ast.Name(id=name)) if name in _LOOKING:
                pending += [(each, is_called, is_tested) for each in ast.iter_child_nodes(node)]
            case _:
                calls = is_called or isinstance(node, ast.Call | ast.With | ast.For | ast.comprehension)
                tests = is_tested or isinstance(node, _TESTS)
                pending += [(each, calls, tests) for each in ast.iter_child_nodes(node)]


_Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def _is_used_when_made(node: _Definition, scope: _Scope) -> bool:
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


def _is_given_away(node: _Definition, scope: _Scope) -> bool:
    """True for a function that uses given names and that a decorator has: it may call that at once, or keep it for others. A class, which
    is rarely called at once, must use them itself.
    """
    decorators = [
        each.func if isinstance(each, ast.Call) else each
        for each in node.decorator_list
        if not _only_wraps(each, scope)
    ]
    names = {each.attr if isinstance(each, ast.Attribute) else getattr(each, "id", "") for each in decorators}
    if names <= _UNCALLING:
        return False
    if isinstance(node, ast.ClassDef):
        return any(_mentions(each, scope.without_users(), with_given=True) for each in node.body)
    return _mentions(node, scope, with_given=True)


def _only_wraps(decorator: ast.expr, scope: _Scope) -> bool:
    """True for a function of these modules that calls nothing, but makes a function of what it is given."""
    match decorator:
        case ast.Name(id=name):
            whole = scope.module.imports.get(name, f"{scope.module.name}.{name}")
        case _:
            return False
    owner, _, name = whole.rpartition(".")
    module = scope.by_name.get(owner)
    functions = (
        [each for each in module.statements if isinstance(each, ast.FunctionDef) and each.name == name]
        if module
        else []
    )
    return len(functions) == 1 and all(map(_is_part_of_wrapper, functions[0].body))


def _is_part_of_wrapper(node: ast.stmt) -> bool:
    match node:
        case ast.Expr(ast.Constant()) | ast.Return(ast.Name()):
            return True
        case ast.FunctionDef(decorator_list=decorators):
            return all(map(_is_wraps, decorators))
        case _:
            return False


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
    before: list[tuple[int, int, int]] = []
    # Which functions only make others, and which classes are told of others, follows from all that is found.
    while before != (now := [(len(each.users), len(each.told), len(each.makers)) for each in modules]):
        before = now
        words = _words(modules)
        for module in modules:
            scope = _Scope(module, by_name)
            for node in _parts(module.statements) if module.may_use(words) else ():
                match node:
                    case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                        if _mentions(node, scope, with_given=True):
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
                        if _mentions(node, scope, with_given=False):
                            module.users |= {each.id for each in stored(node)} | changed(node)
                    case _:
                        pass


def _parts(body: Iterable[ast.AST]) -> Iterator[ast.stmt]:
    """Statements, those within others too, but for those of functions and classes."""
    for node in body:
        if isinstance(node, ast.stmt):
            yield node
        if isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case) and not isinstance(
            node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        ):
            yield from _parts(branches(node) if isinstance(node, ast.If) else ast.iter_child_nodes(node))


def _only_makes(function: ast.FunctionDef, scope: _Scope) -> bool:
    """True for a function that uses nothing itself, and does no more with a function in it that does than to return it."""
    inner = {each.name for each in function.body if isinstance(each, ast.FunctionDef)}
    for each in function.body:
        match each:
            case ast.FunctionDef(decorator_list=decorators):
                if not all(map(_is_wraps, decorators)):
                    return False
            case ast.Return(ast.Name(id=name)) if name in inner:
                pass
            case _:
                names = {part.id for part in ast.walk(each) if isinstance(part, ast.Name)}
                if names & inner or _mentions(each, scope, with_given=True, own=_own_names(function)):
                    return False
    return not function.decorator_list


def _is_wraps(decorator: ast.expr) -> bool:
    """True for `functools.wraps(...)`."""
    return isinstance(decorator, ast.Call) and ast.unparse(decorator.func) in ("wraps", "functools.wraps")


def _is_method_apart(node: ast.expr, scope: _Scope) -> bool:
    """True for a method of a class of the module, by its name, that has nothing to do with what other methods use."""
    match node:
        case ast.Attribute(ast.Name(id=name), attr) if name not in scope.module.given:
            found = [each for each in scope.module.statements if isinstance(each, ast.ClassDef) and each.name == name]
            return len(found) == 1 and _is_apart(found[0], attr, scope)
        case _:
            return False


def _is_apart(owner: ast.ClassDef, name: str, scope: _Scope) -> bool:
    method = (owner.name, name)
    if method in scope.looked_at:
        return True
    scope.looked_at.add(method)
    is_apart = _uses_nothing(owner, name, scope)
    scope.looked_at.discard(method)
    return is_apart


def _uses_nothing(owner: ast.ClassDef, name: str, scope: _Scope) -> bool:
    methods = [each for each in owner.body if isinstance(each, ast.FunctionDef) and each.name == name]
    if len(methods) != 1 or _mentions(methods[0], scope, with_given=True):
        return False
    is_static = any(isinstance(each, ast.Name) and each.id == "staticmethod" for each in methods[0].decorator_list)
    arguments = [] if is_static else [each.arg for each in methods[0].args.args[:1]]
    names = [each for each in ast.walk(methods[0]) if isinstance(each, ast.Name)]
    attributes = [each for each in ast.walk(methods[0]) if isinstance(each, ast.Attribute)]
    through = [each for each in attributes if isinstance(each.value, ast.Name) and each.value.id in arguments]
    # The class itself goes no further, and whatever is taken from it is such a method, too.
    uses = sum(each.id in (*arguments, owner.name, "super", "__class__") for each in names)
    return uses == len(through) and all(_is_apart(owner, each.attr, scope) for each in through)


def _is_told(node: ast.ClassDef, scope: _Scope) -> bool:
    """True for a class, among those that use given names, that does something when another is made from it, or its base does."""
    own = {each.name for each in node.body if isinstance(each, ast.FunctionDef)}
    return bool(own & {"__init_subclass__", "__set_name__"}) or any(map(scope.is_told, node.bases))


def _mentions(node: ast.AST, scope: _Scope, *, with_given: bool, own: frozenset[str] = frozenset()) -> bool:
    """True if code mentions a user, or a given name, wherever: in a function, a method, a nested class or a base of a class.

    `own`: names that mean something else there, such as variables of functions.
    """
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda() if not scope.module.was_called(node):
            return False
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            own |= _own_names(node)
        case ast.Name(id=name) if name in own:
            return False
        case ast.ImportFrom(names=aliases) if source := scope.by_name.get(scope.module.source_of(node)):
            names = source.users | (source.given - source.differing) if with_given else source.users
            if any(alias.name in names for alias in aliases):
                return True
        case ast.Call(func=function, args=args, keywords=keywords) if _is_method_apart(function, scope):
            return any(_mentions(each, scope, with_given=with_given, own=own) for each in (*args, *keywords))
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
