"""Finds code that looks through all variables of the environment for those with a prefix: it depends on no others.

A guard on the prefix is enough for it, as one on a name is for who asks for one variable.
"""

from __future__ import annotations

import ast
import functools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from bundler.snapshot.answers import VARIED_VARIABLES
from bundler.snapshot.kinds import NoteKind
from bundler.snapshot.model import Note


def add_prefixes(
    notes: Iterable[Note], sources: Mapping[str, Path], known: Mapping[str, tuple[str, ...]]
) -> tuple[Note, ...]:
    """The notes, with one of the kind "prefix" for each prefix in place of a note that a module looked through all variables.

    `sources`: paths of modules' sources, by the files that their code says it has. `known`: prefixes that no source tells, by modules.
    """
    return tuple(each for note in notes for each in _prefix_notes(note, sources, known))


def _prefix_notes(note: Note, sources: Mapping[str, Path], known: Mapping[str, tuple[str, ...]]) -> Iterator[Note]:
    found: tuple[str, ...] = ()
    if note.kind is NoteKind.VARIABLES:
        file, *place = note.detail.rsplit(":", 4)  # recorder.py
        found = known.get(note.module) or (prefixes_at(sources[file], ":".join(place)) if file in sources else ())
    if found:
        yield from (replace(note, kind=NoteKind.PREFIX, detail=prefix) for prefix in found)
    else:
        yield note


@functools.cache
def prefixes_at(source: Path, place: str) -> tuple[str, ...]:
    """The prefixes of names for which the loop at a place does anything; none if it may depend on other names, too, or leave one.

    `place`: "line:column:line:column", where it begins and ends. A source that this Python cannot read has no loops.
    """
    try:
        tree = ast.parse(source.read_bytes())
    except (SyntaxError, ValueError):
        return ()
    return next((its for loop, its in _loops(tree) if _place(loop) == place), ())


def _place(node: ast.expr | ast.stmt) -> str:
    return f"{node.lineno}:{node.col_offset}:{node.end_lineno}:{node.end_col_offset}"


def _loops(tree: ast.AST) -> Iterator[tuple[ast.expr | ast.stmt, tuple[str, ...]]]:
    """Loops with the prefixes of names without which they do nothing. A loop is told by what it goes through; before 3.13 the interpreter
    tells its first step by the whole of it.
    """
    forgotten = _forgotten_loops(tree)
    for node in ast.walk(tree):
        match node:
            case ast.expr() | ast.For() if _has_code_for_later(node):
                pass  # it sees the last name, whichever that is
            # Names of a comprehension are its own.
            case (
                ast.ListComp(generators=[loop])
                | ast.SetComp(generators=[loop])
                | ast.DictComp(generators=[loop])
                | ast.GeneratorExp(generators=[loop])
            ) if loop.ifs:
                found = _prefixes(loop.target, loop.iter, loop.ifs[0])
                yield from ((loop.iter, found), (node, found))
            case ast.For(body=[ast.If(test=test, orelse=[])]) if node in forgotten:
                found = _prefixes(node.target, node.iter, test)
                yield from ((node.iter, found), (node, found))


# Code that runs later, in a namespace of its own. A class's names stay as its attributes.
_SCOPES = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef


def _has_code_for_later(loop: ast.expr | ast.For) -> bool:
    """True for a loop with code in it that may run when the loop has ended."""
    return any(isinstance(each, _SCOPES | ast.GeneratorExp) for each in ast.walk(loop) if each is not loop)


def _forgotten_loops(tree: ast.AST) -> frozenset[ast.For]:
    """Loops of functions in which no other statement has the names that the loop gives values."""
    found: set[ast.For] = set()
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            everywhere = _names(function)
            for loop in _own_loops(function):
                within = _names(loop)
                if all(within[name] == everywhere[name] for name in _names(loop.target)):
                    found.add(loop)
    return frozenset(found)


def _own_loops(node: ast.AST) -> Iterator[ast.For]:
    """The loops of a function, without those of functions and classes in it."""
    for each in ast.iter_child_nodes(node):
        if isinstance(each, ast.For):
            yield each
        if not isinstance(each, _SCOPES):
            yield from _own_loops(each)


def _names(node: ast.AST) -> Counter[str]:
    """Count the names in a piece of source."""
    names: Counter[str] = Counter()
    for each in ast.walk(node):
        match each:
            case ast.Name(id=name):
                names[name] += 1
            case ast.Global(names=declared) | ast.Nonlocal(names=declared):
                names.update(declared)
    return names


def _prefixes(target: ast.expr, iterated: ast.expr, test: ast.expr) -> tuple[str, ...]:
    """The prefixes that a test asks for before it does anything else, where the loop goes through names or through pairs."""
    if (
        isinstance(iterated, ast.Call)
        and isinstance(iterated.func, ast.Name)
        and iterated.func.id in ("list", "sorted", "tuple")
    ):
        iterated = iterated.args[0] if len(iterated.args) == 1 and not iterated.keywords else iterated
    name: ast.expr | None = target
    match iterated:
        case ast.Name() | ast.Attribute():
            pass
        case ast.Call(func=ast.Attribute(value=ast.Name() | ast.Attribute(), attr="keys"), args=[], keywords=[]):
            pass
        case ast.Call(func=ast.Attribute(value=ast.Name() | ast.Attribute(), attr="items"), args=[], keywords=[]):
            name = target.elts[0] if isinstance(target, ast.Tuple) and len(target.elts) == 2 else None
        case _:
            return ()
    first = test.values[0] if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else test
    match name, first:
        case (
            ast.Name(id=given),
            ast.Call(func=ast.Attribute(value=ast.Name(id=asked), attr="startswith"), args=[prefix], keywords=[]),
        ) if given == asked:
            return _texts(prefix)
    return ()


def _texts(node: ast.expr) -> tuple[str, ...]:
    """A text, or the texts of a tuple: what `str.startswith` takes. Prefixes of variables that everybody has are none."""
    match node:
        case ast.Constant(value=str(text)) if text and not any(name.startswith(text) for name in VARIED_VARIABLES):
            return (text,)
        case ast.Tuple(elts=[*parts]) if parts:
            texts = [_texts(part) for part in parts]
            return tuple(text for each in texts for text in each) if all(texts) else ()
    return ()
