"""Distributions that conda installed, from the JSON files in `conda-meta`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

_META = Path(sys.prefix, "conda-meta")


@dataclass(frozen=True)
class Distribution:
    """One package of conda. `files` are relative to the environment."""

    name: str
    version: str
    files: tuple[PurePosixPath, ...]
    dependencies: tuple[str, ...]
    packages: tuple[str, ...]


def _read(path: Path) -> Distribution:
    raw = json.loads(path.read_text(encoding="utf-8"))
    files = tuple(map(PurePosixPath, raw["files"]))
    tops = {parts[index + 1] for parts in (file.parts for file in files) for index in _site_packages(parts)}
    return Distribution(
        raw["name"],
        raw["version"],
        files,
        tuple(dependency.split()[0] for dependency in raw["depends"]),
        tuple(sorted(top.partition(".")[0] for top in tops)),
    )


def _site_packages(parts: tuple[str, ...]) -> Iterator[int]:
    if "site-packages" in parts[:-1]:
        yield parts.index("site-packages")


def _all() -> dict[str, Distribution]:
    return {each.name: each for each in map(_read, sorted(_META.glob("*.json")))}


def distribution(name: str) -> Distribution:
    """A package by its name; ModuleNotFoundError when conda did not install it."""
    try:
        return _all()[name]
    except KeyError:
        raise ModuleNotFoundError(f"conda has installed no `{name}`") from None


def package_distribution(name: str) -> Distribution:
    """The package that brings a module; ModuleNotFoundError when conda did not install it."""
    for each in _all().values():
        if name in each.packages:
            return each
    raise ModuleNotFoundError(f"conda has installed no module `{name}`")


def files(name: str, dependencies: bool = False, excludes: Iterable[str] | None = None) -> list[Path]:
    """All files of a package, with those of its dependencies."""
    every = walk_dependency_tree(name, excludes).values() if dependencies else [distribution(name)]
    return [Path(sys.prefix, file) for each in every for file in each.files]


def requires(name: str, strip_versions: bool = False) -> list[str]:
    """The needs of a package."""
    return list(distribution(name).dependencies)


def walk_dependency_tree(initial: str, excludes: Iterable[str] | None = None) -> dict[str, Distribution]:
    """A package with all that it needs, directly or not."""
    left_out = set(excludes or ())
    known = _all()
    found: dict[str, Distribution] = {}
    pending = [initial]
    while pending:
        name = pending.pop()
        if name in known and name not in found and name not in left_out:
            found[name] = known[name]
            pending += known[name].dependencies
    return found


def collect_dynamic_libs(
    name: str, dest: str = ".", dependencies: bool = True, excludes: Iterable[str] | None = None
) -> list[tuple[str, str]]:
    """Shared libraries of a package, as pairs for `binaries`."""
    wanted = [path for path in files(name, dependencies, excludes) if path.parent.name == "lib" and ".so" in path.name]
    return [(str(path), dest) for path in wanted if path.is_file()]
