"""What the user is told about the graph."""

from __future__ import annotations

from pathlib import Path

import pytest

from bundler.analyze.tell.findings import computed_imports, left_out, missing_modules, syntax_errors
from bundler.errors import Diagnostic, Severity
from tests.analyze.trees import SUFFIXES, install, walked, walker, write


def missing(
    main: str, *search_path: Path, stdlib: Path = Path("/nowhere"), excluded: tuple[str, ...] = ()
) -> list[Diagnostic]:
    """The findings about modules that are not there."""
    made = walked(walker(*search_path, stdlib=stdlib, excluded=excluded), main)
    return list(missing_modules(made.finished(), excluded))


def names(findings: list[Diagnostic], severity: Severity = Severity.WARNING) -> list[str]:
    return [finding.message.split("`")[1] for finding in findings if finding.severity is severity]


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
        "__main__ imports a, which imports b, which imports b.c, which imports, inside a function, gone",
    )
    assert finding.hint is not None
    assert "`--exclude-module gone`" in finding.hint


def test_missing_part_of_the_standard_library():
    """What a Python lacks of its standard library no installer of packages brings."""
    made = walked(walker(), "import tkinter.font\nimport gone")
    found = {each.message: each.hint or "" for each in missing_modules(made.finished(), (), frozenset({"tkinter"}))}

    assert list(found) == ["`tkinter` was not found", "`gone` was not found"]
    assert "lacks this part of the standard library" in found["`tkinter` was not found"]
    assert "`--exclude-module tkinter`" in found["`tkinter` was not found"]
    assert "standard library" not in found["`gone` was not found"]


def test_missing_from_a_compiled_module(tmp_path: Path):
    """A compiled module has no lines: the place is the file."""
    write(tmp_path, {f"a{SUFFIXES[0]}": ""})
    made = walked(walker(tmp_path, compiled={"a": ["gone"]}), "import a")

    (finding,) = missing_modules(made.finished(), ())

    assert finding.where == f"{tmp_path}/a{SUFFIXES[0]}"


def test_compiled_modules_import_in_vain(tmp_path: Path):
    """What only a compiled module was seen to import may miss something: the import may have failed, and did no harm."""
    install(tmp_path, "fast", {f"fast{SUFFIXES[0]}": "", "fast_extra.py": "import gone\n"})
    made = walked(walker(tmp_path, compiled={"fast": ["fast_extra"]}), "import fast")

    (finding,) = missing_modules(made.finished(), ())

    assert (finding.code, finding.severity) == ("optional-module", Severity.DETAIL)


def test_missing_from_the_entry():
    """A module that the program itself imports and that is missing has the program as its chain."""
    (finding,) = missing("import gone")

    assert finding.notes == ("__main__ imports gone",)


def test_relative_import_of_a_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A function of a script that imports relatively fails when it is called: the way on is to run the module."""
    write(tmp_path, {"p/__init__.py": "", "p/app.py": "", "p/util.py": ""})
    monkeypatch.chdir(tmp_path)
    made = walked(walker(tmp_path / "p"), "def f():\n    from . import util", source=tmp_path / "p" / "app.py")

    (finding,) = missing_modules(made.finished(), ())

    assert finding.message == "`.util` cannot be imported: a script belongs to no package"
    assert finding.hint == "bundle it as a module, with `-m p.app`"
    assert finding.where == f"{tmp_path}/p/app.py:2"


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
        ("if x:\n  import gone", []),
        ("try:\n  import gone\nexcept ImportError:\n  pass", []),
        ("def f():\n  import gone", []),
    ],
)
def test_libraries_may_miss_what_is_optional(tmp_path: Path, text: str, expected: list[str]):
    """Of libraries only imports that certainly happen are warnings; others are details."""
    install(tmp_path, "lib", {"lib.py": text})
    found = missing("import lib", tmp_path)

    assert names(found) == expected
    assert names(found, Severity.DETAIL) == ([] if expected else ["gone"])


def test_the_worse_finding_counts(tmp_path: Path):
    """A module that some do without and some cannot is a warning."""
    install(tmp_path, "lib", {"lib.py": "def f():\n  import gone", "other.py": "import gone"})
    found = missing("import lib, other", tmp_path)

    assert names(found) == ["gone"]
    assert len(found) == 1


def test_left_out(tmp_path: Path):
    """What is installed and believed to be unneeded is a detail with its place."""
    install(tmp_path, "lib", {"lib.py": "def f():\n  import extra.deep"})
    install(tmp_path, "extra", {"extra/__init__.py": "", "extra/deep.py": ""})

    (finding,) = left_out(walked(walker(tmp_path), "import lib").finished())

    assert (finding.severity, finding.code, finding.where) == (Severity.DETAIL, "left-out", f"{tmp_path}/lib.py:2")
    assert finding.message.startswith("`extra.deep` is left out")
    assert finding.notes == ("__main__ imports lib, which imports, inside a function, extra.deep",)


def test_left_out_by_one_and_needed_by_another(tmp_path: Path):
    """A module that one import leaves out and another brings in is not reported."""
    install(tmp_path, "lib", {"lib.py": "def f():\n  import extra"})
    install(tmp_path, "extra", {"extra.py": ""})

    assert list(left_out(walked(walker(tmp_path), "import lib\nimport extra").finished())) == []


@pytest.mark.parametrize(
    ("call", "lines"),
    [
        ("importlib.import_module(name)", (2,)),
        ("importlib.import_module(f'p.{name}')", ()),
        ("importlib.import_module(f'nowhere.{name}')", (2,)),
        ("importlib.import_module(name, 'p')", ()),
        ("__import__(name)\nimportlib.import_module('p.' + name)", (2,)),
        ("TABLE = {'x': 'sub'}; importlib.import_module(TABLE[name], __name__)", ()),
    ],
)
def test_computed_imports(tmp_path: Path, call: str, lines: tuple[int, ...]):
    """An import whose name cannot be known, not even by its beginning or from a table, is told with its line."""
    write(tmp_path, {"p/__init__.py": f"import importlib\n{call}", "p/sub.py": ""})
    made = walked(walker(tmp_path), "import p")

    found = list(computed_imports(made.finished()))

    assert [finding.where for finding in found] == [f"{tmp_path}/p/__init__.py:{line}" for line in lines]
    assert {finding.severity for finding in found} <= {Severity.NOTE}


def test_computed_imports_of_others(tmp_path: Path):
    """Computed imports of libraries are details, and the program's own are details once a hidden import is named."""
    install(tmp_path / "site", "lib", {"lib.py": "__import__(name)"})
    write(tmp_path, {"own.py": "__import__(name)"})
    made = walked(walker(tmp_path, tmp_path / "site"), "import lib, own")

    plain = [finding.severity for finding in computed_imports(made.finished())]
    named = [finding.severity for finding in computed_imports(made.finished(), has_hidden_imports=True)]

    assert sorted(each.value for each in plain) == ["detail", "note"]
    assert named == [Severity.DETAIL, Severity.DETAIL]


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

    (finding,) = syntax_errors(made.finished())

    assert finding.where == f"{tmp_path}/a.py:2"
    assert "`a` has a syntax error" in finding.message


@pytest.mark.parametrize(
    ("body", "is_made"), [("import sys\nsys.meta_path.append(X)\n__path__ = []\n", True), ("", False)]
)
def test_modules_that_another_makes(tmp_path: Path, body: str, is_made: bool):
    """What is below a module that is no package is no warning if that has an importer of its own, as copies of six have."""
    write(
        tmp_path, {"six.py": body, "app.py": "import six.moves.http_client\nfrom six.moves.urllib.parse import quote"}
    )

    found = missing("import app", tmp_path)

    assert {each.code for each in found} == ({"made-module"} if is_made else {"missing-module"})
    assert bool(names(found)) is not is_made
