"""Lists the contents of a binary: a row for each module, each file and each folder. Reads no data files, only their sizes."""

from __future__ import annotations

import ast
import os
from collections.abc import Container, Iterable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from bundler.analyze.graph import BrokenModule, ExtensionModule, ModuleGraph, NamespacePackage, SourceModule
from bundler.contract import bundle_constant, bundle_root, launcher_folder
from bundler.freeze.image import FrozenImage
from bundler.link.contents import CarriedFile, Entry, FileEntry, InlineFile, ListedModule, ModuleEntry, PrelinkedFile
from bundler.link.objects import Closure, Placement
from bundler.link.static import static_files
from bundler.settings import Settings
from bundler.target import System


def module_entries(image: FrozenImage, early: frozenset[str]) -> Iterator[ModuleEntry]:
    """The rows of the module table. `early`: modules that Python has before it searches any folder."""
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


def _adapted_names() -> frozenset[str]:
    """The modules of the standard library that launcher/interpreter/adapt.py changes: the keys of its table."""
    tree = ast.parse((launcher_folder() / "interpreter" / "adapt.py").read_bytes())
    for node in tree.body:
        match node:
            case ast.Assign([ast.Name("ADAPTATIONS")], ast.Dict(keys)):
                return frozenset(ast.literal_eval(key) for key in keys if key is not None)
    raise AssertionError("adapt.py has no table")


def file_entries(
    image: FrozenImage, closure: Closure, placement: Placement, settings: Settings, static: System | None
) -> tuple[Entry, ...]:
    """All files of the binary: data, libraries, and the sources that it carries.

    `static`: the system whose C library is linked in; None: it has a dynamic linker.
    """
    return _each_once(
        (
            *_data_entries(image),
            *_library_entries(placement, _brought(closure, image.graph)),
            *_wanted_sources(image, settings),
            *(static_files(static) if static is not None else ()),
        )
    )


def package_folders(image: FrozenImage) -> Iterator[PurePosixPath]:
    """The folders of packages: they are there even where nothing in them is a file."""
    graph = image.graph
    for module in graph.modules.values():
        if isinstance(module, SourceModule | ExtensionModule | BrokenModule) and module.is_package:
            yield PurePosixPath(module.filename).parent
    for namespace in graph.of_kind(NamespacePackage):
        yield PurePosixPath(namespace.folder)


def _each_once(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The entries; of those with the same path, the last."""
    found: dict[PurePosixPath, Entry] = {}
    for entry in entries:
        found.pop(entry.path, None)
        found[entry.path] = entry
    return tuple(found.values())


def _data_entries(image: FrozenImage) -> Iterator[Entry]:
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


def _wanted_sources(image: FrozenImage, settings: Settings) -> Iterable[FileEntry]:
    if settings.with_source or image.graph.reads_every_source:
        return source_entries(image, image.sources)
    own = [module for module in image.sources if module.origin.is_own]
    return source_entries(image, own) if image.graph.reads_own_sources else ()


def source_entries(image: FrozenImage, modules: Iterable[SourceModule]) -> Iterator[FileEntry]:
    """The sources of frozen modules, compressed: for tracebacks and for `inspect`."""
    folders = set(package_folders(image))
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
