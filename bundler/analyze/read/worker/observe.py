"""Import extension modules and tell what their compiled code imports: it cannot be read.

Runs with the app's search path but without `site`. Answers an `ObserveRequest` on each line of standard input with
`Observed` or `NotObserved`. Standard output is ours; what imported code prints goes nowhere.
"""

from __future__ import annotations

import builtins
import functools
import json
import os
import sys
from types import FrameType, ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # an observed module must be the first to import what this imports
    from .schema import NotObserved, Observed, ObserveRequest

_IMPORTLIB = ("<frozen importlib._bootstrap>", "<frozen importlib._bootstrap_external>")

# Modules that this worker needs itself: observed modules are to find them as they find others.
_OWN = ("functools", "json", "json.decoder", "json.encoder", "json.scanner", "typing")


class _Recorder:
    """Notes which extension module asks for what: as a meta path finder that finds nothing, and as `__import__`.

    A finder is only asked for modules that are not there yet, `__import__` only by some functions of the C API.
    """

    def __init__(self) -> None:
        self.imports: dict[str, set[str]] = {}
        self._import = builtins.__import__

    def _note(self, name: str, frame: FrameType) -> None:
        importer = _extension_in_the_making(frame)
        if importer is not None:
            self.imports.setdefault(importer, set()).add(name)

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:  # noqa: ARG002
        self._note(name, sys._getframe(1))  # noqa: SLF001

    def import_module(self, name: str, *arguments: Any, **options: Any) -> ModuleType:
        level = options.get("level", arguments[3] if len(arguments) > 3 else 0)
        names = options.get("fromlist", arguments[2] if len(arguments) > 2 else ()) or ()
        if not level:
            for each in (name, *(f"{name}.{last}" for last in names)):
                self._note(each, sys._getframe(1))  # noqa: SLF001
        return self._import(name, *arguments, **options)


def _extension_in_the_making(frame: FrameType | None) -> str | None:
    """The extension module whose initialisation runs closest to this frame, with no code of a file between.

    Python text that an extension module brings inside itself, or in an archive inside itself, belongs to it: there is no
    file of that name.
    """
    while frame is not None:
        filename = frame.f_code.co_filename
        if filename in _IMPORTLIB and frame.f_code.co_name in ("create_module", "exec_module"):
            subject = frame.f_locals.get("spec") or frame.f_locals.get("module")
            loader = getattr(subject, "loader", None) or getattr(subject, "__loader__", None)
            if type(loader).__name__ == "ExtensionFileLoader":
                return getattr(subject, "name", None) or getattr(subject, "__name__", None)
        if filename not in (__file__, *_IMPORTLIB) and _is_source(filename):
            return None
        frame = frame.f_back
    return None


@functools.cache
def _is_source(filename: str) -> bool:
    """Is code of this file the work of a module that can be read? Frozen modules are the interpreter's."""
    return filename.startswith("<frozen ") or os.path.isfile(filename)  # noqa: PTH113  # observed modules are to find pathlib themselves


def _used_modules(module: ModuleType) -> set[str]:
    """Modules that the namespace shows: those in it, and those that its functions and classes come from."""
    found = set()
    for variable, value in list(vars(module).items()):
        if variable in ("__spec__", "__loader__"):
            continue  # every module has them
        name = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
        if isinstance(name, str) and name in sys.modules:
            found.add(name)
    return found


def _is_needed(name: str) -> bool:
    """True if there is a module of this name, and a finder found it.

    Who asked for one that is not there did without it: some of Cython's modules look for every name beside themselves
    first, as Python 2 did. And Cython gives its modules a second, shorter name. What has no place was made by a finder
    inside the extension module.
    """
    module = sys.modules.get(name)
    spec = getattr(module, "__spec__", None)
    if spec is None or spec.name != name or name.startswith("_frozen_importlib"):
        return False
    if spec.origin in ("built-in", "frozen"):
        return True
    return any(map(os.path.exists, (*filter(None, [spec.origin]), *(spec.submodule_search_locations or ()))))


def _observe(recorder: _Recorder, request: ObserveRequest) -> Observed | NotObserved:
    name = request["name"]
    sys.path[:] = request["path"]
    try:
        __import__(name)
    except BaseException as error:  # noqa: BLE001  # whatever it raises, SystemExit included, is its own business
        return {"error": f"{type(error).__name__}: {error}"}
    found = recorder.imports.get(name, set()) | _used_modules(sys.modules[name])
    return {"imports": sorted(each for each in found - {name} if _is_needed(each))}


def main() -> None:
    """Serve requests until standard input ends."""
    answers = os.fdopen(os.dup(1), "w")
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 1)
    os.dup2(sink, 2)
    recorder = _Recorder()
    sys.meta_path.insert(0, recorder)
    builtins.__import__ = recorder.import_module
    for name in _OWN:
        sys.modules.pop(name, None)
    for line in sys.stdin:
        print(json.dumps(_observe(recorder, json.loads(line))), file=answers, flush=True)
