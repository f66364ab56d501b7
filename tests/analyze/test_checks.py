"""What would certainly fail at the start of a binary is an error of the build."""

from __future__ import annotations

from pathlib import Path

import pytest

from bundler.analyze.follow.checks import refuse_missing_functions, refuse_relative_imports
from bundler.analyze.read.facts import parse
from bundler.analyze.read.worker.scan import scan
from bundler.analyze.resolve.entry import Entry
from bundler.errors import BundleError, Diagnostic
from tests.analyze.trees import walked, walker, write


def _checked_function(folder: Path, function: str) -> Diagnostic | None:
    made = walked(walker(folder), f"import {function.partition(':')[0]}")
    entry = Entry("name", folder / "entry.py", "", "", "", (folder,), functions=(function,))
    try:
        refuse_missing_functions(entry, made.reached, made.finder)
    except BundleError as error:
        return error.diagnostic
    return None


@pytest.mark.parametrize(
    ("function", "code", "hint"),
    [
        ("pkg.mod:mian", "no-such-function", "`pkg.mod:main`"),
        ("pkg.mod:Ap.run", "no-such-function", "`pkg.mod:App.run`"),
        ("pkg.nod:main", "no-such-module", "`pkg.mod:main`"),
        ("nosuch.mod:main", "no-such-module", "--python"),
        ("space:main", "no-such-function", "name a function"),
    ],
)
def test_missing_function(tmp_path: Path, function: str, code: str, hint: str):
    """A function, or its module, that is not there is an error; the nearest name is the hint."""
    write(tmp_path, {"pkg/__init__.py": "", "pkg/mod.py": "class App: ...\ndef main(): ...\n", "space/a.py": ""})
    found = _checked_function(tmp_path, function)

    assert found is not None
    assert found.code == code
    assert hint in (found.hint or "")


@pytest.mark.parametrize(
    "source",
    [
        "def main(): ...",
        "from other import main",
        "from other import *",
        "def __getattr__(name): ...",
        "if x:\n    main = 1\nelse:\n    pass",
        "for main in (): ...",
        "with x as main: ...",
        "try:\n    from other import main\nexcept ImportError:\n    pass",
        "(main := 1)",
        "match x:\n    case [main]: ...",
        "class main: ...",
        "globals()['main'] = print",
        "exec('def main(): ...')",
        "import sys\nsys.modules[__name__] = x",
        "def f():\n    global main\n    main = 1\nf()",
    ],
)
def test_function_that_may_be_there(tmp_path: Path, source: str):
    """However a module gets the name, or may get it: there is no error."""
    write(tmp_path, {"mod.py": source, "other.py": ""})

    assert _checked_function(tmp_path, "mod:main") is None


def test_attribute_of_a_submodule(tmp_path: Path):
    """A function in a submodule of a package is found, since the submodule is an attribute of the package."""
    write(tmp_path, {"pkg/__init__.py": "", "pkg/sub.py": ""})
    made = walked(walker(tmp_path), "import pkg.sub")
    entry = Entry("name", tmp_path / "entry.py", "", "", "", (tmp_path,), functions=("pkg:sub.main",))

    refuse_missing_functions(entry, made.reached, made.finder)


@pytest.mark.parametrize(
    ("source", "module"),
    [
        ("from . import x", "pkg.cli"),
        ("from .x import y", "pkg.cli"),
        ("from .. import x", "outer.pkg.cli"),
        ("if __name__ == '__main__':\n    from . import x", "pkg.cli"),
    ],
)
def test_relative_import_of_a_script(tmp_path: Path, source: str, module: str):
    """A plain script that always executes a relative import is an error, which names the module to run instead."""
    write(tmp_path, {"outer/pkg/cli.py": source})
    entry = Entry("cli", tmp_path / "outer/pkg/cli.py", "", "", "", ())

    with pytest.raises(BundleError) as raised:
        refuse_relative_imports(entry, parse(scan(source.encode())))

    assert f"-m {module}`" in (raised.value.diagnostic.hint or "")


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    from . import x\nexcept ImportError:\n    import x",
        "if __package__:\n    from . import x",
        "def f():\n    from . import x",
        "__package__ = 'pkg'\nfrom . import x",
    ],
)
def test_relative_import_that_may_not_happen(tmp_path: Path, source: str):
    """A relative import that a script guards, or for which it names its package, is no error."""
    refuse_relative_imports(Entry("cli", tmp_path / "cli.py", "", "", "", ()), parse(scan(source.encode())))
