"""From an entry to the finished graph: walk, add what only rules and options know, collect data, report findings."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass, replace
from pathlib import PurePosixPath

from bundler.analyze.carry.data import (
    added_files,
    collect,
    left_out_files,
    merge_added_data,
    named_modules,
)
from bundler.analyze.carry.opened_libraries import split_libraries
from bundler.analyze.carry.record import with_records
from bundler.analyze.follow.checks import refuse_missing_functions, refuse_relative_imports, refuse_syntax_error
from bundler.analyze.follow.context import AnalysisContext
from bundler.analyze.follow.conventions import add_conventional
from bundler.analyze.follow.loaded_files import follow_loaded_files
from bundler.analyze.follow.requested import (
    Requested,
    add_requested,
    add_runtime_hooks,
    hook_config,
    hook_folders,
    requested_files,
    requested_metadata,
)
from bundler.analyze.follow.rules import Rule, load_rules
from bundler.analyze.follow.stdlib import add_whole_library
from bundler.analyze.follow.walk import Walker
from bundler.analyze.graph import (
    APP,
    STDLIB,
    Binding,
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
    Origin,
    SourceModule,
)
from bundler.analyze.hooks import Hooks
from bundler.analyze.installed.distributions import Installed, InstalledDistributions
from bundler.analyze.installed.locate import Locator, ModuleKind
from bundler.analyze.installed.origins import Origins
from bundler.analyze.installed.search_path import links_folder, searched_folders
from bundler.analyze.nodes import COMPILING_SOURCES, READING_SOURCES, Edge, Reached, Walk
from bundler.analyze.read.extension import ExtensionImports
from bundler.analyze.read.facts import FactSource
from bundler.analyze.resolve.entry import Entry, find_entry
from bundler.analyze.resolve.finder import ModuleFinder
from bundler.analyze.tell.findings import findings
from bundler.cache import Cache, digest
from bundler.context import BuildContext
from bundler.contract import bundle_root
from bundler.errors import Diagnostic
from bundler.settings import Settings
from bundler.target import TargetPython
from bundler.target.buildvars import portable_variables
from bundler.target.versions import BOOTSTRAP_MODULES, IMPORTED_FOR_OPTIONS, core_modules, core_names

# Names of `_sitebuiltins` that the builtins of `site` stand for (launcher/interpreter/importer.py).
_SITE_CLASSES = {"exit": "Quitter", "quit": "Quitter", "help": "_Helper"}

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
    target = replace(target, search_path=searched_folders(target.search_path, cache))
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
        contents = _follow(entry, target, settings, around, cache)
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
            replace(_with_origin(file, around.origins), source=locator.user_file(file.source))
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
        search_path=search_path,
        runtime_hooks=(*_imported_first(walk), *contents.runtime_hooks),
        libraries=libraries,
        library_names=_library_names(walk.reached),
        reads_own_sources=contents.reads_own_sources,
        reads_every_source=any(rule.reads_every_source for rule in contents.rules),
        starts_python=any(rule.starts_python for rule in contents.rules),
    )


@dataclass(frozen=True, slots=True)
class _Contents:
    """Contents of the program: modules, files, the distributions they belong to, and the rules that took effect.

    `site_builtins`, `runtime_hooks`: as in ModuleGraph. `findings`: those of hooks.
    """

    walk: Walk
    files: tuple[DataFile, ...]
    owners: tuple[Installed, ...]
    rules: tuple[Rule, ...]
    site_builtins: tuple[str, ...]
    runtime_hooks: tuple[str, ...]
    reads_own_sources: bool
    findings: tuple[Diagnostic, ...]


def _follow(entry: Entry, target: TargetPython, settings: Settings, around: AnalysisContext, cache: Cache) -> _Contents:
    """Follow the program's imports, then what options, rules, conventions and data files bring in."""
    distributions, hooks = around.distributions, around.hooks
    walker = Walker(around, settings.excluded_modules, core_names(target))
    main = around.facts.facts(entry.source, is_compiled=True)
    refuse_syntax_error(entry, main)
    refuse_relative_imports(entry, main)
    source = None if entry.functions else entry.source  # a generated source has no place that users could open
    walker.add_main(main, entry.package, source, _origin_of_program(entry, around.origins))
    refuse_missing_functions(entry, walker.reached, around.finder)
    shows_warnings = settings.warnings or any(each.partition("=")[0] == "dev" for each in settings.x_options)
    for name in (*core_modules(target), *(IMPORTED_FOR_OPTIONS if shows_warnings else ())):
        walker.add(None, name, Binding.RULE)
    requested = add_requested(walker, settings, hooks, distributions)
    site_builtins = _add_site_builtins(walker)
    add_whole_library(walker, target, settings, entry, distributions)
    files, owners = _collect_all(walker, requested, around)
    # Modules that data files and conventions brought in may have run-time hooks and rules, which may need more.
    known = len(walker.reached)
    rules = walker.rules_in_effect()
    starts_python = any(rule.starts_python for rule in rules)
    if settings.python_command or (settings.python_command is None and starts_python):
        _follow_guards(walker, rules)
        _add_python_command(walker)
    runtime_hooks = add_runtime_hooks(walker, settings, hooks, cache)
    if len(walker.reached) > known:
        files, owners = _collect_all(walker, requested, around)
    for name in IMPORTED_FOR_OPTIONS:
        walker.add_bare(None, name, Binding.RULE)
    return _Contents(
        walk=walker.finished(),
        files=tuple(files),
        owners=tuple(owners),
        rules=tuple(rules),
        site_builtins=site_builtins,
        runtime_hooks=runtime_hooks,
        reads_own_sources=_reads_own_sources(walker),
        findings=(*hooks.findings, *hooks.missing_imports(walker.reached)),
    )


def _reading_sources(rules: Iterable[Rule]) -> frozenset[str]:
    """Top-level packages of which a rule says which sources they read."""
    return frozenset(
        rule.module.partition(".")[0] for rule in rules if rule.reads_own_sources or rule.reads_every_source
    )


def _reads_own_sources(walker: Walker) -> bool:
    """True if some module reads the sources of the app's own modules: one of these, or a library of which a rule says so."""
    wanted = READING_SOURCES | COMPILING_SOURCES
    if any(module.origin.is_own and module.has_any(wanted) for module in walker.reached.values()):
        return True
    return any(
        rule.reads_own_sources and (not rule.program_uses or walker.uses_any(rule.program_uses))
        for rule in walker.rules_in_effect()
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


def _origin_of_program(entry: Entry, origins: Origins) -> Origin:
    """The origin of `__main__`. A plain script below the folder of an editable install is no part of the distribution."""
    origin = origins.of_file(entry.source)
    return origin if origin.is_installed or entry.top else APP


def _follow_guards(walker: Walker, rules: Iterable[Rule]) -> None:
    """Follow imports of modules that are run: the app's own, which a start with `-m` may name, and those in rules."""
    for module in tuple(walker.reached.values()):
        if module.origin.is_own and module.name != "__main__":
            walker.follow_guarded(module.name)
    for rule in rules:
        for name in rule.implies if rule.starts_python else ():
            for each in walker.finder.expand(name):
                walker.follow_guarded(each)


def _add_python_command(walker: Walker) -> None:
    """Add the modules that `python` imports for `-m`, a script or a session (Modules/main.c), and in place of `site`."""
    for name in ("runpy", "_sitebuiltins", "_pyrepl.__main__", "rlcompleter"):
        walker.add_existing(None, name, Binding.RULE)
    walker.use(
        (*_SITE_CLASSES.values(), "_Printer", "_run_module_as_main", "run_module", "run_path", "interactive_console")
    )


def _collect_all(
    walker: Walker, requested: Requested, around: AnalysisContext
) -> tuple[list[DataFile], list[Installed]]:
    """Data files, and modules that configuration files and sources among them name, until neither brings anything new."""
    distributions, hooks = around.distributions, around.hooks
    while True:
        asked_for = [found for name in sorted(walker.metadata) if (found := distributions.get(name)) is not None]
        wanted = (*requested_metadata(requested, hooks, distributions, walker.reached), *asked_for)
        data_files, owners = collect(walker.reached, distributions, wanted)
        there = {file.destination for file in data_files}
        for file in requested_files(requested, hooks, distributions, walker.reached):
            if file.destination not in there:
                there.add(file.destination)
                data_files.append(file)
        before = len(walker.reached)
        add_conventional(walker)
        for name in sorted(set(named_modules(data_files))):
            walker.add_existing("__main__", name, Binding.STRING)
        follow_loaded_files(walker, data_files)
        if len(walker.reached) == before:
            return data_files, owners


def _library_names(reached: Mapping[str, Reached]) -> tuple[LibraryName, ...]:
    """The libraries that modules open by a literal name. What the standard library opens is the system's."""
    files = (module.facts for module in reached.values() if module.facts is not None and not module.origin.is_stdlib)
    return tuple(sorted({name for facts in files for name in facts.libraries}, key=astuple))


def _with_origin(file: DataFile, origins: Origins) -> DataFile:
    """A file with the origin of its place, or else with that of the module whose hook requested it."""
    of_place = origins.of_file(file.source)
    return file if of_place.is_own and not file.origin.is_own else replace(file, origin=of_place)


def _add_site_builtins(walker: Walker) -> tuple[str, ...]:
    """exit, quit and the like exist in the binary when some module that is not the interpreter's own names them."""
    named: set[str] = set()
    for module in walker.reached.values():
        if module.facts is not None and not module.origin.is_stdlib:
            named |= module.facts.site_builtins
    if named:
        walker.add("__main__", "_sitebuiltins", Binding.RULE)
        walker.use(_SITE_CLASSES.get(name, "_Printer") for name in sorted(named))
    return tuple(sorted(named))


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
