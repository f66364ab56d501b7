"""Why a module is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from bundler.analyze.graph import APP, Binding, BuiltinModule, Import, LeftOut, Module, ModuleGraph, SourceModule
from bundler.analyze.tell.why import explain
from bundler.errors import BundleError


def _module(name: str) -> Module:
    path = Path(f"{name}.py")
    return BuiltinModule(name) if name == "sys" else SourceModule(name, path, name, is_package=False, origin=APP)


def graph(*imports: Import, left_out: tuple[LeftOut, ...] = ()) -> ModuleGraph:
    """A graph with these edges; each name is that of a module, `sys` of a built-in one."""
    names = {"__main__", *(name for edge in imports for name in (edge.importer, edge.imported) if name)}
    modules = {name: _module(name) for name in names}
    return ModuleGraph("app", modules, imports, (), (), (), (), "", left_out)


def test_shortest_chain():
    """Each step of the shortest chain is a line, with the kind of the import and its place."""
    found = explain(
        graph(
            Import("__main__", "a", Binding.EAGER, 3),
            Import("a", "b", Binding.EAGER, 1),
            Import("b", "x", Binding.EAGER, 1),
            Import("x", "c", Binding.EAGER, 1),
            Import("a", "c.d", Binding.DEFERRED, 12),
            Import("c.d", "c", Binding.PARENT),
        ),
        "c",
    )

    assert found.splitlines() == [
        "__main__ imports a                 __main__.py:3",
        "a imports, inside a function, c.d  a.py:12",
        "c.d is inside c",
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [("__main__", "__main__ is where the program starts"), ("io", "the interpreter needs, by a rule, io")],
)
def test_beginnings(name: str, text: str):
    """The program itself and what the interpreter imports are where chains begin."""
    assert explain(graph(Import(None, "io", Binding.RULE)), name) == text


def test_no_place_for_what_has_no_source():
    """An extension or built-in module has no line that imports."""
    found = explain(graph(Import("__main__", "sys", Binding.EAGER, 1), Import("sys", "b", Binding.EAGER, 5)), "b")

    assert found.splitlines()[1] == "sys imports b"


def test_left_out():
    """Of a module that is left out, the error tells who would use it and how to take it in."""
    left = LeftOut("a", "numpy.linalg", Binding.OPTIONAL, 7)
    with pytest.raises(BundleError, match="`numpy` is left out") as caught:
        explain(graph(Import("__main__", "a", Binding.EAGER, 1), left_out=(left,)), "numpy")

    finding = caught.value.diagnostic
    assert finding.where == "a.py:7"
    assert finding.notes[0] == "__main__ imports a, which imports, guarded by try/except, numpy.linalg"
    assert finding.hint == "`--hidden-import numpy.linalg` takes it in"


@pytest.mark.parametrize(("name", "hint"), [("reqests", "did you mean `requests`?"), ("x", "`--hidden-import x` ")])
def test_not_there(name: str, hint: str):
    """A name that nothing imports is an error that goes on."""
    with pytest.raises(BundleError, match=f"nothing in the program imports `{name}`") as caught:
        explain(graph(Import("__main__", "requests", Binding.EAGER, 1)), name)

    assert (caught.value.diagnostic.hint or "").startswith(hint)
