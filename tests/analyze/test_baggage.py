"""Little baggage: what real libraries can work with, and do without, stays out of the binary."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bundler.analyze import ModuleGraph, analyze
from bundler.errors import Severity
from bundler.settings import Settings
from bundler.target import probe
from bundler.toolchain import Toolchain
from tests.analyze.trees import install, write
from tests.support import Interpreter
from tests.target.pythons import quiet_context, toolchain

__all__ = ["toolchain"]

# Installed beside the program; each is imported somewhere in rich, typer, requests or what these require.
BAGGAGE = {
    "numpy": {"numpy/__init__.py": ""},
    "ipython": {
        f"IPython/{name}": "" for name in ("__init__.py", "display.py", "core/__init__.py", "core/formatters.py")
    },
    "pytest": {"pytest/__init__.py": "import _pytest", "_pytest/__init__.py": ""},
    "attrs": {"attr/__init__.py": ""},
}


@pytest.fixture(scope="module")
def graph(one_interpreter: Interpreter, toolchain: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> ModuleGraph:
    """`import rich, typer, requests` where the real ones are installed, setuptools too, and more that is not needed."""
    tmp_path = tmp_path_factory.mktemp("baggage")
    context = quiet_context(toolchain)
    for name, files in BAGGAGE.items():
        install(tmp_path / "more", name, files)
    write(tmp_path, {"app.py": "import rich, typer, requests"})
    target = probe(one_interpreter.python, context)
    target = replace(target, search_path=(*target.search_path, tmp_path / "more"))
    return analyze(target, Settings(target=f"{tmp_path}/app.py"), context)


def test_little_baggage(graph: ModuleGraph):
    """None of numpy, IPython, pytest, setuptools and attrs comes along; what is needed does; nothing seems missing."""
    tops = {name.partition(".")[0] for name in graph.modules}

    assert tops.isdisjoint({"numpy", "IPython", "pytest", "_pytest", "attr", "setuptools", "pkg_resources"})
    assert tops >= {"rich", "typer", "requests", "markdown_it", "pygments", "click", "urllib3", "certifi", "idna"}
    assert {edge.imported.partition(".")[0] for edge in graph.left_out} >= {"IPython", "attr"}
    assert [finding for finding in graph.findings if finding.severity is not Severity.DETAIL] == []


@pytest.mark.parametrize("name", ["unittest", "doctest", "tkinter", "sqlite3"])
def test_little_of_the_library(graph: ModuleGraph, name: str):
    """Large parts of the standard library that a program for the terminal has no use for stay out."""
    assert name not in graph.modules
