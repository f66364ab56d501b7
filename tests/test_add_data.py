"""`--add-data`: which files become part of the binary, and where."""

from __future__ import annotations

import subprocess
from pathlib import Path, PurePosixPath

import pytest

from bundler.analyze.carry.data import merge_added_data
from bundler.analyze.graph import DataFile
from bundler.errors import BundleError
from bundler.settings import AddedData
from tests.support import Interpreter, bundle, run


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
        ("*/b", "x", {"x/b/three.txt": "a/b/three.txt"}),
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
    found = merge_added_data([], [AddedData(folder / source, PurePosixPath(destination))])

    assert {str(file.destination): str(file.source.relative_to(folder)) for file in found} == expected


def test_programs_stay_programs(folder: Path):
    """The executable bit travels with a file."""
    found = merge_added_data([], [AddedData(folder / "a", PurePosixPath())])

    assert [file.destination.name for file in found if file.is_executable] == ["tool"]


def test_what_is_added_wins(folder: Path):
    """A file that a package brings is replaced by the user's of the same place; the order is that of places."""
    brought = [DataFile(Path(name), PurePosixPath(name)) for name in ("pkg/top.txt", "zzz")]
    found = merge_added_data(brought, [AddedData(folder / "top.txt", PurePosixPath("pkg"))])

    assert found == [DataFile(folder / "top.txt", PurePosixPath("pkg/top.txt")), brought[1]]


def test_links_in_circles_end(folder: Path):
    """Links to files and folders are followed, but a link to a folder above itself adds nothing."""
    (folder / "a" / "b" / "up").symlink_to(folder / "a")
    (folder / "a" / "b" / "beside").symlink_to(folder / "top.txt")
    found = merge_added_data([], [AddedData(folder / "a" / "b", PurePosixPath())])

    assert "beside" in {str(file.destination) for file in found}
    assert {len(file.destination.parts) for file in found} <= {1, 2}


@pytest.mark.parametrize("source", ["nothing", "a/*.nothing"])
def test_nothing_to_add(folder: Path, source: str):
    """A source without a file is an error: the program would miss it only when it runs."""
    with pytest.raises(BundleError, match=r"there is no file, folder or match for `.*nothing`"):
        merge_added_data([], [AddedData(folder / source, PurePosixPath())])


def test_a_file_is_no_folder(folder: Path):
    """Two data files that need one place as a file and as a folder are an error."""
    wanted = [AddedData(folder / "top.txt", PurePosixPath()), AddedData(folder / "a/b", PurePosixPath("top.txt"))]

    with pytest.raises(BundleError, match="`top.txt` would be both a file and a folder"):
        merge_added_data([], wanted)


STRAYS = {
    ".env": "TOKEN=secret\n",
    ".env.example": "TOKEN=\n",
    ".module.py.swp": "",
    "notes.txt~": "",
    "notes.txt": "notes\n",
    "node_modules/x/index.js": "",
    ".git/config": "",
    "__pycache__/x.pyc": "",
    "pages/index.html": "page\n",
}
LIST = "import os\nprint(sorted(os.path.relpath(os.path.join(d, f), ROOT) for d, _, files in os.walk(ROOT) for f in files))\n"


@pytest.mark.parametrize("way", ["package", "folder", "pattern", "named"])
def test_what_no_wheel_would_hold_is_left_out(one_interpreter: Interpreter, tmp_path: Path, way: str):
    """Secrets, leavings of editors and version control, caches: not as data of the program's own package, nor of a folder
    or pattern that is added; but a file that is named by itself is meant.
    """
    folder = tmp_path / "app"
    for name, text in STRAYS.items():
        (folder / "pkg" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "pkg" / name).write_text(text)
    (folder / "pkg" / "__init__.py").write_text("")
    (folder / "pkg" / "__main__.py").write_text(f"import os\nROOT = os.path.dirname(__file__)\n{LIST}")
    (folder / "app.py").write_text(f"import os\nROOT = os.path.join(os.path.dirname(__file__), 'data')\n{LIST}")
    options = {
        "package": ["-m", "pkg"],
        "folder": ["--add-data", "pkg:data", "app.py"],
        "pattern": ["--add-data", "pkg/*:data", "--add-data", "pkg/.*:data", "app.py"],
        "named": ["--add-data", "pkg/.env:data", "--add-data", "pkg/notes.txt~:data", "app.py"],
    }[way]
    expected = {
        "package": ["__init__.py", "__main__.py", ".env.example", "notes.txt", "pages/index.html"],
        "folder": ["__init__.py", "__main__.py", ".env.example", "notes.txt", "pages/index.html"],
        "pattern": ["__init__.py", "__main__.py", ".env.example", "notes.txt", "pages/index.html"],
        "named": [".env", "notes.txt~"],
    }[way]

    done = bundle(*options, "--python", one_interpreter.python, "-o", tmp_path / "binary", cwd=folder)

    assert done.status == 0, done.stderr
    assert run([tmp_path / "binary"]).stdout.decode() == f"{sorted(expected)}\n"


def test_a_binary_is_not_carried_in_itself(one_interpreter: Interpreter, tmp_path: Path):
    """The output of an earlier build is no data of the next, and own data files are counted in what the build says."""
    (tmp_path / "app.py").write_text("print('hi')\n")
    (tmp_path / "data.txt").write_text("data\n")
    arguments = ("--add-data", ".:.", "app.py", "--python", one_interpreter.python)
    sizes = []
    for _ in range(2):
        done = bundle(*arguments, cwd=tmp_path)
        assert done.status == 0, done.stderr
        sizes.append((tmp_path / "dist" / "app").stat().st_size)

    assert sizes[0] == sizes[1]
    assert b"own data files: 2, " in done.stderr
    assert "\n  data.txt\n" in bundle("-v", *arguments, cwd=tmp_path).stderr.decode()


def test_an_added_library_is_a_library(one_interpreter: Interpreter, tmp_path: Path):
    """A shared library that is added is found by its path and by its soname, with the library that it needs beside it."""
    commands = (
        "echo 'int deep(void) { return 42; }' > deep.c; cc -shared -fPIC -o libdeep.so deep.c;"
        "echo 'int deep(void); int top(void) { return deep(); }' > top.c;"
        "cc -shared -fPIC -o libtop.so.1 top.c -L. -ldeep '-Wl,-rpath,$ORIGIN' -Wl,-soname,libtop.so.1"
    )
    subprocess.run(commands, shell=True, cwd=tmp_path, check=True)
    (tmp_path / "app.py").write_text(
        "import ctypes, os\nprint(ctypes.CDLL('libtop.so.1').top())\n"
        "print(ctypes.CDLL(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'libtop.so.1')).top())\n"
    )
    options = ("--add-data", "libtop.so.1:.", "app.py", "--python", one_interpreter.python, "-o", "out/app")

    done = bundle(*options, cwd=tmp_path)

    assert done.status == 0, done.stderr
    assert run([tmp_path / "out" / "app"], cwd=Path("/")).stdout == b"42\n42\n"
