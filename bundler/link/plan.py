"""Decides what linking will do, before anything runs."""

from __future__ import annotations

import ast
import zlib
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bundler import __version__
from bundler.analyze.graph import (
    BrokenModule,
    BuiltinModule,
    ExtensionModule,
    ModuleGraph,
    NamespacePackage,
    SourceModule,
)
from bundler.contract import bundle_constant, bundle_root, launcher_folder
from bundler.errors import Diagnostic, Severity
from bundler.freeze.image import FrozenImage
from bundler.freeze.worker.ctext import runtime_symbol
from bundler.link.carry import Bound, Carried, bind, library_rules
from bundler.link.interposed import (
    INTERPOSED_FOR_EXTENSIONS,
    INTERPOSED_FUNCTIONS,
    INTERPOSED_IN_IMAGES,
    INTERPOSED_IN_SHARED_PYTHON,
    INTERPOSED_IN_STATIC_PYTHON,
)
from bundler.link.libraries import Closure, find_closure
from bundler.link.manifest import Manifest
from bundler.link.payload import Contents, FileEntry, ImageEntry, ModuleEntry, Options, Results
from bundler.link.prelink import Prelinked, thread_local_layout
from bundler.settings import Settings
from bundler.target import Linkage, TargetPython
from bundler.target.archive import archive_symbols
from bundler.toolchain import Toolchain

# co_versions of static code start here; lower ones go to code that is made while the interpreter starts.
# So many are never made by running code, not even where their counter cannot be set (launcher/compat.h).
FIRST_VERSION = 0x40000000

# What the executable offers to extension modules; nothing that a library of the system could be bound to.
EXPORTED_PREFIXES = ("Py", "_Py")

_PYTHON_COMMAND = {None: "BUNDLE_REFUSE_PYTHON", True: "BUNDLE_PYTHON_COMMAND", False: "BUNDLE_NO_PYTHON"}


@dataclass(frozen=True, slots=True)
class LinkPlan:
    """What linking will do. To the linker what a query plan is to a database."""

    output: Path
    toolchain: Toolchain
    objects: tuple[Path, ...]
    libraries: tuple[Path | str, ...]  # the static libpython, and what it is linked with
    wrapped: tuple[str, ...]
    definitions: tuple[tuple[str, str], ...]  # symbols that the linker is given, and expressions for their values
    prelinked: Prelinked
    thread_locals: tuple[tuple[int, tuple[int, int, int]], ...]
    contents: Contents
    manifest: Manifest
    version_limits: tuple[tuple[str, str], ...]  # the newest versions that may be needed, by family
    findings: tuple[Diagnostic, ...]


def plan(image: FrozenImage, target: TargetPython, toolchain: Toolchain, settings: Settings) -> LinkPlan:
    """Find what extension modules need, give everything its place, and lay out the binary's tables."""
    graph = image.graph
    libpython = target.libpython
    is_shared = libpython.linkage is Linkage.SHARED
    closure = find_closure(
        ((m.path, m.filename) for m in graph.of_kind(ExtensionModule)),
        str(bundle_root()),
        ((library.path, library.filename) for library in graph.libraries),
        (libpython.path,) if is_shared else (),
    )
    symbols = frozenset() if is_shared else archive_symbols(libpython.path)
    exported = frozenset(name for name in symbols if name.startswith(EXPORTED_PREFIXES))
    interposed = INTERPOSED_FUNCTIONS | INTERPOSED_IN_IMAGES | INTERPOSED_FOR_EXTENSIONS
    bound = bind(closure, exported, interposed, library_rules(), INTERPOSED_IN_SHARED_PYTHON)
    prelinked = bound.prelinked
    versions, version_end = _versions(image)
    contents = Contents(
        modules=tuple(_module_entries(image)),
        files=(*_file_entries(graph), *_library_entries(bound), *_wanted_sources(graph, settings)),
        folders=(bundle_root(), *_package_folders(graph)),
        images=prelinked.images,
        carried=bound.carried,
        interposed=tuple(sorted(INTERPOSED_FUNCTIONS | INTERPOSED_FOR_EXTENSIONS)) if bound.carried else (),
        unique_count=len(prelinked.unique_symbols),
        results=Results(image.results.keys, image.results.symbol),
        options=Options(
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
        ),
        residents=tuple(image.index for image in prelinked.residents),
    )
    # What the linker takes the interpreter from; the shared library is there already, as an image.
    libraries: list[Path | str] = [] if is_shared else [libpython.path, *libpython.needs]
    return LinkPlan(
        output=settings.output or Path("dist") / graph.name,
        toolchain=toolchain,
        objects=(*(module.object_file for module in image.modules), image.results.object_file, *image.pool),
        libraries=tuple(libraries),
        wrapped=(*sorted(INTERPOSED_FUNCTIONS), *(() if is_shared else sorted(INTERPOSED_IN_STATIC_PYTHON))),
        definitions=(*versions, *_runtime_members(target)),
        prelinked=prelinked,
        thread_locals=tuple(thread_local_layout(prelinked.images).items()),
        contents=contents,
        manifest=_manifest(image, target, closure, contents),
        version_limits=tuple(settings.version_limits.items()),
        findings=tuple(_findings(bound.carried)),
    )


def _versions(image: FrozenImage) -> tuple[tuple[tuple[str, str], ...], int]:
    """A range of co_versions for each module; the linker puts them into the upper halves of 64-bit words."""
    definitions = []
    following = FIRST_VERSION
    for module in (*image.modules, image.results):
        definitions.append((module.version_symbol, f"{following << 32:#x}"))
        following += module.codes
    return tuple(definitions), following


def _runtime_members(target: TargetPython) -> Iterator[tuple[str, str]]:
    """Names for the objects inside `_PyRuntime`, by which frozen modules refer to them."""
    for offset in sorted(set(target.layout.singletons.values())):
        yield runtime_symbol(offset), f"_PyRuntime + {offset}"


def _file_entries(graph: ModuleGraph) -> Iterator[FileEntry]:
    for file in graph.data_files:
        yield FileEntry(bundle_root() / file.destination, file.source.read_bytes(), file.is_executable)
    # Programs find their plugins by listing the folders of their packages.
    carried = {bundle_root() / file.destination for file in graph.data_files}
    for module in graph.of_kind(SourceModule):
        path = PurePosixPath(module.filename)
        # A console script has no suffix, and often the name of a package.
        if path.suffix and path.is_relative_to(bundle_root()) and path not in carried:
            # Those that are empty can be read: folders that programs copy often have an empty `__init__.py`.
            yield FileEntry(path, b"", is_executable=False, is_listed_only=module.path.stat().st_size > 0)
    for broken in graph.of_kind(BrokenModule):
        yield FileEntry(PurePosixPath(broken.filename), _text_of(broken), is_executable=False)


def _text_of(broken: BrokenModule) -> bytes:
    """The source that does not compile, so that importing it tells what is wrong."""
    try:
        return broken.path.read_bytes()
    except OSError:
        return b"raise ImportError('the source could not be read when the program was bundled', name=__name__)\n"


def _package_folders(graph: ModuleGraph) -> Iterator[PurePosixPath]:
    for module in graph.modules.values():
        if isinstance(module, SourceModule | ExtensionModule | BrokenModule) and module.is_package:
            yield PurePosixPath(module.filename).parent
    for namespace in graph.of_kind(NamespacePackage):
        yield PurePosixPath(namespace.folder)


def _python_command(graph: ModuleGraph, settings: Settings) -> bool | None:
    """What the user says; else that it is Python if a module of the program relies on that."""
    return True if settings.python_command is None and graph.starts_python else settings.python_command


def _wanted_sources(graph: ModuleGraph, settings: Settings) -> Iterable[FileEntry]:
    return _sources(graph) if settings.with_source or graph.reads_every_source else ()


def _sources(graph: ModuleGraph) -> Iterator[FileEntry]:
    """The sources of frozen modules, compressed: for tracebacks and for `inspect`."""
    folders = set(_package_folders(graph))
    for module in graph.of_kind(SourceModule):
        path = PurePosixPath(module.filename)
        # The interpreter's own bootstrap has none; a console script may have the name of a package.
        if path.is_absolute() and path not in folders:
            content = module.path.read_bytes()
            packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
            packed = packer.compress(content) + packer.flush()
            yield FileEntry(path, content, is_executable=False, packed=packed if len(packed) < len(content) else b"")


def _library_entries(bound: Bound) -> Iterator[FileEntry | ImageEntry]:
    for image in bound.prelinked.images:
        yield ImageEntry(PurePosixPath(image.path), len(image.object.data))
    for carried in bound.carried:
        yield FileEntry(PurePosixPath(carried.library.path), carried.content, is_executable=False)


def _findings(carried: Iterable[Carried]) -> Iterator[Diagnostic]:
    """Each library that is not prelinked, and why."""
    for each in carried:
        yield Diagnostic(
            Severity.NOTE,
            "carried-library",
            f"`{each.library.object.path.name}` is carried as a file and loaded from memory: it {each.reason}",
        )


def _adapted_names() -> frozenset[str]:
    """Modules that launcher/interpreter/adapt.py changes, with underscores for dots: the names of its functions."""
    tree = ast.parse((launcher_folder() / "interpreter" / "adapt.py").read_bytes())
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def _module_entries(image: FrozenImage) -> Iterator[ModuleEntry]:
    constant = bundle_constant
    symbols = {module.name: module.symbol for module in image.modules}
    graph = image.graph
    files = {module.name: module.filename for module in graph.of_kind(SourceModule)}
    packages = {module.name for module in graph.of_kind(SourceModule) if module.is_package}
    if graph.main_module and graph.main_module not in graph.modules:
        # What runs as `__main__` can be imported by its own name too.
        symbols[graph.main_module] = symbols["__main__"]
        files[graph.main_module] = files["__main__"]
    adapted = _adapted_names()
    for name, symbol in symbols.items():
        # The interpreter's own bootstrap has no file: its code is named "<frozen importlib._bootstrap>".
        path = files.get(name, "<")
        kind = constant("BUNDLE_ADAPTED" if name.replace(".", "_") in adapted else "BUNDLE_FROZEN")
        yield ModuleEntry(name, None if path.startswith("<") else path, symbol, kind, name in packages)
    for extension in graph.of_kind(ExtensionModule):
        yield ModuleEntry(extension.name, extension.filename, None, constant("BUNDLE_EXTENSION"), extension.is_package)
    for broken in graph.of_kind(BrokenModule):
        yield ModuleEntry(broken.name, broken.filename, None, constant("BUNDLE_BROKEN"), broken.is_package)
    for namespace in graph.of_kind(NamespacePackage):
        yield ModuleEntry(namespace.name, namespace.folder, None, constant("BUNDLE_NAMESPACE"), is_package=True)


def _manifest(image: FrozenImage, target: TargetPython, closure: Closure, contents: Contents) -> Manifest:
    graph = image.graph
    frozen = {module.name for module in image.modules}
    others = (ExtensionModule, BuiltinModule, NamespacePackage, BrokenModule)
    extensions = {module.filename for module in graph.of_kind(ExtensionModule)}
    carried = {each.library.path for each in contents.carried}
    libraries = {library.path for library in closure.libraries}
    modules = {PurePosixPath(module.filename) for module in graph.of_kind(SourceModule)}
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
            name for name, module in graph.modules.items() if name not in frozen and not isinstance(module, others)
        ),
        libraries=tuple(sorted(libraries - extensions - carried)),
        carried=tuple((each.library.path, each.reason) for each in contents.carried),
        data_files=tuple(
            (_relative(file.path, root), len(file.content))
            for file in contents.files
            if isinstance(file, FileEntry) and not _is_of_module(file, modules) and str(file.path) not in libraries
        ),
        distributions=tuple((d.name, d.version) for d in graph.distributions),
        left_out=tuple((edge.imported, edge.importer) for edge in graph.left_out),
        thread_local_bytes=sum(size for _, size, _ in thread_local_layout(contents.images).values()),
        symbol_versions=tuple(
            (library.path, tuple(f"{file}:{version}" for file, version in library.object.needed_versions))
            for library in closure.libraries
        ),
    )


def _is_of_module(file: FileEntry, modules: Container[PurePosixPath]) -> bool:
    """Is it there only because a module would have it? `modules`: the files of all modules."""
    return file.is_listed_only or (file.path in modules and not file.content)


def _relative(path: PurePosixPath, root: PurePosixPath) -> str:
    return str(path.relative_to(root))
