"""Libraries by the names that programs give to ctypes."""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
from collections.abc import Iterable

from .. import _job

LDCONFIG_CACHE: dict[str, str] | None = None


@functools.cache
def ldconfig_libraries() -> dict[str, str]:
    """The dynamic linker's own cache: paths by soname."""
    program = shutil.which("ldconfig") or "/sbin/ldconfig"
    try:
        listing = subprocess.run([program, "-p"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return {}
    line = re.compile(rf"^\s+(\S+) \({re.escape(_job.ldconfig_label)}[^)]*\) => (\S+)$", re.MULTILINE)
    found: dict[str, str] = {}
    for name, path in line.findall(listing):
        found.setdefault(name, path)
    return found


def load_ldconfig_cache() -> None:
    """Fill LDCONFIG_CACHE."""
    global LDCONFIG_CACHE  # noqa: PLW0603  # the API has it so
    LDCONFIG_CACHE = ldconfig_libraries()


def _resolveCtypesImports(cbinaries: Iterable[str]) -> list[tuple[str, str, str]]:  # noqa: N802  # PyInstaller's name
    """(file name, path, "BINARY") of each library that the dynamic linker finds; the others are left out."""
    from .bindepend import resolve_library_path

    found = []
    for name in cbinaries:
        path = resolve_library_path(name, [*os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep)])
        if path is not None:
            found.append((os.path.basename(path), path, "BINARY"))
    return found


resolve_ctypes_imports = _resolveCtypesImports


def scan_code_for_ctypes(co: object) -> list[object]:
    """Done by the analysis itself."""
    return []
