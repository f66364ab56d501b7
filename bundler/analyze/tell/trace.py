"""Finds what a program uses when it runs, where no reading of its sources can tell.

It runs once under the target interpreter, with the user's arguments, terminal and folder. Imports and files that
the graph does not hold yet are returned as values of options, so that they can be recorded.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bundler.analyze.graph import ModuleGraph
from bundler.analyze.installed.distributions import InstalledDistributions
from bundler.analyze.installed.locate import Locator
from bundler.analyze.installed.origins import Origins
from bundler.analyze.read.worker.schema import Used
from bundler.analyze.resolve.entry import Entry, find_entry
from bundler.context import BuildContext
from bundler.errors import BundleError
from bundler.process import run_attached
from bundler.settings import Settings
from bundler.target import TargetPython
from bundler.target.workers import worker_command

# Code is known as modules; the rest is the interpreter's own bookkeeping.
_NOT_DATA = (".py", ".pyc", ".pyi", ".so", ".pth", ".egg-link")


@dataclass(frozen=True, slots=True)
class Traced:
    """Uses of a run beyond the graph: values for `hidden-import`, `collect-data` and `add-data` (source, folder)."""

    modules: tuple[str, ...]
    packages: tuple[str, ...]
    files: tuple[tuple[Path, str], ...]

    def __bool__(self) -> bool:
        return bool(self.modules or self.packages or self.files)


def trace(
    graph: ModuleGraph, arguments: Iterable[str], target: TargetPython, settings: Settings, context: BuildContext
) -> Traced:
    """Run the program once; BundleError when it tells nothing."""
    locator = Locator(target.extension_suffixes)
    distributions = InstalledDistributions(target.search_path, target.markers)
    entry = find_entry(settings, distributions, locator, context.cache)
    origins = Origins(target.stdlib, distributions)
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer"
        kind, subject = ("module", entry.module) if settings.module else ("script", str(entry.source))
        first = str(entry.search_path[0]) if entry.search_path else ""
        command = worker_command(target.command, "analyze/read", "tracer", isolated=False)
        run_attached([*command, str(answer), kind, subject, first, *arguments], environment={"PYTHONSAFEPATH": "1"})
        if not answer.exists():
            raise BundleError(
                "not-traced",
                "the program ended before what it used could be recorded",
                hint="let the program end by itself: after `os._exit` or a signal nothing can be recorded",
            )
        used: Used = json.loads(answer.read_bytes())
    files = tuple((file, origins.of_file(file)) for file in _new_files(map(Path, used["files"]), graph))
    new = (name for name in used["modules"] if graph.imported(name) is None and not _is_excluded(name, settings))
    return Traced(
        # A program can give a module a name under which nobody finds it (markdown's copy of html.parser).
        tuple(name for name in new if locator.is_module(name, graph.search_path)),
        tuple(sorted({_package(file, target) for file, origin in files if origin.is_installed} - {""})),
        tuple(_own_files((file for file, origin in files if origin.is_own), entry)),
    )


def _is_excluded(name: str, settings: Settings) -> bool:
    return any(f"{name}.".startswith(f"{excluded}.") for excluded in settings.excluded_modules)


def _new_files(files: Iterable[Path], graph: ModuleGraph) -> Iterator[Path]:
    known = {file.source for file in graph.data_files}
    for file in files:
        if file not in known and file.suffix not in _NOT_DATA and file.is_file():
            yield file


def _package(file: Path, target: TargetPython) -> str:
    """The top-level package of a file on the search path, or ""."""
    homes = (folder for folder in target.search_path if file.is_relative_to(folder))
    home = max(homes, key=lambda folder: len(folder.parts), default=None)
    parts = file.relative_to(home).parts if home is not None else ()
    return parts[0] if len(parts) > 1 and parts[0].isidentifier() else ""


def _own_files(files: Iterable[Path], entry: Entry) -> Iterator[tuple[Path, str]]:
    """Files below the program's own folder, with the folder of the binary where it will look for them."""
    for home in entry.search_path[:1]:
        for file in files:
            if file.is_relative_to(home):
                yield file, str(file.parent.relative_to(home))
