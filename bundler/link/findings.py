"""Findings about the libraries of a planned binary: missing ones, those that stay files, and those that stay the system's."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from pathlib import PurePosixPath

from bundler.analyze.graph import Binding, ExtensionModule, ModuleGraph
from bundler.errors import Diagnostic, Severity
from bundler.link.objects import CarriedLibrary, Closure, Placement
from bundler.link.static import lacking_functions
from bundler.link.system_libraries import RUNTIMES
from bundler.packages import library_hint


def library_findings(
    closure: Closure, placement: Placement, graph: ModuleGraph, *, is_static: bool
) -> Iterator[Diagnostic]:
    """The findings about libraries; others about those of an executable without a dynamic linker."""
    yield from _missing(closure, graph, is_static=is_static)
    yield from _carried(placement.carried)
    yield from _runtimes(closure, placement)
    if is_static:
        yield from lacking_functions(closure, placement)


def _missing(closure: Closure, graph: ModuleGraph, *, is_static: bool) -> Iterator[Diagnostic]:
    """Libraries that are not on this machine, and who needs them: importing or opening that fails, as it does here.

    Unless the system has them where the binary runs, and the binary loads libraries of the system.
    """
    by_path = {library.path: library for library in closure.libraries}
    modules: dict[str, list[ExtensionModule]] = {}
    for module in graph.of_kind(ExtensionModule):
        library = by_path.get(module.filename)
        for path in closure.needed_by(library) if closure.missing and library is not None else ():
            for name in closure.missing.get(path, ()):
                modules.setdefault(name, []).append(module)
    # Without a line: what compiled modules were seen to import, in vain too.
    certain = {each.imported for each in graph.imports if each.binding is Binding.EAGER and each.line}
    for name, needing in sorted(modules.items()):
        first, *others = sorted(module.name for module in needing)
        also = f" and {len(others)} more" if others else ""
        yield Diagnostic(
            Severity.WARNING if certain.intersection((first, *others)) else Severity.NOTE,
            "missing-library",
            f"the shared library `{name}` was not found: `{first}`{also} cannot be imported here, "
            f"{'nor in the binary' if is_static else 'and in the binary only where the system has it'}",
            notes=tuple(f"`{module.path}` needs it" for module in needing[:3]),
            hint=library_hint(name),
        )
    yield from _missing_for_others(closure, modules, is_static=is_static)


def _missing_for_others(closure: Closure, told: Container[str], *, is_static: bool) -> Iterator[Diagnostic]:
    """One note for all libraries that only plug-ins need, since plug-ins may stay unused. `told`: names reported for modules."""
    needing: dict[str, list[str]] = {}
    for path, names in closure.missing.items():
        for name in names:
            if name not in told:
                needing.setdefault(name, []).append(PurePosixPath(path).name)
    if needing:
        first, *others = sorted(needing)
        what = f"{len(needing)} shared libraries were" if others else f"the shared library `{first}` was"
        more = f"and {len(others) - 2} more: `bundle plan` lists them" if len(others) > 2 else None
        yield Diagnostic(
            Severity.NOTE,
            "missing-library",
            f"{what} not found: plug-ins that need them "
            f"{'cannot be opened' if is_static else 'can be opened only where the system has them'}",
            notes=(*(f"`{needing[name][0]}` needs `{name}`" for name in (first, *others[:2])), *filter(None, [more])),
            hint=library_hint(first),
        )


def _carried(carried: Iterable[CarriedLibrary]) -> Iterator[Diagnostic]:
    """Each library that is not prelinked, and why."""
    for each in carried:
        yield Diagnostic(
            Severity.NOTE,
            "carried-library",
            f"`{each.library.object.path.name}` is carried as a file and loaded from memory: it {each.reason}",
        )


def _runtimes(closure: Closure, placement: Placement) -> Iterator[Diagnostic]:
    """A note if the system's C++ run-time is used, and for what."""
    names = sorted(RUNTIMES & closure.system.keys())
    if names:
        carried = [each.library.object for each in placement.carried]
        users = sorted(
            object_.path.name
            for object_ in (*carried, *closure.system.values())
            if RUNTIMES.intersection(object_.needed) and object_.name not in RUNTIMES
        )
        # One that is missing on this machine may need them: what needs it does.
        missing = {
            name
            for library in closure.libraries
            if RUNTIMES.intersection(library.object.needed)
            for name in closure.missing.get(library.path, ())
        }
        first, others = (*users, *sorted(missing))[:3], len(users) + len(missing) - 3
        more = f" and {others} more" if others > 0 else ""
        yield Diagnostic(
            Severity.NOTE,
            "system-runtime",
            f"`{'` and `'.join(names)}` are the system's, because the dynamic linker loads them for `{'`, `'.join(first)}`{more}",
            hint="install them where the binary runs; `bundle inspect` shows the versions that it needs",
        )
