"""Shared libraries: what they need, and where the dynamic linker finds it."""

from __future__ import annotations

import os
import re
import subprocess
import sysconfig
from collections.abc import Iterable

from .. import _job
from ..exceptions import PythonLibraryNotFoundError
from .utils import ldconfig_libraries

_LDD_LINE = re.compile(r"^\s+(\S+) => (\S+) \(0x", re.MULTILINE)


def get_imports(filename: str, search_paths: Iterable[str] | None = None) -> set[tuple[str, str | None]]:
    """Names of the libraries that a file needs, directly or not, with their paths where they were found."""
    environment = dict(os.environ)
    if search_paths:
        environment["LD_LIBRARY_PATH"] = os.pathsep.join(map(str, search_paths))
    try:
        done = subprocess.run(
            ["ldd", str(filename)], capture_output=True, text=True, check=False, env={**environment, "LC_ALL": "C"}
        )
    except OSError:
        return set()
    return {(name, path if path != "not" else None) for name, path in _LDD_LINE.findall(done.stdout)}


def getImports(filename: str) -> set[str]:  # noqa: N802  # PyInstaller's name
    """Paths of the libraries that a file needs; the form of API versions before 6.0."""
    return {path or name for name, path in get_imports(filename)}


def resolve_library_path(name: str, search_paths: Iterable[str] | None = None) -> str | None:
    """The path of a library by its file name, with or without `.so` and version; None when it is not found."""
    if os.path.isabs(name):
        return name if os.path.isfile(name) else None
    for folder in (*(search_paths or ()), *_job.library_folders):
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            return path
    known = ldconfig_libraries()
    for candidate in known:
        if candidate == name or candidate.startswith((f"{name}.", f"{name}.so", f"lib{name}.so")):
            return known[candidate]
    return None


def findLibrary(name: str) -> str | None:  # noqa: N802  # PyInstaller's name
    """The result of resolve_library_path; the form of API versions before 6.0."""
    return resolve_library_path(name)


findSystemLibrary = findLibrary  # noqa: N816  # PyInstaller's name


def getfullnameof(name: str, xtrapath: Iterable[str] | None = None) -> str:
    """The result of resolve_library_path; "" when it is not found."""
    return resolve_library_path(name, xtrapath) or ""


def get_python_library_path() -> str:
    """The shared libpython of the target; PythonLibraryNotFoundError when it has none."""
    name = sysconfig.get_config_var("INSTSONAME") or sysconfig.get_config_var("LDLIBRARY") or ""
    path = resolve_library_path(name, [sysconfig.get_config_var("LIBDIR") or ""]) if ".so" in name else None
    if path is None:
        raise PythonLibraryNotFoundError
    return path


def binary_dependency_analysis(binaries: object, *args: object, **kwargs: object) -> object:
    """The linker's work; hooks need not do it."""
    return binaries
