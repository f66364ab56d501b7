"""Differences between versions of CPython stand in `bundler/target/` and `launcher/compat/`, and nowhere else."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.support import ROOT

# The API of hooks has constants of the version; the conditions of the app's own code are evaluated.
_ABOUT_VERSIONS = (
    "bundler/target/",
    "bundler/analyze/hooks/worker/PyInstaller/compat.py",
    "bundler/analyze/read/worker/conditions.py",
)


# 3.11.0 to 3.99, as PY_VERSION_HEX has them.
_HEX_VERSIONS = range(0x030B0000, 0x03640000)


def _name(node: ast.expr) -> str:
    """What a value is called, as a variable, an attribute, or a key."""
    match node:
        case ast.Name(name) | ast.Attribute(_, name) | ast.Subscript(_, ast.Constant(str() as name)):
            return name
        case _:
            return ""


def _compares_versions(tree: ast.AST) -> bool:
    """True if a version is compared with numbers (`target.version >= (3, 12)`), looked at, or written as one number."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "version_info":
            return True
        if isinstance(node, ast.Constant) and type(node.value) is int and node.value in _HEX_VERSIONS:
            return True
        if isinstance(node, ast.Compare):
            sides = (node.left, *node.comparators)
            names = [_name(each) for each in sides]
            has_tuple = any(isinstance(each, ast.Tuple) for each in sides)
            if any(
                name.endswith(("hexversion", "version_hex")) or (name.endswith("version") and has_tuple)
                for name in names
            ):
                return True
    return False


def _files(folder: str, *suffixes: str) -> dict[str, Path]:
    found = (path for path in sorted((ROOT / folder).rglob("*")) if path.suffix in suffixes)
    return {str(path.relative_to(ROOT)): path for path in found}


def test_python_asks_the_target():
    """Code of the build, and the launcher's Python, compares no versions: `TargetPython` tells what differs."""
    files = {**_files("bundler", ".py"), **_files("launcher", ".py")}
    found = [name for name, path in files.items() if _compares_versions(ast.parse(path.read_bytes()))]

    assert [name for name in found if not name.startswith(_ABOUT_VERSIONS)] == []
    assert found, "the files that are about versions compare them"


def test_c_asks_compat():
    """Only the room `compat` looks at the version, in code or conditions; the rest of the launcher calls what that declares."""
    condition = re.compile(r"\bP[Yy]_(?:VERSION_HEX|MINOR_VERSION|MAJOR_VERSION|Version)\b")
    found = [name for name, path in _files("launcher", ".c", ".h", ".S").items() if condition.search(path.read_text())]

    assert found
    assert [name for name in found if not name.startswith("launcher/compat/")] == []


@pytest.mark.parametrize(
    "text",
    [
        "x = 1 if target.version >= (3, 12) else 2",
        "import sys\nif sys.version_info[:2] > (3, 11): pass",
        "if target.hexversion < limit: pass",
        "if constants['version_hex'] < limit: pass",
        "NEW = 0x030C0000",
    ],
)
def test_what_counts_as_a_difference(text: str):
    """Each way of asking for the version is seen; the version of a distribution or a symbol is none."""
    assert _compares_versions(ast.parse(text))
    assert not _compares_versions(ast.parse("if found.version == wanted: print(0x1000)"))
