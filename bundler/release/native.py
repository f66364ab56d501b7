"""Finds out which libraries in C a binary holds: their names, versions and licences."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import tomli

from bundler.process import CommandError, run
from bundler.release.components import Component, ComponentKind
from bundler.target import TargetPython
from bundler.target.workers import run_worker

_DOCUMENTS = Path("/usr/share/doc")  # Debian's, with a file `copyright` for each package


@dataclass(frozen=True, slots=True)
class _Known:
    """A library of native.toml."""

    name: str
    sonames: tuple[str, ...]
    modules: tuple[str, ...]
    licence: str
    duty: str = ""


@dataclass(frozen=True, slots=True)
class _Package:
    """The package of the system that a file belongs to."""

    name: str
    version: str


@cache
def _known() -> tuple[_Known, ...]:
    table = tomli.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return tuple(
        _Known(name, tuple(row["sonames"]), tuple(row["modules"]), row["licence"], row.get("duty", ""))
        for name, row in table.items()
    )


def native_libraries(files: Iterable[Path], modules: frozenset[str], target: TargetPython) -> Iterator[Component]:
    """The libraries that are shared objects (`files`), and those that are parts of these modules of the standard library."""
    told = _told_versions(target)
    by_name: dict[str, list[Path]] = {}
    for file in sorted(files):
        by_name.setdefault(library_name(file), []).append(file)
    for known in _known():
        if not modules.isdisjoint(known.modules):
            by_name.setdefault(known.name, [])
    packages = _packages(file for files in by_name.values() for file in files)
    rows = {known.name: known for known in _known()}
    for name, found in sorted(by_name.items()):
        row = rows.get(name)
        owners = tuple(dict.fromkeys(packages[file] for file in found if file in packages))
        texts = (_DOCUMENTS / owner.name / "copyright" for owner in owners)
        yield Component(
            ComponentKind.LIBRARY,
            name,
            version=told.get(name) or (owners[0].version if owners else ""),
            licence=row.licence if row else "",
            is_expression=row is not None,
            texts=tuple(text for text in texts if text.is_file()),
            files=tuple(found),
            duty=row.duty if row else "",
        )


def library_name(file: Path) -> str:
    """The name of a library: that of a known one, else its file's without versions and the hash that auditwheel adds."""
    for known in _known():
        if file.name.startswith(known.sonames):
            return known.name
    return re.sub(r"(-[0-9a-f]{8,})?\.so[.\d]*$", "", file.name)


def _told_versions(target: TargetPython) -> Mapping[str, str]:
    try:
        found: dict[str, str] = json.loads(run_worker(target.command, "release", "versions").stdout)
    except (CommandError, ValueError):
        return {}  # versions that nobody tells are unknown
    return found


def _packages(files: Iterable[Path]) -> Mapping[Path, _Package]:
    """The packages of Debian's to which files belong."""
    if shutil.which("dpkg-query") is None:
        return {}
    # Since /lib is a link to /usr/lib, the database knows one or the other name.
    names = {name: file for file in files for name in _names(file)}
    owners: dict[Path, str] = {}
    for line in _dpkg("--search", *names):
        package, colon, name = line.partition(": ")
        if colon and name in names:
            owners[names[name]] = package.partition(",")[0]  # "libssl3:amd64"
    shown = "${binary:Package}\\t${source:Upstream-Version}\\n"
    versions: dict[str, str] = {}
    for line in _dpkg("--show", "--showformat", shown, *owners.values()) if owners else ():
        package, _, version = line.partition("\t")
        versions[package.partition(":")[0]] = version
    plain = ((file, package.partition(":")[0]) for file, package in owners.items())
    return {file: _Package(package, versions.get(package, "")) for file, package in plain}


def _names(file: Path) -> Iterator[str]:
    for name in {str(file), str(file.resolve())}:
        yield name
        yield name.removeprefix("/usr") if name.startswith("/usr/lib") else f"/usr{name}"


def _dpkg(*arguments: str) -> list[str]:
    """The lines that Debian's package database answers, also if it does not know all that it was asked for."""
    try:
        return run(["dpkg-query", *arguments]).stdout.decode().splitlines()
    except CommandError as error:
        return error.output.splitlines()
