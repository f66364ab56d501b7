"""Installed distributions: who owns a file, who requires whom, which scripts there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from bundler.analyze.installed.distributions import InstalledDistributions
from tests.analyze.trees import MARKERS, install, write


def distributions(*folders: Path) -> InstalledDistributions:
    return InstalledDistributions(folders, MARKERS)


def test_wheel(tmp_path: Path):
    """A wheel's RECORD tells which files are its own; those outside the folder, such as scripts, are left out."""
    install(tmp_path, "My.Package", {"my/__init__.py": "", "my/data, with comma.txt": ""})
    record = next(tmp_path.glob("*.dist-info")) / "RECORD"
    record.write_text(record.read_text() + "../../../bin/my,sha256=x,10\n")

    installed = distributions(tmp_path).get("my_package")

    assert installed is not None
    assert (installed.name, installed.version) == ("my-package", "1.0")
    assert set(installed.files) >= {tmp_path / "my/__init__.py", tmp_path / "my/data, with comma.txt"}
    assert all(path.is_relative_to(tmp_path) and ".." not in path.parts for path in installed.files)


def test_scripts_that_are_files(tmp_path: Path):
    """A distribution may bring a whole script in Python instead of a function to call; other programs are none."""
    site = tmp_path / "lib/site-packages"
    install(site, "old", {"../../bin/tool": "#!/usr/bin/env python3\n", "../../bin/shell": "#!/bin/sh\n"})
    found = distributions(site)

    assert found.script_file("tool") == tmp_path / "bin/tool"
    assert found.script_file("shell") is None
    assert found.script_file("missing") is None


def test_owner(tmp_path: Path):
    """A file belongs to the distribution that lists it, or to none."""
    install(tmp_path, "one", {"one.py": ""})
    install(tmp_path, "two", {"two.py": ""})
    write(tmp_path, {"own.py": ""})
    found = distributions(tmp_path)

    assert found.owner(tmp_path / "one.py") is found.get("one")
    assert found.owner(tmp_path / "two.py") is found.get("two")
    assert found.owner(tmp_path / "own.py") is None


@pytest.mark.parametrize("is_requested", [False, True])
def test_extra_that_lists_alternatives(tmp_path: Path, is_requested: bool):
    """Of an extra that is not installed as a whole, what was installed by its name is meant, and nothing else."""
    install(tmp_path, "table", {"table.py": ""}, requires=['book; extra == "excel"', 'sheet; extra == "excel"'])
    install(tmp_path, "book", {"book.py": ""})
    if is_requested:
        (next(tmp_path.glob("book-*.dist-info")) / "REQUESTED").touch()
    found = distributions(tmp_path)
    table, book = found.get("table"), found.get("book")

    assert table is not None
    assert book is not None
    assert found.requires(table, book) is is_requested


def test_egg_info(tmp_path: Path):
    """What setuptools installed in old ways is described by an .egg-info folder, or by a file of that name."""
    write(
        tmp_path,
        {
            "old-1.0.egg-info/PKG-INFO": "Metadata-Version: 1.1\nName: old\nVersion: 1.0\n",
            "old-1.0.egg-info/installed-files.txt": "../old.py\n../sub/data.txt\nPKG-INFO\n",
            "older-2.0.egg-info": "Metadata-Version: 1.1\nName: older\nVersion: 2.0\n",
            "old.py": "",
            "sub/data.txt": "",
        },
    )
    found = distributions(tmp_path)
    old, older = found.get("old"), found.get("older")

    assert old is not None
    assert older is not None
    assert found.owner(tmp_path / "old.py") is old
    assert found.owner(tmp_path / "sub/data.txt") is old
    assert (older.version, older.files) == ("2.0", ())


def test_first_of_a_name_wins(tmp_path: Path):
    """Of two distributions of one name the one found first is imported from, and described."""
    install(tmp_path / "1", "same", {"same.py": ""})
    install(tmp_path / "2", "Same", {"same.py": "", "more.py": ""})
    found = distributions(tmp_path / "1", tmp_path / "2")

    assert found.owner(tmp_path / "1/same.py") is found.get("same")
    assert found.owner(tmp_path / "2/more.py") is None


@pytest.mark.parametrize(
    ("requirement", "is_needed"),
    [
        ("other", True),
        ("Other>=1", True),
        ("other; python_version >= '3.8'", True),
        ("other[fast]; sys_platform == 'linux'", True),
        ("other; sys_platform == 'win32'", False),
        ("other; python_version < '3'", False),
        ("other; extra == 'test'", False),
        ("different", False),
        ("not a requirement at all", False),
    ],
)
def test_requirements_on_the_target(tmp_path: Path, requirement: str, is_needed: bool):
    """A requirement counts if its marker holds on the target; those for developers do not."""
    install(tmp_path, "one", {"one.py": ""}, requires=[requirement])
    install(tmp_path, "other", {"other.py": ""})
    found = distributions(tmp_path)
    one, other = found.get("one"), found.get("other")
    assert one is not None
    assert other is not None

    assert found.requires(one, other) is is_needed
    assert found.required(one) == ((other,) if is_needed else ())


def test_an_extra_counts_when_it_is_installed_as_a_whole(tmp_path: Path):
    """Whoever installed all that an extra asks for wants it; a part of it may be there for other reasons."""
    extras = ["whole; extra == 'fast'", "part; extra == 'full'", "absent; extra == 'full'"]
    install(tmp_path, "one", {"one.py": ""}, requires=extras)
    install(tmp_path, "whole", {"whole.py": ""})
    install(tmp_path, "part", {"part.py": ""})
    found = distributions(tmp_path)
    one, whole, part = (found.get(name) for name in ("one", "whole", "part"))
    assert one is not None
    assert whole is not None
    assert part is not None

    assert found.requires(one, whole)
    assert not found.requires(one, part)


def test_scripts_and_entry_points(tmp_path: Path):
    """Console and GUI scripts can be run; other entry points are modules that somebody may ask for by group."""
    points = """
        [console_scripts]
        tool = pkg.cli:main
        other = pkg.cli:Class.run [extra]
        [gui_scripts]
        window = pkg.gui:main
        [app.plugins]
        a = pkg.plugin:Plugin
        b = pkg.plugin:Other
        c = pkg.more
        """
    install(tmp_path, "pkg", {"pkg/__init__.py": ""}, entry_points=points)
    found = distributions(tmp_path)

    assert found.scripts() == {"tool": "pkg.cli:main", "other": "pkg.cli:Class.run", "window": "pkg.gui:main"}
    assert found.providers("app.plugins") == ("pkg.more", "pkg.plugin")
    assert found.providers("console_scripts") == found.providers("nothing") == ()


def test_identity_names_what_is_installed(tmp_path: Path):
    """The digest changes with a version, and with nothing else."""
    install(tmp_path / "1", "one", {"one.py": "a"})
    install(tmp_path / "2", "one", {"one.py": "b"})
    before = distributions(tmp_path / "1").identity

    assert distributions(tmp_path / "2").identity == before
    install(tmp_path / "2", "two", {"two.py": ""})
    assert distributions(tmp_path / "2").identity != before


def test_broken_metadata_is_no_distribution(tmp_path: Path):
    """A .dist-info without a name, as an interrupted uninstall leaves it, describes nothing."""
    write(tmp_path, {"~ne-1.0.dist-info/INSTALLER": "pip", "two-1.0.dist-info/METADATA": "Version: 1.0\n"})

    assert distributions(tmp_path).scripts() == {}
    assert distributions(tmp_path).get("two") is None


def test_egg(tmp_path: Path):
    """An egg is found by the name of its folder as well, as Python finds it, and its metadata lies beside others under it."""
    egg = tmp_path / "tool_box-2.0-py3.egg"
    write(egg, {"EGG-INFO/PKG-INFO": "Metadata-Version: 1.1\nName: renamed\nVersion: 2.0\n", "tool.py": ""})
    found = distributions(egg)
    installed = found.get("renamed")

    assert installed is not None
    assert found.get("tool-box") is installed
    assert found.owner(egg / "tool.py") is installed
    assert installed.metadata_name == "tool_box-2.0-py3.egg-info"
