"""Finds the order in which items of constant sets are inserted: it decides the order of iteration among colliding hashes.

A set is built when its module is imported, for the hashes of texts differ in every process.
"""

from __future__ import annotations

import ast
import marshal
from collections.abc import Iterator
from types import CodeType
from typing import Any

from .constants import sharing_key


def marshalled_orders(value: object) -> Iterator[tuple[object, tuple[object, ...]]]:
    """Every frozenset among the constants, by its key, and its items in the order in which a .pyc holds them.

    marshal sorts them by their bytes, in which it matters who else refers to an item: so it is asked for all sets before we
    refer to any item or set ourselves.
    """
    marshalled = [marshal.dumps(each) for each in _sets(value)]
    for found, data in zip(_sets(value), marshalled, strict=True):
        # But for its first byte, the data of a set is that of a tuple; the upper bit is a flag of its own.
        yield sharing_key(found), marshal.loads(bytes([data[0] & 0x80 | ord("(")]) + data[1:])  # noqa: S302  # our own


def _sets(value: object) -> Iterator[frozenset[Any]]:
    if isinstance(value, frozenset):
        yield value
    if isinstance(value, CodeType | tuple | frozenset):
        for item in value.co_consts if isinstance(value, CodeType) else value:
            yield from _sets(item)


def written_orders(script: bytes, *, made_twice: bool) -> Iterator[tuple[object, tuple[object, ...]]]:
    """The result of `marshalled_orders`, with the items as a source writes them; of equal sets the first counts.

    `made_twice`: the compiler makes each set anew from the first it has made; where hashes are the same in every process,
    this can be done here.
    """
    displays = [node for node in ast.walk(ast.parse(script)) if isinstance(node, ast.Set)]
    for display in sorted(displays, key=lambda node: (node.lineno, node.col_offset), reverse=True):
        try:
            items = tuple(map(ast.literal_eval, display.elts))
            made = frozenset(items)
            is_fixed = made_twice and not any(map(_is_hashed_at_random, items))
            yield sharing_key(made), tuple(made) if is_fixed else items
        except (ValueError, TypeError):
            pass  # not all of them are constants


def _is_hashed_at_random(value: object) -> bool:
    return any(map(_is_hashed_at_random, value)) if isinstance(value, tuple) else isinstance(value, str | bytes)
