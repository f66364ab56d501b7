"""Helpers that hooks import from here."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import Any

from ..compat import EXTENSION_SUFFIXES


def get_module_file_attribute(name: str) -> str:
    """The file of a module, found without importing it; ImportError when there is none."""
    from .hooks.found import find_spec

    spec = find_spec(name)
    if spec is None or not spec.has_location or spec.origin is None:
        raise ImportError(f"no module `{name}` with a file", name=name)
    return spec.origin


def dlls_in_subdirs(directory: str) -> list[str]:
    """Shared libraries below a folder."""
    found = []
    for parent, _, names in os.walk(directory):
        found += [os.path.join(parent, name) for name in sorted(names) if is_shared_library(name)]
    return found


def dlls_in_dir(directory: str) -> list[str]:
    """Shared libraries in a folder."""
    return [os.path.join(directory, name) for name in sorted(os.listdir(directory)) if is_shared_library(name)]


def is_shared_library(name: str) -> bool:
    """True if a file name ends as that of a shared library does."""
    return re.search(r"\.so(\.\d+)*$", name) is not None


def get_unicode_modules() -> list[str]:
    """Modules behind Python's text encodings."""
    return ["codecs", "encodings"]


def get_path_to_toplevel_modules(filename: str) -> str | None:
    """The folder above the outermost package that a file is in."""
    folder = os.path.dirname(os.path.abspath(filename))
    while os.path.exists(os.path.join(folder, "__init__.py")):
        folder = os.path.dirname(folder)
    return folder


def path_to_parent_archive(filename: str) -> str | None:
    """No archives here."""
    return None


def is_file_qt_plugin(filename: str) -> bool:
    """True if a shared library is a plug-in of Qt: they carry this text."""
    with open(filename, "rb") as file:
        return b"QTMETADATA" in file.read()


def module_parent_packages(full_modname: str) -> list[str]:
    """The packages that a module is in, outermost first."""
    parts = full_modname.split(".")[:-1]
    return [".".join(parts[: index + 1]) for index, _ in enumerate(parts)]


def is_iterable(arg: Any) -> bool:
    """True if it can be looped over."""
    return isinstance(arg, Iterable)


def mtime(filename: str) -> float:
    """The time at which a file was changed last; -1 when there is none."""
    try:
        return os.path.getmtime(filename)
    except OSError:
        return -1


def extension_suffixes() -> list[str]:
    """Endings of extension modules."""
    return list(EXTENSION_SUFFIXES)
