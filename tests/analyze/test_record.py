"""RECORD lists what the binary holds of a distribution, to the letter."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest

from bundler.analyze import ModuleGraph, analyze
from bundler.analyze.carry.record import with_records
from bundler.analyze.graph import DataFile
from bundler.cache import Cache
from bundler.settings import AddedData, Settings
from bundler.target import TargetPython
from tests.analyze.trees import install, write
from tests.target.pythons import cache, newest_target, quiet_context

__all__ = ["cache", "newest_target"]

INFO = "dist-1.0.dist-info"


def rows(file: DataFile) -> list[str]:
    """The paths in a RECORD as it is carried."""
    assert file.content is not None
    return [line.partition(",")[0] for line in file.content.decode().splitlines()]


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """A RECORD with rows of all kinds."""
    lines = (
        "../../../bin/p,sha256=x,1",
        "__pycache__/p.cpython-313.pyc,,",
        "/etc/p.conf,,",
        'p.py,"sha256=a,b",3',
        "p/unused.py,sha256=c,4",
        "p/data.json,,",
        f"{INFO}/direct_url.json,sha256=y,2",
        f"{INFO}/RECORD,,",
        "",
    )
    write(tmp_path, {f"{INFO}/RECORD": "\n".join(lines)})
    return tmp_path / INFO / "RECORD"


def test_rows_of_what_is_there(record: Path):
    """Rows of modules and files of the binary stay as they are, in their order; all others go."""
    files = [DataFile(record, PurePosixPath(INFO, "RECORD")), DataFile(record, PurePosixPath("p/data.json"))]

    listed, data = with_records(files, {PurePosixPath("p.py")})

    assert listed.content == f'p.py,"sha256=a,b",3\np/data.json,,\n{INFO}/RECORD,,\n'.encode()
    assert data.content is None


def test_metadata_inside_a_package(record: Path):
    """The rows of a vendored distribution begin at the folder in which its metadata lies."""
    files = [DataFile(record, PurePosixPath("own/vendor", INFO, "RECORD"))]

    (listed,) = with_records(files, {PurePosixPath("own/vendor/p.py"), PurePosixPath("p/unused.py")})

    assert rows(listed) == ["p.py", f"{INFO}/RECORD"]


@pytest.mark.parametrize("destination", [f"{INFO}/RECORD", "p/RECORD"])
def test_files_that_are_left_alone(record: Path, destination: str):
    """A RECORD that the user adds, and a file that only has the name, are carried as they are."""
    place = PurePosixPath(destination)

    (file,) = with_records([DataFile(record, place)], frozenset(), {place} if INFO in destination else ())

    assert file.content is None


def graph(python: TargetPython, cache: Cache, folder: Path, **settings: object) -> ModuleGraph:
    """The graph of a script beside an installed distribution."""
    there = replace(python, search_path=(folder, *python.search_path))
    return analyze(there, Settings(folder=folder, **settings), quiet_context(cache=cache))  # type: ignore[arg-type]


def test_what_a_program_reaches(newest_target: TargetPython, cache: Cache, tmp_path: Path):
    """What is reached, what options add and what packages read is listed; modules that nothing imports are not."""
    files = dict.fromkeys(("p/__init__.py", "p/used.py", "p/unused.py", "p/late.py", "p/d.json", "p/m.c", "q.py"), "")
    install(tmp_path, "dist", files)
    write(tmp_path, {"app.py": "import p.used", "extra.c": ""})
    target = str(tmp_path / "app.py")
    added = (AddedData(tmp_path / "p/m.c", PurePosixPath("p")),)

    def listed(**settings: object) -> list[str]:
        found = graph(newest_target, cache, tmp_path, target=target, **settings)
        (file,) = (each for each in found.data_files if each.destination.name == "RECORD")
        return sorted(rows(file))

    metadata = [f"{INFO}/METADATA", f"{INFO}/RECORD"]
    assert listed() == [*metadata, "p/__init__.py", "p/d.json", "p/used.py"]
    assert listed(hidden_imports=("p.late",), added_data=added) == [
        *metadata,
        *("p/__init__.py", "p/d.json", "p/late.py", "p/m.c", "p/used.py"),
    ]
