"""`--add-data`: which files become part of the binary, and where."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from bundler.analyze.carry.data import with_added
from bundler.analyze.graph import DataFile
from bundler.errors import BundleError
from bundler.settings import AddedData


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A few files."""
    for name in ("top.txt", "a/one.json", "a/two.json", "a/b/three.txt", "a/__pycache__/x.pyc", "a/.hidden", "[x].txt"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    (tmp_path / "a" / "tool").touch(0o755)
    return tmp_path


@pytest.mark.parametrize(
    ("source", "destination", "expected"),
    [
        ("top.txt", ".", {"top.txt": "top.txt"}),
        ("top.txt", "x/y", {"x/y/top.txt": "top.txt"}),
        ("a/b", ".", {"three.txt": "a/b/three.txt"}),
        ("a/b/", "b", {"b/three.txt": "a/b/three.txt"}),
        ("a/*.json", "x", {"x/one.json": "a/one.json", "x/two.json": "a/two.json"}),
        ("*/b", "x", {"x/three.txt": "a/b/three.txt"}),
        ("[x].txt", ".", {"[x].txt": "[x].txt"}),
        (
            "a",
            "x",
            {
                "x/.hidden": "a/.hidden",
                "x/b/three.txt": "a/b/three.txt",
                "x/one.json": "a/one.json",
                "x/tool": "a/tool",
                "x/two.json": "a/two.json",
            },
        ),
    ],
)
def test_what_is_added(folder: Path, source: str, destination: str, expected: dict[str, str]):
    """A file keeps its name, a folder gives its contents but for caches of bytecode, a pattern all that match it."""
    found = with_added([], [AddedData(folder / source, PurePosixPath(destination))])

    assert {str(file.destination): str(file.source.relative_to(folder)) for file in found} == expected


def test_programs_stay_programs(folder: Path):
    """The executable bit travels with a file."""
    found = with_added([], [AddedData(folder / "a", PurePosixPath())])

    assert [file.destination.name for file in found if file.is_executable] == ["tool"]


def test_what_is_added_wins(folder: Path):
    """A file that a package brings is replaced by the user's of the same place; the order is that of places."""
    brought = [DataFile(Path(name), PurePosixPath(name)) for name in ("pkg/top.txt", "zzz")]
    found = with_added(brought, [AddedData(folder / "top.txt", PurePosixPath("pkg"))])

    assert found == [DataFile(folder / "top.txt", PurePosixPath("pkg/top.txt")), brought[1]]


def test_links_in_circles_end(folder: Path):
    """Links to files and folders are followed, but a link to a folder above itself adds nothing."""
    (folder / "a" / "b" / "up").symlink_to(folder / "a")
    (folder / "a" / "b" / "beside").symlink_to(folder / "top.txt")
    found = with_added([], [AddedData(folder / "a" / "b", PurePosixPath())])

    assert "beside" in {str(file.destination) for file in found}
    assert {len(file.destination.parts) for file in found} <= {1, 2}


@pytest.mark.parametrize("source", ["nothing", "a/*.nothing"])
def test_nothing_to_add(folder: Path, source: str):
    """A source without a file is an error: the program would miss it only when it runs."""
    with pytest.raises(BundleError, match=r"there is no file, folder or match for `.*nothing`"):
        with_added([], [AddedData(folder / source, PurePosixPath())])


def test_a_file_is_no_folder(folder: Path):
    """One place cannot be a file and a folder."""
    wanted = [AddedData(folder / "top.txt", PurePosixPath()), AddedData(folder / "a/b", PurePosixPath("top.txt"))]

    with pytest.raises(BundleError, match="`top.txt` would be both a file and a folder"):
        with_added([], wanted)
