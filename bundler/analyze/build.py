"""From an entry to the finished graph: walk, add what only rules and options know, collect data, report findings."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import PurePosixPath

from bundler.analyze.asked import Asked, add_asked, add_runtime_hooks, asked_files, described, hook_config, hook_folders
from bundler.analyze.data import LEFT_OUT_OF_HOOKS, collect, left_out_files, named_modules, with_added
from bundler.analyze.distributions import Environment, Installed
from bundler.analyze.entry import Entry, find_entry
from bundler.analyze.extension import ExtensionReader
from bundler.analyze.facts import FactSource, FileFacts
from bundler.analyze.findings import findings
from bundler.analyze.graph import (
    Binding,
    BrokenModule,
    BuiltinModule,
    DataFile,
    Distribution,
    ExtensionModule,
    Import,
    Module,
    ModuleGraph,
    NamespacePackage,
    SourceModule,
)
from bundler.analyze.hooks import Hooks
from bundler.analyze.libraries import separate
from bundler.analyze.locate import Kind, Locator
from bundler.analyze.reached import Edge, Reached
from bundler.analyze.rules import load_rules
from bundler.analyze.stdlib import add_whole_library
from bundler.analyze.unusual import searched_folders
from bundler.analyze.walk import Walker
from bundler.cache import Cache, digest
from bundler.contract import bundle_root
from bundler.errors import BundleError
from bundler.settings import Settings
from bundler.target import TargetPython
from bundler.target.buildvars import portable_variables
from bundler.target.versions import BOOTSTRAP_MODULES, core_modules, core_names

# Names of `_sitebuiltins` that the builtins of `site` stand for (launcher/interpreter/importer.py).
_SITE_CLASSES = {"exit": "Quitter", "quit": "Quitter", "help": "_Helper"}


@contextmanager
def _uncollected() -> Iterator[None]:
    """All that an analysis makes is part of its result: looking for garbage in it takes a seventh of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@_uncollected()
def analyze(target: TargetPython, settings: Settings, cache: Cache) -> ModuleGraph:
    """Everything that the app which the settings name can reach; BundleError when it has no such start."""
    target = replace(target, search_path=searched_folders(target.search_path, cache))
    environment = Environment(target.search_path, target.markers)
    locator = Locator(target.extension_suffixes)
    entry = find_entry(settings, environment, locator, cache)
    search_path = (*entry.search_path, *target.search_path)
    with (
        closing(FactSource(target, cache)) as facts,
        closing(ExtensionReader(target, search_path, environment, cache)) as extensions,
        closing(
            Hooks(
                target,
                search_path,
                environment,
                cache,
                hook_folders(settings),
                LEFT_OUT_OF_HOOKS,
                hook_config(settings),
            )
        ) as hooks,
    ):
        rules = load_rules()
        walker = Walker(
            search_path=search_path,
            locator=locator,
            facts=facts,
            extensions=extensions,
            rules=rules,
            builtin_modules=target.builtin_modules,
            excluded=settings.excluded_modules,
            stdlib=target.stdlib,
            environment=environment,
            used_by_core=core_names(target),
            hooks=hooks,
        )
        main = facts.facts(entry.source, is_compiled=True)
        _refuse_syntax_error(entry, main)
        walker.add_main(main, entry.package, entry.source)
        for name in core_modules(target):
            walker.add("python", name, Binding.RULE)
        asked = add_asked(walker, settings, hooks, environment)
        site_builtins = _add_site_builtins(walker, target)
        add_whole_library(walker, target, settings, rules, entry)
        files, owners = _collect_all(walker, environment, asked, hooks)
        # What data files and conventions brought in may have run-time hooks and rules, and those may need more.
        known = len(walker.reached)
        in_effect = [rule for name, rule in rules.items() if name in walker.reached]
        starts_python = any(rule.starts_python for rule in in_effect)
        if settings.python_command or (settings.python_command is None and starts_python):
            _add_python_command(walker)
        runtime_hooks = add_runtime_hooks(walker, settings, hooks)
        if len(walker.reached) > known:
            files, owners = _collect_all(walker, environment, asked, hooks)
    data_files, libraries = separate(files)
    modules = dict(_modules(walker.reached, entry, target))
    modules |= dict(_portable_build_variables(modules, target, cache))
    return ModuleGraph(
        name=entry.name,
        modules={name: modules[name] for name in sorted(modules)},
        imports=tuple(dict.fromkeys(map(_import, walker.edges))),
        left_out=tuple(_import(walker.left_out[name]) for name in sorted(walker.left_out)),
        data_files=tuple(with_added(data_files, settings.added_data)),
        distributions=tuple(Distribution(owner.name, owner.version) for owner in owners),
        findings=(
            *hooks.findings,
            *hooks.missing_imports(walker.reached),
            *findings(walker, environment, settings),
            *(left_out_files(walker.reached, owners) if settings.verbose else ()),
        ),
        site_builtins=site_builtins,
        main_module=entry.module,
        search_path=search_path,
        runtime_hooks=runtime_hooks,
        libraries=libraries,
        reads_every_source=any(rule.reads_every_source for rule in in_effect),
        starts_python=starts_python,
    )


def _import(edge: Edge) -> Import:
    return Import(edge.importer, edge.imported, edge.binding, edge.line)


def _refuse_syntax_error(entry: Entry, facts: FileFacts) -> None:
    if facts.error is not None:
        raise BundleError(
            "syntax-error",
            f"the program has a syntax error: {facts.error}",
            where=f"{entry.source}:{facts.error_line}",
            hint="the target Python cannot compile it; `--python` chooses another",
        )


def _add_python_command(walker: Walker) -> None:
    """What `python` itself imports for `-m`, for a script, and for a session (Modules/main.c), and in place of `site`."""
    for name in ("runpy", "_sitebuiltins", "_pyrepl.__main__", "rlcompleter"):
        walker.add_existing("python", name, Binding.RULE)
    walker.use(
        (*_SITE_CLASSES.values(), "_Printer", "_run_module_as_main", "run_module", "run_path", "interactive_console")
    )


def _collect_all(
    walker: Walker, environment: Environment, asked: Asked, hooks: Hooks
) -> tuple[list[DataFile], list[Installed]]:
    """Data files, and modules that configuration files among them name, until neither brings anything new."""
    while True:
        data_files, owners = collect(walker.reached, environment, described(asked, hooks, environment))
        there = {file.destination for file in data_files}
        for file in asked_files(asked, hooks, environment, walker.reached):
            if file.destination not in there:
                there.add(file.destination)
                data_files.append(file)
        before = len(walker.reached)
        walker.add_conventional()
        for name in sorted(set(named_modules(data_files))):
            walker.add_existing("__main__", name, Binding.STRING)
        if len(walker.reached) == before:
            return data_files, owners


def _add_site_builtins(walker: Walker, target: TargetPython) -> tuple[str, ...]:
    """exit, quit and the like exist in the binary when some module that is not the interpreter's own names them."""
    named: set[str] = set()
    for module in walker.reached.values():
        if module.facts is not None and not _is_stdlib(module, target):
            named |= module.facts.site_builtins
    if named:
        walker.add("__main__", "_sitebuiltins", Binding.RULE)
        walker.use(_SITE_CLASSES.get(name, "_Printer") for name in sorted(named))
    return tuple(sorted(named))


def _is_stdlib(module: Reached, target: TargetPython) -> bool:
    return module.name.partition(".")[0] in target.stdlib_modules


def _modules(reached: Mapping[str, Reached], entry: Entry, target: TargetPython) -> Iterator[tuple[str, Module]]:
    root = bundle_root()
    yield "__main__", SourceModule("__main__", entry.source, entry.filename, is_package=False)
    for name in BOOTSTRAP_MODULES:
        path = target.stdlib / (name.replace(".", "/") + ".py")
        yield name, SourceModule(name, path, f"<frozen {name}>", is_package=False)
    for name, module in reached.items():
        if name != "__main__" and name not in BOOTSTRAP_MODULES:
            yield name, _module(module, root)


def _portable_build_variables(
    modules: Mapping[str, Module], target: TargetPython, cache: Cache
) -> Iterator[tuple[str, Module]]:
    """The module behind `sysconfig`, without the paths of the machine on which Python was built."""
    for name, module in modules.items():
        if name.startswith("_sysconfigdata_") and isinstance(module, SourceModule):
            text = portable_variables(module.path.read_text(), target.base_prefix, str(bundle_root()))
            source = cache.path("sysconfig", digest(text), ".py")
            cache.write(source, text.encode())
            yield name, replace(module, path=source)


def _module(module: Reached, root: PurePosixPath) -> Module:
    name, located = module.name, module.located
    if located is None:
        return BuiltinModule(name)
    folder = root / name.replace(".", "/")
    is_package = bool(located.folders)
    filename = str(folder / located.path.name if is_package else folder.with_name(located.path.name))
    match located.kind:
        case Kind.SOURCE if module.facts is not None and module.facts.error:
            return BrokenModule(name, located.path, filename, is_package)
        case Kind.NAMESPACE:
            return NamespacePackage(name, str(folder))
        case Kind.EXTENSION:
            return ExtensionModule(name, located.path, filename, is_package)
        case Kind.SOURCE:
            return SourceModule(name, located.path, filename, is_package)
