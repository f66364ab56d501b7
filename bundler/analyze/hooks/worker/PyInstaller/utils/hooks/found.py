"""Finds modules and packages without importing anything."""

from __future__ import annotations

import importlib.machinery
import os
import pkgutil
import sys
from collections.abc import Callable, Iterator


def find_spec(name: str) -> importlib.machinery.ModuleSpec | None:
    """The spec of a module; unlike importlib's, this imports no parent."""
    path: list[str] | None = None
    spec = None
    parts = name.split(".")
    for index, _ in enumerate(parts):
        full_name = ".".join(parts[: index + 1])
        spec = _find(full_name, path)
        if spec is None:
            return None
        path = list(spec.submodule_search_locations or ())
    return spec


def _find(full_name: str, path: list[str] | None) -> importlib.machinery.ModuleSpec | None:
    """The result of PathFinder.find_spec, which would look up the parents of namespace packages in `sys.modules`."""
    if path is None and full_name in sys.builtin_module_names:
        return importlib.machinery.BuiltinImporter.find_spec(full_name)
    portions: list[str] = []
    for entry in sys.path if path is None else path:
        finder = pkgutil.get_importer(entry)
        spec = finder.find_spec(full_name) if finder is not None else None
        if spec is not None and spec.loader is not None:
            return spec
        if spec is not None:
            portions += spec.submodule_search_locations or ()
    if not portions:
        return None
    namespace = importlib.machinery.ModuleSpec(full_name, None, is_package=True)
    namespace.submodule_search_locations = portions
    return namespace


def package_folders(name: str) -> list[str]:
    """The folders of a package; none when there is no package of this name."""
    spec = find_spec(name)
    return list(spec.submodule_search_locations or ()) if spec is not None else []


def submodules(package: str, wanted: Callable[[str], bool]) -> Iterator[str]:
    """A package and all modules below it; what is not wanted is left out with all below it."""
    folders = package_folders(package)
    if not folders or not wanted(package):
        return
    yield package
    for module in pkgutil.iter_modules(folders):
        name = f"{package}.{module.name}"
        if module.ispkg:
            yield from submodules(name, wanted)
        elif wanted(name) and not _is_library(module.name, folders):
            yield name
    # Folders without an `__init__.py` are namespace packages, if there are modules in them.
    for folder in folders:
        for entry in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
            inner = os.path.join(folder, entry)
            if entry.isidentifier() and _is_namespace(inner):
                yield from submodules(f"{package}.{entry}", wanted)


def _is_library(name: str, folders: list[str]) -> bool:
    """True for a shared library that only looks like an extension module, by its `.so`."""
    for folder in folders:
        path = os.path.join(folder, name + ".so")
        if os.path.isfile(path):
            with open(path, "rb") as file:
                return f"PyInit_{name}".encode() not in file.read()
    return False


def _is_namespace(folder: str) -> bool:
    if not os.path.isdir(folder) or folder.endswith("__pycache__"):
        return False
    names = os.listdir(folder)
    return "__init__.py" not in names and any(name.endswith(".py") for name in names)
