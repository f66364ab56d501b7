"""Decides what linking will do, before anything runs. Verb: `plan`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bundler.analyze.graph import ModuleGraph
from bundler.contract import bundle_constant, bundle_root
from bundler.elf import archive_symbols, undefined_symbols
from bundler.freeze.image import FrozenImage
from bundler.freeze.worker.ctext import runtime_symbol
from bundler.glibc import StaticLibrary
from bundler.link.contents import Contents, InterpreterConfig, PrecompiledTable
from bundler.link.describe import describe
from bundler.link.endings import ending_visibly
from bundler.link.entries import file_entries, module_entries, package_folders
from bundler.link.findings import library_findings
from bundler.link.gather import gather, needed_libraries
from bundler.link.interposed import (
    INTERPOSED_FOR_EXTENSIONS,
    INTERPOSED_FUNCTIONS,
    INTERPOSED_IN_STATIC_LIBC,
    INTERPOSED_IN_STATIC_PYTHON,
)
from bundler.link.model import LinkPlan, ObjectFile
from bundler.link.static import plan_static
from bundler.settings import Settings
from bundler.target import Linkage, TargetPython

# co_versions of static code start here; lower ones go to code that is made while the interpreter starts.
# Running code never makes so many, not even where their counter cannot be set (launcher/compat/).
FIRST_VERSION = 0x40000000

_PYTHON_COMMAND = {None: "BUNDLE_SELF_EXEC_ERROR", True: "BUNDLE_SELF_EXEC_PYTHON", False: "BUNDLE_SELF_EXEC_PROGRAM"}


def plan(
    image: FrozenImage,
    target: TargetPython,
    settings: Settings,
    *,
    static: StaticLibrary | None = None,
    has_snapshot: bool = False,
) -> LinkPlan:
    """Find the libraries that extension modules need, bind them, and list what the binary will hold.

    Reads libraries; of other files only their sizes. `static`: the C library that is to be linked into the executable;
    None: it is the system's. `has_snapshot`: the executable has a section for one. BundleError when the program
    cannot do with a static C library.
    """
    graph = image.graph
    libpython = target.libpython
    is_static = static is not None
    closure, offer, placement = gather(graph, static, target, settings)
    versions, version_end = _versions(image)
    contents = Contents(
        modules=tuple(module_entries(image, target.early_modules)),
        files=file_entries(image, closure, placement, settings, target.system if is_static else None),
        folders=(bundle_root(), *package_folders(image)),
        libraries=placement,
        ending_visibly=ending_visibly(graph, closure),
        interposed=tuple(sorted(INTERPOSED_FUNCTIONS | INTERPOSED_FOR_EXTENSIONS)) if placement.carried else (),
        has_snapshot=has_snapshot,
        precompiled=PrecompiledTable(image.precompiled.keys, image.precompiled.symbol),
        config=_config(graph, version_end, target, settings, is_static=is_static),
    )
    # A shared libpython is prelinked, with what it needs.
    embedded = needed_libraries(target)
    is_archive = libpython.linkage is Linkage.STATIC
    others = [option for option in libpython.needs if option not in embedded]
    return LinkPlan(
        output=settings.output_for(graph.name),
        machine=target.machine,
        linkage=libpython.linkage,
        floor=offer.floor,
        static=plan_static(static, libpython, closure, offer, graph.modules) if static is not None else None,
        objects=(
            *(ObjectFile(module.object_file, module.name) for module in image.modules),
            ObjectFile(image.precompiled.object_file),
            *map(ObjectFile, image.pool),
        ),
        libraries=(libpython.path, *others) if is_archive else (),
        resident_names=_taken(libpython.path) if embedded else frozenset(),
        wrapped=tuple(_wrapped(libpython.linkage, is_static=is_static)),
        definitions=(*versions, *_runtime_members(target)),
        contents=contents,
        manifest=describe(image, closure, contents, static, target),
        version_limits=tuple(settings.version_limits.items()),
        findings=tuple(library_findings(closure, placement, graph, is_static=is_static)),
    )


def snapshot_obstacle(target: TargetPython, settings: Settings) -> str:
    """Return why the program is not to be recorded, whatever it is; "" if it is to be."""
    if settings.snapshot == "no":
        return "`--snapshot no` asks for none"
    if settings.static:
        return "a binary that is built with `--static` has none"
    if not settings.run:
        return "with `--no-run` no code of the program is run when it is built"
    if not (target.system.is_own or target.machine.emulated_processor):
        return f"programs for {target.machine.name} are recorded on a machine of that kind only"
    return ""


def _config(
    graph: ModuleGraph, version_end: int, target: TargetPython, settings: Settings, *, is_static: bool
) -> InterpreterConfig:
    """The interpreter's configuration. `version_end`: the co_version behind those of static code."""
    # Without a setting, a module of the program that starts `sys.executable` as Python decides.
    is_told_by_graph = settings.python_command is None and graph.starts_python
    return InterpreterConfig(
        optimize=settings.optimize,
        utf8_mode=settings.utf8,
        site_builtins=graph.site_builtins,
        main_module=graph.main_module,
        runtime_hooks=graph.runtime_hooks,
        version_end=version_end,
        platlibdir=target.platlibdir,
        warnings=settings.warnings,
        x_options=settings.x_options,
        python_command=bundle_constant(_PYTHON_COMMAND[True if is_told_by_graph else settings.python_command]),
        is_static=is_static,
    )


def _wrapped(linkage: Linkage, *, is_static: bool) -> Iterator[str]:
    """The functions whose calls the linker sends to the launcher."""
    yield from sorted(INTERPOSED_FUNCTIONS)
    if linkage is Linkage.STATIC:
        yield from sorted(INTERPOSED_IN_STATIC_PYTHON)
    if is_static:
        yield from sorted(INTERPOSED_IN_STATIC_LIBC)


def _taken(archive: Path) -> frozenset[str]:
    """The symbols that a static library takes from others."""
    return undefined_symbols(archive) - archive_symbols(archive)


def _versions(image: FrozenImage) -> tuple[tuple[tuple[str, str], ...], int]:
    """A range of co_versions for each module; the linker puts them into the upper halves of 64-bit words."""
    definitions = []
    following = FIRST_VERSION
    for module in (*image.modules, image.precompiled):
        definitions.append((module.version_symbol, f"{following << 32:#x}"))
        following += module.codes
    return tuple(definitions), following


def _runtime_members(target: TargetPython) -> Iterator[tuple[str, str]]:
    """Names for the objects inside `_PyRuntime`, by which frozen modules refer to them."""
    for offset in sorted(set(target.layout.singletons.values())):
        yield runtime_symbol(offset), f"_PyRuntime + {offset}"
