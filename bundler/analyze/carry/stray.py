"""Files that no wheel would hold: secrets of a developer, leavings of editors and version control, caches, outputs."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path

from bundler.elf import ElfError, is_elf, read_executable

_FILES = (
    *(
        ".env",
        ".env.*",
        ".envrc",
        ".netrc",
        ".pypirc",
        ".npmrc",
        ".pgpass",
        ".git-credentials",
        ".coverage",
        ".coverage.*",
    ),
    *("*~", "*.swp", "*.swo", "#*#", ".#*", "*.orig", "*.rej", ".DS_Store", "Thumbs.db", "desktop.ini"),
    *(".git", ".gitmodules", ".hgtags", "*.pyc", "*.pyo"),
)
# Endings of the names of examples.
_EXAMPLES = (".env.example", ".env.sample", ".env.template", ".env.dist")

_FOLDERS = frozenset(
    ".git .hg .svn .bzr .idea .vscode .venv .tox .nox .eggs .mypy_cache .pytest_cache .ruff_cache .hypothesis"
    " .ipynb_checkpoints __pycache__ node_modules htmlcov .aws .ssh .gnupg".split()
)
# Metadata of an install from these sources; programs that ask for it get it from there.
_METADATA = ".egg-info"
# The file that makes a folder a virtual environment, whatever its name.
_ENVIRONMENT = "pyvenv.cfg"

# The section with the manifest of a binary (link/manifest.py).
_MANIFEST = ".bundle.manifest"


def is_stray_folder(folder: Path) -> bool:
    """No wheel would hold this folder."""
    return folder.name in _FOLDERS or folder.name.endswith(_METADATA) or (folder / _ENVIRONMENT).is_file()


def is_stray_file(path: Path) -> bool:
    """No wheel would hold this file."""
    name = path.name
    if name not in _EXAMPLES and any(fnmatchcase(name, pattern) for pattern in _FILES):
        return True
    return _is_output(path)


def _is_output(path: Path) -> bool:
    """An executable that bundler wrote: it has a section for the manifest."""
    try:
        if path.stat().st_size < 1 << 20 or not is_elf(path):
            return False
        return _MANIFEST in read_executable(path, with_symbols=False).sections
    except (OSError, ElfError):
        return False
