"""Installed distributions of the target's environment: who owns a file, who requires whom, what a name runs."""

from __future__ import annotations

import csv
import functools
import importlib.metadata
import json
import os
import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from bundler.cache import digest

_EXTRA = re.compile(r'extra == "([^"]+)"')
# Extras for developers of a distribution, not for its users.
_DEVELOPERS_EXTRAS = frozenset("build dev develop development doc docs lint test tests testing typing".split())

_IN_EGG = "EGG-INFO"  # the folder of metadata in an egg

_SCRIPT_GROUPS = ("console_scripts", "gui_scripts")


@dataclass(frozen=True, slots=True)
class Installed:
    """One distribution. `file_names` are absolute, as RECORD lists them; `metadata` is its .dist-info, .egg-info, or the
    EGG-INFO in its egg.
    """

    name: str  # canonical
    version: str
    metadata: Path
    file_names: tuple[str, ...]
    requires: tuple[Requirement, ...]
    scripts: Mapping[str, str]  # console scripts: "http" -> "httpie.__main__:main"
    entry_points: Mapping[str, tuple[str, ...]]  # modules by group: "flake8.extension" -> ("flake8.plugins.pyflakes",)
    programs: tuple[Path, ...]  # files in bin/, console scripts included
    project: Path | None  # the folder that it is made from, of an editable install (PEP 610, direct_url.json)
    is_requested: bool  # was it asked for by name, not installed as a requirement of another? (PEP 376, REQUESTED)
    shared: tuple[tuple[Path, PurePosixPath], ...]  # files below sys.prefix (`data_files` of setuptools): share/x

    @property
    def metadata_name(self) -> str:
        """The name of its metadata beside other metadata, as in the binary: that in an egg is named after the egg."""
        egg = self.metadata.parent
        return f"{egg.name.removesuffix('.egg')}.egg-info" if self.metadata.name == _IN_EGG else self.metadata.name

    @property
    def files(self) -> tuple[Path, ...]:
        """Its files: a path is made for each, so ask only of a distribution that is needed."""
        return tuple(map(Path, self.file_names))


@dataclass(slots=True)
class InstalledDistributions:
    """All distributions on a search path; the first of each name wins, as at run time."""

    search_path: tuple[Path, ...]
    markers: Mapping[str, str]
    _installed: dict[str, Installed] = field(init=False)
    _owners: dict[str, Installed] = field(init=False)
    _eggs: dict[str, Installed] = field(init=False)
    _egg_names: dict[str, Installed] = field(init=False)
    _providers: dict[str, tuple[str, ...]] = field(init=False)
    _projects: dict[Path, Installed] = field(init=False)

    def __post_init__(self) -> None:
        self._installed = {}
        for found in importlib.metadata.distributions(path=[str(folder) for folder in self.search_path]):
            installed = _read(found)
            if installed is not None:
                self._installed.setdefault(installed.name, installed)
        self._owners = {
            name: each for each in self._installed.values() for name in (*each.file_names, *map(str, each.programs))
        }
        # All that is in an egg belongs to it; it has no list of its files.
        self._eggs = {
            f"{each.metadata.parent}/": each for each in self._installed.values() if each.metadata.name == _IN_EGG
        }
        # importlib.metadata finds an egg by the name of its folder (importlib/metadata/__init__.py, Lookup).
        self._egg_names = {
            canonicalize_name(each.metadata.parent.stem.partition("-")[0]): each for each in self._eggs.values()
        }
        self._projects = {each.project: each for each in self._installed.values() if each.project is not None}
        self._providers = {}
        for each in self._installed.values():
            for group, modules in each.entry_points.items():
                self._providers[group] = (*self._providers.get(group, ()), *modules)

    def owner(self, path: Path) -> Installed | None:
        """The distribution that installed a file."""
        name = str(path)
        found = self._owners.get(name)
        if found is None and self._eggs:
            return next((egg for folder, egg in self._eggs.items() if name.startswith(folder)), None)
        return found

    def editable_owner(self, path: Path) -> Installed | None:
        """The distribution of an editable install whose sources include a file; no distribution lists such files."""
        parents = path.resolve().parents if self._projects else ()
        return next((self._projects[parent] for parent in parents if parent in self._projects), None)

    def is_owned(self, path: str) -> bool:
        """True if a distribution lists this file."""
        return path in self._owners

    @property
    def groups(self) -> AbstractSet[str]:
        """Every group of entry points that some distribution has."""
        return self._providers.keys()

    def get(self, name: str) -> Installed | None:
        """A distribution by its name, or by that of its egg."""
        wanted = canonicalize_name(name)
        return self._installed.get(wanted) or self._egg_names.get(wanted)

    def scripts(self) -> Mapping[str, str]:
        """Every console script of the environment."""
        return {name: value for each in self._installed.values() for name, value in each.scripts.items()}

    def script_file(self, name: str) -> Path | None:
        """A script in Python that a distribution brings as a file (`scripts=` of setuptools), not as a function."""
        for each in self._installed.values():
            for path in each.programs:
                if path.name == name and _is_python_script(path):
                    return path
        return None

    def requires(self, installed: Installed, other: Installed) -> bool:
        """True if one needs the other on this target, for itself or for an extra that is meant.

        An extra is meant if all that it requires is installed, or if the other distribution was installed by name.
        """
        markers = tuple(self.markers.items())
        if other.name in _active(installed.requires, markers):
            return True
        extras = (_active(installed.requires, markers, extra) for extra in _extras(installed.requires))
        return any(other.name in names and (other.is_requested or names <= self._installed.keys()) for names in extras)

    def required_names(self, installed: Installed) -> frozenset[str]:
        """The names of the distributions that a distribution needs when no extra is meant."""
        return _active(installed.requires, tuple(self.markers.items()))

    def required(self, installed: Installed) -> tuple[Installed, ...]:
        """The installed distributions that a distribution needs."""
        names = sorted(self.required_names(installed))
        return tuple(self._installed[name] for name in names if name in self._installed)

    def lacking(self, requirements: Iterable[str]) -> tuple[str, ...]:
        """The names in requirements that are not installed, without those for other systems."""
        needed = _active(tuple(_requirements(requirements)), tuple(self.markers.items()))
        return tuple(sorted(name for name in needed if self.get(name) is None))

    def providers(self, group: str) -> tuple[str, ...]:
        """Modules that distributions offer as entry points of a group."""
        return self._providers.get(group, ())

    def offering(self, group: str) -> tuple[Installed, ...]:
        """The distributions that have entry points of a group, in the order of their names."""
        return tuple(each for _, each in sorted(self._installed.items()) if group in each.entry_points)

    def described_by(self, path: Path) -> Installed | None:
        """The distribution whose metadata a file or folder is part of."""
        for folder in (path, *path.parents[:2]):
            if folder.suffix in (".dist-info", ".egg-info"):
                return next((each for each in self._installed.values() if each.metadata == folder), None)
        return None

    @property
    def identity(self) -> str:
        """A digest of what is installed."""
        return digest(*(f"{each.name} {each.version}" for _, each in sorted(self._installed.items())))


@functools.cache
def _extras(requires: tuple[Requirement, ...]) -> frozenset[str]:
    """Extras for the users of a distribution."""
    found = (_EXTRA.findall(str(requirement.marker)) for requirement in requires if requirement.marker)
    return frozenset(extra for extras in found for extra in extras) - _DEVELOPERS_EXTRAS


@functools.cache
def _active(requires: tuple[Requirement, ...], markers: tuple[tuple[str, str], ...], extra: str = "") -> frozenset[str]:
    environment = {**dict(markers), "extra": extra}
    return frozenset(
        canonicalize_name(requirement.name)
        for requirement in requires
        if requirement.marker is None or requirement.marker.evaluate(environment)
    )


def _read(found: importlib.metadata.Distribution) -> Installed | None:
    metadata: Path | None = getattr(found, "_path", None)
    if metadata is None:
        return None
    name, version, requires = _described(found, metadata)
    if not name:
        return None
    root = metadata.parent
    entry_points = tuple(found.entry_points)
    files = tuple(_files(metadata, root))
    below = f"{root}/"
    return Installed(
        is_requested=(metadata / "REQUESTED").exists(),
        project=_project(metadata),
        name=canonicalize_name(name),
        version=version,
        metadata=metadata,
        file_names=tuple(name for name in files if name.startswith(below)),
        requires=tuple(_requirements(requires)),
        scripts={
            entry.name: entry.value.partition("[")[0].strip() for entry in entry_points if entry.group in _SCRIPT_GROUPS
        },
        entry_points=_entry_points(entry_points),
        shared=tuple(_shared(files, root)),
        programs=tuple(Path(name) for name in files if "/bin/" in name and not name.startswith(below)),
    )


def _project(metadata: Path) -> Path | None:
    try:
        origin = json.loads((metadata / "direct_url.json").read_bytes())
    except (OSError, ValueError):
        return None
    is_editable = origin.get("dir_info", {}).get("editable", False)
    return Path(unquote(urlsplit(origin.get("url", "")).path)) if is_editable else None


def _shared(files: Iterable[str], root: Path) -> Iterable[tuple[Path, PurePosixPath]]:
    """Files outside the folder of packages, with their names relative to the installation that it belongs to."""
    prefix = f"{root.parents[2]}/" if root.name in ("site-packages", "dist-packages") else f"{root}/"
    for name in files:
        if name.startswith(prefix) and not name.startswith(f"{root}/"):
            yield Path(name), PurePosixPath(name.removeprefix(prefix))


def _is_python_script(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            line = file.readline(256)
    except OSError:
        return False
    return line.startswith(b"#!") and b"python" in line


def _described(found: importlib.metadata.Distribution, metadata: Path) -> tuple[str, str, Iterable[str]]:
    """Name, version and requirements. Of a wheel they are read here, for importlib parses them as a mail, three times."""
    file = metadata / "METADATA"
    if not file.is_file():
        # In later versions of Python a missing key will be a KeyError.
        [name, *_] = found.metadata.get_all("Name") or [""]
        return (name, found.version or "", found.requires or ()) if name else ("", "", ())
    headers: dict[str, list[str]] = {"name": [""], "version": [""], "requires-dist": []}
    with file.open(encoding="utf-8", errors="surrogateescape") as lines:
        for line in lines:
            if not line.rstrip("\r\n"):  # one of spaces goes on with a header, such as the text of a licence
                break
            name, colon, value = line.partition(":")
            if colon and not line[0].isspace():
                headers.setdefault(name.lower(), []).append(value.strip())
    return headers["name"][-1], headers["version"][-1], headers["requires-dist"]


def _entry_points(found: Iterable[importlib.metadata.EntryPoint]) -> Mapping[str, tuple[str, ...]]:
    groups: dict[str, list[str]] = {}
    for entry in found:
        if entry.group not in _SCRIPT_GROUPS:
            groups.setdefault(entry.group, []).append(entry.value.partition(":")[0].strip())
    return {group: tuple(sorted(set(modules))) for group, modules in groups.items()}


def _files(metadata: Path, root: Path) -> Iterable[str]:
    """The files that RECORD (wheels) or installed-files.txt (eggs) lists, with files outside such as scripts in bin/."""
    record = metadata / "RECORD"
    if record.is_file():
        with record.open(newline="", encoding="utf-8", errors="surrogateescape") as file:
            names = [row[0] for row in csv.reader(file) if row]
        return (os.path.normpath(f"{root}/{name}") if ".." in name else f"{root}/{name}" for name in names)
    listing = metadata / "installed-files.txt"
    if listing.is_file():
        lines = listing.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
        return (os.path.normpath(f"{metadata}/{line}") for line in lines if line)
    return ()


def _requirements(texts: Iterable[str]) -> Iterable[Requirement]:
    for text in texts:
        try:
            yield Requirement(text)
        except InvalidRequirement:
            continue  # of old packages; pip ignores them as well
