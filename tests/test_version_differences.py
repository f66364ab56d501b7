"""Differences between versions of CPython stand in `bundler/target/` and `launcher/compat.h`, and nowhere else."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.support import ROOT

# The API of hooks has constants of the version; the conditions of the app's own code are evaluated.
_ABOUT_VERSIONS = (
    "bundler/target/",
    "bundler/analyze/hooks/worker/PyInstaller/compat.py",
    "bundler/analyze/read/worker/conditions.py",
)


def _compares_versions(tree: ast.AST) -> bool:
    """Is a version compared with numbers (`target.version >= (3, 12)`), or `sys.version_info` looked at?"""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "version_info":
            return True
        if isinstance(node, ast.Compare):
            sides = (node.left, *node.comparators)
            names = [getattr(each, "attr", getattr(each, "id", "")) for each in sides]
            has_tuple = any(isinstance(each, ast.Tuple) for each in sides)
            if any(name.endswith("hexversion") or (name.endswith("version") and has_tuple) for name in names):
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
    """Conditions on the version are in compat.h; the rest of the launcher calls what that declares."""
    condition = re.compile(r"^\s*#\s*(?:el)?if.*PY_(?:VERSION_HEX|MINOR_VERSION|MAJOR_VERSION)", re.MULTILINE)
    found = [name for name, path in _files("launcher", ".c", ".h", ".S").items() if condition.search(path.read_text())]

    assert found == ["launcher/compat.h"]
