"""Files that no wheel would hold: secrets of a developer, leavings of editors and version control, caches, outputs."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path

from bundler.elf import is_elf

_FILES = (
    *(".env", ".env.*", ".envrc", ".netrc", ".pypirc", ".coverage", ".coverage.*"),
    *("*~", "*.swp", "*.swo", "#*#", ".#*", "*.orig", "*.rej", ".DS_Store", "Thumbs.db", "desktop.ini"),
    *(".git", ".gitmodules", ".hgtags", "*.pyc", "*.pyo"),
)
# Endings of the names of examples.
_EXAMPLES = (".env.example", ".env.sample", ".env.template", ".env.dist")

_FOLDERS = frozenset(
    ".git .hg .svn .bzr .idea .vscode .venv .tox .nox .eggs .mypy_cache .pytest_cache .ruff_cache .hypothesis"
    " .ipynb_checkpoints __pycache__ node_modules".split()
)

# The section with the manifest of a binary (link/manifest.py), as its name stands among those of sections.
_MANIFEST = b"\0.bundle.manifest\0"


def is_stray_folder(name: str) -> bool:
    """No wheel would hold a folder of this name."""
    return name in _FOLDERS


def is_stray_file(path: Path) -> bool:
    """No wheel would hold this file."""
    name = path.name
    if name not in _EXAMPLES and any(fnmatchcase(name, pattern) for pattern in _FILES):
        return True
    return _is_output(path)


def _is_output(path: Path) -> bool:
    """An executable that bundler wrote: its section names stand near the end of the file."""
    try:
        if path.stat().st_size < 1 << 20 or not is_elf(path):
            return False
        with path.open("rb") as file:
            file.seek(-(1 << 16), 2)
            return _MANIFEST in file.read()
    except OSError:
        return False
