"""Files that are no Python source but may be taken for a program: what they are, and what to bundle instead."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bundler.elf import is_elf
from bundler.errors import BundleError


@dataclass(frozen=True, slots=True)
class _Unsuitable:
    """One kind of file. `hint` may hold `{path}` and `{stem}`."""

    matches: Callable[[Path], bool]
    what: str
    hint: str


# A zip file may follow after other contents, and a wheel is a zip file: the first row that matches counts.
_KINDS = (
    _Unsuitable(
        is_elf,
        "an executable or a shared library",
        "name the source that it was made from; `bundle inspect {path}` shows what a binary of bundle's holds",
    ),
    _Unsuitable(
        lambda path: path.suffix == ".whl",
        "a wheel",
        "install it with `pip install {path}`, then name a command of it with `--script NAME` or a module with `-m MODULE`",
    ),
    _Unsuitable(
        zipfile.is_zipfile,
        "a zip archive",
        "unpack it with `python -m zipfile -e {path} {stem}`, then `bundle {stem}` bundles its `__main__.py`",
    ),
    _Unsuitable(
        lambda path: path.suffix in (".pyc", ".pyo"),
        "compiled Python code",
        "name the source that it was compiled from",
    ),
    _Unsuitable(
        lambda path: path.suffix == ".ipynb",
        "a notebook",
        "make a script of it with `jupyter nbconvert --to script {path}`, then bundle that",
    ),
)


def refuse_unsuitable(path: Path) -> None:
    """BundleError when the file is something else than a Python source."""
    for kind in _KINDS:
        if kind.matches(path):
            hint = kind.hint.format(path=path, stem=path.stem)
            raise BundleError("not-a-source", f"`{path}` is {kind.what}, not a Python source", hint=hint)
