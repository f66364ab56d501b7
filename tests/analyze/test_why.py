"""Why a module is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from bundler.analyze.graph import APP, Binding, BuiltinModule, Import, LeftOut, Module, ModuleGraph, SourceModule
from bundler.analyze.installed.locate import Locator
from bundler.analyze.tell.why import steps_to
from bundler.errors import BundleError
from bundler.reasons import text as text_of
from tests.analyze.trees import SUFFIXES

LOCATOR = Locator(SUFFIXES)


def explain(made: ModuleGraph, name: str, locator: Locator) -> str:
    """The way to a module as text."""
    return text_of(name, steps_to(made, name, locator))


def _module(name: str) -> Module:
    path = Path(f"{name}.py")
    return BuiltinModule(name) if name == "sys" else SourceModule(name, path, name, is_package=False, origin=APP)


def graph(
    *imports: Import, left_out: tuple[LeftOut, ...] = (), absent: tuple[str, ...] = (), folder: Path | None = None
) -> ModuleGraph:
    """A graph with these edges; each name is that of a module, `sys` of a built-in one, but for those `absent`."""
    names = {"__main__", *(name for edge in imports for name in (edge.importer, edge.imported) if name)}
    modules = {name: _module(name) for name in names.difference(absent)}
    search_path = (folder,) if folder is not None else ()
    return ModuleGraph("app", modules, imports, (), (), (), (), "", left_out, search_path=search_path)


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
        LOCATOR,
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
    assert explain(graph(Import(None, "io", Binding.RULE)), name, LOCATOR) == text


def test_no_place_for_what_has_no_source():
    """An extension or built-in module has no line that imports."""
    found = explain(
        graph(Import("__main__", "sys", Binding.EAGER, 1), Import("sys", "b", Binding.EAGER, 5)), "b", LOCATOR
    )

    assert found.splitlines()[1] == "sys imports b"


def test_left_out():
    """Of a module that is left out, the error tells who would use it and how to take it in."""
    left = LeftOut("a", "numpy.linalg", Binding.OPTIONAL, 7)
    with pytest.raises(BundleError, match="`numpy` is left out") as caught:
        explain(graph(Import("__main__", "a", Binding.EAGER, 1), left_out=(left,)), "numpy", LOCATOR)

    finding = caught.value.diagnostic
    assert finding.where == "a.py:7"
    assert finding.notes[0] == "__main__ imports a, which imports, guarded by try/except, numpy.linalg"
    assert finding.hint == "add it with `--hidden-import numpy.linalg`"


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("reqests", "nothing in the program imports `reqests`, and it is not installed", "did you mean `requests`?"),
        ("x", "nothing in the program imports `x`, and it is not installed", "install it "),
        ("spare", "nothing in the program imports `spare`", "add it with `--hidden-import spare`"),
    ],
)
def test_not_there(tmp_path: Path, name: str, message: str, hint: str):
    """A name that nothing imports is an error; it names an option only if there is a module to take in."""
    (tmp_path / "spare.py").touch()
    with pytest.raises(BundleError) as caught:
        explain(graph(Import("__main__", "requests", Binding.EAGER, 1), folder=tmp_path), name, LOCATOR)

    assert str(caught.value) == message
    assert (caught.value.diagnostic.hint or "").startswith(hint)


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("gone", "`gone` is not installed", "install it "),
        ("gone.deep", "`gone.deep` is not installed", "install it "),
        ("a.b", "`a` has no module `a.b`", "it may be an attribute of `a`: "),
        ("spare", "`spare` is installed, but excluded", "remove it from `--exclude-module`"),
    ],
)
def test_imported_but_not_there(tmp_path: Path, name: str, message: str, hint: str):
    """Of a module that is imported and missing, the error tells who imports it, and does not say `--hidden-import`."""
    (tmp_path / "spare.py").touch()
    made = graph(
        Import("__main__", "a", Binding.EAGER, 1),
        *(Import("a", each, Binding.EAGER, 2) for each in ("gone.deep", "a.b", "spare")),
        absent=("gone.deep", "a.b", "spare"),
        folder=tmp_path,
    )
    with pytest.raises(BundleError) as caught:
        explain(made, name, LOCATOR)

    finding = caught.value.diagnostic
    assert finding.message == message
    assert finding.where == "a.py:2"
    assert finding.notes[0].startswith("__main__ imports a, which imports ")
    assert (finding.hint or "").startswith(hint)
