"""Adds what options and hooks request beyond what is reached: modules, files, metadata of distributions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from bundler.analyze.carry.data import added_files
from bundler.analyze.follow.walk import Walker
from bundler.analyze.graph import APP, Binding, DataFile, Origin, OriginKind
from bundler.analyze.hooks import HookError, Hooks, RuntimeHook
from bundler.analyze.hooks.worker.schema import Collected, HookConfig, Subject
from bundler.analyze.installed.distributions import Installed, InstalledDistributions
from bundler.analyze.nodes import Reached
from bundler.cache import Cache, digest
from bundler.errors import BundleError
from bundler.settings import AddedData, Settings


@dataclass(frozen=True, slots=True)
class Requested:
    """Files, and distributions whose metadata is wanted."""

    files: tuple[AddedData, ...]
    distributions: tuple[Installed, ...]


def hook_folders(settings: Settings) -> tuple[Path, ...]:
    """The user's folders of hooks; BundleError when one is not there."""
    for path in settings.hook_folders:
        if not path.is_dir():
            raise BundleError(
                "no-such-file",
                f"there is no folder `{path}` with hooks",
                hint="check the path in `--additional-hooks-dir DIR`",
            )
    return tuple(path.resolve() for path in settings.hook_folders)


def hook_config(settings: Settings) -> HookConfig:
    """Values for hooks by module and key; BundleError when one is written in another way."""
    found: HookConfig = {}
    for text in settings.hook_config:
        place, equals, value = text.partition("=")
        module, colon, key = place.partition(":")
        if not (module and colon and key and equals):
            raise BundleError(
                "bad-hook-config",
                f"`{text}` does not say what is configured",
                hint="write `--hook-config MODULE:KEY=VALUE`, as in `--hook-config matplotlib:backends=TkAgg`",
            )
        try:
            found.setdefault(module, {})[key] = json.loads(value)
        except ValueError:
            found.setdefault(module, {})[key] = value
    return found


def add_requested(walker: Walker, settings: Settings, hooks: Hooks, distributions: InstalledDistributions) -> Requested:
    """Bring in what options name; BundleError for what is not there."""
    for name in settings.hidden_imports:
        _add(walker, name, "the hidden import")
    functions = (each.module for each in (*settings.snapshot_call, *settings.snapshot_restore))
    for name in (*settings.snapshot_imports, *functions):
        _add(walker, name, "the module for the snapshot")
    wanted: Mapping[Subject, Sequence[str]] = {
        "all": settings.collected,
        "submodules": settings.collected_submodules,
        "data": settings.collected_data,
        "libraries": settings.collected_binaries,
    }
    collected = [_collect(walker, hooks, subject, name) for subject, names in wanted.items() for name in names]
    categories = [
        category.rpartition(".")[0]
        for text in settings.warnings
        for category in text.split(":")[2:3]
        if "." in category
    ]
    for name in (*(name for each in collected for name in each["modules"]), *categories):
        walker.add("__main__", name, Binding.RULE)
    files = tuple(
        AddedData(Path(source), PurePosixPath(destination))
        for each in collected
        for source, destination in each["files"]
    )
    return Requested(files, tuple(_distribution(name, distributions) for name in settings.copied_metadata))


def _add(walker: Walker, name: str, what: str) -> None:
    if not walker.add("__main__", name, Binding.RULE):
        raise BundleError(
            "no-such-module",
            f"{what} `{name}` was not found",
            hint="is it installed in the environment of the target Python (see `--python`)?",
        )


def _collect(walker: Walker, hooks: Hooks, subject: Subject, package: str) -> Collected:
    if not walker.exists(package):
        raise BundleError(
            "no-such-module",
            f"there is no package `{package}` to collect",
            hint="is it installed in the environment of the target Python (see `--python`)?",
        )
    try:
        return hooks.collect(package, subject)
    except HookError as error:
        raise BundleError(
            "cannot-collect",
            f"`{package}` cannot be collected: {error}",
            hint="name its modules with `--hidden-import` and its files with `--add-data`",
        ) from error


def _distribution(name: str, distributions: InstalledDistributions) -> Installed:
    found = distributions.get(name)
    if found is None:
        raise BundleError(
            "no-such-distribution",
            f"there is no distribution `{name}` whose metadata could be copied",
            hint="name it as `pip list` shows it; is it installed in the environment of the target Python?",
        )
    return found


def add_runtime_hooks(walker: Walker, settings: Settings, hooks: Hooks, cache: Cache) -> tuple[str, ...]:
    """Bring in what runs before the program, the user's first; their names. BundleError when a file is not there."""
    found: dict[str, RuntimeHook] = {}
    for name, rule in sorted(walker.served.items()):
        text = f"{rule.serve}\n"
        path = cache.path("entry", digest(text), ".py")
        cache.write(path, text.encode())
        found[f"_serves_{name}"] = RuntimeHook(f"_serves_{name}", path, Origin(OriginKind.DISTRIBUTION))
    for path in settings.runtime_hooks:
        if not path.is_file():
            raise BundleError(
                "no-such-file", f"there is no run-time hook `{path}`", hint="check the path in `--runtime-hook FILE`"
            )
        name = "pyi_rth_" + re.sub(r"\W", "_", path.stem.removeprefix("pyi_rth_"))
        while name in found:
            name += "_"
        found[name] = RuntimeHook(name, path.resolve(), APP)
    while True:
        found |= {name: hook for name, hook in hooks.runtime(walker.reached).items() if name not in found}
        before = len(walker.reached)
        for hook in found.values():
            walker.add_runtime_hook(hook)
        if len(walker.reached) == before:
            return tuple(found)


def requested_metadata(
    requested: Requested, hooks: Hooks, distributions: InstalledDistributions, reached: Mapping[str, Reached]
) -> Iterator[Installed]:
    """Distributions whose metadata options and hooks ask for."""
    yield from requested.distributions
    for wanted, _ in _files(requested, hooks, reached):
        owner = distributions.described_by(wanted.source)
        if owner is not None:
            yield owner


def requested_files(
    requested: Requested, hooks: Hooks, distributions: InstalledDistributions, reached: Mapping[str, Reached]
) -> Iterator[DataFile]:
    """Files that options and hooks ask for, but for metadata, of which the default rule takes what programs read."""
    for wanted, origin in _files(requested, hooks, reached):
        if distributions.described_by(wanted.source) is None:
            yield from (replace(file, origin=origin) for file in added_files(wanted))
    yield from _sources(hooks, reached)


def _files(requested: Requested, hooks: Hooks, reached: Mapping[str, Reached]) -> Iterator[tuple[AddedData, Origin]]:
    """Data that options and hooks request, each with the origin of what requests it."""
    yield from ((file, APP) for file in requested.files)
    for hook in hooks.ran:
        module = reached.get(hook.hook.module)
        yield from ((file, APP if module is None else module.origin) for file in hook.files)


def _sources(hooks: Hooks, reached: Mapping[str, Reached]) -> Iterator[DataFile]:
    """Python sources of packages that read their own; their modules are frozen all the same."""
    modes = {name: mode for hook in hooks.ran for name, mode in hook.sources.items()}
    for module in reached.values() if modes else ():
        parts = module.name.split(".")
        names = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
        mode = next((modes[name] for name in names if name in modes), "")
        if "py" in mode.split("+") and module.located is not None and module.located.path.suffix == ".py":
            folder = module.place if module.located.folders else module.place.parent
            yield DataFile(module.located.path, folder / module.located.path.name)
