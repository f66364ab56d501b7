"""Branches that cannot run on the target are not looked at."""

from __future__ import annotations

import ast
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundler.analyze.read.worker.conditions import truth
from tests.analyze.scanned import bindings


@pytest.mark.parametrize(
    "test",
    [
        "TYPE_CHECKING",
        "typing.TYPE_CHECKING",
        "t.TYPE_CHECKING",
        "typing_extensions.TYPE_CHECKING",
        "TYPE_CHECKING and other",
        "other and TYPE_CHECKING",
        "not (not TYPE_CHECKING)",
        "False",
        "0",
        "None",
        "TYPE_CHECKING or False",
        "sys.platform == 'win32'",
        "'darwin' == sys.platform",
        "sys.platform in ('win32', 'cygwin')",
        "sys.platform.startswith('win')",
        "not sys.platform.startswith('linux')",
        "os.name == 'nt'",
        "os.name != 'posix'",
        "sys.version_info < (3, 11)",
        "sys.version_info < (3,)",
        "sys.version_info[0] == 2",
        "sys.version_info[0] < 3",
        "sys.version_info[:2] <= (3, 10)",
        "sys.version_info.major == 2",
        "(3, 10) > sys.version_info",
        "sys.hexversion < 0x03000000",
        "sys.implementation.name == 'pypy'",
        "sys.implementation.name not in ['cpython']",
        "sys.byteorder == 'big'",
        "sys.version_info >= (3, 8) and sys.platform == 'win32'",
    ],
)
def test_branch_that_cannot_run(test: str):
    """Imports for type checkers, for other systems and for older Pythons are not looked at; those of `else` are eager."""
    assert bindings(f"if {test}:\n  import a\nelse:\n  import b\n") == {"b": "eager"}
    assert bindings(f"if not ({test}):\n  import a\nelse:\n  import b\n") == {"a": "eager"}


@pytest.mark.parametrize(
    "test",
    [
        "other",
        "other or TYPE_CHECKING",
        "sys.platform == other",
        "platform == 'win32'",
        "sys.version_info >= other",
        "sys.version_info > 3",
        "sys.version_info[99] == 1",
        "sys.platform == 'linux' == other",
        "sys.platform.startswith(other)",
        "sys.platform.startswith('win', 1)",
        "sys.platform.endswith('win32')",
        "sys.flags.optimize",
        "other and sys.platform == 'linux'",
        "sys.platform is other",
        "__name__ == '__main__' and other",
        "__name__ != '__main__'",
    ],
)
def test_condition_of_the_program(test: str):
    """A condition that is not certain on the target leaves both sides conditional."""
    assert bindings(f"if {test}:\n  import a\nelse:\n  import b\n") == {"a": "conditional", "b": "conditional"}


def test_elif_after_a_certain_condition():
    """A chain of conditions is followed as far as it can run."""
    found = bindings(
        """
        if sys.platform == "win32":
            import a
        elif sys.version_info >= (3, 11):
            import b
        else:
            import c
        """
    )

    assert found == {"b": "eager"}


# Made of parts of which this much is certain: the real values here and now.
_PARTS = ["True", "False", "sys.platform == 'linux'", "sys.version_info >= (3, 11)", "os.name == 'nt'", "TYPE_CHECKING"]


def _conditions() -> st.SearchStrategy[str]:
    atoms = st.sampled_from([*_PARTS, "unknown"])

    def compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            st.builds("({} and {})".format, inner, inner),
            st.builds("({} or {})".format, inner, inner),
            st.builds("(not {})".format, inner),
        )

    return st.recursive(atoms, compound, max_leaves=6)


@given(_conditions())
def test_truth_never_guesses(text: str):
    """A verdict holds whatever the unknown parts turn out to be."""
    import os

    expression = ast.parse(text, mode="eval")
    verdict = truth(expression.body)
    names = {"sys": sys, "os": os, "TYPE_CHECKING": False}
    outcomes = {bool(eval(text, {**names, "unknown": value})) for value in (False, True)}

    assert verdict is None or outcomes == {verdict}
    assert verdict is not None or "unknown" in text
