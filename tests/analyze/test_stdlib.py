"""The whole standard library: for programs that run code which is not there when they are bundled."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bundler.analyze import ModuleGraph, analyze
from bundler.analyze.follow.stdlib import library_modules
from bundler.analyze.graph import Binding
from bundler.analyze.installed.locate import Locator
from bundler.cache import Cache
from bundler.settings import Settings
from bundler.target import TargetPython
from tests.analyze.trees import install, write
from tests.target.pythons import cache, newest_target, quiet_context, target

__all__ = ["cache", "newest_target", "target"]


def graph(python: TargetPython, cache: Cache, folder: Path, **settings: str) -> ModuleGraph:
    """The graph of a program in a folder, whose distributions lie beside it."""
    return analyze(python, Settings(folder=folder, **settings), quiet_context(cache=cache))  # type: ignore[arg-type]


def is_whole(found: ModuleGraph) -> bool:
    """Are modules of the library there that nobody ever imports?"""
    return {"this", "sqlite3.dump", "xml.sax.expatreader", "mailbox"} <= found.modules.keys()


@pytest.mark.parametrize(("extent", "whole"), [("used", False), ("full", True)])
def test_extent(newest_target: TargetPython, cache: Cache, tmp_path: Path, extent: str, whole: bool):
    """`stdlib = "full"` brings every module of the library; by default only what is reached comes."""
    write(tmp_path, {"app.py": ""})

    assert is_whole(graph(newest_target, cache, tmp_path, target=f"{tmp_path}/app.py", stdlib=extent)) is whole


def test_everything_that_can_be_imported(target: TargetPython):
    """The library is all that Python itself lists, submodules included, but for tests, programs and Tk."""
    found = set(library_modules(Locator(target.extension_suffixes), target))

    assert {"json.decoder", "_ssl", "sys", "encodings.cp437", "email.mime.text", "site"} <= found
    assert not {name for name in found if {"test", "tests", "idlelib", "tkinter"} & set(name.split("."))}
    tops = {name.partition(".")[0] for name in found}
    assert tops == target.stdlib_modules - {"tkinter", "_tkinter", "turtle", "turtledemo", "idlelib"}


def test_program_that_hosts_others(newest_target: TargetPython, cache: Cache, tmp_path: Path):
    """A module that runs other people's code brings the whole library, and is told as the reason."""
    install(tmp_path, "nox", {"nox/__init__.py": "import nox.tasks", "nox/tasks.py": ""})
    write(tmp_path, {"app.py": "import nox"})

    found = graph(newest_target, cache, tmp_path, target=f"{tmp_path}/app.py")

    assert is_whole(found)
    assert [(e.importer, e.binding) for e in found.imports if e.imported == "this"] == [("nox.tasks", Binding.RULE)]


def test_host_with_plugins(newest_target: TargetPython, cache: Cache, tmp_path: Path):
    """What runs other people's code has all modules of its distribution, and of those whose entry points give it plug-ins."""
    install(
        tmp_path,
        "nox",
        {
            "nox/__init__.py": "import nox.tasks",
            "nox/tasks.py": "import importlib.metadata\nfound = importlib.metadata.entry_points(group='nox.themes')",
            "nox/used_by_tasks.py": "",
            "noxplugins/late.py": "",
        },
    )
    install(
        tmp_path,
        "dark",
        {"dark/__init__.py": "", "dark/extensions/__init__.py": "", "dark/extensions/moon.py": ""},
        entry_points="[nox.themes]\ndark = dark\n",
    )
    install(tmp_path, "other", {"other/__init__.py": "", "other/extra.py": ""})
    write(tmp_path / "own", {"app.py": "import nox, other"})
    python = replace(newest_target, search_path=(tmp_path, *newest_target.search_path))

    found = graph(python, cache, tmp_path, target=f"{tmp_path}/own/app.py").modules.keys()

    assert {"nox.used_by_tasks", "noxplugins.late", "dark.extensions.moon"} <= found
    assert "other.extra" not in found


@pytest.mark.parametrize(
    ("settings", "whole"),
    [({"target": "app.py"}, False), ({"target": "uvicorn:main"}, True), ({"module": "uvicorn"}, True)],
)
def test_server_as_a_library(
    newest_target: TargetPython, cache: Cache, tmp_path: Path, settings: dict[str, str], whole: bool
):
    """A server that the program uses serves what is bundled with it; one that is the program serves anything."""
    write(tmp_path, {"app.py": "import uvicorn", "uvicorn/__init__.py": "def main(): pass", "uvicorn/__main__.py": ""})
    if settings == {"target": "app.py"}:
        settings = {"target": f"{tmp_path}/app.py"}

    assert is_whole(graph(newest_target, cache, tmp_path, **settings)) is whole
