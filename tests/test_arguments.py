"""Functions that stages offer take their arguments in one order: nouns, then the target, the settings and the context."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

import pytest

from bundler import analyze, freeze, link, overview, release, selfcheck, snapshot

# What all stages know, in its order. A function may take one fact of it in its place, such as the target's machine.
COMMON = ("TargetPython", "Settings", "BuildContext")


def offered() -> Iterator[Callable[..., Any]]:
    """The functions that the stages' packages export."""
    for stage in (analyze, freeze, link, overview, release, selfcheck, snapshot):
        yield from (each for name in stage.__all__ if isinstance(each := getattr(stage, name), FunctionType))


@pytest.mark.parametrize("function", [*offered()], ids=lambda each: f"{each.__module__}.{each.__name__}")
def test_arguments_have_one_order(function: Callable[..., Any]):
    """Nouns come first; what all stages know comes behind them; an option with a default is last."""
    parameters = inspect.signature(inspect.unwrap(function)).parameters.values()
    given = [each for each in parameters if each.default is each.empty and each.kind is each.POSITIONAL_OR_KEYWORD]
    common = [COMMON.index(each.annotation) for each in given if each.annotation in COMMON]

    assert common == sorted(common)
    assert all(each.annotation in COMMON for each in given[len(given) - len(common) :])
