"""Where modules are: the rules of Python's path finder."""

from __future__ import annotations

import importlib.machinery
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bundler.analyze.installed.locate import Located, Locator, ModuleKind, sibling_source
from tests.analyze.trees import SUFFIXES, write

SO = SUFFIXES[0]


@pytest.fixture
def locator() -> Locator:
    return Locator(SUFFIXES)


def test_source_module(tmp_path: Path, locator: Locator):
    """`a.py` is the module a."""
    write(tmp_path, {"a.py": ""})

    assert locator.find("a", [tmp_path]) == Located(ModuleKind.SOURCE, tmp_path / "a.py")


def test_package_before_module(tmp_path: Path, locator: Locator):
    """In one folder a package wins over a module, an extension over a source; `__init__` may be an extension too."""
    write(tmp_path, {"a/__init__.py": "", "a.py": "", f"a{SO}": "", "b.py": "", f"b{SO}": "", f"c/__init__{SO}": ""})

    assert locator.find("a", [tmp_path]) == Located(ModuleKind.SOURCE, tmp_path / "a/__init__.py", (tmp_path / "a",))
    assert locator.find("b", [tmp_path]) == Located(ModuleKind.EXTENSION, tmp_path / f"b{SO}")
    assert locator.find("c", [tmp_path]) == Located(
        ModuleKind.EXTENSION, tmp_path / f"c/__init__{SO}", (tmp_path / "c",)
    )


def test_suffixes_in_order(tmp_path: Path, locator: Locator):
    """Of several extensions that with the interpreter's first suffix wins; those for others are none."""
    write(tmp_path, {f"a{suffix}": "" for suffix in SUFFIXES} | {"b.cpython-39-x86_64-linux-gnu.so": "", "c.so.1": ""})

    assert locator.find("a", [tmp_path]) == Located(ModuleKind.EXTENSION, tmp_path / f"a{SO}")
    assert locator.find("b", [tmp_path]) is None
    assert locator.find("c", [tmp_path]) is None


def test_first_folder_wins(tmp_path: Path, locator: Locator):
    """A module in an earlier folder hides all later ones, whatever they are."""
    write(tmp_path, {"1/a.py": "", "2/a/__init__.py": "", "2/b.py": ""})
    folders = [tmp_path / "missing", tmp_path / "1", tmp_path / "2"]

    assert locator.find("a", folders) == Located(ModuleKind.SOURCE, tmp_path / "1/a.py")
    assert locator.find("b", folders) == Located(ModuleKind.SOURCE, tmp_path / "2/b.py")
    assert locator.find("c", folders) is None


def test_portions_of_a_namespace_add_up(tmp_path: Path, locator: Locator):
    """Folders without `__init__` become one package, in the order of the path."""
    write(tmp_path, {"1/a/x.py": "", "2/other.py": "", "3/a/y.py": ""})
    folders = [tmp_path / name for name in "123"]

    found = locator.find("a", folders)

    assert found == Located(ModuleKind.NAMESPACE, tmp_path / "1/a", (tmp_path / "1/a", tmp_path / "3/a"))
    assert locator.find("y", found.folders) == Located(ModuleKind.SOURCE, tmp_path / "3/a/y.py")


@pytest.mark.parametrize("name", ["a/__init__.py", "a.py"])
def test_module_hides_portions(tmp_path: Path, locator: Locator, name: str):
    """A module or package anywhere on the path wins over portions of a namespace before it."""
    write(tmp_path, {"1/a/x.py": "", f"2/{name}": ""})

    assert locator.find("a", [tmp_path / "1", tmp_path / "2"]) == Located(
        ModuleKind.SOURCE, tmp_path / "2" / name, (tmp_path / "2/a",) if "/" in name else ()
    )


def test_module_beside_its_own_folder(tmp_path: Path, locator: Locator):
    """`a.py` wins over a folder `a` without code beside it."""
    write(tmp_path, {"a.py": "", "a/data.txt": ""})

    assert locator.find("a", [tmp_path]) == Located(ModuleKind.SOURCE, tmp_path / "a.py")


def test_dotted_names(tmp_path: Path, locator: Locator):
    """A full name leads through packages; where it ends there is no module."""
    write(tmp_path, {"a/__init__.py": "", "a/b/__init__.py": "", "a/b/c.py": ""})

    assert locator.find_dotted("a.b.c", [tmp_path]) == Located(ModuleKind.SOURCE, tmp_path / "a/b/c.py")
    assert locator.find_dotted("a.b.d", [tmp_path]) is None
    assert locator.find_dotted("a.b.c.d", [tmp_path]) is None
    assert locator.find_dotted("x.y", [tmp_path]) is None
    assert locator.is_module("a.b.c", [tmp_path])
    assert not locator.is_module("a.b.d", [tmp_path])
    assert not locator.is_module("a.b.c.d", [tmp_path])
    assert not locator.is_module("x.b", [tmp_path])


def test_submodules(tmp_path: Path, locator: Locator):
    """All modules directly in folders, of whatever kind, each once; files that are none are left out."""
    write(
        tmp_path,
        {
            "1/b.py": "",
            "1/a/__init__.py": "",
            f"1/c{SO}": "",
            "1/d/readme.txt": "",
            "1/__init__.py": "",
            "1/__pycache__/x.pyc": "",
            "1/data.json": "",
            "1/x.cpython-39-x86_64-linux-gnu.so": "",
            "1/.hidden.py": "",
            "2/b.py": "",
            "2/e.py": "",
        },
    )

    assert locator.submodules([tmp_path / "1", tmp_path / "2"]) == ("a", "b", "c", "d", "e")


def test_sibling_source(tmp_path: Path):
    """The source that lies beside a compiled module is found, by its name without the suffix."""
    write(tmp_path, {f"a{SO}": "", "a.py": "", f"b{SO}": "", "c.abi3.so": "", "c.py": ""})

    assert sibling_source(tmp_path / f"a{SO}", SUFFIXES) == tmp_path / "a.py"
    assert sibling_source(tmp_path / f"b{SO}", SUFFIXES) is None
    assert sibling_source(tmp_path / "c.abi3.so", SUFFIXES) == tmp_path / "c.py"


# Everything that may lie in a folder under the name `m`, and something that is no module.
_ENTRIES = ("m.py", f"m{SUFFIXES[1]}", "m.so", "m/x.txt", "m/__init__.py", "m/__init__.so", "other.py")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.lists(st.sets(st.sampled_from(_ENTRIES)), min_size=1, max_size=3))
def test_as_python_finds(tmp_path_factory: pytest.TempPathFactory, contents: list[set[str]]):
    """For any contents of any folders the answer is that of importlib's own finder."""
    root = tmp_path_factory.mktemp("tree")
    folders = [root / str(number) for number in range(len(contents))]
    for folder, names in zip(folders, contents, strict=True):
        folder.mkdir()
        write(folder, dict.fromkeys(names, ""))

    found = Locator(tuple(importlib.machinery.EXTENSION_SUFFIXES)).find("m", folders)
    importlib.machinery.PathFinder.invalidate_caches()
    spec = importlib.machinery.PathFinder.find_spec("m", [str(folder) for folder in folders])

    if spec is None or found is None:
        assert found is None
        assert spec is None
    elif spec.origin is None:
        assert found.kind is ModuleKind.NAMESPACE
        assert [str(folder) for folder in found.folders] == list(spec.submodule_search_locations or ())
    else:
        assert str(found.path) == spec.origin
        assert [str(folder) for folder in found.folders] == list(spec.submodule_search_locations or ())


def test_stdlib_is_found_as_python_finds_it():
    """Every module of the standard library is where Python says it is."""
    script = """if True:
        import importlib.util, sys
        for name in sorted(sys.stdlib_module_names):
            spec = importlib.util.find_spec(name) if name not in ("this", "antigravity") else None
            if spec is not None and spec.has_location:
                print(name, spec.origin)
        """
    done = subprocess.run(
        [sys.executable, "-IS", "-c", script], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    folders = [
        Path(entry)
        for entry in subprocess.run(
            [sys.executable, "-IS", "-c", "import sys; print(*sys.path, sep='\\n')"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
    ]
    locator = Locator(tuple(importlib.machinery.EXTENSION_SUFFIXES))

    expected = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    found = {name: str(located.path) for name in expected if (located := locator.find(name, folders))}

    assert len(expected) > 150
    assert found == expected
