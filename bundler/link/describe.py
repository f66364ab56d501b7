"""Makes the manifest: what a binary says about itself. Verb: `describe`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from bundler import __version__
from bundler.analyze.graph import BrokenModule, BuiltinModule, ExtensionModule, NamespacePackage
from bundler.contract import bundle_root
from bundler.freeze.image import FrozenImage
from bundler.glibc import StaticLibrary
from bundler.link.contents import Contents, FileEntry, InlineFile
from bundler.link.manifest import Manifest, SymbolVersions, by_version
from bundler.link.objects import Closure, Placement, SystemSymbol, SystemThreadLocal
from bundler.target import TargetPython


def describe(
    image: FrozenImage, closure: Closure, contents: Contents, static: StaticLibrary | None, target: TargetPython
) -> Manifest:
    """The manifest of a binary with these contents. `static`: the C library that is linked into it, if one is."""
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


def _symbol_versions(libraries: Placement) -> Iterator[tuple[str, SymbolVersions]]:
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
