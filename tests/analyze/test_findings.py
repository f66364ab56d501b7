"""What the user is told about the graph."""

from __future__ import annotations

from pathlib import Path

import pytest

from bundler.analyze.distributions import Environment
from bundler.analyze.findings import missing_modules, syntax_errors
from bundler.errors import Diagnostic
from tests.analyze.trees import MARKERS, SUFFIXES, install, walked, walker, write


def missing(
    main: str, *search_path: Path, stdlib: Path = Path("/nowhere"), excluded: tuple[str, ...] = ()
) -> list[Diagnostic]:
    """The findings about modules that are not there."""
    made = walked(walker(*search_path, stdlib=stdlib, excluded=excluded), main)
    return list(missing_modules(made, Environment(search_path, MARKERS), excluded))


def names(findings: list[Diagnostic]) -> list[str]:
    return [finding.message.split("`")[1] for finding in findings]


def test_missing_module(tmp_path: Path):
    """A module that is imported and not installed is a warning with the place and the chain of imports."""
    write(
        tmp_path,
        {"a.py": "import b", "b/__init__.py": "from . import c", "b/c.py": "def f():\n\n  import gone.deep\n"},
    )

    (finding,) = missing("import a", tmp_path)

    assert finding.code == "missing-module"
    assert finding.message == "`gone` was not found"
    assert finding.where == f"{tmp_path}/b/c.py:3"
    assert finding.notes == (
        "__main__ imports a, which imports b, which imports b.c, which imports, inside a function gone",
    )
    assert finding.hint is not None
    assert "`--exclude-module gone`" in finding.hint


def test_missing_from_a_compiled_module(tmp_path: Path):
    """A compiled module has no lines: the place is the file."""
    write(tmp_path, {f"a{SUFFIXES[0]}": ""})
    made = walked(walker(tmp_path, compiled={"a": ["gone"]}), "import a")

    (finding,) = missing_modules(made, Environment((tmp_path,), MARKERS), ())

    assert finding.where == f"{tmp_path}/a{SUFFIXES[0]}"


def test_missing_from_the_entry():
    """The entry itself may miss something."""
    (finding,) = missing("import gone")

    assert finding.notes == ("__main__ imports gone",)


def test_each_module_is_reported_once(tmp_path: Path):
    """A module that is missed in several places is one finding."""
    write(tmp_path, {"a.py": "import gone"})

    assert names(missing("import a, gone\nimport gone", tmp_path)) == ["gone"]


@pytest.mark.parametrize(
    "text",
    [
        "if x:\n  import gone",
        "try:\n  import gone\nexcept ImportError:\n  pass",
        "def f():\n  import gone",
        "import importlib\nimportlib.import_module('gone')",
    ],
)
def test_own_code_means_what_it_imports(tmp_path: Path, text: str):
    """Of the app's own code every missing module is told, however it is imported."""
    write(tmp_path, {"a.py": text, "importlib.py": ""})

    assert names(missing("import a", tmp_path)) == ["gone"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import gone", ["gone"]),
        ("if x:\n  import gone", ["gone"]),
        ("try:\n  import gone\nexcept ImportError:\n  pass", []),
        ("def f():\n  import gone", []),
    ],
)
def test_libraries_may_miss_what_is_optional(tmp_path: Path, text: str, expected: list[str]):
    """Of libraries only imports that certainly happen are told."""
    install(tmp_path, "lib", {"lib.py": text})

    assert names(missing("import lib", tmp_path)) == expected


def test_libraries_that_are_optional_themselves(tmp_path: Path):
    """What is only reached by an optional import of a library may miss anything."""
    install(tmp_path, "lib", {"lib/__init__.py": "def f():\n  import lib.extra", "lib/extra.py": "import gone"})

    assert names(missing("import lib", tmp_path)) == []


def test_standard_library_misses_nothing(tmp_path: Path):
    """The standard library imports what other systems have; that is its own business."""
    lib = write(tmp_path, {"tool.py": "import winreg"})

    assert missing("import tool", lib, stdlib=lib) == []


def test_excluded_modules_are_not_missed(tmp_path: Path):
    """What the user leaves out is not missing, its submodules neither."""
    write(tmp_path, {"gone/__init__.py": "", "gone/deep.py": ""})

    assert missing("import gone.deep, gone", tmp_path, excluded=("gone",)) == []


def test_attributes_are_not_modules(tmp_path: Path):
    """`from a import b` says nothing about a module b; nor does `import a.b` where a makes b itself."""
    write(tmp_path, {"a.py": "", "p/__init__.py": "import sys\nb = sys", "p/c.py": "", f"fast{SUFFIXES[0]}": ""})

    assert missing("from a import b\nimport p.b\nfrom fast import x\nimport sys.x", tmp_path) == []


def test_alternatives_are_not_missed(tmp_path: Path):
    """A fallback that is not needed is not looked for."""
    write(tmp_path, {"fast.py": ""})

    assert missing("try:\n  import fast\nexcept ImportError:\n  import slow", tmp_path) == []


def test_syntax_error_of_a_module(tmp_path: Path):
    """A module that does not compile is told with its line."""
    write(tmp_path, {"a.py": "x = 1\nprint 'x'\n"})
    made = walked(walker(tmp_path), "import a")

    (finding,) = syntax_errors(made)

    assert finding.where == f"{tmp_path}/a.py:2"
    assert "`a` has a syntax error" in finding.message
