"""Environments with more on their search path: what `--paths` is for PyInstaller, an editable install is here."""

from __future__ import annotations

import sysconfig
import venv
from collections.abc import Sequence
from pathlib import Path


def make_layer(folder: Path, search_path: Sequence[Path]) -> Path:
    """A virtual environment in a folder; its Python finds these folders first, then what this environment holds.

    Returns the path of the Python.
    """
    venv.EnvBuilder(symlinks=True, with_pip=False).create(folder)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    below = sysconfig.get_path("purelib")
    lines = [*map(str, search_path), f"import site; site.addsitedir({below!r})"]
    (packages / "layers.pth").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return folder / "bin" / "python"
