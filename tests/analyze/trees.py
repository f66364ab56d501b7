"""Small trees of sources, and a walk over them without an interpreter in between."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from textwrap import dedent
from typing import cast

from bundler.analyze.follow.context import AnalysisContext
from bundler.analyze.follow.rules import Rule, Rules
from bundler.analyze.follow.walk import Walker
from bundler.analyze.graph import Origin
from bundler.analyze.hooks import Hooks, StandardHook
from bundler.analyze.hooks.run import BeforeImport
from bundler.analyze.installed.distributions import Installed, InstalledDistributions
from bundler.analyze.installed.locate import Located, Locator
from bundler.analyze.installed.origins import Origins
from bundler.analyze.read.extension import ExtensionImports
from bundler.analyze.read.facts import FactSource, FileFacts, parse
from bundler.analyze.read.worker.scan import scan
from bundler.analyze.resolve.finder import ModuleFinder

SUFFIXES = (".cpython-313-x86_64-linux-gnu.so", ".abi3.so", ".so")
MARKERS = {"python_version": "3.13", "sys_platform": "linux", "extra": ""}


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Make files below a folder; texts may be indented."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    return folder


def install(
    folder: Path, name: str, files: Mapping[str, str], *, requires: Iterable[str] = (), entry_points: str = ""
) -> None:
    """Make a distribution in a folder as pip does: its files, and a .dist-info that lists them."""
    info = f"{name.replace('-', '_')}-1.0.dist-info"
    lines = ["Metadata-Version: 2.1", f"Name: {name}", "Version: 1.0", *(f"Requires-Dist: {each}" for each in requires)]
    metadata = {f"{info}/METADATA": "\n".join((*lines, ""))}
    if entry_points:
        metadata[f"{info}/entry_points.txt"] = entry_points
    every = {**files, **metadata}
    record = "".join(f'"{path}",,\n' for path in (*every, f"{info}/RECORD"))
    write(folder, {**every, f"{info}/RECORD": record})


class DirectFacts:
    """Facts of files, scanned here and now."""

    is_reading = False

    def facts(self, path: Path) -> FileFacts:
        return parse(scan(path.read_bytes()))

    def expect(self, paths: Iterable[Path]) -> None:
        pass


class KnownImports:
    """Imports of extension modules, as given."""

    def __init__(self, imports: Mapping[str, list[str]]) -> None:
        self._imports = imports

    def imports(self, name: str, path: Path, package: str, owner: Installed | None) -> list[str]:
        return self._imports.get(name, [])


class KnownHooks:
    """Hooks that ask for what is given, by module."""

    def __init__(self, standard: Mapping[str, StandardHook], before: Mapping[str, BeforeImport]) -> None:
        self._standard = standard
        self._before = before

    def standard(self, module: str, located: Located | None, origin: Origin) -> StandardHook | None:
        return self._standard.get(module)

    def before_import(self, module: str) -> BeforeImport | None:
        return self._before.get(module)

    def search_folders(self, module: str, folders: Iterable[Path]) -> Iterable[Path]:
        return folders


def walker(  # what surrounds a walk
    *search_path: Path,
    stdlib: Path = Path("/nowhere"),
    rules: Mapping[str, Rule] | None = None,
    builtin: Iterable[str] = ("sys",),
    early: Iterable[str] = (),
    excluded: tuple[str, ...] = (),
    compiled: Mapping[str, list[str]] | None = None,
    hooks: Mapping[str, StandardHook] | None = None,
    before: Mapping[str, BeforeImport] | None = None,
) -> Walker:
    """A walker over folders; the first is the program's own. `rules` are for any module of a name."""
    distributions = InstalledDistributions(search_path, MARKERS)
    context = AnalysisContext(
        finder=ModuleFinder(
            Locator(SUFFIXES), search_path, frozenset(builtin), frozenset(early), library=search_path[1:], own_folders=1
        ),
        origins=Origins(stdlib, distributions),
        facts=cast(FactSource, DirectFacts()),
        extensions=cast(ExtensionImports, KnownImports(compiled or {})),
        rules=Rules(rules or {}, rules or {}),
        distributions=distributions,
        hooks=cast(Hooks, KnownHooks(hooks or {}, before or {})),
    )
    return Walker(context, excluded, used_by_core=())


def walked(made: Walker, main: str, package: str = "", source: Path | None = None) -> Walker:
    """The walker after it has followed a program; `source`: the file that this would be."""
    made.add_main(parse(scan(dedent(main).encode())), package, source)
    return made


def reached(made: Walker) -> set[str]:
    """The names of the modules that were found."""
    return set(made.reached) - {"__main__"}
