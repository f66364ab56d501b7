"""Makes the launcher's tables, through the declarations of `launcher/bundle.h` themselves.

A pointer in a table refers to something in the payload, or to a symbol of the executable; it stays a `Reference` until
the executable is linked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import PurePosixPath

from bundler.contract import Struct, bundle_constant, bundle_ffi, bundle_root
from bundler.elf import SegmentType, Tag
from bundler.link import relocated
from bundler.link.contents import (
    Contents,
    Entry,
    FileEntry,
    InterpreterConfig,
    ListedModule,
    ModuleEntry,
    PrecompiledTable,
    PrelinkedFile,
)
from bundler.link.interposed import interposer
from bundler.link.model import StoredDelta, StoredFile, StoredObject, StoredPart, Tables
from bundler.link.objects import (
    CarriedLibrary,
    IndirectFunction,
    PrelinkedObject,
    SystemSymbol,
    SystemThreadLocal,
    UniqueSymbol,
)
from bundler.link.script import SNAPSHOT_SYMBOL
from bundler.link.table_writer import TableWriter


def head_size() -> int:
    """Bytes of `struct bundle`, which the payload begins with."""
    return int(bundle_ffi().sizeof("struct bundle"))


def make_tables(
    contents: Contents,
    files: Iterable[StoredFile],
    deltas: Sequence[StoredDelta],
    objects: Sequence[StoredObject],
    start: int,
) -> Tables:
    """The tables: `struct bundle` at the payload's beginning, all that it points to from `start` on."""
    writer = TableWriter(start)
    head = writer.ffi.new("struct bundle[]", 1)
    bundle = head[0]
    libraries = contents.libraries
    _write_modules(writer, bundle, contents.modules)
    _write_files(writer, bundle, contents, {stored.entry.path: stored for stored in files}, deltas)
    _write_deltas(writer, bundle, deltas, objects)
    _write_precompiled(writer, bundle, contents.precompiled)
    _write_config(writer, bundle, contents.config)
    _write_objects(writer, bundle, objects, contents)
    _write_carried(writer, bundle, libraries.carried)
    _write_interposed(writer, bundle, contents.interposed)
    residents = [each.index for each in libraries.prelinked.residents]
    bundle.residents = writer.numbers(residents)
    bundle.resident_count = len(residents)
    if contents.has_snapshot:
        bundle.snapshot = writer.point_to_symbol("struct bundle_snapshot *", SNAPSHOT_SYMBOL)
    return writer.finish(head)


# --- Modules ----------------------------------------------------------------------------------------------------------


def _write_modules(writer: TableWriter, bundle: Struct, modules: Sequence[ModuleEntry]) -> None:
    rows, offset = writer.reserve("struct bundle_module", len(modules))
    for row, module in zip(rows, modules, strict=False):
        row.name = writer.text(module.name)
        row.path = writer.text(module.path)
        if module.symbol:
            row.code = writer.point_to_symbol("struct bundle_code *", module.symbol)
        row.kind = module.kind
        row.is_package = module.is_package
        row.is_stdlib = module.is_stdlib
        row.is_early = module.is_early
    writer.fill(rows, offset)
    writer.index(bundle.module_index, (module.name for module in modules))
    bundle.modules = writer.point("struct bundle_module *", offset)


def _write_precompiled(writer: TableWriter, bundle: Struct, precompiled: PrecompiledTable) -> None:
    rows, offset = writer.reserve("struct bundle_precompiled", len(precompiled.keys))
    for number, (row, key) in enumerate(zip(rows, precompiled.keys, strict=False)):
        row.key = writer.text(key)
        row.item = number
    writer.fill(rows, offset)
    writer.index(bundle.precompiled_index, precompiled.keys)
    bundle.precompiled = writer.point("struct bundle_precompiled *", offset)
    bundle.precompiled_code = writer.point_to_symbol("struct bundle_code *", precompiled.symbol)


def _write_config(writer: TableWriter, bundle: Struct, config: InterpreterConfig) -> None:
    record = bundle.options
    record.optimize = config.optimize
    record.utf8_mode = config.utf8_mode
    record.site_builtins = writer.text_list(config.site_builtins)
    record.runtime_hooks = writer.text_list(config.runtime_hooks)
    record.main_module = writer.text(config.main_module or None)
    record.version_end = config.version_end
    record.python_command = config.python_command
    record.is_static = config.is_static
    record.platlibdir = writer.text(config.platlibdir)
    record.warnings = writer.text_list(config.warnings)
    record.x_options = writer.text_list(config.x_options)


# --- Files ------------------------------------------------------------------------------------------------------------

_Tree = Mapping[PurePosixPath, Entry | None]


def _tree(files: Iterable[Entry], folders: Iterable[PurePosixPath]) -> _Tree:
    """Every file and every folder above one (as None), folder by folder: entries of one folder stand together."""
    found: dict[PurePosixPath, Entry | None] = {}
    for file in files:
        found[file.path] = file
        for folder in file.path.parents:
            found.setdefault(folder, None)
    for path in folders:
        for folder in (path, *path.parents):
            found.setdefault(folder, None)
    found.pop(PurePosixPath("/"), None)
    return dict(sorted(found.items(), key=lambda item: (len(item[0].parts), str(item[0].parent), item[0].name)))


def _digests(tree: _Tree, stored: Mapping[PurePosixPath, str]) -> Mapping[PurePosixPath, str]:
    """Digests of files, and of folders with everything below them."""
    digests: dict[PurePosixPath, str] = {}
    entries: dict[PurePosixPath, list[str]] = {}
    for path, file in reversed(tree.items()):  # what is in a folder comes behind it
        if path in stored:
            digest = stored[path]
        else:
            listing = "\n".join(sorted(entries.get(path, ()))) if file is None else ""
            digest = sha256(listing.encode("utf-8", "surrogateescape")).hexdigest()
        digests[path] = digest[:32]
        is_executable = isinstance(file, FileEntry) and file.is_executable
        entries.setdefault(path.parent, []).append(f"{digests[path]} {is_executable:d} {path.name}")
    return digests


def _write_files(
    writer: TableWriter,
    bundle: Struct,
    contents: Contents,
    files: Mapping[PurePosixPath, StoredFile],
    deltas: Sequence[StoredDelta],
) -> None:
    tree = _tree(contents.files, contents.folders)
    stored = {path: each.digest for path, each in files.items()} | {each.entry.path: each.digest for each in deltas}
    digests = _digests(tree, stored)
    numbers = {each.entry.path: number for number, each in enumerate(deltas, 1)}
    rows, offset = writer.reserve("struct bundle_file", len(tree))
    first: dict[PurePosixPath, int] = {}
    count: dict[PurePosixPath, int] = {}
    for number, path in enumerate(tree):
        first.setdefault(path.parent, number)
        count[path.parent] = count.get(path.parent, 0) + 1
    for row, (path, file) in zip(rows, tree.items(), strict=False):
        row.path = writer.text(str(path))
        row.name = writer.text(path.name)
        row.digest = writer.text(digests[path])
        match file:
            case None:
                row.is_folder = 1
                row.first_entry = first.get(path, 0)
                row.entry_count = count.get(path, 0)
            case PrelinkedFile():
                row.size = file.size
                row.delta = numbers.get(path, 0)
            case ListedModule():
                row.is_listed_only = 1
            case _:
                row.data = writer.point("unsigned char *", files[path].offset)
                row.size = file.size
                row.packed_size = len(files[path].packed)
                row.is_executable = isinstance(file, FileEntry) and file.is_executable
    writer.fill(rows, offset)
    writer.index(bundle.file_index, map(str, tree))
    bundle.files = writer.point("struct bundle_file *", offset)


def _write_deltas(
    writer: TableWriter,
    bundle: Struct,
    deltas: Sequence[StoredDelta],
    objects: Sequence[StoredObject],
) -> None:
    rows, offset = writer.reserve("struct bundle_delta", len(deltas))
    for row, each in zip(rows, deltas, strict=False):
        parts = objects[each.entry.object.index].parts
        row.contents = writer.point("unsigned char *", next((part.offset for part in parts if part.offset), 0))
        row.packed = writer.point("unsigned char *", each.offset)
        row.packed_size = len(each.delta.packed)
        row.unpacked_size = each.delta.unpacked_size
        row.step_count = each.delta.step_count
        row.object = each.entry.object.index
    writer.fill(rows, offset)
    bundle.deltas = writer.point("struct bundle_delta *", offset)


# --- Shared objects ---------------------------------------------------------------------------------------------------


def _write_objects(
    writer: TableWriter,
    bundle: Struct,
    objects: Sequence[StoredObject],
    contents: Contents,
) -> None:
    rows, offset = writer.reserve("struct bundle_object", len(objects))
    prelinked = [stored.object for stored in objects]
    for row, stored in zip(rows, objects, strict=False):
        _write_object(writer, row, stored.object, stored.parts)
        row.symbol_file = writer.point("void *", stored.symbol_file)
        row.ends_visibly = stored.object.path in contents.ending_visibly
    writer.fill(rows, offset)
    writer.index(bundle.object_index, (dso.path for dso in prelinked))
    bundle.objects = writer.point("struct bundle_object *", offset)
    sonames = {dso.object.name: (dso.index, False) for dso in prelinked}
    for index, each in enumerate(contents.libraries.carried):
        sonames.setdefault(each.library.object.name, (index, True))
    # A program may open a library by another name than its own: directly below the root it lies under that name.
    for dso in prelinked:
        path = PurePosixPath(dso.path)
        if path.parent == bundle_root():
            sonames.setdefault(path.name, (dso.index, False))
    names, names_offset = writer.reserve("struct bundle_soname", len(sonames))
    for name, (soname, (index, is_carried)) in zip(names, sonames.items(), strict=False):
        name.soname = writer.text(soname)
        name.index = index
        name.is_carried = is_carried
    writer.fill(names, names_offset)
    writer.index(bundle.soname_index, sonames)
    bundle.sonames = writer.point("struct bundle_soname *", names_offset)


def _write_carried(writer: TableWriter, bundle: Struct, carried: Sequence[CarriedLibrary]) -> None:
    rows, offset = writer.reserve("struct bundle_carried", len(carried))
    for row, each in zip(rows, carried, strict=False):
        row.path = writer.text(each.library.path)
        row.soname = writer.text(each.library.object.name)
        row.needed = writer.numbers(each.needed)
        row.needed_count = len(each.needed)
    writer.fill(rows, offset)
    writer.index(bundle.carried_index, (each.library.path for each in carried))
    bundle.carried = writer.point("struct bundle_carried *", offset)


def _write_interposed(writer: TableWriter, bundle: Struct, interposed: Sequence[str]) -> None:
    rows, offset = writer.reserve("struct bundle_interposed", len(interposed))
    for row, name in zip(rows, interposed, strict=False):
        row.name = writer.text(name)
        row.function = writer.point_to_symbol("void *", interposer(name))
    writer.fill(rows, offset)
    writer.index(bundle.interposed_index, interposed)
    bundle.interposed = writer.point("struct bundle_interposed *", offset)


def _write_object(writer: TableWriter, row: Struct, dso: PrelinkedObject, parts: Sequence[StoredPart]) -> None:
    object_ = dso.object
    row.path = writer.text(dso.path)
    row.soname = writer.text(object_.name)
    row.base = dso.base
    row.end = dso.end
    if not dso.is_resident:
        _write_segments(writer, row, parts)
    _write_patches(writer, row, dso)
    row.needed = writer.numbers(dso.needed)
    row.needed_count = len(dso.needed)
    row.system_libraries = writer.text_list((*dso.system_libraries, *dso.absent_libraries))
    row.symbol_count = len(object_.symbols)
    row.symbols = dso.address(Tag.SYMTAB)
    row.strings = dso.address(Tag.STRTAB)
    dynamic = object_.segment(SegmentType.DYNAMIC)
    assert dynamic is not None, "a library without a dynamic section was prelinked"
    row.link_map.base = dso.base
    row.link_map.path = row.path
    row.link_map.dynamic = dso.base + dynamic.address
    headers = object_.headers_address
    assert headers is not None, "a library without loaded program headers was prelinked"
    row.headers = dso.base + headers
    row.header_count = len(object_.segments)
    row.init = dso.address(Tag.INIT)
    row.init_array = dso.address(Tag.INIT_ARRAY)
    row.init_count = object_.tags.get(Tag.INIT_ARRAYSZ, 0) // 8
    row.fini = dso.address(Tag.FINI)
    row.fini_array = dso.address(Tag.FINI_ARRAY)
    row.fini_count = object_.tags.get(Tag.FINI_ARRAYSZ, 0) // 8
    row.relro, row.relro_size = relocated.late_relro(dso)
    storage = object_.segment(SegmentType.TLS)
    if storage is not None:
        row.thread_start = dso.base + storage.address
        row.thread_start_size = storage.file_size
        row.thread_size = storage.memory_size
        row.thread_alignment = max(storage.alignment, 1)


def _write_segments(writer: TableWriter, row: Struct, parts: Sequence[StoredPart]) -> None:
    segments, offset = writer.reserve("struct bundle_segment", len(parts))
    for segment, stored in zip(segments, parts, strict=False):
        segment.address = stored.part.address
        segment.memory_size = stored.part.memory_size
        segment.file_size = stored.part.stored_size
        if stored.offset:
            segment.content = writer.point("void *", stored.offset)
        segment.protection = stored.part.protection
    writer.fill(segments, offset)
    row.segments = writer.point("struct bundle_segment *", offset)
    row.segment_count = len(parts)


def _write_patches(writer: TableWriter, row: Struct, dso: PrelinkedObject) -> None:
    fixups = dso.patches
    patches, offset = writer.reserve("struct bundle_patch", len(fixups))
    for patch, fixup in zip(patches, fixups, strict=False):
        patch.place = writer.point_at("uint64_t *", fixup.address)
        match fixup.target:
            case SystemSymbol(name, version, addend, is_weak, library):
                patch.kind = bundle_constant("BUNDLE_PATCH_SYMBOL")
                patch.library = writer.text(library)
                patch.symbol = writer.text(name)
                patch.version = writer.text(version)
                patch.addend = addend
                patch.is_weak = is_weak
            case SystemThreadLocal(library, name, version, addend, is_module):
                kind = "BUNDLE_PATCH_TLS_MODULE" if is_module else "BUNDLE_PATCH_TLS_OFFSET"
                patch.kind = bundle_constant(kind)
                patch.library = writer.text(library)
                patch.symbol = writer.text(name)
                patch.version = writer.text(version)
                patch.addend = addend
            case UniqueSymbol(number, unique_address, addend):
                patch.kind = bundle_constant("BUNDLE_PATCH_UNIQUE")
                patch.unique = number
                patch.address = unique_address
                patch.addend = addend
            case IndirectFunction(resolver):
                patch.kind = bundle_constant("BUNDLE_PATCH_RESOLVER")
                patch.addend = resolver
    writer.fill(patches, offset)
    row.patches = writer.point("struct bundle_patch *", offset)
    row.patch_count = len(fixups)
