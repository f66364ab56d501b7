"""`--trace`: what one run shows is found, recorded, and taken into later builds."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from bundler.analyze import analyze
from bundler.cache import Cache
from bundler.errors import BundleError
from bundler.pipeline import traced
from bundler.project import read_project_file, record
from bundler.report import Reporter, make_console
from bundler.settings import Settings
from bundler.target import TargetPython
from tests.analyze.trees import write
from tests.target.pythons import cache, newest_target, quiet_context

__all__ = ["cache", "newest_target"]

APP = """
    import importlib, os, sys
    importlib.import_module("".join(reversed(sys.argv[1])))
    open(os.path.join(os.path.dirname(os.path.abspath(__file__)), *sys.argv[2].split("+"))).close()
    sys.exit(3)
    """


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A program that says nowhere what it imports and opens."""
    return write(tmp_path, {"app.py": APP, "data/a.txt": "", "data/b.txt": "", "notes/__init__.py": ""}) / "app.py"


def run(app: Path, target: TargetPython, cache: Cache, *arguments: str, **settings: tuple[str, ...]) -> Path | None:
    """Trace one run."""
    made = Settings(target=str(app), python=target.executable, cache_dir=cache.root, **settings)  # type: ignore[arg-type]
    report = Reporter(console=make_console(file=io.StringIO()))
    return traced(made, arguments, app.parent, report)


def test_trace(app: Path, newest_target: TargetPython, cache: Cache):
    """Modules and files that only a run shows are recorded, run after run, and are in later graphs."""
    written = run(app, newest_target, cache, "xobliam", "data+a.txt")
    assert written == app.parent / "pyproject.toml"
    run(app, newest_target, cache, "seton", "data+b.txt")

    values = read_project_file(written).common.values
    assert {"mailbox", "notes"} <= set(values["hidden_imports"])
    assert "json" not in values["hidden_imports"]
    assert {(each.source.resolve(), str(each.destination)) for each in values["added_data"]} == {
        (app.parent / "data/a.txt", "data"),
        (app.parent / "data/b.txt", "data"),
    }
    graph = analyze(newest_target, Settings(target=str(app), **values), quiet_context(cache=cache))
    assert {"mailbox", "notes"} <= graph.modules.keys()
    assert "data/a.txt" in {str(file.destination) for file in graph.data_files}


def test_a_module_that_no_import_finds(app: Path, newest_target: TargetPython, cache: Cache):
    """A module that is loaded from its file under a name of the program's choice is not recorded: no build could find it."""
    app.write_text(
        "import importlib.util, sys\n"
        "spec = importlib.util.spec_from_file_location('chosen', sys.argv[1])\n"
        "sys.modules['chosen'] = importlib.util.module_from_spec(spec)\n"
        "importlib.import_module('seton'[::-1])\n"
    )
    written = run(app, newest_target, cache, str(app.parent / "notes" / "__init__.py"))

    assert written is not None
    assert read_project_file(written).common.values["hidden_imports"] == ("notes",)


def test_nothing_new(app: Path, newest_target: TargetPython, cache: Cache):
    """What the graph holds already, or the user excludes, is not recorded; then no file is written."""
    app.write_text("import importlib, keyword\nimportlib.import_module('seton'[::-1])")

    assert run(app, newest_target, cache, excluded_modules=("notes",)) is None
    assert not (app.parent / "pyproject.toml").exists()


def test_a_program_that_tells_nothing(app: Path, newest_target: TargetPython, cache: Cache):
    """A program that ends by os._exit leaves no record: that is an error that says so."""
    app.write_text("import os\nos._exit(0)")

    with pytest.raises(BundleError, match="before what it used could be recorded"):
        run(app, newest_target, cache)


def test_recording_keeps_the_file(tmp_path: Path):
    """Comments, order and other tables stay as they are; lists grow at their ends, each value once."""
    file = tmp_path / "pyproject.toml"
    before = '# mine\n[project]\nname = "x" # keep\n\n[tool.bundle]\nhidden-import = ["a"] # why\ntarget = "app.py"\n'
    file.write_text(before)

    assert record({"hidden-import": ["a", "b"], "add-data": [], "collect-data": ["p"]}, tmp_path) == file

    text = file.read_text()
    assert text.startswith('# mine\n[project]\nname = "x" # keep\n\n[tool.bundle]\n')
    values = read_project_file(file).common.values
    assert (values["hidden_imports"], values["collected_data"]) == (("a", "b"), ("p",))
    assert "add-data" not in text
    assert "# why" in text
    record({"hidden-import": ["b", "a"]}, tmp_path)
    assert file.read_text() == text


def test_a_lost_header_is_an_error(tmp_path: Path):
    """A script that lost its header while the program ran is left as it is, and the error says so."""
    script = tmp_path / "app.py"
    script.write_text("print()\n")

    with pytest.raises(BundleError, match="lost its header") as caught:
        record({"hidden-import": ["a"]}, tmp_path, script=script)

    assert (caught.value.diagnostic.code, script.read_text()) == ("file-changed", "print()\n")


def test_a_file_is_made(tmp_path: Path):
    """If there is no pyproject.toml, recording options makes one."""
    made = record({"hidden-import": ["a"]}, tmp_path)

    assert read_project_file(made).common.values == {"hidden_imports": ("a",)}
