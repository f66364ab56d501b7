"""Follows a program: its imports, then what options, rules, conventions and data files bring in. Verb: `follow_program`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bundler.analyze.carry.data import collect, named_modules
from bundler.analyze.follow.checks import refuse_missing_functions, refuse_relative_imports, refuse_syntax_error
from bundler.analyze.follow.context import AnalysisContext
from bundler.analyze.follow.conventions import add_conventional
from bundler.analyze.follow.loaded_files import follow_loaded_files
from bundler.analyze.follow.requested import (
    Requested,
    add_requested,
    add_runtime_hooks,
    requested_files,
    requested_metadata,
)
from bundler.analyze.follow.rules import Rule
from bundler.analyze.follow.stdlib import add_whole_library
from bundler.analyze.follow.walk import Walker
from bundler.analyze.graph import APP, Binding, DataFile, Origin
from bundler.analyze.installed.distributions import Installed
from bundler.analyze.installed.origins import Origins
from bundler.analyze.nodes import COMPILING_SOURCES, READING_SOURCES, Walk
from bundler.analyze.resolve.entry import Entry
from bundler.cache import Cache
from bundler.errors import Diagnostic
from bundler.settings import Settings
from bundler.target import TargetPython
from bundler.target.versions import IMPORTED_FOR_OPTIONS, core_modules, core_names

# Names of `_sitebuiltins` that the builtins of `site` stand for (launcher/interpreter/importer.py).
_SITE_CLASSES = {"exit": "Quitter", "quit": "Quitter", "help": "_Helper"}


@dataclass(frozen=True, slots=True)
class Contents:
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


def follow_program(
    entry: Entry, around: AnalysisContext, target: TargetPython, settings: Settings, cache: Cache
) -> Contents:
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
    return Contents(
        walk=walker.finished(),
        files=tuple(files),
        owners=tuple(owners),
        rules=tuple(rules),
        site_builtins=site_builtins,
        runtime_hooks=runtime_hooks,
        reads_own_sources=_reads_own_sources(walker),
        findings=(*hooks.findings, *hooks.missing_imports(walker.reached, settings.excluded_modules)),
    )


def _origin_of_program(entry: Entry, origins: Origins) -> Origin:
    """The origin of `__main__`. A plain script below the folder of an editable install is no part of the distribution."""
    origin = origins.of_file(entry.source)
    return origin if origin.is_installed or entry.top else APP


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


def _reads_own_sources(walker: Walker) -> bool:
    """True if some module reads the sources of the app's own modules: one of these, or a library of which a rule says so."""
    wanted = READING_SOURCES | COMPILING_SOURCES
    if any(module.origin.is_own and module.has_any(wanted) for module in walker.reached.values()):
        return True
    return any(
        rule.reads_own_sources and (not rule.program_uses or walker.uses_any(rule.program_uses))
        for rule in walker.rules_in_effect()
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
