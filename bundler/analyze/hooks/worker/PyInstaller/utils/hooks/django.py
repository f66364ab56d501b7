"""Helpers for Django."""

from __future__ import annotations

import os
from pathlib import Path

from .found import find_spec, submodules


def django_find_root_dir() -> str:
    """The folder of the project: the one with `settings.py`, below the folder with `manage.py`; "" when unknown."""
    for folder in (Path.cwd(), *Path.cwd().parents):
        if (folder / "manage.py").exists():
            found = sorted(path.parent for path in folder.glob("*/settings.py"))
            return str(found[0]) if found else ""
    return ""


def django_dottedstring_imports(django_root_dir: str) -> list[str]:
    """Modules of the project: settings and applications name them in strings."""
    package = os.path.basename(django_root_dir)
    return list(submodules(package, lambda _name: True)) if package and find_spec(package) else []
