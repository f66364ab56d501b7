"""Descriptions of objects: what makes no difference gives the same digest, what does gives another."""

from __future__ import annotations

import abc
import functools
import logging
import typing
from collections.abc import Callable
from typing import Any

from bundler.contract import launcher_folder

_SPACE: dict[str, Any] = {"__name__": "graph"}
exec(compile((launcher_folder() / "snapshot" / "graph.py").read_text(), "graph.py", "exec"), _SPACE)


def digest(value: object) -> int:
    """The digest of an object, and of all below it."""
    graph = _SPACE["Graph"]()
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
