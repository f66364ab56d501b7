"""Pairs of files and destinations, as lists of files."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable


def format_binaries_and_datas(
    binaries_or_datas: Iterable[tuple[str, str]], workingdir: str | None = None
) -> set[tuple[str, str]]:
    """(path in the binary, source) of every file that the pairs stand for."""
    found = set()
    for source, destination in binaries_or_datas:
        pattern = os.path.join(workingdir or "", source)
        for path in [pattern] if os.path.exists(pattern) else glob.glob(pattern):
            if os.path.isfile(path):
                found.add((os.path.normpath(os.path.join(destination, os.path.basename(path))), path))
            for parent, _, names in os.walk(path):
                below = os.path.relpath(parent, path)
                found |= {
                    (os.path.normpath(os.path.join(destination, below, name)), os.path.join(parent, name))
                    for name in names
                }
    return found


def is_package(module_name: str) -> bool:
    """True if there is a package of this name."""
    from ..utils.hooks import is_package as answer

    return answer(module_name)
