"""Folders that a file puts on `sys.path`, or on its `__path__`, where it says so with `__file__` or by a name; and sources
to which it makes a path from `__file__`.
"""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Callable, Iterator, Mapping

from .conditions import dotted
from .schema import AdditionRow, ListingRow


class AddedFolders:
    """Collects what a file says of folders, in whatever order its statements are met."""

    def __init__(self) -> None:
        self._values: dict[str, ast.expr] = {}
        self._added: list[tuple[bool, ast.expr, int | None, int, bool]] = []
        self._listed: list[tuple[ast.Call, ast.expr, str]] = []  # calls, the folders, and patterns relative to these
        self._joined: list[ast.expr] = []  # paths whose last part is a source

    def assigned(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign, *, is_certain: bool) -> None:
        """Note an assignment: to a name that may stand for a folder, or to a search path."""
        match node:
            case ast.Assign([ast.Name(name)], value) | ast.AnnAssign(ast.Name(name), value=ast.expr() as value):
                self._values[name] = value
            case ast.AugAssign(target, ast.Add(), ast.List(folders)):
                self._note(target, folders, None, node.lineno, is_certain=is_certain)
            case ast.Assign(
                [ast.Subscript(target, ast.Slice(None | ast.Constant(0), ast.Constant(0)))], ast.List(folders)
            ):
                self._note(target, folders, 0, node.lineno, is_certain=is_certain)
            case ast.Assign([target], ast.BinOp(ast.List(folders), ast.Add(), rest)) if dotted(target) == dotted(rest):
                self._note(target, folders, 0, node.lineno, is_certain=is_certain)
            case ast.Assign([target], ast.List([*folders, ast.Starred(rest)])) if dotted(target) == dotted(rest):
                self._note(target, folders, 0, node.lineno, is_certain=is_certain)

    def called(self, node: ast.Call, *, is_certain: bool) -> None:
        """Note a call, which may be one that adds to a search path."""
        match node:
            case ast.Call(ast.Attribute(value, "insert"), [ast.Constant(int(index)), folder]):
                self._note(value, [folder], index, node.lineno, is_certain=is_certain)
            case ast.Call(ast.Attribute(value, "insert"), [_, folder]):
                self._note(value, [folder], 0, node.lineno, is_certain=False)
            case ast.Call(ast.Attribute(value, "append"), [folder]):
                self._note(value, [folder], None, node.lineno, is_certain=is_certain)
            case ast.Call(ast.Attribute(value, "extend"), [ast.List(folders)]):
                self._note(value, folders, None, node.lineno, is_certain=is_certain)
            case ast.Call(ast.Attribute(attr="addsitedir"), [folder]):
                self._added.append((False, folder, None, node.lineno, is_certain))
            case ast.Call(ast.Attribute(attr="join" | "joinpath") | ast.Name("join"), [*_, last]):
                self.joined(node, last)
        self._listed += ((node, folder, pattern) for folder, pattern in _listing(node))

    def joined(self, path: ast.expr, last: ast.expr) -> None:
        """Note a path that is put together, whose last part may be a source."""
        match last:
            case ast.Constant(str(text)) if text.endswith(".py"):
                self._joined.append(path)

    def _note(
        self, target: ast.expr, folders: list[ast.expr], index: int | None, line: int, *, is_certain: bool
    ) -> None:
        name = dotted(target)
        if name in ("sys.path", "__path__"):
            for offset, folder in enumerate(folders):
                place = index if index is None else index + offset
                self._added.append((name == "__path__", folder, place, line, is_certain))

    def found(self, *, in_package: bool) -> list[AdditionRow]:
        """Folders that are added to `sys.path`, or to the `__path__` of the package; relative to the file's own."""
        rows = []
        for is_package, folder, index, line, is_certain in self._added:
            place = _relative_to_file(folder, self._values)
            name = dotted(folder) if place is None else ""
            if is_package is in_package and (place is not None or name):
                rows.append(AdditionRow(place or "", name or "", index, line, is_certain))
        return sorted(rows, key=lambda row: row.line)

    def listings(self, arrivals: Mapping[int, set[int]]) -> list[ListingRow]:
        """Folders, relative to the file's own, whose listing arrives at computed imports; `arrivals`: their lines, by the
        identity of what arrives.
        """
        found: dict[str, set[int]] = {}
        for call, folder, pattern in self._listed:
            place = self.place(folder) if id(call) in arrivals else None
            whole = posixpath.normpath(f"{place}/{pattern}") if place is not None and place != _THE_FILE else ""
            # Of a pattern, the folder of the files that match.
            parent = posixpath.dirname(whole) or "." if "*" in posixpath.basename(whole) else whole
            if parent and "*" not in parent:
                found.setdefault(parent, set()).update(arrivals[id(call)])
        return [ListingRow(place, sorted(lines)) for place, lines in sorted(found.items())]

    def place(self, path: ast.expr) -> str | None:
        """A path relative to the file's own folder, if it is made of `__file__` and literals."""
        return _relative_to_file(path, self._values)

    def sources(self) -> set[str]:
        """Sources to which paths lead, relative to the file's own folder."""
        places = (_relative_to_file(path, self._values) for path in self._joined)
        return {place for place in places if place is not None}

    def constants(self) -> dict[str, str]:
        """Names of the file that stand for folders, relative to its own."""
        places = {name: _relative_to_file(value, self._values) for name, value in self._values.items()}
        return {name: place for name, place in sorted(places.items()) if place is not None and place != _THE_FILE}


def _listing(node: ast.Call) -> Iterator[tuple[ast.expr, str]]:
    """The folder that a call lists, and a pattern below it."""
    match node:
        case ast.Call(ast.Name("listdir" | "scandir" | "glob" | "iglob"), [folder, *_]):
            yield folder, ""
        case ast.Call(ast.Attribute(ast.Name("os"), "listdir" | "scandir"), [folder, *_]):
            yield folder, ""
        case ast.Call(ast.Attribute(ast.Name("glob"), "glob" | "iglob"), [folder, *_]):
            yield folder, ""
        case ast.Call(ast.Attribute(folder, "iterdir"), []):
            yield folder, ""
        case ast.Call(ast.Attribute(folder, "glob"), [ast.Constant(str(pattern))]):
            yield folder, pattern
        case ast.Call(
            ast.Name("iter_modules" | "walk_packages")
            | ast.Attribute(attr="iter_modules" | "walk_packages"),
            [ast.List([folder]), *_],
        ):
            yield folder, ""


def is_path_guard(test: ast.expr) -> bool:
    """`folder not in sys.path`: what stands below it happens, or has happened."""
    match test:
        case ast.Compare(_, [ast.NotIn()], [path]):
            return dotted(path) == "sys.path"
    return False


# The file itself, as a path relative to its folder; that folder is ".".
_THE_FILE = "./"
_ANY_FILE = "file"

# Functions and methods that give the same place another form.
_SAME_PLACE = frozenset({"abspath", "realpath", "normpath", "fspath", "str", "Path", "resolve", "absolute", "as_posix"})


def _relative_to_file(node: ast.expr, values: dict[str, ast.expr], depth: int = 0) -> str | None:
    """A path made of `__file__` and literals, relative to the file's folder; None for any other."""
    if depth > 20:  # a name that is assigned to itself
        return None

    def of(inner: ast.expr) -> str | None:
        return _relative_to_file(inner, values, depth + 1)

    match node:
        case ast.Name("__file__"):
            return _THE_FILE
        case ast.Subscript(ast.Name("__path__"), ast.Constant(0)):
            return "."
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
        case ast.JoinedStr([ast.FormattedValue(left), ast.Constant(str(part))]) if part.startswith("/"):
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
    if place == _THE_FILE:
        # `abspath` takes ".." for the folder of a file as well. Nothing else lies below one.
        inside = posixpath.normpath(f"{_ANY_FILE}/{part}")
        return None if inside.startswith(_ANY_FILE) else inside
    return posixpath.normpath(f"{place}/{part}")
