"""Reads names that code puts together: literal arguments of import calls, texts with parts that only running shows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count, islice, pairwise, product, takewhile

from .lookups import argument

_PLACEHOLDER = re.compile(r"\{(\w*)\}")
_PLACEHOLDER_OLD = re.compile(r"%(?:\((\w+)\))?s")
_OTHER_PLACEHOLDERS = frozenset("%{}")

# Methods of texts that make the name of a module of another text: `"a/b.py".removesuffix(".py").replace("/", ".")`.
CHANGING = frozenset("replace removeprefix removesuffix strip lstrip rstrip lower".split())

# Functions and methods that go through a table as it is, whatever the order.
_PASSING = frozenset("sorted list tuple set frozenset reversed enumerate iter items keys values".split())

# In a text, in place of the name of the file's own package.
OWN_PACKAGE = "\0"

Change = tuple[str, tuple[str, ...]]  # a method of texts, and its arguments


def resolved(name: str, package: str) -> str:
    """The full name for one that begins with dots."""
    rest = name.lstrip(".")
    parts = package.split(".")
    above = len(name) - len(rest) - 1
    return ".".join((*parts[: len(parts) - above], rest))


def literal_package(call: ast.Call) -> str:
    """The second argument of import_module, where it is written out."""
    match argument(call, 1, "package"):
        case ast.Constant(str(package)):
            return package
        case _:
            return ""


def literal_level(call: ast.Call) -> int:
    """The level at which `__import__` starts, from its fifth argument: 1 is the file's own package."""
    match argument(call, 4, "level"):
        case ast.Constant(int(level)) if level > 0:
            return level
        case _:
            return 0


def pattern_of(node: ast.expr, constants: Mapping[str, str]) -> str:
    """A computed string with stars for what is not known; a star alone when nothing is.

    It begins with a dot where the string begins with the name of the file's own package, as relative names do.
    """
    text = _pattern(node, constants)
    if text.startswith(f"{OWN_PACKAGE}."):
        text = text.removeprefix(OWN_PACKAGE)
    return text.replace(OWN_PACKAGE, "*")


def is_own_package(node: ast.expr) -> bool:
    """True for what is the name of the file's own package. `__name__` is, where a name of a submodule is made of it."""
    match node:
        case ast.Name("__name__" | "__package__") | ast.Attribute(ast.Name("__spec__"), "name" | "parent"):
            return True
        case ast.Subscript(
            ast.Call(ast.Attribute(ast.Name("__name__"), "rpartition"), [ast.Constant(".")]), ast.Constant(0)
        ):
            return True
        case ast.Subscript(
            ast.Call(ast.Attribute(ast.Name("__name__"), "rsplit"), [ast.Constant("."), ast.Constant(1)]),
            ast.Constant(0),
        ):
            return True
        case _:
            return False


def _pattern(node: ast.expr, constants: Mapping[str, str]) -> str:
    match node:
        case ast.Constant(str(text)):
            return text
        case ast.Name(name) if name in constants:
            return constants[name]
        case _ if is_own_package(node):
            return OWN_PACKAGE
        case ast.JoinedStr(values):
            return "".join(
                _pattern(each.value if isinstance(each, ast.FormattedValue) else each, constants) for each in values
            )
        case ast.BinOp(left, ast.Add(), right):
            return _pattern(left, constants) + _pattern(right, constants)
        case ast.BinOp(left, ast.Mod(), right):
            text = _pattern(left, constants)
            return _filled(_PLACEHOLDER_OLD, text, _operands(right), constants) if "*" not in text else "*"
        case ast.Call(ast.Attribute(form, "format"), arguments, keywords):
            text = _pattern(form, constants)
            given = {str(place): each for place, each in _before_star(arguments)}
            given |= {each.arg: each.value for each in keywords if each.arg is not None}
            return _filled(_PLACEHOLDER, text, given, constants) if "*" not in text else "*"
        case ast.Call(ast.Attribute(ast.Constant(str(text)), "join"), [ast.Tuple(parts) | ast.List(parts)]):
            return text.join(_pattern(each, constants) for each in parts)
        case ast.Call(ast.Attribute(attr=method)) if method in CHANGING:
            start, changes = changes_of(node)
            return changed(_pattern(start, constants), changes) if changes else "*"
        case _:
            return "*"


def _operands(right: ast.expr) -> dict[str, ast.expr]:
    """The operands of `%`, by the places or names of the placeholders."""
    match right:
        case ast.Tuple(elements):
            return {str(place): each for place, each in _before_star(elements)}
        case ast.Dict(keys, values):
            pairs = zip(keys, values, strict=True)
            return {str(key.value): value for key, value in pairs if isinstance(key, ast.Constant)}
        case _:
            return {"0": right}


def _before_star(arguments: Iterable[ast.expr]) -> Iterator[tuple[int, ast.expr]]:
    return enumerate(takewhile(lambda each: not isinstance(each, ast.Starred), arguments))


def _filled(
    placeholder: re.Pattern[str], text: str, given: Mapping[str, ast.expr], constants: Mapping[str, str]
) -> str:
    """A text with what is known in its placeholders; stars in the others."""
    if not _OTHER_PLACEHOLDERS.isdisjoint(placeholder.sub("", text)):
        given = {}  # others, such as %d, count too
    places = map(str, count())

    def fill(found: re.Match[str]) -> str:
        node = given.get(found[1] or next(places))
        return _pattern(node, constants) if node is not None else "*"

    return placeholder.sub(fill, text)


# More combinations of texts than that are no names of modules.
_MOST_VARIANTS = 16

_BEGINNING = re.compile(r"\.*[A-Za-z_][\w.]*")


def alternatives_in(value: ast.expr | None) -> set[str]:
    """Texts that may begin the name of a module, of which a variable is given one: `"a." if x else "b."`."""
    match value:
        case ast.Constant(str(text)) if _BEGINNING.fullmatch(text):
            return {text}
        case ast.IfExp(body=body, orelse=orelse):
            return alternatives_in(body) | alternatives_in(orelse)
        case _:
            return set()


def variants(
    node: ast.expr, constants: Mapping[str, str], alternatives: Mapping[str, set[str]]
) -> Iterator[Mapping[str, str]]:
    """The constants, once for each combination of texts that the variables of functions in an expression may have."""
    names = sorted({each.id for each in ast.walk(node) if isinstance(each, ast.Name)} & alternatives.keys())
    rows = product(*(sorted(alternatives[name]) for name in names))
    yield from ({**constants, **dict(zip(names, row, strict=True))} for row in islice(rows, _MOST_VARIANTS))


def texts_of(node: ast.expr, constants: Mapping[str, str], choices: Mapping[str, set[str]]) -> Iterator[str]:
    """The texts that an expression may have, with stars for what is not known: `a or "b"`, a variable of a loop.

    `choices`: the texts that variables of loops take, and those that elements of tables have.
    """
    match node:
        case ast.BoolOp(values=values):
            for value in values:
                yield from texts_of(value, constants, choices)
        case ast.IfExp(body=body, orelse=orelse):
            yield from texts_of(body, constants, choices)
            yield from texts_of(orelse, constants, choices)
        case ast.Name(name) if name in choices:
            yield from choices[name]
        case ast.Subscript(ast.Name(name)) if choices.get(element_of(name)):
            yield from choices[element_of(name)]
        case ast.Call(ast.Attribute(attr=method)) if method in CHANGING:
            start, changes = changes_of(node)
            yield from (changed(each, changes) for each in texts_of(start, constants, choices)) if changes else "*"
        case _:
            yield pattern_of(node, constants)


def element_of(table: str) -> str:
    """The key of `choices` for the elements of a table by its name."""
    return f"{table}[]"


def changes_of(node: ast.expr) -> tuple[ast.expr, tuple[Change, ...]]:
    """A text, and the changes that calls of methods with literal arguments make to it: of `name.replace("-", "_")` one."""
    changes: list[Change] = []
    while True:
        match node:
            case ast.Call(ast.Attribute(value, method), arguments, []) if method in CHANGING:
                texts = tuple(each.value for each in arguments if isinstance(each, ast.Constant))
                if len(texts) < len(arguments) or not all(isinstance(each, str) for each in texts):
                    return node, tuple(reversed(changes))
                changes.append((method, texts))
                node = value
            case _:
                return node, tuple(reversed(changes))


def changed(text: str, changes: Iterable[Change]) -> str:
    """A text after these changes; as it was, if they are none that texts take."""
    for method, arguments in changes:
        try:
            text = getattr(text, method)(*arguments)
        except TypeError:
            return text
    return text


def choices_of(
    tables: Iterable[tuple[str, ast.expr]], loops: Iterable[tuple[ast.expr, ast.expr]]
) -> dict[str, set[str]]:
    """The texts that variables of loops take, and those that elements of tables have, as `texts_of` wants them.

    `tables`: literals by the names of variables; `loops`: variables, and what they go through.
    """
    known: dict[str, set[str]] = {}
    for name, table in tables:
        known.setdefault(name, set()).update(_literals_in(table, {}))
        elements = table.values if isinstance(table, ast.Dict) else [table]
        known.setdefault(element_of(name), set()).update(*(_literals_in(each, {}) for each in elements))
    # The name of a table alone is no text.
    found = {name: texts for name, texts in known.items() if name.endswith(element_of(""))}
    for target, table in loops:
        texts = _literals_in(table, known)
        for name in (each.id for each in ast.walk(target) if texts and isinstance(each, ast.Name)):
            found.setdefault(name, set()).update(texts)
    return found


def _literals_in(node: ast.expr, tables: Mapping[str, set[str]]) -> set[str]:
    """The texts that a loop goes through: those of a literal, or of a table by its name; none if it is neither."""
    found: set[str] = set()
    pending = [node]
    while pending:
        match pending.pop():
            case ast.Constant(str(text)):
                found.add(text)
            case ast.Tuple(elements) | ast.List(elements) | ast.Set(elements):
                pending += elements
            case ast.Dict(keys, values):
                pending += (*filter(None, keys), *values)
            case ast.Name(name):
                found |= tables.get(name, set())
            case ast.BinOp(left, ast.Add() | ast.BitOr(), right):
                pending += (left, right)
            case ast.Call(ast.Name(function), [table, *_]) if function in _PASSING:
                pending.append(table)
            case ast.Call(ast.Attribute(ast.Name(name), "values"), []):
                found |= tables.get(element_of(name), set())
            case ast.Call(ast.Attribute(table, method), []) if method in _PASSING:
                pending.append(table)
    return found


def modules_to_run(items: Sequence[ast.expr]) -> Iterator[str]:
    """Names behind "-m" in a list that is most likely a command."""
    for option, name in pairwise(items):
        match option, name:
            case ast.Constant("-m"), ast.Constant(str(text)):
                yield text
