"""Finds hooks. A folder of hooks holds `hook-MODULE.py` files, and may hold

    pre_safe_import_module/hook-MODULE.py   run before MODULE is looked for
    pre_find_module_path/hook-MODULE.py     may change where it is looked for
    rthooks.dat and rthooks/*.py            code that the program runs first, by module (a Python literal)

Of several hooks for one module, that with the highest priority runs.
"""

from __future__ import annotations

import ast
import importlib.metadata
import importlib.util
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from bundler.analyze.graph import APP, Origin, OriginKind
from bundler.analyze.installed.distributions import Installed, InstalledDistributions

GROUP = "pyinstaller40"  # the entry points of packages that bring hooks
CONTRIBUTED = "_pyinstaller_hooks_contrib"  # the community's collection

# Priorities as in PyInstaller. A comment in a hook may set another.
_USERS_PRIORITY = 1000
PACKAGES_PRIORITY = 0
_CONTRIBUTED_PRIORITY = -1000
PYINSTALLERS_PRIORITY = -2000
_OWN_PRIORITY = -3000  # ours are for what only PyInstaller's own hooks cover
_PRIORITY_COMMENT = re.compile(rb"^#\s*\$PyInstaller-Hook-Priority:\s*(-?\d+)", re.MULTILINE)


class HookKind(Enum):
    """The moment at which a hook runs; the value is the name of its folder, and the worker's word for it."""

    STANDARD = "standard"
    BEFORE_IMPORT = "pre_safe_import_module"
    BEFORE_SEARCH = "pre_find_module_path"


@dataclass(frozen=True, slots=True)
class Hook:
    """One hook file."""

    kind: HookKind
    module: str
    path: Path
    priority: int


@dataclass(frozen=True, slots=True)
class RuntimeHook:
    """Code that runs before the program; `name` is the module it becomes, `origin` tells who brings it."""

    name: str
    path: Path
    origin: Origin


@dataclass(frozen=True, slots=True)
class HookFolder:
    """A folder of hooks, with the priority of hooks that set none."""

    path: Path
    priority: int


class HookSources:
    """All hooks there are, by kind and module."""

    def __init__(self, folders: Iterable[HookFolder]) -> None:
        self._hooks: dict[tuple[HookKind, str], list[Hook]] = {}
        self._runtime: dict[str, list[RuntimeHook]] = {}
        for folder in folders:
            for hook in _hooks_in(folder):
                self._hooks.setdefault((hook.kind, hook.module), []).append(hook)
            # PyInstaller's own mend what its bootloader does differently from Python; our launcher does not.
            if folder.priority != PYINSTALLERS_PRIORITY:
                for module, hooks in _runtime_hooks_in(folder).items():
                    self._runtime.setdefault(module, []).extend(hooks)

    def find(self, kind: HookKind, module: str) -> Hook | None:
        """The hook that runs for a module, if there is one."""
        candidates = self._hooks.get((kind, module), ())
        if len(candidates) > 1:
            return max(candidates, key=lambda hook: _own_priority(hook.path, hook.priority))
        return next(iter(candidates), None)

    def of(self, kind: HookKind) -> frozenset[str]:
        """The modules that have a hook of this kind."""
        return frozenset(module for each, module in self._hooks if each is kind)

    def runtime(self, module: str) -> Sequence[RuntimeHook]:
        """The hooks that run first in a program that holds a module."""
        return self._runtime.get(module, ())


def find_folders(
    wanted: Iterable[Path], distributions: InstalledDistributions, ask: Callable[[str], Sequence[str]]
) -> Iterator[HookFolder]:
    """Every folder of hooks: the user's, those of installed packages, the contributed ones, an installed PyInstaller's, ours.

    `ask` evaluates the entry point of a package that lists no hook files: one installed for development.
    """
    for path in wanted:
        yield HookFolder(path, _USERS_PRIORITY)
    contributed = False
    for owner in distributions.offering(GROUP):
        for entry in _entry_points(owner):
            is_contributed = entry.partition(":")[0] == CONTRIBUTED
            contributed |= is_contributed
            priority = _CONTRIBUTED_PRIORITY if is_contributed else PACKAGES_PRIORITY
            folders = sorted(_listed_folders(owner)) or [Path(text) for text in ask(entry)]
            yield from (HookFolder(folder, priority) for folder in folders)
    if not contributed:
        for folder in contributed_folders():
            yield HookFolder(folder, _CONTRIBUTED_PRIORITY)
    installed = installed_pyinstaller(distributions)
    if installed is not None:
        yield HookFolder(installed / "hooks", PYINSTALLERS_PRIORITY)
    yield HookFolder(Path(__file__).with_name("own"), _OWN_PRIORITY)


def contributed_folders() -> tuple[Path, ...]:
    """Folders of the collection that is installed with us."""
    package = guest_folder(CONTRIBUTED)
    return () if package is None else (package / CONTRIBUTED / "stdhooks", package / CONTRIBUTED)


def guest_folder(package: str) -> Path | None:
    """The folder in which a package of our own environment lies; the package is not imported."""
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent.parent if spec is not None and spec.origin is not None else None


def installed_pyinstaller(distributions: InstalledDistributions) -> Path | None:
    """The package of the PyInstaller that is installed for the target, if one is."""
    owner = distributions.get("pyinstaller")
    package = owner.metadata.parent / "PyInstaller" if owner is not None else None
    return package if package is not None and (package / "hooks").is_dir() else None


def _entry_points(owner: Installed) -> Iterator[str]:
    for entry in importlib.metadata.Distribution.at(owner.metadata).entry_points:
        if entry.group == GROUP and entry.name == "hook-dirs":
            yield entry.value


def _listed_folders(owner: Installed) -> set[Path]:
    """Folders of hooks, from the distribution's own list of files."""
    folders = set()
    special = {HookKind.BEFORE_IMPORT.value, HookKind.BEFORE_SEARCH.value}
    for path in owner.files:
        if path.name == "rthooks.dat":
            folders.add(path.parent)
        elif path.name.startswith("hook-") and path.suffix == ".py":
            folders.add(path.parent.parent if path.parent.name in special else path.parent)
    return folders


def _hooks_in(folder: HookFolder) -> Iterator[Hook]:
    for kind in HookKind:
        place = folder.path if kind is HookKind.STANDARD else folder.path / kind.value
        for path in sorted(place.glob("hook-*.py")):
            yield Hook(kind, path.name.removeprefix("hook-").removesuffix(".py"), path, folder.priority)


def _own_priority(path: Path, default: int) -> int:
    found = _PRIORITY_COMMENT.search(path.read_bytes())
    return int(found[1]) if found else default


def _runtime_hooks_in(folder: HookFolder) -> Mapping[str, list[RuntimeHook]]:
    table = folder.path / "rthooks.dat"
    origin = APP if folder.priority == _USERS_PRIORITY else Origin(OriginKind.DISTRIBUTION)
    if not table.is_file():
        return {}
    try:
        named: dict[str, list[str]] = ast.literal_eval(table.read_text(encoding="utf-8"))
        return {
            module: [RuntimeHook(Path(name).stem, folder.path / "rthooks" / name, origin) for name in names]
            for module, names in named.items()
        }
    except (ValueError, SyntaxError, AttributeError, TypeError):
        return {}  # another file of this name
