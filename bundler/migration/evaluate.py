"""Reads a Python file without running it: computes what its text alone determines, and records calls of a tool's classes.

A spec file is a program. Most of them compute lists of literals, paths beside the file and helpers of PyInstaller. All else
becomes an `Unknown`, which keeps its text and its line.
"""

from __future__ import annotations

import ast
import glob
import os
import platform
import posixpath
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from bundler.errors import BundleError
from bundler.migration.model import Call, Collected, Part, Reading, Unknown

_LONGEST_LOOP = 10_000

# Helpers of PyInstaller.utils.hooks, and the option that collects the same.
HELPERS: Mapping[str, str] = {
    "collect_all": "collect-all",
    "collect_data_files": "collect-data",
    "collect_dynamic_libs": "collect-binaries",
    "collect_submodules": "collect-submodules",
    "copy_metadata": "copy-metadata",
}

# Names that are defined at the start, and constants of modules, on Linux.
_NAMES: Mapping[str, Any] = {
    "__name__": "__main__",
    "sys.platform": "linux",
    "os.name": "posix",
    "os.sep": "/",
    "os.path.sep": "/",
    "os.pathsep": ":",
    "os.curdir": ".",
    "PyInstaller.compat.is_win": False,
    "PyInstaller.compat.is_darwin": False,
    "PyInstaller.compat.is_linux": True,
}


class _UnknownError(Exception):
    """An expression has a value that the text alone does not tell."""


class _Name(str):
    """The dotted name of a module, a function or a class that the file imports or finds."""

    __slots__ = ()


def evaluate(file: Path, recorded: Collection[str]) -> Reading:
    """The calls of `recorded` classes and functions in a file; BundleError when it is no Python."""
    try:
        tree = ast.parse(file.read_bytes(), str(file))
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        raise BundleError(
            "bad-migration",
            f"`{file.name}` is not valid Python: {getattr(error, 'msg', error)}",
            where=f"{file}:{line}" if line else str(file),
            hint="correct the file; the tool that it is for cannot read it either",
        ) from error
    place = file.resolve()
    own = {"SPECPATH": str(place.parent), "SPEC": str(place), "__file__": str(place)}
    reader = _Reader(Path.cwd(), recorded, {**own, "DISTPATH": "dist", "workpath": "build"})
    reader.run(tree.body)
    return Reading(tuple(reader.calls), tuple(reader.skipped))


class _Reader:
    """Follows statements. `folder`: the current one, from which relative paths start for functions of Python's."""

    def __init__(self, folder: Path, recorded: Collection[str], names: Mapping[str, Any]) -> None:
        self._folder = folder
        self._recorded = recorded
        self._names: dict[str, Any] = {**names}
        self.calls: list[Call] = []
        self.skipped: list[Unknown] = []

    # --- Statements ---------------------------------------------------------------------------------------------------

    def run(self, statements: Sequence[ast.stmt]) -> None:
        for statement in statements:
            self._statement(statement)

    def _statement(self, statement: ast.stmt) -> None:
        match statement:
            case ast.Import(names):
                for each in names:
                    name = each.name if each.asname else each.name.partition(".")[0]
                    self._names[each.asname or name] = _Name(name)
            case ast.ImportFrom(module=str(module), names=names):
                for each in names:
                    self._names[each.asname or each.name] = _Name(f"{module}.{each.name}")
            case ast.Assign(targets, value):
                found = self.value(value)
                for target in targets:
                    self._bind(target, found)
            case ast.AnnAssign(target, value=ast.expr() as value):
                self._bind(target, self.value(value))
            case ast.AugAssign(target, ast.Add(), value):
                self._bind(target, self._sum(self.value(target), self.value(value), statement))
            case ast.Expr(value):
                self.value(value)
            case ast.If(test, body, orelse):
                condition = self.value(test)
                if isinstance(condition, Unknown):
                    self._skip(statement, test)
                else:
                    self.run(body if condition else orelse)
            case ast.For(target, over, body):
                self._loop(statement, target, over, body)
            case ast.Try(body=body):
                self.run(body)
            case ast.With(body=body):
                self._forget(body)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                self._names[name] = Unknown(name, statement.lineno)
            case _:
                self._forget([statement])

    def _loop(self, statement: ast.For, target: ast.expr, over: ast.expr, body: Sequence[ast.stmt]) -> None:
        items = self.value(over)
        if not isinstance(items, list | tuple | dict) or len(items) > _LONGEST_LOOP:
            self._skip(statement, over)
            return
        for item in items:
            self._bind(target, item)
            self.run(body)

    def _skip(self, statement: ast.If | ast.For, reason: ast.expr) -> None:
        """Leave a statement out, and note it if it decides what goes in."""
        word = "if" if isinstance(statement, ast.If) else "for"
        self.skipped.append(Unknown(f"{word} {ast.unparse(reason)}", statement.lineno))

    def _forget(self, statements: Sequence[ast.stmt]) -> None:
        """Names that statements bind have values that are not known."""
        for node in chain.from_iterable(map(ast.walk, statements)):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                self._names[node.id] = Unknown(node.id, node.lineno)

    def _bind(self, target: ast.expr, value: Any) -> None:
        match target:
            case ast.Name(name):
                self._names[name] = value
            case ast.Tuple(targets) | ast.List(targets):
                values = value if isinstance(value, list | tuple) and len(value) == len(targets) else None
                for index, each in enumerate(targets):
                    self._bind(each, values[index] if values is not None else Unknown(ast.unparse(each), each.lineno))
            case ast.Attribute(owner, name):
                call = self.value(owner)
                if isinstance(call, Call) and isinstance(value, list):
                    call.keywords[f"+{name}"] = [each for each in value if not isinstance(each, Part)]
            case ast.Subscript(owner, key):
                table, name = self.value(owner), self.value(key)
                if isinstance(table, dict) and not isinstance(name, Unknown):
                    table[name] = value

    # --- Expressions --------------------------------------------------------------------------------------------------

    def value(self, node: ast.expr) -> Any:
        """The value of an expression, or an `Unknown`."""
        try:
            return self._value(node)
        except _UnknownError:
            return self._unknown(node)

    def _unknown(self, node: ast.AST) -> Unknown:
        return Unknown(ast.unparse(node), getattr(node, "lineno", 0))

    def _value(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(value):
                return value
            case ast.List(items):
                return self._items(items)
            case ast.Tuple(items):
                return tuple(self._items(items))
            case ast.Set(items):
                return self._items(items)
            case ast.Dict(keys, values):
                pairs = zip(keys, values, strict=True)
                return {self._known(key): self.value(value) for key, value in pairs if key is not None}
            case ast.Name(name):
                return self._named(name)
            case ast.Attribute(owner, name):
                return self._attribute(self.value(owner), name)
            case ast.BinOp(left, ast.Add(), right):
                return self._sum(self.value(left), self.value(right), node)
            case ast.BinOp(left, ast.Div(), right):
                return _joined(self._text(left), self._text(right))
            case ast.BinOp(left, ast.Mod(), right):
                return self._formatted(lambda: self._known(left) % self._known(right))
            case ast.JoinedStr(parts):
                return "".join(self._text(part) for part in parts)
            case ast.FormattedValue(value, format_spec=None):
                return str(self._known(value))
            case ast.Subscript(owner, key):
                return self._formatted(lambda: self._known(owner)[self._known(key)])
            case ast.Compare(left, [operator], [right]):
                return _compared(operator, self._known(left), self._known(right))
            case ast.BoolOp(operator, values):
                known = [self._known(value) for value in values]
                return all(known) if isinstance(operator, ast.And) else any(known)
            case ast.UnaryOp(ast.Not(), operand):
                return not self._known(operand)
            case ast.IfExp(test, body, orelse):
                return self.value(body) if self._known(test) else self.value(orelse)
            case ast.ListComp(element, [generator]) | ast.GeneratorExp(element, [generator]):
                return self._comprehended(element, generator)
            case ast.Call(func, arguments, keywords):
                return self._call(node, self.value(func), arguments, keywords)
            case _:
                raise _UnknownError

    def _known(self, node: ast.expr) -> Any:
        value = self.value(node)
        if isinstance(value, Unknown):
            raise _UnknownError
        return value

    def _text(self, node: ast.expr) -> str:
        value = self._known(node)
        if type(value) is not str:
            raise _UnknownError
        return value

    def _formatted(self, compute: Callable[[], Any]) -> Any:
        try:
            return compute()
        except (TypeError, ValueError, KeyError, IndexError) as error:
            raise _UnknownError from error

    def _items(self, nodes: Sequence[ast.expr]) -> list[Any]:
        items: list[Any] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                value = self.value(node.value)
                items += value if isinstance(value, list | tuple) else [self._unknown(node.value)]
            else:
                items.append(self.value(node))
        return items

    def _sum(self, left: Any, right: Any, node: ast.AST) -> Any:
        """A sum; one of lists keeps what is known, and an `Unknown` for the rest."""
        if isinstance(left, list | tuple) or isinstance(right, list | tuple):
            parts = (list(each) if isinstance(each, list | tuple) else [each] for each in (left, right))
            return [*chain.from_iterable(parts)]
        if type(left) is type(right) and isinstance(left, str | int):
            return left + right
        return self._unknown(node)

    def _named(self, name: str) -> Any:
        if name in self._names:
            return self._names[name]
        if name in _NAMES:
            return _NAMES[name]
        if name in self._recorded or name in _FUNCTIONS:
            return _Name(name)
        raise _UnknownError

    def _attribute(self, owner: Any, name: str) -> Any:
        match owner:
            case _Name():
                full = f"{owner}.{name}"
                return _NAMES.get(full, _Name(full))
            case Call():
                return Part(owner, name)
            case str() if name in _PATH_ATTRIBUTES:
                return _PATH_ATTRIBUTES[name](owner)
        raise _UnknownError

    def _comprehended(self, element: ast.expr, generator: ast.comprehension) -> list[Any]:
        items = self._known(generator.iter)
        if not isinstance(items, list | tuple | dict):
            raise _UnknownError
        made = []
        for item in items:
            self._bind(generator.target, item)
            if all(self._known(condition) for condition in generator.ifs):
                made.append(self.value(element))
        return made

    # --- Calls --------------------------------------------------------------------------------------------------------

    def _call(
        self, node: ast.Call, function: Any, arguments: Sequence[ast.expr], keywords: Sequence[ast.keyword]
    ) -> Any:
        if isinstance(function, _Name):
            return self._call_named(node, function, arguments, keywords)
        if isinstance(node.func, ast.Attribute):
            return self._call_method(self.value(node.func.value), node.func.attr, self._items(arguments))
        raise _UnknownError

    def _call_named(
        self, node: ast.Call, name: _Name, arguments: Sequence[ast.expr], keywords: Sequence[ast.keyword]
    ) -> Any:
        last = name.rpartition(".")[2]
        values = self._items(arguments)
        if last in self._recorded:
            named = {each.arg: self.value(each.value) for each in keywords if each.arg is not None}
            call = Call(last, values, named, node.lineno)
            self.calls.append(call)
            return call
        if last in HELPERS and values and isinstance(values[0], str):
            found = [Collected(HELPERS[last], values[0])]
            return ([*found], [*found], [*found]) if last == "collect_all" else found
        if last == "TOC":
            return values[0] if values else []
        if name in _FUNCTIONS and not any(isinstance(value, Unknown) for value in values):
            return self._formatted(lambda: _FUNCTIONS[name](self._folder, *values))
        raise _UnknownError

    def _call_method(self, owner: Any, name: str, values: list[Any]) -> Any:
        match owner, name, values:
            case list(), "append", [value]:
                owner.append(value)
                return None
            case list(), "extend", [list() | tuple() as more]:
                owner.extend(more)
                return None
            case list(), "extend", [unknown]:
                owner.append(unknown)
                return None
            case list(), "insert", [_, value]:
                owner.append(value)
                return None
            case Part(call, part), "append" | "extend", [value]:
                more = list(value) if isinstance(value, list | tuple) and name == "extend" else [value]
                call.keywords[f"+{part}"] = [*call.keywords.get(f"+{part}", []), *more]
                return None
            case dict(), "get", [key] | [key, None]:
                return owner.get(key)
            case dict(), "get", [key, default]:
                return owner.get(key, default)
            case dict(), "keys" | "values" | "items", []:
                return [*getattr(owner, name)()]
            case str(), _, _ if name in _PATH_METHODS and not any(isinstance(value, Unknown) for value in values):
                return self._formatted(lambda: _PATH_METHODS[name](self._folder, owner, *values))
            case str(), _, _ if name in _TEXT_METHODS and not any(isinstance(value, Unknown) for value in values):
                return self._formatted(lambda: getattr(owner, name)(*values))
        raise _UnknownError


def _compared(operator: ast.cmpop, left: Any, right: Any) -> bool:
    match operator:
        case ast.Eq() | ast.Is():
            return bool(left == right)
        case ast.NotEq() | ast.IsNot():
            return bool(left != right)
        case ast.In() if isinstance(right, list | tuple | dict | str):
            return left in right
        case ast.NotIn() if isinstance(right, list | tuple | dict | str):
            return left not in right
    raise _UnknownError


def _joined(*parts: str) -> str:
    return posixpath.normpath(posixpath.join(*parts)) if any(parts) else ""


def _globbed(folder: Path, pattern: str) -> list[str]:
    return sorted(glob.glob(pattern, root_dir=folder))  # noqa: PTH207  # relative, as the file's own


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "os.path.join": lambda _, *parts: _joined(*parts),
    "os.path.abspath": lambda folder, path: _joined(str(folder), path),
    "os.path.realpath": lambda folder, path: _joined(str(folder), path),
    "os.path.normpath": lambda _, path: _joined(path),
    "os.path.dirname": lambda _, path: posixpath.dirname(path),
    "os.path.basename": lambda _, path: posixpath.basename(path),
    "os.path.exists": lambda folder, path: (folder / path).exists(),
    "os.path.isfile": lambda folder, path: (folder / path).is_file(),
    "os.path.isdir": lambda folder, path: (folder / path).is_dir(),
    "os.listdir": lambda folder, path: sorted(os.listdir(folder / path)),
    "os.getcwd": str,
    "os.getenv": lambda _, name, default=None: default,  # noqa: ARG005
    "os.environ.get": lambda _, name, default=None: default,  # noqa: ARG005
    "os.fspath": lambda _, path: path,
    "glob.glob": _globbed,
    "pathlib.Path": lambda _, *parts: _joined(*parts),
    "pathlib.PurePath": lambda _, *parts: _joined(*parts),
    "pathlib.Path.cwd": str,
    "platform.system": lambda _: "Linux",
    "platform.machine": lambda _: platform.machine(),
    "shutil.which": lambda _, name: f"bin/{name}",
    "sys.path.append": lambda *_: None,
    "sys.path.insert": lambda *_: None,
    "sys.setrecursionlimit": lambda *_: None,
    "str": lambda _, value="": str(value),
    "list": lambda _, values=(): [*values],
    "tuple": lambda _, values=(): (*values,),
    "set": lambda _, values=(): [*values],
    "sorted": lambda _, values: sorted(values),
    "len": lambda _, values: len(values),
    "dict": lambda _: {},
    "print": lambda *_: None,
}
_PATH_ATTRIBUTES: Mapping[str, Callable[[str], Any]] = {
    "parent": posixpath.dirname,
    "name": posixpath.basename,
    "stem": lambda path: posixpath.splitext(posixpath.basename(path))[0],
    "parents": lambda path: [str(each) if str(each) != "." else "" for each in Path(path).parents],
}
_PATH_METHODS: Mapping[str, Callable[..., Any]] = {
    "resolve": lambda folder, path: _joined(str(folder), path),
    "absolute": lambda folder, path: _joined(str(folder), path),
    "as_posix": lambda _, path: path,
    "joinpath": lambda _, *parts: _joined(*parts),
    "exists": lambda folder, path: (folder / path).exists(),
    "is_dir": lambda folder, path: (folder / path).is_dir(),
    "is_file": lambda folder, path: (folder / path).is_file(),
    "glob": lambda folder, path, pattern: _globbed(folder, _joined(path, pattern)),
    "iterdir": lambda folder, path: [_joined(path, name) for name in sorted(os.listdir(folder / path))],
}
_TEXT_METHODS = (
    "replace",
    "split",
    "join",
    "format",
    "lower",
    "upper",
    "strip",
    "startswith",
    "endswith",
    "removesuffix",
)
