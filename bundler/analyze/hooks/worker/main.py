"""Run hooks: answer a `Request` on each line of standard input, after a `Setting` on the first, with an `Answer`.

Each request is served by a fork of this process, so that nothing that a hook imports, changes or breaks outlives it.
What hooks print goes nowhere.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.metadata
import importlib.util
import json
import logging
import os
import select
import signal
import sys
import traceback
import warnings
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import ModuleType

from .schema import (
    Answer,
    BeforeImportRequest,
    BeforeImportResult,
    BeforeSearchRequest,
    BeforeSearchResult,
    Collected,
    CollectRequest,
    Failure,
    FoldersRequest,
    FoldersResult,
    HookConfig,
    Request,
    Result,
    Served,
    Setting,
    StandardRequest,
    StandardResult,
)

# Helpers for frameworks that only PyInstaller's own hooks use: theirs serve when they are there.
_THEIRS = {"qt", "gi", "setuptools", "tcl_tk"}


class _Guests:
    """Finds our API, and packages of the build that hooks import; the program's own win, but for the API."""

    def __init__(self, folders: dict[str, str], pyinstaller: str | None) -> None:
        self._folders = folders
        self._pyinstaller = pyinstaller

    def find_spec(
        self,
        name: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> importlib.machinery.ModuleSpec | None:
        top, _, rest = name.partition(".")
        if top == "PyInstaller":
            return self._find_api(name, path)
        if rest or top not in self._folders:
            return None
        own = importlib.machinery.PathFinder.find_spec(name)
        return own or importlib.machinery.PathFinder.find_spec(name, [self._folders[top]])

    def _find_api(self, name: str, path: Sequence[str] | None) -> importlib.machinery.ModuleSpec | None:
        if path is None:
            return importlib.machinery.PathFinder.find_spec(name, [str(Path(__file__).parent)])
        ours = importlib.machinery.PathFinder.find_spec(name, path)
        if self._pyinstaller is None or (ours is not None and name.rpartition(".")[2] not in _THEIRS):
            return ours
        folder = Path(self._pyinstaller, *name.split(".")[1:-1])
        return importlib.machinery.PathFinder.find_spec(name, [str(folder)]) or ours


class _Collector(logging.Handler):
    """Keeps what hooks warn of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


def _texts(values: Iterable[object] | None) -> list[str]:
    return [str(value) for value in values or ()]


def _load(path: str, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"hook_{name.replace('.', '_')}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _standard(request: StandardRequest, config: HookConfig) -> StandardResult:
    from PyInstaller.building.build_main import Analysis
    from PyInstaller.building.datastruct import normalize_pairs
    from PyInstaller.depend.imphookapi import PostGraphAPI
    from PyInstaller.lib.modulegraph.modulegraph import ModuleGraph, SourceModule

    name = request["module"]
    hook = _load(request["file"], name)
    graph = ModuleGraph([SourceModule(name, request["filename"], request["folders"])])
    api = PostGraphAPI(name, graph, Analysis(config, graph))
    api.add_datas(getattr(hook, "datas", None) or ())
    api.add_binaries(getattr(hook, "binaries", None) or ())
    function: Callable[[PostGraphAPI], None] | None = getattr(hook, "hook", None)
    if callable(function):
        function(api)
    mode = getattr(hook, "module_collection_mode", None)
    modes = {name: mode} if isinstance(mode, str) else dict(mode or {})
    datas = [*api.added_datas, *normalize_pairs(api.analysis.datas)]
    binaries = [*api.added_binaries, *normalize_pairs(api.analysis.binaries)]
    return {
        "hidden_imports": [*_texts(getattr(hook, "hiddenimports", None)), *_texts(api.added_imports)],
        "excluded_imports": [*_texts(getattr(hook, "excludedimports", None)), *_texts(api.deleted_imports)],
        "files": [*datas, *binaries],
        "collection_mode": {str(key): str(value) for key, value in {**modes, **api.collection_mode}.items()},
        "warns_of_missing": bool(getattr(hook, "warn_on_missing_hiddenimports", True)),
    }


def _before_import(request: BeforeImportRequest) -> BeforeImportResult:
    from PyInstaller.depend.imphookapi import PreSafeImportModuleAPI

    api = PreSafeImportModuleAPI(request["module"])
    _load(request["file"], request["module"]).pre_safe_import_module(api)
    return {"aliases": api.aliases, "package_paths": api.package_paths, "runtime_modules": api.runtime_modules}


def _before_search(request: BeforeSearchRequest) -> BeforeSearchResult:
    from PyInstaller.depend.imphookapi import PreFindModulePathAPI

    api = PreFindModulePathAPI(request["module"], request["search_folders"])
    _load(request["file"], request["module"]).pre_find_module_path(api)
    return {"search_folders": _texts(api.search_dirs)}


def _collect(request: CollectRequest) -> Collected:
    from PyInstaller.utils import hooks

    package = request["package"]
    match request["subject"]:
        case "all":
            datas, binaries, modules = hooks.collect_all(package)
            return {"files": [*datas, *binaries], "modules": [package, *modules]}
        case "submodules":
            return {"files": [], "modules": [package, *hooks.collect_submodules(package)]}
        case "data":
            return {"files": hooks.collect_data_files(package), "modules": []}
        case "libraries":
            return {"files": hooks.collect_dynamic_libs(package), "modules": []}


def _hook_folders(request: FoldersRequest) -> FoldersResult:
    entry = importlib.metadata.EntryPoint("hook-dirs", request["entry_point"], "pyinstaller40")
    return {"folders": _texts(entry.load()())}


def _result(request: Request, config: HookConfig) -> Result:
    if request["kind"] == "standard":
        return _standard(request, config)
    if request["kind"] == "pre_safe_import_module":
        return _before_import(request)
    if request["kind"] == "pre_find_module_path":
        return _before_search(request)
    if request["kind"] == "collect":
        return _collect(request)
    return _hook_folders(request)


def _serve(request: Request, config: HookConfig) -> Answer[Result]:
    collector = _Collector()
    logging.getLogger().addHandler(collector)
    try:
        served: Served[Result] = {"result": _result(request, config), "messages": []}
    except BaseException as error:  # noqa: BLE001  # hooks end builds with SystemExit too; ours goes on
        lines = [
            frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == request.get("file")
        ]
        return {"error": f"{type(error).__name__}: {error}".strip(": "), "line": (lines[-1] if lines else None) or 0}
    served["messages"] += dict.fromkeys(collector.texts)
    return served


def _failure(error: str) -> str:
    failure: Failure = {"error": error, "line": 0}
    return json.dumps(failure)


def _in_fork(request: Request, config: HookConfig, seconds: float) -> str:
    """The answer as JSON, from a child process that is ended after some time."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            text = json.dumps(_serve(request, config), default=str)
        except BaseException as error:  # noqa: BLE001  # the child must not serve on
            text = _failure(f"its result makes no sense: {error}")
        with os.fdopen(writing, "w") as pipe:
            pipe.write(text)
        os._exit(0)
    os.close(writing)
    answer = _read(reading, seconds)
    if answer is None:
        os.kill(child, signal.SIGKILL)
        answer = _failure(f"it took more than {seconds:.0f} seconds")
    _, status = os.waitpid(child, 0)
    return answer or _failure(f"it ended its process (status {status})")


def _read(descriptor: int, seconds: float) -> str | None:
    """The text that comes through a pipe; None when its end takes too long to come."""
    data = bytearray()
    with os.fdopen(descriptor, "rb", buffering=0) as pipe:
        while select.select([pipe], [], [], seconds)[0]:
            chunk = pipe.read(1 << 16)
            if not chunk:
                return data.decode()
            data += chunk
    return None


def _prepare(setting: Setting) -> None:
    """Become an interpreter of the program's environment in which hooks find their API."""
    sys.path[:] = setting["path"]
    sys.prefix = sys.exec_prefix = setting["prefix"]
    sys.meta_path.insert(0, _Guests(setting["guests"], setting["pyinstaller"]))
    sys.setrecursionlimit(5000)  # chains of optional imports get deep
    warnings.simplefilter("ignore")
    # Modules that requests need are imported here, once for all forks.
    for name in ("building.build_main", "depend.bindepend", "depend.imphookapi", "isolated", "utils.hooks"):
        importlib.import_module(f"PyInstaller.{name}")
    importlib.import_module("packaging.requirements")
    from PyInstaller import _job
    from PyInstaller.config import CONF

    _job.folders_left_out = frozenset(setting["left_out"]["folders"])
    _job.suffixes_left_out = frozenset(setting["left_out"]["suffixes"])
    _job.library_folders = tuple(setting["machine"]["library_folders"])
    _job.ldconfig_label = setting["machine"]["ldconfig_label"]
    _job.emulator = tuple(setting["emulator"])
    CONF["hooksconfig"] = setting["config"]


def main() -> None:
    """Serve requests until standard input ends."""
    answers = os.fdopen(os.dup(1), "w")
    sink = os.open(os.devnull, os.O_RDWR)
    requests: Iterable[str] = os.fdopen(os.dup(0))
    for descriptor in (0, 1, 2):
        os.dup2(sink, descriptor)
    setting: Setting = json.loads(next(iter(requests)))
    _prepare(setting)
    for line in requests:
        print(_in_fork(json.loads(line), setting["config"], setting["seconds"]), file=answers, flush=True)
