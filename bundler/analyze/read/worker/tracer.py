"""Run a program as `python` would, and write down what it imported and which files it opened to read.

Arguments: the file for the answer, "script" or "module", its path or name, the folder that comes first on the search
path ("" for none), then the program's own. The answer is `Used`, as JSON. It is written however the program ends, unless
it ends by `os._exit` or a signal.
"""

from __future__ import annotations

import os
import pkgutil  # noqa: F401  # runpy's own import, so that it does not count as the program's
import runpy
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # its imports would not count as the program's
    from .schema import Used

_READABLE = frozenset("rU")  # modes of open() begin with one of these, or are None where flags tell


class _Opened:
    """An audit hook (PEP 578) that notes files which are opened to be read; the mode is None for os.open."""

    def __init__(self) -> None:
        self.files: set[str] = set()

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[0], str) and self._is_read(*arguments[1:3]):
            self.files.add(os.path.abspath(arguments[0]))  # noqa: PTH100  # opened by audit hooks: no more imports

    def _is_read(self, mode: str | None, flags: int) -> bool:
        return (mode or "r")[0] in _READABLE if mode else not flags & (os.O_WRONLY | os.O_RDWR)


def main() -> None:
    """Run the program that the arguments name."""
    answer, kind, subject, folder, *arguments = sys.argv[1:]
    process = os.getpid()
    before = set(sys.modules)
    opened = _Opened()
    sys.argv = [subject, *arguments]
    if folder:
        sys.path.insert(0, folder)
    sys.addaudithook(opened)
    try:
        if kind == "module":
            runpy.run_module(subject, run_name="__main__", alter_sys=True)
        else:
            runpy.run_path(subject, run_name="__main__")
    finally:
        if os.getpid() == process:  # not in a child that was forked
            _write(answer, before, set(opened.files))


def _write(answer: str, before: set[str], files: set[str]) -> None:
    modules = [name for name, module in list(sys.modules.items()) if name not in before and _is_file(module)]
    used: Used = {"modules": sorted(modules), "files": sorted(files)}
    import json  # not before: the program may be the one that imports it

    with open(answer, "w", encoding="utf-8", errors="surrogateescape") as file:  # noqa: PTH123  # as above
        json.dump(used, file)


def _is_file(module: object) -> bool:
    """Did a module come from a file, under the name that it has?"""
    spec = getattr(module, "__spec__", None)
    origin = getattr(spec, "origin", None)
    return isinstance(origin, str) and origin.endswith((".py", ".so"))
