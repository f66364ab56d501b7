"""The whole standard library, for programs that run code which is not there when they are bundled.

Such code uses the program's own package as well: pytest's `conftest.py`, a project of Django, the `conf.py` of Sphinx. It
may also name what plug-ins have, as a configuration of MkDocs names the extensions of a theme. So all packages of these
distributions come too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from bundler.analyze.follow.walk import Walker
from bundler.analyze.graph import Binding
from bundler.analyze.installed.distributions import InstalledDistributions
from bundler.analyze.installed.locate import Locator, ModuleKind
from bundler.analyze.resolve.entry import Entry
from bundler.settings import Settings
from bundler.target import TargetPython

# Tk is a part of the system, with libraries and scripts of its own; the rest are programs, and the library's own tests.
_NOT_LIBRARY = frozenset({"tkinter", "_tkinter", "turtle", "turtledemo", "idlelib", "test", "tests", "idle_test"})


def add_whole_library(
    walker: Walker, target: TargetPython, settings: Settings, entry: Entry, distributions: InstalledDistributions
) -> None:
    """Reach every module of the standard library if the settings say so, or a rule for something that is reached."""
    hosts = tuple(_hosts(walker, entry))
    if hosts or settings.stdlib == "full":
        for name in library_modules(walker.finder.locator, target):
            walker.add_existing(hosts[0] if hosts else "__main__", name, Binding.RULE)
    for host in hosts:
        for package in sorted({*_own_packages(walker, host, distributions), *_plugins(walker, host)} - _NOT_LIBRARY):
            # Not by rule, for nothing is amiss when some of it cannot be imported here.
            walker.add_existing(host, package, Binding.STRING)
            located = walker.finder.find(package)
            for name in submodules_below(
                walker.finder.locator, package, located.folders if located is not None else ()
            ):
                walker.add_existing(host, name, Binding.STRING)


def _own_packages(walker: Walker, host: str, distributions: InstalledDistributions) -> Iterator[str]:
    """The top-level packages that were installed together with a module, its own included."""
    yield host.partition(".")[0]
    distribution = distributions.get(walker.reached[host].origin.distribution)
    if distribution is not None:
        root = f"{distribution.metadata.parent}/"
        for name in distribution.file_names:
            top, slash, _ = name.removeprefix(root).partition("/")
            if slash and name.endswith(".py") and top.isidentifier():
                yield top


def _plugins(walker: Walker, host: str) -> Iterator[str]:
    """Top-level packages of other distributions that give plug-ins to the package of a module, by entry points."""
    top = host.partition(".")[0]
    for edge in walker.edges:
        if edge.binding is Binding.RULE and edge.importer is not None and edge.importer.partition(".")[0] == top:
            imported = walker.reached.get(edge.imported)
            if imported is not None and not imported.origin.is_stdlib:
                yield imported.top


def library_modules(locator: Locator, target: TargetPython) -> Iterator[str]:
    """Every module of the installed standard library, packages before their modules."""
    for name in sorted(target.stdlib_modules - _NOT_LIBRARY):
        yield name
        located = locator.find(name, target.search_path)
        if located is not None:
            yield from submodules_below(locator, name, located.folders)


def submodules_below(
    locator: Locator, package: str, folders: Iterable[Path], above: frozenset[Path] = frozenset()
) -> Iterator[str]:
    """Full names of the modules in a package, at any depth, without tests and folders of data.

    `folders`: the package's own. `above`: the folders, resolved, of the packages that it is in.
    """
    folders = [folder for folder in folders if folder.resolve() not in above]  # links may lead in circles
    above |= {folder.resolve() for folder in folders}
    for name in locator.submodules(folders):
        if name not in _NOT_LIBRARY:
            located = locator.find(name, folders)
            # Removed since it was listed; or a folder of templates of projects and the like, which are data.
            if located is None or located.kind is ModuleKind.NAMESPACE:
                continue
            yield f"{package}.{name}"
            yield from submodules_below(locator, f"{package}.{name}", located.folders, above)


def _hosts(walker: Walker, entry: Entry) -> Iterator[str]:
    """Modules whose rules say that the program runs other people's code."""
    main = walker.reached.get(entry.top, walker.reached["__main__"])
    for rule in walker.rules_in_effect():
        module = walker.reached[rule.module]
        distribution = module.origin.distribution
        is_program = module.top == entry.top or (distribution != "" and distribution == main.origin.distribution)
        if rule.whole_library or (rule.whole_library_as_program and is_program):
            yield rule.module
