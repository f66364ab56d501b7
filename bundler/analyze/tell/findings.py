"""Findings about the graph: modules that are missing, left out, unknown before the program runs, or that do not compile.

Warnings are about what most likely goes wrong, notes about what may. The rest are details: libraries offer to work with
others that are not there, and import what only they know.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from bundler.analyze.graph import Binding
from bundler.analyze.nodes import COMPILING_SOURCES, IMPORTING, READING_SOURCES, AddedFolder, Edge, Reached, Walk
from bundler.analyze.resolve.entry import in_folder, module_at
from bundler.analyze.resolve.finder import ModuleFinder
from bundler.analyze.tell.why import chain_to, first_edges, format_chain
from bundler.errors import Diagnostic, Severity, warning
from bundler.settings import Settings

# A chain of these is one that the program certainly takes.
_FIRM = frozenset({Binding.EAGER, Binding.CONDITIONAL, Binding.PARENT, Binding.RULE})

# Imports of libraries that happen whenever the library is imported. A condition may be that a module is there.
_CERTAIN = frozenset({Binding.EAGER, Binding.PARENT, Binding.RULE})


def findings(
    walk: Walk, finder: ModuleFinder, settings: Settings, ruled: frozenset[str], stdlib: frozenset[str]
) -> Iterator[Diagnostic]:
    """All findings, in the order in which they are reported.

    `ruled`: packages of which a rule says which sources they read. `stdlib`: top-level names of the standard library.
    """
    yield from syntax_errors(walk)
    yield from two_copies(walk, finder)
    missing = tuple(missing_modules(walk, settings.excluded_modules, stdlib))
    yield from (finding for finding in missing if finding.severity is Severity.WARNING)
    yield from computed_imports(walk, has_hidden_imports=bool(settings.hidden_imports))
    yield from left_out(walk)
    yield from sources_wanted(walk, settings, ruled)
    yield from (finding for finding in missing if finding.severity is Severity.DETAIL)


def syntax_errors(walk: Walk) -> Iterator[Diagnostic]:
    """Modules that the target cannot compile."""
    for name, module in walk.reached.items():
        if module.facts is not None and module.facts.error and module.located is not None:
            yield warning(
                "syntax-error",
                f"`{name}` has a syntax error, and importing it will fail: {module.facts.error}",
                where=f"{module.located.file}:{module.facts.error_line}",
                hint=f"correct it, or leave it out with `--exclude-module {name}` if the program does not import it",
            )


def sources_wanted(walk: Walk, settings: Settings, ruled: frozenset[str]) -> Iterator[Diagnostic]:
    """Libraries that look at sources of modules, which the binary does not carry.

    `ruled`: packages of which a rule says what they read; that is carried.
    """
    if settings.with_source:
        return
    readers: dict[str, None] = {}
    for name, module in walk.reached.items():
        if module.origin.is_own or module.origin.is_stdlib or module.top in ruled:
            continue
        if module.has_any(COMPILING_SOURCES):
            yield Diagnostic(
                Severity.NOTE,
                "import-hook",
                f"`{name}` transforms the sources of modules when they are imported; modules in the binary have no sources, so it does not transform them",
                hint="carry the sources with `--with-source`",
            )
        elif module.has_any(READING_SOURCES):
            readers[module.top] = None
    if readers:
        names = ", ".join(f"`{name}`" for name in sorted(readers))
        yield Diagnostic(
            Severity.NOTE,
            "reads-sources",
            f"{names} can read sources of modules, which are not in the binary",
            hint="if the program makes use of that, carry the sources with `--with-source`",
        )


def two_copies(walk: Walk, finder: ModuleFinder) -> Iterator[Diagnostic]:
    """Modules of which two copies are in reach, where only the running program decides which it takes."""
    for addition in walk.additions:
        if addition.is_certain:
            continue
        others = _without(finder.search_path, addition)
        for name in finder.locator.submodules([addition.folder]):
            module = walk.reached.get(name)
            added, other = finder.locator.find(name, finder.search_path), finder.locator.find(name, others)
            if module is None or module.located is None or added is None or other is None or name in finder.early:
                continue
            if added.file == other.file:  # what is behind another copy decides nothing
                continue
            taken = module.located.file
            left = other.file if taken == added.file else added.file
            importer = walk.reached[addition.importer]
            yield warning(
                "two-copies",
                f"there are two copies of `{name}`, and which one is imported is decided when the program runs",
                where=_where(importer, addition.line),
                notes=(f"the binary holds `{taken}`", f"it does not hold `{left}`"),
                hint="add the folder to `sys.path` unconditionally at the top of the file, or remove a copy",
            )


def _without(search_path: Sequence[Path], addition: AddedFolder) -> list[Path]:
    """The search path without a folder that is added: the last of its name if that comes at the end, else the first."""
    folders = list(search_path if addition.position is not None else reversed(search_path))
    if addition.folder in folders:
        folders.remove(addition.folder)
    return folders if addition.position is not None else folders[::-1]


def missing_modules(
    walk: Walk, excluded: tuple[str, ...], stdlib: frozenset[str] = frozenset()
) -> Iterator[Diagnostic]:
    """Imports that found nothing: a warning for all of the app's own code, and those of libraries that must happen.

    `stdlib`: top-level names of the standard library, of which a Python may lack some.
    """
    every = first_edges(walk.edges)
    firm = first_edges(edge for edge in walk.edges if edge.binding in _FIRM and not _is_observed(edge))
    # `try: import x`, and later, if that went well, `from x import y`.
    guarded = {(edge.importer, edge.imported.partition(".")[0]) for edge in walk.edges if edge.binding is _GUARDED}
    found: dict[str, Diagnostic] = {}
    for edge in walk.edges:
        if not _is_missing(walk, edge, excluded):
            continue
        importer = walk.reached.get(edge.importer) if edge.importer else None
        if importer is None or importer.origin.is_stdlib:
            continue  # the standard library does without modules of other platforms
        is_guarded = (edge.importer, edge.imported.partition(".")[0]) in guarded
        is_certain = importer.name in firm and edge.binding in _CERTAIN and not is_guarded
        is_own = importer.origin.is_own
        maker = _maker(walk, edge.imported)
        if maker is not None:
            text = f"`{edge.imported}` is made by `{maker.name}` when the program runs"
            found.setdefault(edge.imported, _detail("made-module", text, _where(importer, edge.line), ()))
        elif is_certain or is_own:
            known = found.get(edge.imported, _NOTHING)
            if known.severity is not Severity.WARNING or (is_certain and is_own and not known.is_urgent):
                text, hint = _absence(importer, edge.imported, stdlib)
                found[edge.imported] = Diagnostic(
                    Severity.WARNING,
                    "missing-module",
                    text,
                    where=_where(importer, edge.line),
                    notes=(format_chain((*chain_to(every, importer.name), edge)),),
                    hint=hint,
                    is_urgent=is_certain and is_own,
                )
        elif edge.imported not in found:
            text = f"`{edge.imported}`, which is optional, is not installed"
            notes = (format_chain((*chain_to(every, importer.name), edge)),)
            found[edge.imported] = _detail("optional-module", text, _where(importer, edge.line), notes)
    yield from found.values()


def _maker(walk: Walk, missing: str) -> Reached | None:
    """The plain module below which a missing one is, if that imports in a way of its own: copies of six do, for `six.moves`."""
    name = missing
    while name := name.rpartition(".")[0]:
        module = walk.reached.get(name)
        if module is not None:
            is_plain = module.located is not None and not module.located.folders
            return module if is_plain and module.has_any(IMPORTING) else None
    return None


def _absence(importer: Reached, imported: str, stdlib: frozenset[str]) -> tuple[str, str]:
    """The text for an import that finds nothing, and the hint that says how to go on."""
    level = len(imported) - len(imported.lstrip("."))
    if level and importer.name == "__main__" and importer.located is not None:
        folder, module = module_at(importer.located.file, level)
        text = f"`{imported}` cannot be imported: a script belongs to no package"
        return text, f"bundle it as a module, with `-m {module}`{in_folder(folder)}"
    hint = f"or pass `--exclude-module {imported}` if the program does not need it"
    text = f"`{imported}` was not found"
    if imported.partition(".")[0] in stdlib:
        package = "the system's package that brings it, such as `python3-tk` for `tkinter`"
        return text, f"the target Python lacks this part of the standard library: install {package}, {hint}"
    return text, f"install it in the environment of the target Python, {hint}"


def left_out(walk: Walk) -> Iterator[Diagnostic]:
    """Modules that are installed and that the program is believed to do without."""
    every = first_edges(walk.edges)
    for edge in walk.left_out:
        name = edge.imported
        if name not in walk.reached:
            notes = (format_chain((*chain_to(every, edge.importer), edge)),)
            where = _where(walk.reached[edge.importer], edge.line)
            yield _detail("left-out", f"`{name}` is left out: it is optional", where, notes, f"--hidden-import {name}")


def computed_imports(walk: Walk, *, has_hidden_imports: bool = False) -> Iterator[Diagnostic]:
    """Imports whose name only the running program knows; in the app's own code worth a note, until it names modules."""
    for name, lines in walk.unresolved.items():
        module = walk.reached[name]
        is_note = module.origin.is_own and name not in walk.runtime_hooks and not has_hidden_imports
        for line in lines:
            text = "the name of an imported module is computed"
            hint = "name the modules that it may be with `--hidden-import MODULE`"
            severity = Severity.NOTE if is_note else Severity.DETAIL
            yield Diagnostic(severity, "computed-import", text, _where(module, line), hint=hint)


_GUARDED = Binding.OPTIONAL
_NOTHING = Diagnostic(Severity.DETAIL, "", "")


def _detail(code: str, text: str, where: str | None, notes: tuple[str, ...], hint: str | None = None) -> Diagnostic:
    return Diagnostic(Severity.DETAIL, code, text, where, notes, hint and f"add it with `{hint}`")


def _where(module: Reached, line: int) -> str | None:
    if module.located is None:
        return None
    return f"{module.located.file}:{line}" if line else str(module.located.file)


def _is_observed(edge: Edge) -> bool:
    """True for what a compiled module was seen to import, which has no line. It may do so in vain, and go on."""
    return edge.binding is Binding.EAGER and edge.importer is not None and not edge.line


def _is_missing(walk: Walk, edge: Edge, excluded: tuple[str, ...]) -> bool:
    if edge.imported in walk.reached or edge.is_attribute or edge.binding in (Binding.RULE, Binding.HOOK):
        return False
    if edge.imported in walk.made_at_run_time or edge.importer in walk.runtime_hooks:
        return False
    if edge.imported.startswith("cython.cimports"):
        return False  # a name for Cython's compiler alone
    if any(edge.imported == name or edge.imported.startswith(name + ".") for name in excluded):
        return False
    # `import a.b` where a is no package, or one that makes b itself at run time, says nothing about b.
    parent = walk.reached.get(edge.imported.rpartition(".")[0])
    return parent is None or (parent.facts is not None and edge.imported.rpartition(".")[2] not in parent.facts.globals)
