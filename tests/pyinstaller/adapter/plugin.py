"""The pytest plugin: puts the adapter's modules in the place of two of PyInstaller's."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

import pytest

_ADAPTER = __package__

# What the tests, their conftest.py and spec files import, and what they get.
_IN_PLACE_OF = {"PyInstaller.utils.conftest": "fixtures", "PyInstaller.building.build_main": "spec"}

_SYSTEMS = {"darwin", "linux", "win32"}  # marks of tests that are for some systems only


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--bundle`: the command under test."""
    parser.addoption("--bundle", type=Path, required=True, help="the command under test")


def pytest_load_initial_conftests() -> None:
    """Before conftest.py of the tests is imported, which imports one of them."""
    # Programs that the tests start are not to see where the adapter lies.
    os.environ.pop("PYTHONPATH", None)
    for name, ours in _IN_PLACE_OF.items():
        module = importlib.import_module(f"{_ADAPTER}.{ours}")
        parent, _, last = name.rpartition(".")
        sys.modules[name] = module
        setattr(importlib.import_module(parent), last, module)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip tests that are for other systems."""
    marked = _SYSTEMS.intersection(mark.name for mark in item.iter_markers())
    if marked and "linux" not in marked:
        pytest.skip(f"is for {', '.join(sorted(marked))}")
