"""Modules that are not plain files in a folder of the search path: editable installs, archives, spread packages."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from bundler.analyze.carry.data import collect
from bundler.analyze.installed.distributions import InstalledDistributions
from bundler.analyze.installed.locate import Locator
from bundler.analyze.installed.search_path import links_folder, searched_folders
from bundler.cache import Cache
from bundler.process import run
from bundler.target import TargetPython, probe
from tests.analyze.trees import MARKERS, SUFFIXES, install, reached, walked, walker, write
from tests.target.pythons import newest_target, quiet_context

__all__ = ["newest_target"]

SETUPTOOLS = """
from __future__ import annotations
import sys
MAPPING: dict[str, str] = {mapping!r}
NAMESPACES: dict[str, list[str]] = {{}}
class _EditableFinder: ...
"""

EDITABLES = """
from editables.redirector import RedirectingFinder as F
F.install()
"""


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    """One of this test's own."""
    return Cache(tmp_path / "cache")


def test_finder_of_setuptools(tmp_path: Path, cache: Cache):
    """Names that an editable install maps to packages, modules and parts of namespaces are found there."""
    site, source = tmp_path / "site", tmp_path / "source"
    write(source, {"lib/__init__.py": "from . import inner", "lib/inner.py": "", "one.py": "", "part/__init__.py": ""})
    mapping = {"pkg": str(source / "lib"), "one": str(source / "one"), "ns.part": str(source / "part")}
    write(site, {"__editable___x_1_finder.py": SETUPTOOLS.format(mapping=mapping)})
    folders = searched_folders([site], cache)

    assert reached(walked(walker(*folders), "import pkg, one, ns.part")) == {"pkg", "pkg.inner", "one", "ns", "ns.part"}
    assert searched_folders([site], cache) == folders


def test_user_file_behind_a_link(tmp_path: Path, cache: Cache):
    """A module that is found through a link of bundler's tells the user's file; any other tells its path."""
    site, source = tmp_path / "site", tmp_path / "source"
    write(source, {"__init__.py": "", "inner.py": ""})
    write(site, {"__editable___x_1_finder.py": SETUPTOOLS.format(mapping={"pkg": str(source)}), "plain.py": ""})
    folders = searched_folders([site], cache)
    locator = Locator(SUFFIXES, links_folder(cache))
    package, plain = locator.find("pkg", folders), locator.find("plain", folders)
    assert package is not None
    inner = locator.find("inner", package.folders)

    assert inner is not None
    assert package.file == source / "__init__.py"
    assert inner.file == source / "inner.py" != inner.path
    assert plain is not None
    assert plain.file == plain.path == site / "plain.py"


def test_finder_of_editables(tmp_path: Path, cache: Cache):
    """Modules of editable installs are found that a back end maps by calls of a function."""
    site, source = tmp_path / "site", tmp_path / "source"
    write(source, {"pkg/__init__.py": "", "one.py": ""})
    calls = [
        f"F.map_module('pkg', {str(source / 'pkg/__init__.py')!r})",
        f"F.map_module('one', {str(source / 'one.py')!r})",
    ]
    write(site, {"_editable_impl_x.py": EDITABLES + "\n".join(calls)})

    assert reached(walked(walker(*searched_folders([site], cache)), "import pkg, one")) == {"pkg", "one"}


@pytest.mark.parametrize(
    "text", ["MAPPING = {1: 2, 'x': unknown}\n", "MAPPING = (\n", "\0", "F.map_module('gone', '/nowhere')\n"]
)
def test_finder_that_says_nothing(tmp_path: Path, cache: Cache, text: str):
    """A finder that cannot be read maps nothing, and stops nothing."""
    write(tmp_path / "site", {"__editable___x_finder.py": text, "one.py": ""})

    assert "one" in reached(walked(walker(*searched_folders([tmp_path / "site"], cache)), "import one, x, gone"))


def install_editable(site: Path, source: Path, requires: Iterable[str] = ()) -> None:
    """A distribution `edited` whose sources stay in their folder, as PEP 610 has it."""
    install(site, "edited", {}, requires=requires)
    origin = {"url": source.as_uri(), "dir_info": {"editable": True}}
    (next(site.glob("edited-*.dist-info")) / "direct_url.json").write_text(json.dumps(origin))


def test_what_an_editable_install_requires_together(tmp_path: Path):
    """A library's optional import is meant when a distribution in use requires both, also one that is installed editable."""
    site, source = tmp_path / "site", tmp_path / "source"
    write(source, {"program.py": "import lib"})
    install_editable(site, source, ["lib", "extra"])
    install(site, "lib", {"lib.py": "def write():\n  import extra"})
    install(site, "extra", {"extra.py": ""})

    assert "extra" in walked(walker(source, site), "import program").reached


def test_metadata_of_an_editable_install(tmp_path: Path):
    """Sources below the folder of an editable install bring its metadata, though no list of files names them."""
    site, source = tmp_path / "site", tmp_path / "source dir"
    write(source, {"src/pkg/__init__.py": ""})
    install_editable(site, source)
    install(site, "other", {})
    made = walked(walker(source / "src", site), "import pkg")
    _, owners = collect(made.reached, InstalledDistributions((site,), MARKERS))

    assert [owner.name for owner in owners] == ["edited"]


def test_egg(tmp_path: Path, cache: Cache):
    """A zip-safe egg is as good as a folder, its metadata included; so is any archive on the search path."""
    with zipfile.ZipFile(tmp_path / "old-1.0-py3.11.egg", "w") as archive:
        archive.writestr("old/__init__.py", "from . import inner\nimport plain")
        archive.writestr("old/inner.py", "")
        archive.writestr("EGG-INFO/PKG-INFO", "Metadata-Version: 1.1\nName: old\nVersion: 1.0\n")
    with zipfile.ZipFile(tmp_path / "plain.zip", "w") as archive:
        archive.writestr("plain.py", "")
    folders = searched_folders([tmp_path / "old-1.0-py3.11.egg", tmp_path / "plain.zip", tmp_path / "no.zip"], cache)
    described = InstalledDistributions(folders, MARKERS).get("old")

    assert reached(walked(walker(*folders), "import old")) == {"old", "old.inner", "plain"}
    assert described is not None
    assert described.version == "1.0"


@pytest.mark.parametrize(
    "text",
    [
        "from pkgutil import extend_path\n__path__ = extend_path(__path__, __name__)",
        "__import__('pkg_resources').declare_namespace(__name__)",
    ],
)
def test_package_that_spreads_over_folders(tmp_path: Path, text: str):
    """`extend_path` and `declare_namespace` add the folders of that name in the rest of the search path, nested ones too."""
    write(
        tmp_path / "a", {"ns/__init__.py": text, "ns/one.py": "", "ns/deep/__init__.py": text, "plain/__init__.py": ""}
    )
    write(tmp_path / "b", {"ns/__init__.py": text, "ns/two.py": "", "ns/deep/three.py": "", "plain/four.py": ""})
    made = walked(walker(tmp_path / "a", tmp_path / "b"), "import ns.one, ns.two, ns.deep.three, plain.four")

    assert reached(made) == {"ns", "ns.one", "ns.two", "ns.deep", "ns.deep.three", "plain"}


def test_stubs_are_no_modules(tmp_path: Path):
    """A module of which there is only a stub, beside the code or in a package of stubs, is not there."""
    write(tmp_path, {"pkg/__init__.py": "", "pkg/stub.pyi": "", "only.pyi": "", "pkg-stubs/__init__.pyi": ""})
    made = walked(walker(tmp_path), "import only, pkg.stub\nfrom pkg import stub")

    assert reached(made) == {"pkg"}


def test_lines_of_pth_files(tmp_path: Path, newest_target: TargetPython):
    """What `.pth` files name, and what their `import` lines add, is on the search path: the interpreter itself is asked."""
    write(tmp_path, {"named/one.py": "", "added/two.py": ""})
    run([newest_target.executable, "-m", "venv", "--without-pip", tmp_path / "env"])
    (site,) = (tmp_path / "env").glob("lib/python*/site-packages")
    (site / "x.pth").write_text(f"{tmp_path / 'named'}\nimport sys; sys.path.append({str(tmp_path / 'added')!r})\n")
    found = probe(tmp_path / "env" / "bin" / "python", quiet_context())

    assert reached(walked(walker(*found.search_path), "import one, two")) == {"one", "two"}
