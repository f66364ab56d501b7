"""Decides what linking will do, before anything runs."""

from __future__ import annotations

import ast
import os
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from bundler import __version__
from bundler.analyze.graph import (
    Binding,
    BrokenModule,
    BuiltinModule,
    ExtensionModule,
    ModuleGraph,
    NamespacePackage,
    OpenedLibrary,
    SourceModule,
)
from bundler.contract import bundle_constant, bundle_root, launcher_folder
from bundler.elf import archive_symbols, undefined_symbols
from bundler.errors import Diagnostic, Severity
from bundler.freeze.image import FrozenImage
from bundler.freeze.worker.ctext import runtime_symbol
from bundler.glibc import Floor, StaticLibrary, polyfill_names, read_floor
from bundler.link.contents import (
    CarriedFile,
    Contents,
    Entry,
    FileEntry,
    InlineFile,
    InterpreterConfig,
    ListedModule,
    ModuleEntry,
    PrecompiledTable,
    PrelinkedFile,
)
from bundler.link.endings import ending_visibly
from bundler.link.interposed import (
    INTERPOSED_FOR_EXTENSIONS,
    INTERPOSED_FUNCTIONS,
    INTERPOSED_IN_OBJECTS,
    INTERPOSED_IN_SHARED_PYTHON,
    INTERPOSED_IN_STATIC_LIBC,
    INTERPOSED_IN_STATIC_PYTHON,
)
from bundler.link.libraries import LINKED_SYSTEM_LIBRARIES, RUNTIMES, find_closure, linked_library, system_libraries
from bundler.link.manifest import Manifest, by_version
from bundler.link.model import LinkPlan, ObjectFile
from bundler.link.objects import CarriedLibrary, Closure, Offer, Placement, SystemSymbol, SystemThreadLocal
from bundler.link.place import library_rules, place
from bundler.link.script import EXPORTED_PREFIXES
from bundler.link.static import check_static, lacking_functions, plan_static, static_files
from bundler.settings import Settings
from bundler.target import Linkage, TargetPython

# co_versions of static code start here; lower ones go to code that is made while the interpreter starts.
# Running code never makes so many, not even where their counter cannot be set (launcher/compat.h).
FIRST_VERSION = 0x40000000

_PYTHON_COMMAND = {None: "BUNDLE_SELF_EXEC_ERROR", True: "BUNDLE_SELF_EXEC_PYTHON", False: "BUNDLE_SELF_EXEC_PROGRAM"}


def plan(
    image: FrozenImage,
    target: TargetPython,
    settings: Settings,
    static: StaticLibrary | None = None,
    *,
    places_sections: bool = True,
) -> LinkPlan:
    """Find the libraries that extension modules need, bind them, and list what the binary will hold.

    Reads libraries; of other files only their sizes. `static`: the C library that is to be linked into the executable;
    None: it is the system's. `places_sections`: the linker can make the section of a snapshot. BundleError when the program
    cannot do with a static C library.
    """
    graph = image.graph
    libpython = target.libpython
    is_shared = libpython.linkage is Linkage.SHARED
    closure, offer, placement = _placed(graph, target, settings, static)
    versions, version_end = _versions(image)
    contents = Contents(
        modules=tuple(_module_entries(image, target.early_modules)),
        files=_each_once(
            (
                *_file_entries(image),
                *_library_entries(placement, _brought(closure, graph)),
                *_wanted_sources(image, settings),
                *(static_files() if static is not None else ()),
            )
        ),
        folders=(bundle_root(), *_package_folders(image)),
        libraries=placement,
        ending_visibly=ending_visibly(graph, closure),
        interposed=tuple(sorted(INTERPOSED_FUNCTIONS | INTERPOSED_FOR_EXTENSIONS)) if placement.carried else (),
        has_snapshot=settings.snapshot != "no"
        and settings.run
        and not settings.static
        and places_sections
        and target.machine.has_snapshots
        and (target.system.is_own or target.machine.emulated_processor != ""),
        precompiled=PrecompiledTable(image.precompiled.keys, image.precompiled.symbol),
        config=InterpreterConfig(
            optimize=settings.optimize,
            utf8_mode=settings.utf8,
            site_builtins=graph.site_builtins,
            main_module=graph.main_module,
            runtime_hooks=graph.runtime_hooks,
            version_end=version_end,
            platlibdir=target.platlibdir,
            warnings=settings.warnings,
            x_options=settings.x_options,
            python_command=bundle_constant(_PYTHON_COMMAND[_python_command(graph, settings)]),
            is_static=static is not None,
        ),
    )
    # The archive with the interpreter, and what it needs; a shared library is prelinked instead.
    embedded = _needed_libraries(target)
    others = [option for option in libpython.needs if option not in embedded]
    libraries: list[Path | str] = [] if is_shared else [libpython.path, *others]
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
        libraries=tuple(libraries),
        resident_names=_taken(libpython.path) if embedded else frozenset(),
        wrapped=tuple(
            name
            for group, is_called in (
                (INTERPOSED_FUNCTIONS, True),
                (INTERPOSED_IN_STATIC_PYTHON, not is_shared),
                (INTERPOSED_IN_STATIC_LIBC, static is not None),
            )
            for name in sorted(group)
            if is_called
        ),
        definitions=(*versions, *_runtime_members(target)),
        contents=contents,
        manifest=_manifest(image, target, closure, contents, static),
        version_limits=tuple(settings.version_limits.items()),
        findings=(
            *_missing(closure, graph, is_static=static is not None),
            *_carried(placement.carried),
            *_runtimes(closure, placement),
            *(lacking_functions(closure, placement) if static is not None else ()),
        ),
    )


def _placed(
    graph: ModuleGraph, target: TargetPython, settings: Settings, static: StaticLibrary | None
) -> tuple[Closure, Offer, Placement]:
    """The libraries of the binary, what they get from the executable and the C library, and how they are carried."""
    libpython = target.libpython
    is_shared = libpython.linkage is Linkage.SHARED
    roots: list[ExtensionModule | OpenedLibrary] = [*graph.of_kind(ExtensionModule), *graph.libraries]
    embedded = _needed_libraries(target)
    symbols = frozenset() if is_shared else archive_symbols(libpython.path)
    exported = frozenset(name for name in symbols if name.startswith(EXPORTED_PREFIXES))

    def placed(left_to_system: frozenset[str]) -> tuple[Closure, Offer, Placement]:
        closure = find_closure(
            ((each.path, each.filename) for each in roots),
            str(bundle_root()),
            target.machine,
            target.system,
            linked=(libpython.path,) if is_shared else embedded.values(),
            opened=graph.library_names,
            library_folders=settings.library_folders,
            left_to_system=left_to_system,
            is_static=static is not None,
        )
        offer = Offer(
            exported=exported,
            interposed=INTERPOSED_FUNCTIONS | INTERPOSED_IN_OBJECTS,
            for_extensions=INTERPOSED_FOR_EXTENSIONS,
            detoured=INTERPOSED_IN_SHARED_PYTHON,
            floor=_floor(settings, closure) if static is None else None,
            static=static,
        )
        return closure, offer, place(closure, offer, library_rules())

    found = placed(frozenset())
    if static is not None:
        check_static(found[0], found[2])
    elif any(each.library.object.name in RUNTIMES for each in found[2].carried):
        # The dynamic linker brings the system's for a library that it loads; there must be one of them only.
        found = placed(RUNTIMES)
    return found


def _needed_libraries(target: TargetPython) -> Mapping[str, Path]:
    """The shared libraries that a static libpython is linked with, by the options of its Makefile; without the C library.

    They become part of the binary as a shared libpython does, so that it counts on no library of the user's system.
    """
    if target.libpython.linkage is Linkage.SHARED:
        return {}
    known = system_libraries(target.machine, target.system)
    found = ((option, linked_library(option, known)) for option in target.libpython.needs)
    return {option: path for option, path in found if path is not None}


def _taken(archive: Path) -> frozenset[str]:
    """The symbols that a static library takes from others."""
    return undefined_symbols(archive) - archive_symbols(archive)


def _floor(settings: Settings, closure: Closure) -> Floor | None:
    """The C library of the oldest system that the binary is to run on; None: one like this machine's."""
    if settings.glibc_floor is None:
        return None
    libraries = {name: closure.system[name] for name in LINKED_SYSTEM_LIBRARIES if name in closure.system}
    return read_floor(settings.glibc_floor, libraries, polyfill_names())


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


def _file_entries(image: FrozenImage) -> Iterator[Entry]:
    for file in image.graph.data_files:
        yield FileEntry(
            bundle_root() / file.destination,
            file.source,
            file.source.stat().st_size if file.content is None else len(file.content),
            is_executable=file.is_executable,
            origin=file.origin,
            content=file.content,
        )
    # Programs find their plugins by listing the folders of their packages.
    carried = {bundle_root() / file.destination for file in image.graph.data_files}
    for module in image.sources:
        path = PurePosixPath(module.filename)
        # A console script has no suffix, and often the name of a package.
        if module.has_file and path.suffix and path not in carried:
            # An empty one can be read: folders that programs copy often have an empty `__init__.py`.
            yield ListedModule(path) if module.path.stat().st_size else InlineFile(path, b"")
    for broken in image.broken:
        yield _broken_source(broken)


def _broken_source(broken: BrokenModule) -> Entry:
    """The source of a module that does not compile: importing it in the binary shows the error."""
    path = PurePosixPath(broken.filename)
    if os.access(broken.path, os.R_OK):
        return FileEntry(path, broken.path, broken.path.stat().st_size)
    return InlineFile(
        path, b"raise ImportError('the source could not be read when the program was bundled', name=__name__)\n"
    )


def _each_once(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The entries; of those with the same path, the last."""
    found: dict[PurePosixPath, Entry] = {}
    for entry in entries:
        found.pop(entry.path, None)
        found[entry.path] = entry
    return tuple(found.values())


def _package_folders(image: FrozenImage) -> Iterator[PurePosixPath]:
    graph = image.graph
    for module in graph.modules.values():
        if isinstance(module, SourceModule | ExtensionModule | BrokenModule) and module.is_package:
            yield PurePosixPath(module.filename).parent
    for namespace in graph.of_kind(NamespacePackage):
        yield PurePosixPath(namespace.folder)


def _python_command(graph: ModuleGraph, settings: Settings) -> bool | None:
    """The user's setting; without one, True if a module of the program starts `sys.executable` as Python."""
    return True if settings.python_command is None and graph.starts_python else settings.python_command


def _wanted_sources(image: FrozenImage, settings: Settings) -> Iterable[FileEntry]:
    if settings.with_source or image.graph.reads_every_source:
        return source_entries(image, image.sources)
    own = [module for module in image.sources if module.origin.is_own]
    return source_entries(image, own) if image.graph.reads_own_sources else ()


def source_entries(image: FrozenImage, modules: Iterable[SourceModule]) -> Iterator[FileEntry]:
    """The sources of frozen modules, compressed: for tracebacks and for `inspect`."""
    folders = set(_package_folders(image))
    for module in modules:
        path = PurePosixPath(module.filename)
        # A console script may have the name of a package.
        if module.has_file and path not in folders:
            yield FileEntry(path, module.path, module.path.stat().st_size, is_packed=True, origin=module.origin)


def _library_entries(libraries: Placement, brought: Container[str]) -> Iterator[Entry]:
    for dso in libraries.prelinked.objects:
        yield PrelinkedFile(PurePosixPath(dso.path), dso, is_readable=dso.path in brought)
    for carried in libraries.carried:
        yield CarriedFile(PurePosixPath(carried.library.path), carried)


def _brought(closure: Closure, graph: ModuleGraph) -> frozenset[str]:
    """Paths of the libraries that the app or a distribution brings, and which lie where they do in Python.

    Programs read such files: Qt looks into plug-ins before it opens them, others hash or copy their own libraries. Where those of
    Python and of the system lie is not known to programs; and of these, a third may be information for debuggers.
    """
    of_python = {module.filename for module in graph.of_kind(ExtensionModule) if module.origin.is_stdlib}
    return frozenset(each.path for each in closure.libraries if each.keeps_place and each.path not in of_python)


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
            hint="install it on this machine: it becomes part of the binary",
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
            hint="install them on this machine, and they become part of the binary",
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
            f"`{'` and `'.join(names)}` stay the system's, for the dynamic linker brings them for `{'`, `'.join(first)}`{more}",
            hint="the binary runs only where they are installed, and not older than what it needs of them (`bundle inspect`)",
        )


def _adapted_names() -> frozenset[str]:
    """The modules of the standard library that launcher/interpreter/adapt.py changes: the keys of its table."""
    tree = ast.parse((launcher_folder() / "interpreter" / "adapt.py").read_bytes())
    for node in tree.body:
        match node:
            case ast.Assign([ast.Name("ADAPTATIONS")], ast.Dict(keys)):
                return frozenset(ast.literal_eval(key) for key in keys if key is not None)
    raise AssertionError("adapt.py has no table")


def _module_entries(image: FrozenImage, early: frozenset[str]) -> Iterator[ModuleEntry]:
    constant = bundle_constant
    graph = image.graph
    adapted = _adapted_names()
    for module in image.modules:
        source = module.source
        is_adapted = source.origin.is_stdlib and source.name in adapted
        kind = constant("BUNDLE_ADAPTED" if is_adapted else "BUNDLE_FROZEN")
        path = source.filename if source.has_file else None
        is_stdlib = source.origin.is_stdlib
        is_early = is_stdlib and source.name.partition(".")[0] in early
        row = ModuleEntry(source.name, path, module.symbol, kind, source.is_package, is_stdlib, is_early)
        yield row
        if source.name == "__main__" and graph.main_module and graph.main_module not in graph.modules:
            # The module that runs as `__main__` can be imported by its own name too.
            yield replace(row, name=graph.main_module)
    for extension in graph.of_kind(ExtensionModule):
        kind = constant("BUNDLE_EXTENSION")
        is_stdlib = extension.origin.is_stdlib
        yield ModuleEntry(extension.name, extension.filename, None, kind, extension.is_package, is_stdlib)
    for broken in image.broken:
        yield ModuleEntry(broken.name, broken.filename, None, constant("BUNDLE_BROKEN"), broken.is_package)
    for namespace in graph.of_kind(NamespacePackage):
        yield ModuleEntry(namespace.name, namespace.folder, None, constant("BUNDLE_NAMESPACE"), is_package=True)


def _manifest(
    image: FrozenImage, target: TargetPython, closure: Closure, contents: Contents, static: StaticLibrary | None
) -> Manifest:
    graph = image.graph
    frozen = {module.name for module in image.modules}
    others = (ExtensionModule, BuiltinModule, NamespacePackage, BrokenModule)
    extensions = {module.filename for module in graph.of_kind(ExtensionModule)}
    carried = {each.library.path for each in contents.libraries.carried}
    libraries = {library.path for library in closure.libraries}
    modules = {PurePosixPath(module.filename) for module in image.sources}
    broken = {module.name for module in image.broken}
    root = bundle_root()
    return Manifest(
        name=graph.name,
        python=target.version_text,
        bundler=__version__,
        frozen=tuple(sorted(frozen)),
        extensions=tuple(m.name for m in graph.of_kind(ExtensionModule) if m.filename not in carried),
        builtin=tuple(module.name for module in graph.of_kind(BuiltinModule)),
        namespaces=tuple(module.name for module in graph.of_kind(NamespacePackage)),
        other=tuple(
            name
            for name, module in graph.modules.items()
            if name not in frozen and name not in broken and not isinstance(module, others)
        ),
        libraries=tuple(sorted(libraries - extensions - carried)),
        carried=tuple((each.library.path, each.reason) for each in contents.libraries.carried),
        data_files=tuple(
            (_relative(file.path, root), file.size)
            for file in contents.files
            # An empty module can be read, but is no data file.
            if isinstance(file, FileEntry | InlineFile) and (file.size or file.path not in modules)
        ),
        distributions=tuple((d.name, d.version) for d in graph.distributions),
        left_out=tuple((edge.imported, edge.importer) for edge in graph.left_out),
        thread_local_bytes=sum(block.size for block in contents.libraries.prelinked.thread_locals),
        symbol_versions=tuple(sorted(_symbol_versions(contents.libraries))) if static is None else (),
        static_glibc=static.version if static is not None else "",
    )


def _symbol_versions(libraries: Placement) -> Iterator[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]]]:
    """The symbols that each library needs of those of the system when it is loaded, by version.

    It does without weak ones. A prelinked object's other symbols are bound to the executable, which needs them from its
    start.
    """
    for dso in libraries.prelinked.objects:
        targets = (fixup.target for fixup in dso.fixups)
        asked = (each for each in targets if isinstance(each, SystemSymbol | SystemThreadLocal))
        needed = (each for each in asked if isinstance(each, SystemThreadLocal) or not each.is_weak)
        yield dso.path, by_version((each.name, each.version) for each in needed)
    for carried in libraries.carried:
        yield carried.library.path, by_version(carried.library.object.undefined_versions())


def _relative(path: PurePosixPath, root: PurePosixPath) -> str:
    return str(path.relative_to(root))
