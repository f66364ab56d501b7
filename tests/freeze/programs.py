"""Programs that are made up for the comparison: every statement inside every other, with constants of all kinds.

They are compiled and compared, never run, so names need no meaning.
"""

from __future__ import annotations

import functools
import random
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

NAMES = ("a", "b", "long_name", "self", "_x", "__private", "É")

CONSTANTS = (
    *("None", "True", "...", "1e999", "-0.0", "1j", "2.5", "1 << 70", f"{10**60}", "''", "b''", "'é'", "-6", "257"),
    *(repr("text " * 30), repr(b"\0\1\xff" * 9), repr("漢字" * 4), "'\\ud800'", "(1, (2.0, ('x',)))", "'two words'"),
)

# `{}` is another expression.
EXPRESSIONS = """
({} + {})
({} if {} else b)
({} < a <= {})
[{}, *({})]
{{{}: {}, **a}}
f({}, *a, key={}, **b)
x[{}:{}, ::2]
({} and not {} or a)
[y for x in {} if {} for y in x]
{{x: y for x, y in {}}}
(z for z in {})
{{z for z in {}}}
(lambda a, /, b=1, *c, d=2, **e: (a, {}))
(a in {{1, 'x', b'y', (2, 3), {}}})
(a in {{1000, 1008, 'x', b'y', (2, 3.5), None}}, {})
(f'{{a!r:>{{b}}}} text {{c=}}' + str({}))
({}).attribute.__mangled
""".strip().splitlines()
ASYNC_EXPRESSIONS = ("(await {})", "[x async for x in {}]")

SIMPLE = """
{n} = {e}
{n}: {e} = {e}
{n} += {e}
x[{e}], *y.z = {e}
{e}
assert {e}, {e}
del x[{e}]
raise {e} from {e}
import {n}.sub as other
from . import {n}
if walrus := {e}: pass
""".strip().splitlines()
COMPOUND = ("if", "for", "while", "try", "groups", "with", "match", "def", "async", "class")


@dataclass(frozen=True)
class Place:
    """What may stand here."""

    in_function: bool = False
    is_async: bool = False
    in_loop: bool = False


Lines = list[str]


def _indented(body: Lines) -> Lines:
    return ["    " + line for line in body]


class Writer:
    """Writes one program; all that it chooses comes from a number."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def expression(self, place: Place, depth: int = 3) -> str:
        """An expression, in parentheses where it matters."""
        if not depth or self._random.random() < 0.3:
            leaves: tuple[str, ...] = self._random.choice((NAMES, CONSTANTS))
            return self._random.choice(leaves)
        forms = [*EXPRESSIONS, *(ASYNC_EXPRESSIONS if place.is_async else ())]
        text: str = self._random.choice(forms)
        return text.format(*(self.expression(place, depth - 1) for _ in range(2)))

    def block(self, place: Place, depth: int) -> Lines:
        """One to three statements; `depth` is how many may be inside each other."""
        return [line for _ in range(self._random.randint(1, 3)) for line in self._statement(place, depth)]

    def _statement(self, place: Place, depth: int) -> Lines:
        simple = [*SIMPLE, *["yield {e}"] * place.in_function, *["break", "continue"] * place.in_loop]
        simple += ["return {e}"] * (place.in_function and not place.is_async)
        if depth and self._random.random() < 0.6:
            return self._compound(self._random.choice(COMPOUND), place, depth)
        text = self._random.choice(simple).replace("{n}", self._random.choice(NAMES))
        first, *rest = text.split("{e}")
        return [first + "".join(self.expression(place) + part for part in rest)]

    def _compound(self, kind: str, place: Place, depth: int) -> Lines:
        name = self._random.choice(NAMES)
        wait = "async " * (place.is_async and self._random.random() < 0.5)

        def expression() -> str:
            return self.expression(place)

        def body(where: Place = place) -> Lines:
            return _indented(self.block(where, depth - 1))

        looped = replace(place, in_loop=True)
        match kind:
            case "if":
                return [f"if {expression()}:", *body(), f"elif {expression()}:", *body(), "else:", *body()]
            case "for":
                return [f"{wait}for {name}, *rest in {expression()}:", *body(looped), "else:", *body()]
            case "while":
                return [f"while {expression()}:", *body(looped)]
            case "try":
                clauses = [f"except {expression()} as error:", *body(), "else:", *body()]
                return ["try:", *body(), *clauses, "finally:", *body(replace(place, in_loop=False))]
            case "groups":
                # What leaves the block is not allowed in it.
                inside = _indented(self.block(Place(), 0))
                return ["try:", *body(), f"except* {expression()} as group:", *inside]
            case "with":
                return [f"{wait}with {expression()} as {name}, {expression()}:", *body()]
            case "match":
                cases = ["    case {'key': [1, 2.5, *rest], **others} if rest:", *_indented(body())]
                cases += ["    case Class(b'x', attribute=-1 | None | 'a' as found):", *_indented(body())]
                return [f"match {expression()}:", *cases, "    case _:", *_indented(body())]
            case "class":
                return [f"@{expression()}", f"class {name.title()}(Base, metaclass={expression()}):", *body(Place())]
            case _:
                inside = body(Place(in_function=True, is_async=kind == "async"))
                head = f"def {name}(p, q={expression()}, /, *r, s: {expression()} = 1, **t) -> {expression()}:"
                decorators = [f"@{expression()}"] if self._random.random() < 0.5 else []
                return [*decorators, "async " * (kind == "async") + head, '    """Docstring."""', *inside]


@functools.cache
def generated(count: int) -> tuple[str, ...]:
    """Sources of so many modules: the same ones in every run, so that they are compiled once."""
    found: list[str] = []

    @settings(max_examples=count, derandomize=True, database=None, phases=[Phase.generate], deadline=None)
    @given(st.integers(min_value=0))
    def collect(seed: int) -> None:
        found.append("\n".join((*Writer(seed).block(Place(), 3), "")))

    collect()
    return tuple(found)


def compilable(sources: tuple[str, ...]) -> Iterator[str]:
    """Those without an error that only a compiler knows, such as an expression that is nested too deeply."""
    with warnings.catch_warnings(action="ignore"):
        for source in sources:
            try:
                compile(source, "-", "exec", dont_inherit=True)
            except SyntaxError:
                continue
            yield source
