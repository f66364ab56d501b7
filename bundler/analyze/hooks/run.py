"""Runs hooks in the worker, and remembers what they answered."""

from __future__ import annotations

import glob
import json
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import overload

from bundler.analyze.carry.data import FOLDERS_LEFT_OUT, SUFFIXES_LEFT_OUT_OF_HOOKS, matches
from bundler.analyze.graph import STDLIB, Origin
from bundler.analyze.hooks.discover import (
    CONTRIBUTED,
    PACKAGES_PRIORITY,
    PYINSTALLERS_PRIORITY,
    Hook,
    HookKind,
    HookSources,
    RuntimeHook,
    find_folders,
    guest_folder,
    installed_pyinstaller,
)
from bundler.analyze.hooks.worker.schema import (
    Answer,
    BeforeImportRequest,
    BeforeImportResult,
    BeforeSearchRequest,
    BeforeSearchResult,
    Collected,
    CollectRequest,
    FoldersRequest,
    FoldersResult,
    HookConfig,
    HookRequest,
    HookResult,
    Request,
    Setting,
    StandardRequest,
    StandardResult,
    Subject,
)
from bundler.analyze.installed.distributions import InstalledDistributions
from bundler.analyze.installed.locate import Folder, Located
from bundler.cache import Cache, digest, tree_digest
from bundler.errors import Diagnostic, warning
from bundler.process import CommandError, Service
from bundler.settings import AddedData
from bundler.target import TargetPython
from bundler.target.workers import ForeignCode, worker_command

# Packages of our environment that hooks may import though the program has them not.
_GUESTS = (CONTRIBUTED, "packaging")

# The longest that a hook may take before the worker ends it, and that the worker may take to say so.
_SECONDS_OF_HOOK = 300.0
_SECONDS = 400.0

_WORKER = Path(__file__).parent / "worker"


@dataclass(frozen=True, slots=True)
class StandardHook:
    """The requests of a standard hook. `files`: data files and shared libraries alike.

    `warns_of_missing`: a hidden import that is missing is worth a warning. False for contributed hooks: they name modules of
    all versions of a package.
    """

    hook: Hook
    hidden_imports: tuple[str, ...]
    excluded_imports: tuple[str, ...]
    files: tuple[AddedData, ...]
    sources: Mapping[str, str]  # module_collection_mode by package
    warns_of_missing: bool


@dataclass(frozen=True, slots=True)
class BeforeImport:
    """The requests of a pre-safe-import hook. `aliases`: (real name, other name)."""

    aliases: tuple[tuple[str, str], ...]
    package_paths: tuple[Path, ...]
    runtime_modules: tuple[str, ...]


class HookError(Exception):
    """A hook, or a function of its API, raised something; the text names it."""


class Hooks:
    """The hooks of one build. `ran` holds what standard hooks asked for, in the order in which they ran."""

    def __init__(  # noqa: PLR0913  # what surrounds hooks
        self,
        target: TargetPython,
        search_path: tuple[Path, ...],
        distributions: InstalledDistributions,
        cache: Cache,
        folders: Iterable[Path],
        config: HookConfig | None = None,
        *,
        runs_code: bool = True,
    ) -> None:
        self.findings: list[Diagnostic] = []
        self.ran: list[StandardHook] = []
        self._target = target
        self._search_path = search_path
        self._distributions = distributions
        self._cache = cache
        self._config = config or {}
        self._service: Service | None = None
        self._foreign = ForeignCode()
        found = find_folders(folders, distributions, self._ask_for_folders) if runs_code else ()
        self._sources = HookSources(found)
        self._before_import = self._sources.of(HookKind.BEFORE_IMPORT)
        self._before_search = self._sources.of(HookKind.BEFORE_SEARCH)

    # --- What the graph asks ---

    def standard(self, module: str, located: Located | None, origin: Origin) -> StandardHook | None:
        """Run the hook for a module that was found; None when there is none, or when it failed."""
        hook = self._sources.find(HookKind.STANDARD, module)
        # Our own rules know the needs of the standard library.
        if hook is None or (origin.is_stdlib and hook.priority == PYINSTALLERS_PRIORITY):
            return None
        request: StandardRequest = {
            "kind": "standard",
            "module": hook.module,
            "file": str(hook.path),
            "filename": str(located.path) if located else None,
            "folders": [str(folder) for folder in located.folders] if located and located.folders else None,
        }
        found = self._run(hook, origin, request)
        if found is None:
            return None
        ran = StandardHook(
            hook=hook,
            hidden_imports=tuple(found["hidden_imports"]),
            excluded_imports=tuple(found["excluded_imports"]),
            files=tuple(self._files(hook, found["files"])),
            sources=found["collection_mode"],
            warns_of_missing=found["warns_of_missing"] and hook.priority >= PACKAGES_PRIORITY,
        )
        self.ran.append(ran)
        return ran

    def before_import(self, module: str) -> BeforeImport | None:
        """Run the pre-safe-import hook for a module that is about to be looked for."""
        if module not in self._before_import:
            return None
        hook = self._sources.find(HookKind.BEFORE_IMPORT, module)
        if hook is None:
            return None
        request: BeforeImportRequest = {"kind": "pre_safe_import_module", "module": module, "file": str(hook.path)}
        found = self._run(hook, STDLIB, request)
        if found is None:
            return None
        return BeforeImport(
            aliases=tuple((real, other) for real, other in found["aliases"]),
            package_paths=tuple(map(Path, found["package_paths"])),
            runtime_modules=tuple(found["runtime_modules"]),
        )

    def search_folders(self, module: str, folders: Iterable[Folder]) -> Iterable[Folder]:
        """The folders in which a module is to be looked for, instead of in `folders`."""
        if module not in self._before_search:
            return folders
        hook = self._sources.find(HookKind.BEFORE_SEARCH, module)
        every = list(folders)
        if hook is None or (hook.priority == PYINSTALLERS_PRIORITY and module in self._target.stdlib_modules):
            return every
        request: BeforeSearchRequest = {
            "kind": "pre_find_module_path",
            "module": module,
            "file": str(hook.path),
            "search_folders": list(map(str, every)),
        }
        found = self._run(hook, STDLIB, request)
        return every if found is None else [Path(folder) for folder in found["search_folders"]]

    def runtime(self, modules: Iterable[str]) -> dict[str, RuntimeHook]:
        """Run-time hooks of a program that holds these modules, by name, in the order of the modules."""
        found: dict[str, RuntimeHook] = {}
        for module in sorted(modules):
            for hook in self._sources.runtime(module):
                if hook.path.is_file():
                    found.setdefault(hook.name, hook)
                else:
                    self._warn(hook.path, f"the run-time hook for `{module}` is not there")
        return found

    def collect(self, package: str, subject: Subject) -> Collected:
        """The files and modules of a package that `PyInstaller.utils.hooks` collects; HookError when it raises."""
        request: CollectRequest = {"kind": "collect", "package": package, "subject": subject}
        answer = self._ask(request)
        if "error" in answer:
            raise HookError(answer["error"])
        return answer["result"]

    def missing_imports(self, reached: Container[str], excluded: Iterable[str]) -> Iterator[Diagnostic]:
        """Hidden imports that were neither found nor excluded by the user, of hooks that mean them to be."""
        left_out = [f"{name}." for name in excluded]
        for ran in self.ran:
            for name in ran.hidden_imports if ran.warns_of_missing else ():
                if name not in reached and not any(f"{name}.".startswith(each) for each in left_out):
                    yield warning(
                        "missing-module",
                        f"`{name}`, which the hook for `{ran.hook.module}` names, was not found",
                        where=str(ran.hook.path),
                        hint=f"install it if the program needs it, or leave it out with `--exclude-module {name}`",
                    )

    def close(self) -> None:
        """End the worker, if one was needed."""
        if self._service is not None:
            self._service.close()
        self._foreign.close()

    # --- The worker ---

    @overload
    def _run(self, hook: Hook, origin: Origin, request: StandardRequest) -> StandardResult | None: ...
    @overload
    def _run(self, hook: Hook, origin: Origin, request: BeforeImportRequest) -> BeforeImportResult | None: ...
    @overload
    def _run(self, hook: Hook, origin: Origin, request: BeforeSearchRequest) -> BeforeSearchResult | None: ...

    def _run(self, hook: Hook, origin: Origin, request: HookRequest) -> HookResult | None:
        """The worker's result; None, with a finding, when the hook raised something.

        `origin`: whose code the result depends on besides the environment's and Python's own.
        """
        key = self._key(hook, origin, request)
        found = self._remembered(key) if key else None
        if found is not None:
            return found
        answer: Answer[HookResult] = self._ask(request)
        if "error" in answer:
            line = f":{answer['line']}" if answer["line"] else ""
            self._warn(hook.path, f"the hook for `{hook.module}` failed: {answer['error']}", line)
            return None
        if key is not None and not answer["messages"]:
            self._cache.put("hook", key, answer["result"])
        return answer["result"]

    def _key(self, hook: Hook, origin: Origin, request: HookRequest) -> str | None:
        """The name under which the result is kept, if all that it can depend on is known by what is installed."""
        known = self._distributions.owner(hook.path) is not None or hook.path.is_relative_to(self._contributed)
        if not known or not (origin.is_stdlib or (origin.is_installed and origin.distribution)):
            return None
        return digest(self._identity, json.dumps(request, sort_keys=True), hook.path.read_bytes())

    def _remembered(self, key: str) -> HookResult | None:
        found: HookResult | None = self._cache.get("hook", key)
        if found is None or "files" not in found:
            return found
        # Libraries of the system may have gone since.
        is_whole = all(glob.has_magic(source) or Path(source).exists() for source, _ in found["files"])
        return found if is_whole else None

    @cached_property
    def _contributed(self) -> Path:
        return (guest_folder(CONTRIBUTED) or Path("/nowhere")) / CONTRIBUTED

    @cached_property
    def _identity(self) -> str:
        return digest(
            tree_digest(_WORKER),
            *(tree_digest(self._contributed / name) for name in ("utils",) if self._contributed.is_dir()),
            str(self._target.hexversion),
            self._distributions.identity,
            json.dumps(self._setting, sort_keys=True),
        )

    @cached_property
    def _setting(self) -> Setting:
        guests = {name: guest_folder(name) for name in _GUESTS}
        pyinstaller = installed_pyinstaller(self._distributions)
        return {
            "path": [str(folder) for folder in self._search_path],
            "prefix": str(self._target.prefix),
            "guests": {name: str(folder) for name, folder in guests.items() if folder is not None},
            "pyinstaller": str(pyinstaller) if pyinstaller else None,
            "left_out": {
                "folders": sorted(FOLDERS_LEFT_OUT),
                "suffixes": sorted(SUFFIXES_LEFT_OUT_OF_HOOKS),
            },
            "machine": {
                "library_folders": [
                    str(self._target.system.file(folder)) for folder in self._target.machine.library_folders
                ],
                "ldconfig_label": self._target.machine.ldconfig_label,
            },
            "emulator": list(self._target.system.emulator),
            "seconds": _SECONDS_OF_HOOK * self._target.system.patience,
            "config": self._config,
        }

    @overload
    def _ask(self, request: HookRequest) -> Answer[HookResult]: ...
    @overload
    def _ask(self, request: CollectRequest) -> Answer[Collected]: ...
    @overload
    def _ask(self, request: FoldersRequest) -> Answer[FoldersResult]: ...

    def _ask(self, request: Request) -> Answer[HookResult] | Answer[Collected] | Answer[FoldersResult]:
        if self._service is None:
            command = worker_command(self._target.command, "analyze/hooks", "main")
            self._service = self._foreign.service(command, _SECONDS * self._target.system.patience)
            self._service.tell(json.dumps(self._setting))
        answer: Answer[HookResult] = json.loads(self._service.ask(json.dumps(request)))
        return answer

    def _ask_for_folders(self, entry_point: str) -> Sequence[str]:
        request: FoldersRequest = {"kind": "hook_folders", "entry_point": entry_point}
        try:
            answer = self._ask(request)
        except CommandError as error:
            answer = {"error": error.reason, "line": 0}
        if "error" in answer:
            self.findings.append(
                warning(
                    "hook-failed",
                    f"the hooks of `{entry_point}` could not be found: {answer['error']}",
                    hint="reinstall the package, or name what its hooks would have added with `--hidden-import` or `--add-data`",
                )
            )
            return ()
        return answer["result"]["folders"]

    # --- Answers ---

    def _files(self, hook: Hook, pairs: Iterable[tuple[str, str]]) -> Iterable[AddedData]:
        for source, destination in pairs:
            place = PurePosixPath(destination.replace("\\", "/"))
            path = hook.path.parent / source
            if place.is_absolute() or ".." in place.parts:
                self._warn(hook.path, f"`{destination}` is not a folder of the binary; `{source}` is left out")
            elif not matches(path):
                self._warn(hook.path, f"`{source}`, which the hook for `{hook.module}` adds, is not there")
            else:
                yield AddedData(path, place)

    def _warn(self, path: Path, message: str, line: str = "") -> None:
        self.findings.append(
            warning(
                "hook-failed",
                message,
                where=f"{path}{line}",
                hint="what the hook would have added is missing in the binary; name it with `--hidden-import` or `--add-data`",
            )
        )
