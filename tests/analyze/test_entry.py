"""What TARGET, `-m` and `--script` mean."""

from __future__ import annotations

import os
import shutil
import sys
import zipfile
from collections.abc import Callable
from importlib.util import MAGIC_NUMBER
from pathlib import Path

import pytest

from bundler.analyze.installed.distributions import InstalledDistributions
from bundler.analyze.installed.locate import Locator
from bundler.analyze.resolve.entry import Entry, find_entry
from bundler.cache import Cache
from bundler.errors import BundleError
from bundler.settings import Settings
from tests.analyze.trees import MARKERS, SUFFIXES, install, write


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with programs of every form, and an environment in `site`."""
    write(
        tmp_path,
        {
            "app.py": "",
            "tool": "",
            "folder/__main__.py": "",
            "folder/helper.py": "",
            "bare/readme.txt": "",
            "pkg/__init__.py": "",
            "pkg/cli.py": "",
            "pkg/__main__.py": "",
            "pkg/sub/__init__.py": "",
            "ns/mod.py": "",
            f"fast{SUFFIXES[0]}": "",
        },
    )
    install(
        tmp_path / "site", "dist", {"lib.py": ""}, entry_points="[console_scripts]\nrun-it = lib.cli:App.main [x]\n"
    )
    return tmp_path


def found(place: Path, **settings: str) -> Entry:
    """The entry for settings, with `place` as the current folder."""
    if "target" in settings and (place / settings["target"]).exists():
        settings["target"] = str(place / settings["target"])
    distributions = InstalledDistributions((place / "site",), MARKERS)
    wanted = Settings(folder=place, **settings)  # type: ignore[arg-type]  # all of these are texts
    return find_entry(wanted, distributions, Locator(SUFFIXES), Cache(place / "cache"))


def test_script(place: Path):
    """A script runs as `__main__`, imports from its own folder, and appears under its own name in the binary."""
    assert found(place, target="app.py") == Entry("app", place / "app.py", "/__bundle__/app.py", "", "", (place,))


def test_script_without_suffix(place: Path):
    """A script may have any name."""
    assert found(place, target="tool").name == "tool"


def test_folder(place: Path):
    """A folder is run by its `__main__.py`, and gives the binary its name."""
    assert found(place, target="folder") == Entry(
        "folder", place / "folder/__main__.py", "/__bundle__/__main__.py", "", "__main__", (place / "folder",)
    )


def test_current_folder(place: Path, monkeypatch: pytest.MonkeyPatch):
    """`bundle .` names the binary after the folder."""
    monkeypatch.chdir(place / "folder")

    distributions = InstalledDistributions((), MARKERS)
    entry = find_entry(Settings(target=os.curdir), distributions, Locator(SUFFIXES), Cache(place / "cache"))

    assert (entry.name, entry.search_path) == ("folder", (place / "folder",))


def test_linked_script(place: Path):
    """A script that is a link imports from where it really is, as in Python."""
    (place / "bin").mkdir()
    (place / "bin/linked.py").symlink_to(place / "folder/__main__.py")

    entry = found(place, target="bin/linked.py")

    assert (entry.name, entry.source, entry.search_path) == (
        "linked",
        place / "folder/__main__.py",
        (place / "folder",),
    )


def test_module(place: Path):
    """`-m MODULE` runs a module by its name, with relative imports from its package."""
    assert found(place, module="pkg.cli") == Entry(
        "cli", place / "pkg/cli.py", "/__bundle__/pkg/cli.py", "pkg", "pkg.cli", (place,), "pkg"
    )
    assert found(place, module="app").package == ""
    assert found(place, module="ns.mod").source == place / "ns/mod.py"


def test_package(place: Path):
    """`-m PACKAGE` runs the package's `__main__`."""
    assert found(place, module="pkg") == Entry(
        "pkg", place / "pkg/__main__.py", "/__bundle__/pkg/__main__.py", "pkg", "pkg.__main__", (place,), "pkg"
    )


def test_module_of_the_environment(place: Path):
    """What is not in the current folder is looked for in the environment."""
    assert found(place, module="lib").source == place / "site/lib.py"


def test_function(place: Path):
    """`package.module:function` becomes a script that calls it and ends with what it returns."""
    entry = found(place, target="pkg.cli:main")

    assert (entry.name, entry.filename, entry.search_path) == ("main", "/__bundle__/main", (place,))
    assert (
        entry.source.read_text()
        == 'import sys\n\nfrom pkg.cli import main\n\nif __name__ == "__main__":\n    sys.exit(main())\n'
    )


def test_method_of_a_class(place: Path):
    """The function may be an attribute of something in the module."""
    text = found(place, target="pkg.cli:App.run").source.read_text()

    assert "from pkg.cli import App\n" in text
    assert "sys.exit(App.run())\n" in text


def test_console_script(place: Path):
    """`--script NAME` runs what the environment's console script runs; extras in its definition mean nothing."""
    entry = found(place, script="run-it")

    assert (entry.name, entry.filename) == ("run-it", "/__bundle__/run-it")
    assert "from lib.cli import App\n" in entry.source.read_text()
    assert "sys.exit(App.main())\n" in entry.source.read_text()


def test_script_that_is_a_file(place: Path):
    """A script that a distribution brings as a file runs as it is."""
    install(place / "site", "old", {"../bin/old-tool": "#!/usr/bin/python3\nimport lib\n"})
    entry = found(place, script="old-tool")

    assert (entry.name, entry.source, entry.filename) == ("old-tool", place / "bin/old-tool", "/__bundle__/old-tool")


def test_generated_script_depends_on_nothing_else(place: Path, tmp_path_factory: pytest.TempPathFactory):
    """The same function gives the same text wherever it is bundled: builds are reproducible."""
    one = found(place, target="pkg.cli:main")
    distributions = InstalledDistributions((), MARKERS)
    other_place = tmp_path_factory.mktemp("other")
    other = find_entry(
        Settings(target="pkg.cli:main", folder=other_place), distributions, Locator(SUFFIXES), Cache(other_place)
    )

    assert one.source.read_bytes() == other.source.read_bytes()


@pytest.mark.parametrize(
    ("settings", "code", "words"),
    [
        ({"target": "missing.py"}, "no-such-target", "there is no file"),
        ({"target": "some/where"}, "no-such-target", "there is no file"),
        ({"target": "bare"}, "no-such-target", "__main__.py"),
        ({"target": "nonsense"}, "no-such-target", "neither a file nor a folder"),
        ({"target": "not a module:main"}, "no-such-target", "not of the form"),
        ({"target": "pkg.cli:"}, "no-such-target", "not of the form"),
        ({"target": "app.py:main"}, "no-such-target", "name of its module"),
        ({"module": "missing"}, "no-such-module", "`missing`"),
        ({"module": "pkg.sub"}, "no-such-module", "`pkg.sub` is a package and cannot be executed"),
        ({"module": "pkg.cli.deep"}, "no-such-module", "`pkg.cli.deep`"),
        ({"module": "fast"}, "no-such-module", "with Python source"),
        ({"module": "ns"}, "no-such-module", "`ns.__main__`"),
        ({"script": "missing"}, "no-such-script", "`missing`"),
    ],
    ids=str,
)
def test_what_is_not_there(place: Path, settings: dict[str, str], code: str, words: str):
    """An entry that does not exist is an error that says what was looked for, and how to go on."""
    with pytest.raises(BundleError, match=words) as raised:
        found(place, **settings)

    assert raised.value.diagnostic.code == code
    assert raised.value.diagnostic.hint


def test_near_miss_of_a_script(place: Path):
    """A misspelt script is answered with the nearest one."""
    with pytest.raises(BundleError) as raised:
        found(place, script="runit")

    assert raised.value.diagnostic.hint == "did you mean `run-it`?"


@pytest.mark.parametrize(
    ("target", "written"), [("app.py:main", "`app:main`"), ("pkg/sub/deep.py:App.run", "`pkg.sub.deep:App.run`")]
)
def test_function_of_a_file(place: Path, monkeypatch: pytest.MonkeyPatch, target: str, written: str):
    """A file before the colon is answered with the name of the module that it is."""
    monkeypatch.chdir(place)
    with pytest.raises(BundleError) as raised:
        found(place, target=target)

    hint = raised.value.diagnostic.hint
    assert hint == f"write {written}"


def test_near_miss_of_a_file(place: Path):
    """A misspelt file is answered with the nearest one beside it."""
    with pytest.raises(BundleError) as raised:
        found(place, target=str(place / "ap.py"))

    assert raised.value.diagnostic.hint == f"did you mean `{place / 'app.py'}`?"


def _zipped(file: Path) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("__main__.py", "print(1)")


@pytest.mark.parametrize(
    ("name", "make", "what", "instead"),
    [
        ("tool.ipynb", lambda file: file.write_text('{"cells": []}'), "a notebook", "nbconvert"),
        ("tool-1-py3-none-any.whl", _zipped, "a wheel", "pip install"),
        ("tool.pyz", _zipped, "a zip archive", "python -m zipfile"),
        ("binary", lambda file: shutil.copy(sys.executable, file), "an executable", "bundle inspect"),
        ("tool.pyc", lambda file: file.write_bytes(MAGIC_NUMBER), "compiled Python code", "source"),
    ],
)
def test_a_file_of_another_kind(place: Path, name: str, make: Callable[[Path], object], what: str, instead: str):
    """A file that is no source is an error that says what it is, and what to bundle instead."""
    make(place / name)
    with pytest.raises(BundleError, match=f"is {what}") as raised:
        found(place, target=name)

    assert raised.value.diagnostic.code == "not-a-source"
    assert instead in (raised.value.diagnostic.hint or "")
