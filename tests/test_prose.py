"""Docstrings of the product begin with what something does, returns or is, not with a question or a clause."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.support import ROOT

# "What the file says about imports", "Is it a module?", "There is no compiler", "The same by part".
_CLAUSE = re.compile(
    r"(What|Whatever|Who|Whoever|Whose|Which|Where|When|Whether|How|Why|Is|Are|Does|Has|May|Can|Must|Would|Of|The same|Those|That"
    r"|Nothing|All that|Everything|As|Likewise|It|So|There|Asked|Called|Here)\b"
)


def docstrings() -> Iterator[tuple[str, str]]:
    """Every docstring of the product, with its place."""
    for file in sorted([*(ROOT / "bundler").rglob("*.py"), *(ROOT / "launcher").rglob("*.py")]):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and (
                text := ast.get_docstring(node)
            ):
                yield f"{file.relative_to(ROOT)}: {getattr(node, 'name', 'the module')}", text


def test_docstrings_begin_with_what_is_done_or_returned():
    """A reader learns from the first words what a function does or returns, and what a class or a module is."""
    assert {place: text for place, text in docstrings() if _CLAUSE.match(text)} == {}


@pytest.mark.parametrize("text", ["What a file says.", "Is it a module?", "The same by part.", "There is no linker."])
def test_what_counts_as_a_clause(text: str):
    """The pattern finds the beginnings that it is for."""
    assert _CLAUSE.match(text)
