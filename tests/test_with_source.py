"""`--with-source`: what Python shows of sources is there, and is what `python app.py` shows."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bundler.analyze.graph import APP, ModuleGraph, SourceModule
from bundler.freeze.image import FrozenImage, Precompiled, StartProfile
from bundler.link.entries import source_entries
from tests.analyze.trees import install
from tests.support import APPS, BUNDLE_ROOT, Interpreter, Outcome, Program, bundle, inspect, plain_environment, run

SOURCE = APPS / "sources" / "sources.py"


@pytest.fixture(scope="session")
def sources(interpreter: Interpreter, build: Callable[..., Path]) -> Program:
    """A program that looks at its own sources, which are carried."""
    return Program(interpreter, SOURCE, build(SOURCE.name, SOURCE, "--with-source", "--hidden-import", "test_other"))


def quoting(program: Program, outcome: Outcome) -> Outcome:
    """Only folders differ."""
    folders = (SOURCE.parent, program.interpreter.stdlib)
    texts = [outcome.stdout, outcome.stderr]
    for folder in folders:
        texts = [text.replace(str(folder).encode(), BUNDLE_ROOT.encode()) for text in texts]
    return Outcome(outcome.status, *texts)


CASES = ("lines", "library", "chained", "group", "getsource", "warning", "logged", "doctests", "tests", "trace")


@pytest.mark.parametrize("case", CASES)
def test_as_from_source(sources: Program, case: str):
    """Tracebacks quote lines and mark columns, also in modules and in the library; `inspect` and its users work."""
    environment = plain_environment(PYTHONWARNINGS="default", COLUMNS="80")
    found = run([sources.binary, case], environment=environment)
    expected = run([*sources.original, case], environment=environment)

    assert quoting(sources, found) == quoting(sources, expected)


def test_without_sources(program: Callable[[Path], Program]):
    """Without the option `inspect` says so with an OSError, and tracebacks show file and line."""
    binary = program(SOURCE).binary

    assert b"OSError: could not get source code" in run([binary, "getsource"]).stderr
    assert b'File "/__bundle__/sources.py", line ' in run([binary, "lines"]).stderr


def test_sources_are_compressed(sources: Program, program: Callable[[Path], Program]):
    """Sources take less than half of their size in the binary."""
    plain = program(SOURCE).binary.stat().st_size
    found = sources.binary.stat().st_size - plain
    texts = sum(file["size"] for file in inspect(sources.binary)["data_files"] if file["path"].endswith(".py"))

    assert 0 < found < texts / 2


def test_parts_are_as_they_are_stored(sources: Program):
    """The parts that `inspect` tells add up to the file, and none is negative: compressed sources count as they are stored."""
    document = inspect(sources.binary)

    assert sum(document["parts"].values()) == document["size"] == sources.binary.stat().st_size
    assert all(size >= 0 for size in document["parts"].values())
    assert document["parts"]["data_files"] < sum(file["size"] for file in document["data_files"])


def test_what_is_stored_is_read_from_memory_that_is_there(sources: Program):
    """The table of files is read where it lies: memory that was freed has other contents in Python's debug mode."""
    done = bundle("inspect", sources.binary, "--json", PYTHONMALLOC="debug")

    assert done.status == 0, done.stderr
    assert json.loads(done.stdout)["parts"] == inspect(sources.binary)["parts"]


def test_script_with_the_name_of_a_package(tmp_path: Path):
    """A console script's own source is not carried where its name is that of a folder: the package must be listed."""
    source = tmp_path / "x.py"
    source.write_text("x = 1\n")
    modules = {
        "__main__": SourceModule("__main__", source, "/__bundle__/tool", is_package=False, origin=APP),
        "tool": SourceModule("tool", source, "/__bundle__/tool/__init__.py", is_package=True, origin=APP),
    }
    graph = ModuleGraph("tool", modules, (), (), (), (), (), "")
    nothing = Precompiled(source, "", "", 0, ())
    image = FrozenImage(graph, (), (), StartProfile(), nothing, (), 0, ())

    assert [str(file.path) for file in source_entries(image, image.sources)] == ["/__bundle__/tool/__init__.py"]


READING = "import inspect\ndef lines(thing):\n    return len(inspect.getsource(thing).splitlines())\n"


@pytest.mark.parametrize("reader", ["own", "tyro", "other"])
def test_sources_come_along_for_who_reads_them(one_interpreter: Interpreter, tmp_path: Path, reader: str):
    """The app's own sources are carried when its own code reads sources, or a library that is known to; others' are named in a note."""
    app = tmp_path / "app" / "app.py"
    app.parent.mkdir()
    app.write_text(f"from {reader} import lines\n\nclass Model:\n    value = 1\n\nprint(lines(Model))\n")
    if reader == "own":
        (app.parent / "own.py").write_text(READING)
    else:
        install(tmp_path / "site", reader, {f"{reader}/__init__.py": READING})
    binary, path = tmp_path / "app.py", str(tmp_path / "site")
    done = bundle(app, "--python", one_interpreter.python, "-o", binary, PYTHONPATH=path)
    assert done.status == 0, done.stderr

    found = run([binary])

    assert (b"note[reads-sources]: `other` can read sources" in done.stderr) is (reader == "other")
    if reader == "other":
        assert b"OSError: could not get source code" in found.stderr
    else:
        assert (found.stdout, found.status) == (b"2\n", 0)


@pytest.mark.parametrize("way", ["finder", "hook"])
def test_import_hooks_get_the_source(program: Callable[[Path], Program], way: str):
    """A finder, or a path hook, that compiles modules anew from their sources does so in a binary.

    The app's own sources come along, for it has such a loader.
    """
    found = program(APPS / "hooked" / "hooked.py").check_same(way)

    assert found.stdout.startswith(b"changed Loader")


def test_a_shorter_name(program: Callable[[Path], Program]):
    """A module that is found in a folder of its package has its code and its source under the shorter name, too."""
    program(APPS / "hooked" / "shorter.py").check_same("finder")


def test_import_hooks_without_sources_are_told(interpreter: Interpreter, tmp_path: Path):
    """A library that changes modules from sources which are not carried changes none; the build says so."""
    hooks = (APPS / "hooked" / "installs.py").read_text()
    install(tmp_path / "packages", "hooking", {"hooking/__init__.py": "", "hooking/loader.py": hooks})
    app, binary = tmp_path / "app.py", tmp_path / "app"
    app.write_text("import sys\nsys.argv[1:] = ['finder']\nimport hooking.loader\nprint('done')\n")

    done = bundle(app, "--python", interpreter.python, "-o", binary, PYTHONPATH=str(tmp_path / "packages"))

    assert b"note[import-hook]: `hooking.loader`" in done.stderr
    assert b"--with-source" in done.stderr
    assert run([binary]).stdout == b"done\n"
