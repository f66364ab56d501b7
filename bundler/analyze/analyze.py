"""Analyzes a program: from its entry to the graph of all that it can reach. Verb: `analyze`."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import astuple, replace
from pathlib import Path, PurePosixPath

from bundler.analyze.carry.data import (
    added_files,
    left_out_files,
    merge_added_data,
)
from bundler.analyze.carry.opened_libraries import split_libraries
from bundler.analyze.carry.record import with_records
from bundler.analyze.follow.context import AnalysisContext
from bundler.analyze.follow.program import Contents, follow_program
from bundler.analyze.follow.requested import (
    hook_config,
    hook_folders,
)
from bundler.analyze.follow.rules import Rule, load_rules
from bundler.analyze.graph import (
    STDLIB,
    BrokenModule,
    BuiltinModule,
    DataFile,
    Distribution,
    ExtensionModule,
    Import,
    LibraryName,
    Module,
    ModuleGraph,
    NamespacePackage,
    OpenedLibrary,
    SourceModule,
    user_text,
)
from bundler.analyze.hooks import Hooks
from bundler.analyze.installed.distributions import InstalledDistributions
from bundler.analyze.installed.locate import Locator, ModuleKind
from bundler.analyze.installed.origins import Origins
from bundler.analyze.installed.search_path import archives, links_folder, searched_folders
from bundler.analyze.nodes import Edge, Reached, Walk
from bundler.analyze.read.extension import ExtensionImports
from bundler.analyze.read.facts import FactSource
from bundler.analyze.resolve.entry import Entry, find_entry
from bundler.analyze.resolve.finder import ModuleFinder
from bundler.analyze.tell.findings import findings
from bundler.cache import Cache, digest
from bundler.context import BuildContext
from bundler.contract import bundle_root
from bundler.errors import BundleError, Diagnostic
from bundler.settings import Settings
from bundler.target import TargetPython
from bundler.target.buildvars import portable_variables
from bundler.target.versions import BOOTSTRAP_MODULES

# The class of importlib.util that puts imports off.
_LAZY_LOADERS = frozenset({"LazyLoader"})


@contextmanager
def _uncollected() -> Iterator[None]:
    """Switches garbage collection off.

    All that an analysis makes is part of its result; searching it for garbage takes a seventh of the time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@_uncollected()
def analyze(target: TargetPython, settings: Settings, context: BuildContext) -> ModuleGraph:
    """The graph of all that the app in the settings can reach; BundleError when the app has no such start."""
    cache = context.cache
    searched = searched_folders(target.search_path, cache)
    unpacked = archives(target.search_path, searched)
    target = replace(target, search_path=searched)
    distributions = InstalledDistributions(target.search_path, target.markers)
    locator = Locator(target.extension_suffixes, links_folder(cache))
    entry = find_entry(settings, distributions, locator, cache)
    search_path = (*entry.search_path, *target.search_path)
    # The program's own folders last: hooks import the library's `platform`, not one beside the script.
    hooks_path = (*target.search_path, *entry.search_path)
    folders, config = hook_folders(settings), hook_config(settings)
    with (
        closing(FactSource(target, cache)) as facts,
        closing(ExtensionImports(target, search_path, distributions, cache, runs_code=settings.run)) as extensions,
        closing(Hooks(target, hooks_path, distributions, cache, folders, config, runs_code=settings.run)) as hooks,
    ):
        around = AnalysisContext(
            finder=ModuleFinder(
                locator,
                search_path,
                target.builtin_modules,
                target.early_modules,
                library=target.search_path,
                own_folders=len(entry.search_path),
            ),
            origins=Origins(target.stdlib, distributions, () if entry.top else entry.search_path),
            facts=facts,
            extensions=extensions,
            distributions=distributions,
            rules=load_rules(),
            hooks=hooks,
        )
        try:
            contents = follow_program(entry, around, target, settings, cache)
        except BundleError as error:
            error.diagnostic = _as_users_know(error.diagnostic, unpacked)
            raise
    graph = _graph(entry, contents, around, target, settings, cache)
    return replace(graph, archives=unpacked, findings=tuple(_as_users_know(each, unpacked) for each in graph.findings))


def _as_users_know(finding: Diagnostic, unpacked: Mapping[Path, Path]) -> Diagnostic:
    """A finding about a file in an archive, where it is told to lie in the cache."""
    where = finding.where and user_text(finding.where, unpacked)
    return replace(finding, where=where, notes=tuple(user_text(each, unpacked) for each in finding.notes))


def _graph(  # noqa: PLR0913  # what the graph is made of
    entry: Entry,
    contents: Contents,
    around: AnalysisContext,
    target: TargetPython,
    settings: Settings,
    cache: Cache,
) -> ModuleGraph:
    """The graph of what was found."""
    walk = contents.walk
    every_file = merge_added_data(contents.files, settings.added_data)
    added = {file.destination for each in settings.added_data for file in added_files(each)}
    data_files, libraries = split_libraries(every_file, target.machine, added)
    modules = dict(_modules(walk.reached, entry, target))
    others = frozenset(_places(modules.values(), libraries))
    modules |= dict(_portable_build_variables(modules, target, cache))
    return ModuleGraph(
        name=entry.name,
        modules={name: modules[name] for name in sorted(modules)},
        other_names=dict(sorted(_other_names(walk.reached))),
        imports=tuple(dict.fromkeys(map(_import, walk.edges))),
        left_out=walk.left_out,
        data_files=tuple(
            replace(_with_origin(file, around.origins), source=around.finder.locator.user_file(file.source))
            for file in with_records(data_files, others, added)
        ),
        distributions=tuple(Distribution(owner.name, owner.version, owner.metadata) for owner in contents.owners),
        findings=(
            *entry.findings,
            *contents.findings,
            *findings(walk, around.finder, settings, _reading_sources(contents.rules), target.stdlib_modules),
            *left_out_files(walk.reached, contents.owners),
        ),
        site_builtins=contents.site_builtins,
        main_module=entry.module,
        search_path=(*entry.search_path, *target.search_path),
        runtime_hooks=(*_imported_first(walk), *contents.runtime_hooks),
        libraries=libraries,
        library_names=_library_names(walk.reached),
        reads_own_sources=contents.reads_own_sources,
        reads_every_source=any(rule.reads_every_source for rule in contents.rules),
        starts_python=any(rule.starts_python for rule in contents.rules),
    )


def _reading_sources(rules: Iterable[Rule]) -> frozenset[str]:
    """Top-level packages of which a rule says which sources they read."""
    return frozenset(
        rule.module.partition(".")[0] for rule in rules if rule.reads_own_sources or rule.reads_every_source
    )


def _import(edge: Edge) -> Import:
    return Import(edge.importer, edge.imported, edge.binding, edge.line)


def _imported_first(walk: Walk) -> Iterator[str]:
    """Modules that Python has imported before a program and that must be there before some import of the program.

    `os` and two others import each other, which works only when `os` comes first. A program that makes later imports lazy
    counts on all that is there: LazyLoader itself imports `threading`, which uses `time` at once. A binary imports these when
    they are used.
    """
    others = [module for module in walk.reached.values() if not module.origin.is_stdlib]
    makes_lazy = any(module.has_any(_LAZY_LOADERS) for module in others)
    names = {module.name for module in others}
    uses_paths = any(
        edge.imported in ("posixpath", "genericpath") and edge.importer in names for edge in walk.edges if edge.importer
    )
    if makes_lazy or uses_paths:
        yield "os"
    if makes_lazy:
        yield "time"


def _library_names(reached: Mapping[str, Reached]) -> tuple[LibraryName, ...]:
    """The libraries that modules open by a literal name. What the standard library opens is the system's."""
    files = (module.facts for module in reached.values() if module.facts is not None and not module.origin.is_stdlib)
    return tuple(sorted({name for facts in files for name in facts.libraries}, key=astuple))


def _with_origin(file: DataFile, origins: Origins) -> DataFile:
    """A file with the origin of its place, or else with that of the module whose hook requested it."""
    of_place = origins.of_file(file.source)
    return file if of_place.is_own and not file.origin.is_own else replace(file, origin=of_place)


def _modules(reached: Mapping[str, Reached], entry: Entry, target: TargetPython) -> Iterator[tuple[str, Module]]:
    root = bundle_root()
    origin = reached["__main__"].origin
    is_generated = bool(entry.functions)
    yield (
        "__main__",
        SourceModule(
            "__main__", entry.source, entry.filename, is_package=False, origin=origin, is_generated=is_generated
        ),
    )
    for name in BOOTSTRAP_MODULES:
        path = target.stdlib / (name.replace(".", "/") + ".py")
        yield name, SourceModule(name, path, f"<frozen {name}>", is_package=False, origin=STDLIB, has_file=False)
    for name, module in reached.items():
        if name != "__main__" and name not in BOOTSTRAP_MODULES:
            yield from _modules_of(module, root)


def _portable_build_variables(
    modules: Mapping[str, Module], target: TargetPython, cache: Cache
) -> Iterator[tuple[str, Module]]:
    """The module behind `sysconfig`, without the paths of the machine on which Python was built."""
    for name, module in modules.items():
        if name.startswith("_sysconfigdata_") and isinstance(module, SourceModule):
            text = portable_variables(module.path.read_text(), target.base_prefix, str(bundle_root()))
            source = cache.path("sysconfig", digest(text), ".py")
            cache.write(source, text.encode())
            yield name, replace(module, path=source, is_generated=True)


def _modules_of(module: Reached, root: PurePosixPath) -> Iterator[tuple[str, Module]]:
    """A module under the name that its place in the binary gives it; a namespace package for each of its parts."""
    located, origin = module.located, module.origin
    if located is None:
        yield module.name, BuiltinModule(module.name)
        return
    if located.kind is ModuleKind.NAMESPACE:
        for place in dict.fromkeys(module.folder_places):
            name = _name_at(place)
            yield name, NamespacePackage(name, str(root / place), origin)
        return
    name, is_package = _name_at(module.place), bool(located.folders)
    folder = root / module.place
    filename = str(folder / located.path.name if is_package else folder.with_name(located.path.name))
    if located.kind is ModuleKind.EXTENSION:
        yield name, ExtensionModule(name, located.file, filename, is_package, origin)
    elif module.facts is not None and module.facts.error:
        yield name, BrokenModule(name, located.file, filename, is_package, origin)
    else:
        yield name, SourceModule(name, located.file, filename, is_package, origin)


def _places(modules: Iterable[Module], libraries: Iterable[OpenedLibrary]) -> Iterator[PurePosixPath]:
    """The places of the files that modules and libraries stand for."""
    root = bundle_root()
    for each in (*modules, *libraries):
        if isinstance(each, SourceModule | ExtensionModule | BrokenModule | OpenedLibrary):
            filename = PurePosixPath(each.filename)
            if filename.is_relative_to(root):
                yield filename.relative_to(root)


def _name_at(place: PurePosixPath) -> str:
    return str(place).replace("/", ".")


def _other_names(reached: Mapping[str, Reached]) -> Iterator[tuple[str, str]]:
    """Modules that are imported under another name than the one that their place gives them: both names."""
    for name, module in reached.items():
        if _name_at(module.place) != name:
            yield name, _name_at(module.place)
