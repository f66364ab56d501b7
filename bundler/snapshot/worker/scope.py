"""Names and attributes in the code of a module, and what they stand for."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from .sourced import SourcedModule

# Functions by which code gets at a module, or at its names, without naming these.
_ROUNDABOUT = frozenset(("modules", "import_module", "__import__", "globals", "locals", "vars", "eval", "exec"))


def words_of(modules: list[SourcedModule]) -> set[str]:
    """Words of which one occurs in each piece of source that may use given names: these, their users, what a module that has some is
    called, and functions that get at them in other ways.
    """
    found = set(_ROUNDABOUT)
    for each in modules:
        found |= each.given | each.users
        found |= {each.name.rpartition(".")[2]} if each.path and (each.given or "__getattr__" in each.users) else set()
    return found


def shown_names(module: SourcedModule) -> set[str] | None:
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


def takes(module: SourcedModule) -> bool:
    """True if `from MODULE import *` may take given names."""
    shown = shown_names(module)
    return bool(module.given) and (shown is None or bool(module.given & shown))


class Scope:
    """A module among others: what expressions in it stand for."""

    def __init__(self, module: SourcedModule, by_name: Mapping[str, SourcedModule], *, with_users: bool = True) -> None:
        self.module = module
        self.by_name = by_name
        self.looked_at: set[tuple[str, str]] = set()  # methods of classes that are being judged
        self._given = {name for each in by_name.values() for name in each.given}  # most attributes are none of these
        self._with_users = with_users

    def without_users(self) -> Scope:
        """A scope of the same module where nothing but a given name itself is a use."""
        return Scope(self.module, self.by_name, with_users=False)

    def givers(self, node: ast.expr) -> tuple[SourcedModule, ...]:
        """The modules of which this may be a given name, by itself or as an attribute."""
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                return (self.module,) if name in self.module.given else ()
            case ast.Attribute(value, attr) if attr in self._given:
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
