"""Folders that a file puts on `sys.path`, where it says so with `__file__`."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Callable

from .conditions import dotted


class AddedFolders:
    """Collects what a file says of its own place, in whatever order its statements are met."""

    def __init__(self) -> None:
        self._values: dict[str, ast.expr] = {}
        self._added: list[ast.expr] = []

    def assigned(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> None:
        """Note an assignment: to a name that may stand for a folder, or to `sys.path`."""
        match node:
            case ast.Assign([ast.Name(name)], value) | ast.AnnAssign(ast.Name(name), value=ast.expr() as value):
                self._values[name] = value
            case ast.AugAssign(target, ast.Add(), ast.List(folders)) if _is_search_path(target):
                self._added += folders

    def called(self, node: ast.Call) -> None:
        """Note a call, which may be one that adds to `sys.path`."""
        match node:
            case ast.Call(ast.Attribute(value, "insert"), [_, folder]) if _is_search_path(value):
                self._added.append(folder)
            case ast.Call(ast.Attribute(value, "append"), [folder]) if _is_search_path(value):
                self._added.append(folder)
            case ast.Call(ast.Attribute(value, "extend"), [ast.List(folders)]) if _is_search_path(value):
                self._added += folders
            case ast.Call(ast.Attribute(attr="addsitedir"), [folder]):
                self._added.append(folder)

    def found(self) -> set[str]:
        """The folders, relative to the file's own."""
        places = (_relative_to_file(each, self._values) for each in self._added)
        return {place for place in places if place is not None}


def _is_search_path(node: ast.expr) -> bool:
    return dotted(node) == "sys.path"


# The file itself, as a path relative to its folder; that folder is ".".
_THE_FILE = "./"

# Functions and methods that give the same place another form.
_SAME_PLACE = frozenset({"abspath", "realpath", "normpath", "fspath", "str", "Path", "resolve", "absolute", "as_posix"})


def _relative_to_file(node: ast.expr, values: dict[str, ast.expr], depth: int = 0) -> str | None:
    """A path that is told by `__file__` and literals, relative to the file's folder; None for any other."""
    if depth > 20:  # a name that is assigned to itself
        return None

    def of(inner: ast.expr) -> str | None:
        return _relative_to_file(inner, values, depth + 1)

    match node:
        case ast.Name("__file__"):
            return _THE_FILE
        case ast.Name(name) if name in values:
            return of(values[name])
        case ast.Attribute(value, "parent"):
            return _above(of(value))
        case ast.Subscript(ast.Attribute(value, "parents"), ast.Constant(int(index))):
            place = of(value)
            for _ in range(index + 1):
                place = _above(place)
            return place
        case ast.BinOp(left, ast.Div(), ast.Constant(str(part))):
            return _below(of(left), part)
        case ast.BinOp(left, ast.Add(), ast.Constant(str(part))) if part.startswith("/"):
            return _below(of(left), part[1:])
        case ast.Call(function, arguments):
            return _called_path(function, arguments, of)
        case _:
            return None


def _called_path(function: ast.expr, arguments: list[ast.expr], of: Callable[[ast.expr], str | None]) -> str | None:
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name in _SAME_PLACE:
        if arguments:
            return of(arguments[0])
        return of(function.value) if isinstance(function, ast.Attribute) else None
    if name == "dirname" and arguments:
        return _above(of(arguments[0]))
    if name in ("join", "joinpath"):
        first = [function.value] if name == "joinpath" and isinstance(function, ast.Attribute) else []
        place = of([*first, *arguments][0])
        for part in [*first, *arguments][1:]:
            is_up = dotted(part) in ("os.pardir", "os.path.pardir")
            text = ".." if is_up else part.value if isinstance(part, ast.Constant) else None
            place = _below(place, text) if isinstance(text, str) else None
        return place
    return None


def _above(place: str | None) -> str | None:
    if place is None:
        return None
    return "." if place == _THE_FILE else posixpath.normpath(f"{place}/..")


def _below(place: str | None, part: str) -> str | None:
    if place is None or part.startswith("/"):
        return None
    return posixpath.normpath(part if place == _THE_FILE else f"{place}/{part}")
