"""What the freezer must get right: sources with every construct of the language, and constants of every shape."""

from __future__ import annotations

import functools
import math
import struct
import sys
from collections.abc import Iterator
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.freeze import odd_modules

# Text, not modules of ours: newer ones do not parse under every Python that runs the tests.
SOURCES = {
    "values": """
small = -6, -5, -1, 0, 1, 255, 256, 257
one = 1, True, 1.0, 1+0j
zeros = 0, False, 0.0, -0.0, 0j, -0j
infinite = 1e999, -1e999, 1e999-1e999, 5e-324, 1.7976931348623157e308
big = 10**30, -10**30, 1<<30, (1<<30)-1, -(1<<60), 1<<64
texts = "", "a", "\\0", "\\xe4", "\\u6f22", "\\U0001f600", "\\ud800", "identifier", "two words", "a\\0b", "%s\\n\\t\\"\\\\?""?"
data = b"", b"a", b"\\0", b"\\0001", bytes, b"\\xff\\x80"
nothing = None, ..., (), ((), ((),)), not None

def member(x):
    for y in {1000, 1008, 1016, 1024}:
        x += y
    return x in {1, True, "a", b"a", (1, 2), 2.5, None} or x in {1016, 2024, 5096}, 1016, 2024
""",
    "constructs": '''
"""Docstring."""
from __future__ import annotations
import asyncio, os.path as path
from sys import *

def decorated(*arguments, **named):
    return lambda function: function

@decorated(1, key="value", *[], **{})
def positions(a, b=1, /, c: int = 2, *rest: str, d, e: "later" = 3, **named) -> None:
    """Own docstring."""
    global shared
    shared = a
    def inner():
        nonlocal c
        c += 1
        return a, b, rest, [x * y for x in rest if x for y in named if y], {*rest}, {**named}, (z for z in rest)
    return inner

class Meta(type): pass

class Class(dict, metaclass=Meta, **{}):
    """Class docstring."""
    __slots__ = ("a", "__private")
    attribute: int = 1
    def __init__(self):
        super().__init__()
        self.__private = __class__
    @property
    def value(self): return {x: y for x, y in self.items()}
    async def method(self):
        async with self as a, self as b:
            async for x in a:
                yield await x
        return

async def gather(): return [x async for x in Class().method()], await asyncio.sleep(0)

def generator():
    try:
        received = yield 1
        yield from generator()
    except (ValueError, TypeError) as error:
        raise KeyError(f"{error!r:>{10}} {received=} {1:%Y}") from error
    except* OSError if False else ValueError:
        pass
    finally:
        with open("x") as file, open("y"):
            del file
    while True:
        if (n := len("x")) > 1 < 2 is not None not in ():
            break
        continue
    else:
        assert n, "message"
    return 1 if n else -n ** 2 // 3 @ 4 << 5 | ~6

def matching(subject):
    match subject:
        case {"key": [1, 2.5, *rest], **others} if rest: return others
        case Class(attribute=-1) | Class(value="a" | None) as found: return found
        case (1 | 2, _, "x", 1+2j): return 2
        case path.sep | True: return 3
        case _: pass
    a, (b, *c), d[0], e.f = subject
    x = y = z = subject[1:2, ::3, ...]
    return lambda *, k=1: (lambda: (k, a, b, c))
'''.replace("    except* OSError if False else ValueError:\n        pass\n", ""),
    "groups": """
def groups():
    try:
        pass
    except* OSError as error:
        raise
    except* (ValueError, TypeError):
        pass
""",
    "nested": "x = " + "lambda: " * 40 + "(" * 80 + "1," + "),(1.5,)" * 79 + ")\n",
    "long": f"text = {'x' * 1_000_000!r}\nwide = '{'漢' * 70_000}'\ndata = {b'ab' * 5_000!r}\n"
    + "".join(f"name_{i} = {i}, 'text {i}'\n" for i in range(1_000)),
    "line": "\n" * 70_000 + "def far(): return 1\n",
    "empty": "",
    "docstring": '"""Only this."""',
}

SOURCES_3_12 = {
    "parameters": """
type Alias[T] = list[T]
type Bounded[T: (int, str), *Ts, **P] = tuple[T, *Ts]
def generic[T: int](x: T) -> T: return x
class Generic[T, *Ts, **P](dict[str, T]):
    def method[U](self, u: U) -> tuple[T, U]: return f"{f"{u!r}" + '"'}", {T: [T for _ in u]}
""",
}

SOURCES_3_13 = {"defaults": "def f[T = int, *Ts = *tuple[int, ...], **P = [int]](x: T) -> T: return x\n"}


def sources(version: tuple[int, ...]) -> dict[str, str]:
    """The sources that this Python can compile, by name."""
    found = dict(SOURCES)
    if version >= (3, 12):
        found |= SOURCES_3_12
    if version >= (3, 13):
        found |= SOURCES_3_13
    return found | odd_modules.newer(version)


def _double(bits: int) -> float:
    value: float = struct.unpack("<d", struct.pack("<Q", bits))[0]
    return value


def _deep(depth: int) -> tuple[Any, ...]:
    value: tuple[Any, ...] = ()
    for level in range(depth):
        value = (level % 3, value)
    return value


# A module can hold these too, through a syntax tree, if no source can spell them.
VALUES: list[Any] = [
    *(1, True, 1.0, 1 + 0j, 0, False, 0.0, -0.0, 0j, complex(-0.0, -0.0), complex(0.0, -0.0)),
    *(math.inf, -math.inf, 5e-324, sys.float_info.max, sys.float_info.min),
    # Not-a-numbers with a sign, a payload, and one that signals.
    *map(_double, (0x7FF8000000000000, 0xFFF8000000000000, 0x7FF8000000000123, 0x7FF0000000000001)),
    complex(math.nan, -math.inf),
    *(
        sign * ((1 << bits) + step)
        for bits in (8, 15, 29, 30, 31, 59, 60, 61, 63, 64, 90, 4000, 100_000)
        for sign in (1, -1)
        for step in (-1, 0)
    ),
    *("", "a", "\0", "\x7f", "\x80", "\xe9", "\xff", "\u0100", "\uffff", "\U00010000", "\U0010ffff"),
    *("\ud800", "\udfff\ud800", "a\ud800b", "\xe4" * 3, "a\0b", "\0\0", "漢字" * 100, "😀" * 100, "x" * 1_000_000),
    *(
        "identifier",
        "a1",
        "1a",
        "_",
        "__",
        "with space",
        "ümlaut",
        "x" * 119,
        "x" * 120,
        "x" * 121,
        '"',
        "\\",
        "??/",
        "\n",
    ),
    *(b"", b"a", b"\0", b"\0001", bytes(range(256)), b"'\"\\", b"x" * 100_000),
    *((), ((),), (None,), (..., None, True), (1, (True, (1.0, (-0.0,)))), _deep(100)),
    *(frozenset(), frozenset({1, "1", b"1", 1.5}), frozenset({(1, 2), frozenset({3, frozenset()})})),
    (frozenset({1000, 1008, 1016}), (frozenset({1016, 1008, 1000, 1024}), 1008)),
    (frozenset({-1, -2}), frozenset({0.0}), frozenset({0}), frozenset({False}), frozenset({-0.0})),
]


@functools.cache
def generated(count: int) -> list[Any]:
    """Constants that hypothesis makes up: the same ones in every run, so that they are compiled once."""
    leaves = st.one_of(
        st.none(),
        st.booleans(),
        st.just(...),
        st.integers(),
        st.integers(min_value=-300, max_value=300),
        st.floats(),
        st.complex_numbers(),
        st.text(st.characters(exclude_categories=())),
        st.text("abc_1 ", max_size=4),
        st.binary(),
    )
    values = st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=5).map(tuple) | st.frozensets(inner, max_size=5), max_leaves=12
    )
    found: list[Any] = []

    @settings(max_examples=count, derandomize=True, database=None, phases=[Phase.generate], deadline=None)
    @given(values)
    def collect(value: object) -> None:
        found.append(value)

    collect()
    return found


def chunks(values: list[Any], size: int) -> Iterator[list[Any]]:
    """The values in lists of at most this many."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
