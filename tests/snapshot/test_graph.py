"""Descriptions of objects: what makes no difference gives the same digest, what does gives another."""

from __future__ import annotations

import abc
import collections
import copy
import functools
import logging
import types
import typing
from collections.abc import Callable
from typing import Any

import pytest

from bundler.contract import bundle_constant, launcher_folder

_SPACE: dict[str, Any] = {"__name__": "graph"}
exec(compile((launcher_folder() / "snapshot" / "graph.py").read_text(), "graph.py", "exec"), _SPACE)

_REGION = range(
    bundle_constant("BUNDLE_REGION"), bundle_constant("BUNDLE_REGION") + bundle_constant("BUNDLE_REGION_ROOM")
)


def digest(value: object) -> int:
    """The digest of an object, and of all below it."""
    graph = _SPACE["Graph"](_REGION)
    graph.begin("a.name")
    graph.meet(value)
    return int(graph.digest)


def test_addresses_in_names():
    """A recorded object's address within a text is an address, in either notation; another number is itself."""
    assert digest("schema:412316860416_x") == digest("schema:412316860528_x")
    assert digest("<Shop at 0x6000000010>") == digest("<Shop at 0x6000000020>")
    assert digest("schema:412316860416") != digest("other:412316860416")
    assert digest("order 42") != digest("order 41")


def test_order_of_loggers():
    """In which order loggers were made makes no difference; which there are does."""

    def manager(*names: str) -> logging.Manager:
        made = logging.Manager(logging.RootLogger(logging.WARNING))
        for name in names:
            made.getLogger(name)
        return made

    assert digest(manager("a.b", "a.c", "d")) == digest(manager("d", "a.c", "a.b"))
    assert digest(manager("a")) != digest(manager("a", "b"))


def test_token_of_a_cache():
    """How many classes were registered when `functools.singledispatch` was called makes no difference."""

    def made() -> Callable[[object], str]:
        class Shape(abc.ABC):
            @abc.abstractmethod
            def area(self) -> int:
                """Abstract."""

        Shape.register(int)

        @functools.singledispatch
        def show(value: object) -> str:
            return "any"

        show.register(Shape, lambda value: "shape")
        return show

    assert digest(made()) == digest(made())


class _Text(str):
    __slots__ = ()


class _Number(int):
    pass


class _Names(set[object]):
    pass


class _Table(dict[str, int]):
    pass


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (_Text("a"), _Text("b")),
        (_Number(1), _Number(2)),
        (_Names("ab"), _Names("ac")),
        (_Table(a=1, b=1), _Table(b=1, a=1)),
        (collections.defaultdict(int, a=1), collections.defaultdict(int, b=1)),
        (collections.defaultdict(int), collections.defaultdict(str)),
        (collections.Counter("ab"), collections.Counter("ba")),
    ],
)
def test_classes_made_from_others(one: object, other: object):
    """What a string, a number, a set or a dictionary of a class of its own holds is told as of any other."""
    assert digest(one) == digest(copy.copy(one))
    assert digest(one) != digest(other)


def test_order_of_an_ordered_dictionary():
    """Entries of an OrderedDict may be moved, which leaves the table below as it was."""
    one, other = (collections.OrderedDict(a=1, b=2) for _ in range(2))
    assert digest(one) == digest(other)
    other.move_to_end("a")
    assert digest(one) != digest(other)


def test_order_in_a_set_of_its_own():
    """The order in a set follows from addresses where its elements are told apart by these."""
    elements = [type(f"Kind{number}", (), {}) for number in range(40)]
    assert digest(_Names(elements)) == digest(_Names(reversed(elements)))


def test_types_in_annotations():
    """Whether two equal types of annotations are one object makes no difference: caches of `typing` decide that."""

    def made() -> tuple[object, ...]:
        named: Any = dict[str, int]
        cached: Any = typing.Dict[str, int]  # noqa: UP006 - this one has a cache
        return named, int | str, cached.copy_with(cached.__args__)

    one, other = made(), made()
    assert all(each is not same for each, same in zip(one, other, strict=True))
    for each, same in zip(one, other, strict=True):
        assert digest([each, each]) == digest([each, same])
        assert digest([each, each]) != digest([each, list[str]])


class _Plain:
    pass


class _Slotted(_Plain):
    __slots__ = ("slot",)


class _Hiding(_Plain):
    @property
    def __dict__(self) -> dict[str, Any]:  # type: ignore[override]
        raise AssertionError("this is the program's code")


def _with(kind: type, **attributes: object) -> object:
    made = kind()
    for name, value in attributes.items():
        setattr(made, name, value)
    return made


@pytest.mark.parametrize("kind", [_Plain, _Slotted, _Hiding, types.SimpleNamespace, Exception])
def test_attributes_have_names(kind: type):
    """An object is described with the names of its attributes, in their order; in which order a class met them makes no difference."""
    assert digest(_with(kind, x=1, y=2)) == digest(_with(kind, x=1, y=2))
    if kind is not _Hiding:
        assert digest(_with(kind, x=1)) != digest(_with(kind, y=1))
        assert digest(_with(kind, x=1, y=2)) != digest(_with(kind, y=2, x=1))


def test_slots_beside_attributes():
    """What lies in slots is described too."""
    assert digest(_with(_Slotted, x=1, slot=2)) != digest(_with(_Slotted, x=1, slot=3))
