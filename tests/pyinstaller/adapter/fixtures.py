"""The fixtures that the tests ask for. Their conftest.py imports this as `PyInstaller.utils.conftest`."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pyinstaller.adapter.builder import Builder

__all__ = ["data_dir", "pyi_builder", "pyi_builder_spec", "script_dir", "spec_dir"]


def _tests(request: pytest.FixtureRequest) -> Path:
    return request.path.resolve().parent


@pytest.fixture
def script_dir(request: pytest.FixtureRequest) -> Path:
    """The folder of the tests' programs."""
    return _tests(request) / "scripts"


@pytest.fixture
def spec_dir(request: pytest.FixtureRequest) -> Path:
    """The folder of the tests' spec files."""
    return _tests(request) / "specs"


@pytest.fixture
def data_dir(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of the folder with the data of this test, which is named after it."""
    name = request.function.__name__.removeprefix("test_")
    return Path(shutil.copytree(_tests(request) / "data" / name, tmp_path / "data"))


def _builder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Builder]:
    with monkeypatch.context() as own:
        own.chdir(tmp_path)
        yield Builder(request.config.getoption("--bundle"), _tests(request), tmp_path, request.function.__name__)


# The parameter is there for tests that name one: a folder as the result, or a file. Here it is a file in every case.
@pytest.fixture(params=["onefile"])
def pyi_builder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Builder]:
    """Builds from scripts and texts."""
    yield from _builder(request, tmp_path, monkeypatch)


@pytest.fixture
def pyi_builder_spec(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Builder]:
    """Builds from spec files."""
    yield from _builder(request, tmp_path, monkeypatch)
