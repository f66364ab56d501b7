"""Sources and folders in a bad state: a warning at most."""

from __future__ import annotations

from pathlib import Path

import pytest

from bundler.analyze.follow.stdlib import submodules_below
from bundler.analyze.installed.locate import Locator
from bundler.analyze.read.facts import FactSource, parse
from bundler.analyze.read.worker.scan import scan
from bundler.analyze.tell.findings import syntax_errors
from bundler.cache import Cache
from bundler.target import TargetPython
from tests.analyze.trees import SUFFIXES, reached, walked, walker, write
from tests.target.pythons import newest_target

__all__ = ["newest_target"]


def test_a_module_of_200_000_lines():
    """Generated code may be long: its imports are found all the same, on the last line too."""
    source = b"import first\n" + b"x = 1\n" * 200_000 + b"import last\n"

    assert [fact.name for fact in parse(scan(source)).imports] == ["first", "last"]


def test_what_is_never_imported_does_not_matter(tmp_path: Path):
    """Files that do not compile or are not text are not even looked at, as long as nothing imports them."""
    write(tmp_path, {"p/__init__.py": "", "p/broken.py": "def :"})
    (tmp_path / "p/binary.py").write_bytes(b"\xff\x00\xfe")

    made = walked(walker(tmp_path), "import p")

    assert reached(made) == {"p"}
    assert list(syntax_errors(made.finished())) == []


def test_not_utf_8(tmp_path: Path):
    """A file in another encoding that does not say so is a warning, for Python cannot import it either."""
    (tmp_path / "a.py").write_bytes(b"x = '\xe4'\n")

    made = walked(walker(tmp_path), "import a")

    assert ["cannot" in each.message or "error" in each.message for each in syntax_errors(made.finished())] == [True]


@pytest.mark.parametrize("kind", ["folder", "dangling link", "link to itself"])
def test_a_name_that_is_no_file(tmp_path: Path, kind: str):
    """A folder or a broken link with the name of a source is no module; the next place is looked at."""
    place = write(tmp_path, {"2/a.py": "import b", "2/b.py": "", "1/x.py": ""}) / "1" / "a.py"
    match kind:
        case "folder":
            place.mkdir()
        case "dangling link":
            place.symlink_to("nowhere.py")
        case _:
            place.symlink_to("a.py")

    assert reached(walked(walker(tmp_path / "1", tmp_path / "2"), "import a")) == {"a", "b"}


def test_folders_in_a_circle(tmp_path: Path):
    """A link to a folder above is followed once: whoever lists all modules comes to an end."""
    write(tmp_path, {"p/__init__.py": "", "p/q/__init__.py": ""})
    (tmp_path / "p/q/loop").symlink_to(tmp_path / "p")

    found = list(submodules_below(Locator(SUFFIXES), "p", [tmp_path / "p"]))

    assert found == ["p.q", "p.q.loop"]


def test_modules_that_are_removed_meanwhile(tmp_path: Path):
    """A module that is gone since its folder was listed is left out; no build ends in a failure of ours for it."""
    write(tmp_path, {"a/p/__init__.py": "", "b/p/gone.py": "", "b/p/there.py": ""})
    folders, locator = [tmp_path / "a/p", tmp_path / "b/p"], Locator(SUFFIXES)
    assert locator.submodules(folders) == ("gone", "there")

    (tmp_path / "b/p/gone.py").unlink()

    assert list(submodules_below(locator, "p", folders)) == ["p.there"]


def test_unreadable_source(tmp_path: Path, newest_target: TargetPython):
    """A source that cannot be read is one with an error; the walk goes on."""
    facts = FactSource(newest_target, Cache(tmp_path))

    found = facts.facts(tmp_path)  # a folder: root may read everything else

    assert found.error is not None
    assert found.error.startswith("it cannot be read: ")


def test_unreadable_folders(tmp_path: Path):
    """A search path may name what is not there or is no folder."""
    write(tmp_path, {"a.py": ""})

    assert reached(walked(walker(tmp_path / "a.py", tmp_path / "nowhere", tmp_path), "import a")) == {"a"}
