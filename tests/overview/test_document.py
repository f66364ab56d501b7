"""What a report tells of a binary: every byte, every module with its way, and a start."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bundler.analyze.graph import ModuleGraph
from bundler.overview import trace_start
from bundler.overview.describe import place_text
from bundler.overview.start import ImportTime, read_imports
from bundler.target import System
from tests.analyze.trees import write
from tests.overview.conftest import Reported
from tests.support import Interpreter, bundle, inspect


def test_every_byte_belongs_to_something(reported: Reported):
    """Sizes of modules, libraries, files and of what they share add up to the size of the binary."""
    document = reported.document
    sizes = [
        *(row["size"] for row in document["modules"]),
        *(row["stored"] for row in document["libraries"]),
        *(row["stored"] for row in document["files"]),
        *(row["size"] for row in document["parts"]),
    ]

    assert sum(sizes) == document["program"]["size"] == reported.binary.stat().st_size
    assert all(size >= 0 for size in sizes)


def test_modules_are_those_of_the_binary(reported: Reported):
    """Each module is there once, with its kind and its owner; launcher's modules are bundler's."""
    document = reported.document
    modules = {row["name"]: row for row in document["modules"]}
    found = inspect(reported.binary)["modules"]

    assert len(modules) == len(document["modules"])
    assert modules.keys() == {"broken", *(name for names in found.values() for name in names)}
    owners = {
        name: document["owners"][modules[name]["owner"]]
        for name in ("prices", "rich.markup", "json", "_bundle_importer")
    }
    assert [owner["label"] for owner in owners.values()] == ["your program", "rich", "Python", "bundler"]
    assert owners["rich.markup"]["version"]
    assert modules["sys"]["kind"] == "built-in"
    assert modules["_sqlite3"]["kind"] == "extension"


def test_each_module_has_its_way(reported: Reported):
    """From every module, imports lead back to the program or to the interpreter; places name no folder of this machine."""
    modules = {row["name"]: row for row in reported.document["modules"]}

    def way(name: str) -> list[tuple[str, str]]:
        row = modules[name]
        return [*(way(row["via"]) if row["via"] else []), (row["how"], row["place"])] if row["how"] else []

    assert way("csv") == [("imports", "shop.py:5"), ("imports", "prices.py:2")]
    assert way("rich.markup")[-1] == ("imports", "shop.py:3")
    assert way("difflib")[-1] == ("imports, inside a function", "prices.py:11")
    assert all(way(name) or modules[name]["owner"] in ("app", "launcher", "stdlib") for name in modules)
    assert str(reported.binary.parents[1]) not in reported.page.read_text()


def test_libraries_say_how_they_are_bound(reported: Reported):
    """The executable and shared objects have the newest versions that they need, those of the system are named, extension modules tell their module."""
    libraries = {row["module"] or row["name"]: row for row in reported.document["libraries"]}

    assert libraries["_sqlite3"]["bound"] == "prelinked"
    assert libraries["_sqlite3"]["owner"] == "stdlib"
    assert libraries["libc.so.6"]["bound"] == "of the system"
    assert "libc.so.6" in libraries["shop"]["needs"]
    [newest, *_] = libraries["shop"]["versions"]
    assert newest["version"] == f"GLIBC_{inspect(reported.binary)['newest_versions']['GLIBC']['version']}"
    assert newest["symbols"]


def test_files_licences_and_findings(reported: Reported):
    """The document holds data files with their owners, components with licences, and what the build reported."""
    document = reported.document
    own = {row["path"]: row["size"] for row in document["files"] if row["owner"] == "app"}
    licences = {row["name"]: row for row in document["components"]}
    [missing] = [row for row in document["findings"] if row["code"] == "missing-module"]

    assert own.keys() == {"broken.py", "data/</script>.csv"}
    assert own["data/</script>.csv"] == 3
    assert licences["cpython"]["licence"] == "PSF-2.0"
    assert licences["rich"]["licence"].startswith("MIT")
    assert (missing["severity"], missing["where"]) == ("warning", "prices.py:5")
    assert [row["where"] for row in document["findings"] if row["code"] == "syntax-error"] == ["broken.py:1"]


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ("/site/rich/style.py:7", "rich/style.py:7"),
        ("/site/lib/own/app.py:12", "own/app.py:12"),
        ("/site/rich/style.py", "rich/style.py"),
        ("/home/ann/project/pyproject.toml:3", "pyproject.toml:3"),
        ("/site/od:d/x.py", "od:d/x.py"),
    ],
)
def test_places_as_they_are_shown(place: str, shown: str):
    """A place is seen from the nearest folder of the search path, else it is the name of the file; a line is kept."""
    graph = ModuleGraph("app", {}, (), (), (), (), (), "", search_path=(Path("/site"), Path("/site/lib")))

    assert place_text(place, graph) == shown


# --- The start --------------------------------------------------------------------------------------------------------


def test_nothing_of_the_program_runs(reported: Reported):
    """The imports that are shown are of others' modules, as the program's own modules begin with them; these do not run."""
    names = [row["name"] for row in reported.document["start"]["imports"]]

    assert not reported.mark.exists()
    assert {"encodings", "json", "sqlite3", "rich.markup", "csv"} <= {*names}
    assert names.index("json") < names.index("sqlite3") < names.index("rich.markup")
    assert not {"prices", "difflib", "_bundle_end_of_probe"} & {*names}


def test_a_start_of_the_program(one_interpreter: Interpreter, tmp_path: Path):
    """With `--report-start` the finished program runs with these arguments, whatever else runs, and its own imports are shown."""
    write(
        tmp_path,
        {"app.py": "import sys\nimport own\nprint('ran', sys.argv[1:], file=open('told', 'w'))\n", "own.py": ""},
    )
    options = ("--report", "report.html", "--report-start", "--greet 'Ann and Bob'")
    done = bundle("app.py", "-q", "--no-run", "--python", one_interpreter.base, *options, cwd=tmp_path)
    assert done.status == 0, done.stderr.decode()
    start = Reported(done, tmp_path / "dist" / "app", tmp_path / "report.html", tmp_path / "told").document["start"]

    assert (tmp_path / "told").read_text() == "ran ['--greet', 'Ann and Bob']\n"
    assert start["what"].startswith("A start of app --greet 'Ann and Bob'")
    assert "own" in [row["name"] for row in start["imports"]]


def test_a_start_that_goes_on_is_ended(tmp_path: Path):
    """A server is watched for a while, and what it had imported by then is shown."""
    program = tmp_path / "server"
    program.write_text("#!/bin/sh\necho 'import time: 3 | 5 | json' >&2\nsleep 1000 &\nwait\n")
    program.chmod(0o755)
    started = time.monotonic()
    found = trace_start(program, (), System(), seconds=0.5)

    assert time.monotonic() - started < 10
    assert found.imports == (ImportTime("json", 0, 3, 5),)


def test_an_emulated_start_is_watched_longer(tmp_path: Path):
    """Under an emulator a start takes longer than on this machine."""
    program = tmp_path / "slow"
    program.write_text("#!/bin/sh\nsleep 1\necho 'import time: 3 | 5 | json' >&2\n")
    program.chmod(0o755)

    assert trace_start(program, (), System(), seconds=0.2).imports == ()
    assert trace_start(program, (), System(emulator=("env",)), seconds=0.2).imports == (ImportTime("json", 0, 3, 5),)


def test_a_program_that_cannot_start(tmp_path: Path):
    """For a program that cannot be started, the page says why there are no times."""
    (tmp_path / "broken").touch()

    assert (
        trace_start(tmp_path / "broken", (), System()).what
        == "No start was traced: the program could not be started: Permission denied."
    )


def test_lines_become_a_tree():
    """Imports stand after those that they made, and come out before them; other lines are left out."""
    said = (
        b"import time: self [us] | cumulative | imported package\n"
        b"a word of the program\n"
        b"import time:         5 |          5 |     c\n"
        b"no newlineimport time:       3 |          8 |   b\n"
        b"import time:         1 |          1 |   d\n"
        b"import time:        10 |         19 | a\n"
        b"import time:         2 |          2 | e\n"
    )

    assert [(each.name, each.depth, each.own, each.total) for each in read_imports(said)] == [
        ("a", 0, 10, 19),
        ("b", 1, 3, 8),
        ("c", 2, 5, 5),
        ("d", 1, 1, 1),
        ("e", 0, 2, 2),
    ]


def test_imports_that_did_not_end():
    """Where a start was ended inside an import, what that had imported stands for itself."""
    said = b"import time: 5 | 5 |     c\nimport time: 3 | 8 |   b\nimport time: 4 | 4 |     d\n"

    assert [(each.name, each.depth) for each in read_imports(said)] == [("b", 0), ("c", 1), ("d", 0)]
