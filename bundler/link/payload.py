"""Writes the tables of `launcher/bundle.h`, through its own declarations.

The payload is one section of the executable: `struct bundle`, the tables it points to, then the contents of files and
images. Its size depends only on what goes in, so room can be made for it before the link; its contents hold addresses
and are written afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any

from bundler.contract import bundle_constant, bundle_ffi, fnv1a
from bundler.link import prelink
from bundler.link.carry import Carried
from bundler.link.elf import PAGE, SegmentType, Tag
from bundler.link.endings import ends_visibly
from bundler.link.interposed import interposer
from bundler.link.prelink import HostThreadLocal, Image, ImageSegment, Locate, OnHost, Resolved, Unique


@dataclass(frozen=True, slots=True)
class ModuleEntry:
    """A row of the module table. `symbol`: the executable's symbol of its `struct bundle_code`, if it is frozen."""

    name: str
    path: str | None
    symbol: str | None
    kind: int
    is_package: bool


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file under the virtual root.

    `packed`: its content compressed, if it is stored like that (raw DEFLATE). `is_listed_only`: it shows in its folder,
    but cannot be read.
    """

    path: PurePosixPath
    content: bytes
    is_executable: bool
    packed: bytes = b""
    is_listed_only: bool = False


@dataclass(frozen=True, slots=True)
class ImageEntry:
    """A prelinked library as a file under the virtual root: it is there, but its bytes are not."""

    path: PurePosixPath
    size: int


@dataclass(frozen=True, slots=True)
class Options:
    """How the interpreter is configured at its start."""

    optimize: int
    utf8_mode: bool
    site_builtins: tuple[str, ...]
    main_module: str
    runtime_hooks: tuple[str, ...]
    version_end: int
    platlibdir: str
    warnings: tuple[str, ...]
    x_options: tuple[str, ...]
    python_command: int


@dataclass(frozen=True, slots=True)
class Results:
    """The keys of what is in the tuple of results, and the executable's symbol of its `struct bundle_code`."""

    keys: tuple[str, ...]
    symbol: str


@dataclass(frozen=True, slots=True)
class Contents:
    """All that goes into the payload."""

    modules: tuple[ModuleEntry, ...]
    files: tuple[FileEntry | ImageEntry, ...]
    images: tuple[Image, ...]
    results: Results
    options: Options
    carried: tuple[Carried, ...] = ()
    interposed: tuple[str, ...] = ()  # functions that libraries find the launcher's in place of
    unique_count: int = 0
    folders: tuple[PurePosixPath, ...] = ()  # that are there also when no file is in them
    residents: tuple[int, ...] = ()  # images in the executable's own load segments, after those that they need


class _Writer:
    """Lays tables out one behind the other; `base` is the address of the first byte."""

    def __init__(self, base: int) -> None:
        self.ffi = bundle_ffi()
        self.data = bytearray()
        self._base = base
        self._texts: dict[str, int] = {}

    def place(self, content: bytes, alignment: int = 8) -> int:
        """Append bytes; their address."""
        self.data += bytes(-len(self.data) % alignment)
        address = self._base + len(self.data)
        self.data += content
        return address

    def reserve(self, struct: str, count: int = 1) -> tuple[Any, int]:
        """Room for structs that are filled in later: a view of them, to be given to `fill`, and their address."""
        array = self.ffi.new(f"{struct}[]", max(count, 1))
        return array, self.place(bytes(self.ffi.sizeof(array)))

    def fill(self, array: Any, address: int) -> None:
        """Write reserved structs."""
        start = address - self._base
        self.data[start : start + self.ffi.sizeof(array)] = bytes(self.ffi.buffer(array))

    def text(self, value: str | None) -> Any:
        """A C string, shared between equal ones; NULL for None."""
        if value is None:
            return self.ffi.NULL
        if value not in self._texts:
            self._texts[value] = self.place(value.encode("utf-8", "surrogateescape") + b"\0", 1)
        return self.pointer("const char *", self._texts[value])

    def text_list(self, values: Sequence[str]) -> Any:
        """A list of C strings that ends with NULL; NULL when there are none."""
        if not values:
            return self.ffi.NULL
        array = self.ffi.new("const char *[]", [*map(self.text, values), self.ffi.NULL])
        return self.pointer("const char *const *", self.place(bytes(self.ffi.buffer(array))))

    def numbers(self, values: Sequence[int]) -> Any:
        """An array of uint32_t."""
        array = self.ffi.new("uint32_t[]", [*values, 0])
        return self.pointer("const uint32_t *", self.place(bytes(self.ffi.buffer(array))))

    def pointer(self, kind: str, address: int) -> Any:
        return self.ffi.cast(kind, address)

    def index(self, record: Any, texts: Iterable[str]) -> None:
        """Fill a `struct bundle_index` over records that begin with these texts."""
        keys = [text.encode("utf-8", "surrogateescape") for text in texts]
        size = 4
        while size < 2 * len(keys):  # at most half full: a miss ends soon
            size *= 2
        slots = [0] * size
        for number, key in enumerate(keys, 1):
            slot = fnv1a(key) & (size - 1)
            while slots[slot]:
                slot = (slot + 1) & (size - 1)
            slots[slot] = number
        record.slots = self.numbers(slots)
        record.mask = size - 1
        record.count = len(keys)


def build_payload(contents: Contents, base: int, symbol: Callable[[str], int], locate: Locate) -> bytes:
    """The section's bytes, if it lies at `base`. The size does not depend on `base`, `symbol` or `locate`."""
    writer = _Writer(base)
    bundle, address = writer.reserve("struct bundle")
    # The bulk first, so that what a start looks up, tables and texts, lies together in few pages.
    places = {
        file.path: writer.place(file.packed or file.content, 16)
        for file in contents.files
        if isinstance(file, FileEntry) and not file.is_listed_only
    }
    segments = [
        [(part, writer.place(part.content, PAGE) if part.content else 0) for part in prelink.segments(image, locate)]
        for image in contents.images
    ]
    _write_modules(writer, bundle[0], contents.modules, symbol)
    _write_files(writer, bundle[0], contents, places)
    _write_results(writer, bundle[0], contents.results, symbol)
    _write_options(writer, bundle[0], contents.options)
    _write_images(writer, bundle[0], contents, segments)
    _write_carried(writer, bundle[0], contents.carried)
    _write_interposed(writer, bundle[0], contents.interposed, symbol)
    bundle[0].residents = writer.numbers(contents.residents)
    bundle[0].resident_count = len(contents.residents)
    writer.fill(bundle, address)
    writer.data += bytes(-len(writer.data) % PAGE)
    return bytes(writer.data)


def _write_modules(
    writer: _Writer,
    bundle: Any,
    modules: Sequence[ModuleEntry],
    symbol: Callable[[str], int],
) -> None:
    rows, address = writer.reserve("struct bundle_module", len(modules))
    for row, module in zip(rows, modules, strict=False):
        row.name = writer.text(module.name)
        row.path = writer.text(module.path)
        row.code = writer.pointer("struct bundle_code *", symbol(module.symbol) if module.symbol else 0)
        row.kind = module.kind
        row.is_package = module.is_package
    writer.fill(rows, address)
    writer.index(bundle.module_index, (module.name for module in modules))
    bundle.modules = writer.pointer("struct bundle_module *", address)


def _write_results(writer: _Writer, bundle: Any, results: Results, symbol: Callable[[str], int]) -> None:
    rows, address = writer.reserve("struct bundle_result", len(results.keys))
    for number, (row, key) in enumerate(zip(rows, results.keys, strict=False)):
        row.key = writer.text(key)
        row.item = number
    writer.fill(rows, address)
    writer.index(bundle.result_index, results.keys)
    bundle.results = writer.pointer("struct bundle_result *", address)
    bundle.results_code = writer.pointer("struct bundle_code *", symbol(results.symbol))


def _write_options(writer: _Writer, bundle: Any, options: Options) -> None:
    record = bundle.options
    record.optimize = options.optimize
    record.utf8_mode = options.utf8_mode
    record.site_builtins = writer.text_list(options.site_builtins)
    record.runtime_hooks = writer.text_list(options.runtime_hooks)
    record.main_module = writer.text(options.main_module or None)
    record.version_end = options.version_end
    record.python_command = options.python_command
    record.platlibdir = writer.text(options.platlibdir)
    record.warnings = writer.text_list(options.warnings)
    record.x_options = writer.text_list(options.x_options)


_Tree = Mapping[PurePosixPath, FileEntry | ImageEntry | None]


def _tree(files: Iterable[FileEntry | ImageEntry], folders: Iterable[PurePosixPath]) -> _Tree:
    """Every file and every folder above one (as None), folder by folder: entries of one folder stand together."""
    found: dict[PurePosixPath, FileEntry | ImageEntry | None] = {}
    for file in files:
        found[file.path] = file
        for folder in file.path.parents:
            found.setdefault(folder, None)
    for path in folders:
        for folder in (path, *path.parents):
            found.setdefault(folder, None)
    found.pop(PurePosixPath("/"), None)
    return dict(sorted(found.items(), key=lambda item: (len(item[0].parts), str(item[0].parent), item[0].name)))


def _digests(tree: _Tree) -> Mapping[PurePosixPath, str]:
    """Names for the contents of files, and for those of folders with all that is below them."""
    digests: dict[PurePosixPath, str] = {}
    entries: dict[PurePosixPath, list[str]] = {}
    for path, file in reversed(tree.items()):  # what is in a folder comes behind it
        match file:
            case None:
                whole = "\n".join(sorted(entries.get(path, ())))
                digest = sha256(whole.encode("utf-8", "surrogateescape"))
            case ImageEntry():
                digest = sha256(b"")
            case FileEntry():
                digest = sha256(file.content)
        digests[path] = digest.hexdigest()[:32]
        is_executable = isinstance(file, FileEntry) and file.is_executable
        entries.setdefault(path.parent, []).append(f"{digests[path]} {is_executable:d} {path.name}")
    return digests


def _write_files(writer: _Writer, bundle: Any, contents: Contents, places: Mapping[PurePosixPath, int]) -> None:
    tree = _tree(contents.files, contents.folders)
    digests = _digests(tree)
    rows, address = writer.reserve("struct bundle_file", len(tree))
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
            case ImageEntry():
                row.size = file.size
            case FileEntry(is_listed_only=True):
                row.is_listed_only = 1
            case FileEntry():
                row.data = writer.pointer("unsigned char *", places[path])
                row.size = len(file.content)
                row.packed_size = len(file.packed)
                row.is_executable = file.is_executable
    writer.fill(rows, address)
    writer.index(bundle.file_index, map(str, tree))
    bundle.files = writer.pointer("struct bundle_file *", address)


def _write_images(
    writer: _Writer, bundle: Any, contents: Contents, segments: Sequence[Sequence[tuple[ImageSegment, int]]]
) -> None:
    """`segments`: of each image its parts, with the addresses of their contents."""
    images = contents.images
    rows, address = writer.reserve("struct bundle_image", len(images))
    for row, image, parts in zip(rows, images, segments, strict=False):
        _write_image(writer, row, image, parts)
    writer.fill(rows, address)
    writer.index(bundle.image_index, (image.path for image in images))
    bundle.images = writer.pointer("struct bundle_image *", address)
    bundle.unique_count = contents.unique_count
    sonames = {image.object.name: (image.index, False) for image in images}
    for index, each in enumerate(contents.carried):
        sonames.setdefault(each.library.object.name, (index, True))
    names, names_address = writer.reserve("struct bundle_soname", len(sonames))
    for name, (soname, (index, is_carried)) in zip(names, sonames.items(), strict=False):
        name.soname = writer.text(soname)
        name.index = index
        name.is_carried = is_carried
    writer.fill(names, names_address)
    writer.index(bundle.soname_index, sonames)
    bundle.sonames = writer.pointer("struct bundle_soname *", names_address)


def _write_carried(writer: _Writer, bundle: Any, carried: Sequence[Carried]) -> None:
    rows, address = writer.reserve("struct bundle_carried", len(carried))
    for row, each in zip(rows, carried, strict=False):
        row.path = writer.text(each.library.path)
        row.soname = writer.text(each.library.object.name)
        row.needed = writer.numbers(each.needed)
        row.needed_count = len(each.needed)
    writer.fill(rows, address)
    writer.index(bundle.carried_index, (each.library.path for each in carried))
    bundle.carried = writer.pointer("struct bundle_carried *", address)


def _write_interposed(writer: _Writer, bundle: Any, interposed: Sequence[str], symbol: Callable[[str], int]) -> None:
    rows, address = writer.reserve("struct bundle_interposed", len(interposed))
    for row, name in zip(rows, interposed, strict=False):
        row.name = writer.text(name)
        row.function = writer.pointer("void *", symbol(interposer(name)))
    writer.fill(rows, address)
    writer.index(bundle.interposed_index, interposed)
    bundle.interposed = writer.pointer("struct bundle_interposed *", address)


def _write_image(writer: _Writer, row: Any, image: Image, parts: Sequence[tuple[ImageSegment, int]]) -> None:
    object_ = image.object
    row.path = writer.text(image.path)
    row.soname = writer.text(object_.name)
    row.base = image.base
    row.end = image.end
    if not image.is_resident:
        _write_segments(writer, row, parts)
    _write_patches(writer, row, image)
    row.needed = writer.numbers(image.needed)
    row.needed_count = len(image.needed)
    row.host_libraries = writer.text_list(image.hosts)
    row.symbol_count = len(object_.symbols)
    row.symbols = image.address(Tag.SYMTAB)
    row.strings = image.address(Tag.STRTAB)
    headers = object_.headers_address
    assert headers is not None, "a library without loaded program headers was prelinked"
    row.headers = image.base + headers
    row.header_count = len(object_.segments)
    row.init = image.address(Tag.INIT)
    row.init_array = image.address(Tag.INIT_ARRAY)
    row.init_count = object_.tags.get(Tag.INIT_ARRAYSZ, 0) // 8
    row.fini = image.address(Tag.FINI)
    row.fini_array = image.address(Tag.FINI_ARRAY)
    row.fini_count = object_.tags.get(Tag.FINI_ARRAYSZ, 0) // 8
    dynamic = object_.segment(SegmentType.DYNAMIC)
    assert dynamic is not None, "a library without a dynamic section was prelinked"
    row.link_map.base = image.base
    row.link_map.path = row.path
    row.link_map.dynamic = image.base + dynamic.address
    row.ends_visibly = ends_visibly(object_)
    row.relro, row.relro_size = prelink.late_relro(image)
    storage = object_.segment(SegmentType.TLS)
    if storage is not None:
        row.thread_start = image.base + storage.address
        row.thread_start_size = storage.file_size
        row.thread_size = storage.memory_size
        row.thread_alignment = max(storage.alignment, 1)


def _write_segments(writer: _Writer, row: Any, parts: Sequence[tuple[ImageSegment, int]]) -> None:
    segments, address = writer.reserve("struct bundle_segment", len(parts))
    for segment, (part, content) in zip(segments, parts, strict=False):
        segment.address = part.address
        segment.memory_size = part.memory_size
        segment.file_size = len(part.content)
        segment.content = writer.pointer("void *", content)
        segment.protection = part.protection
    writer.fill(segments, address)
    row.segments = writer.pointer("struct bundle_segment *", address)
    row.segment_count = len(parts)


def _write_patches(writer: _Writer, row: Any, image: Image) -> None:
    words = prelink.patches(image)
    patches, address = writer.reserve("struct bundle_patch", len(words))
    for patch, word in zip(patches, words, strict=False):
        patch.place = writer.pointer("uint64_t *", word.address)
        match word.target:
            case OnHost(name, version, addend, is_weak, library):
                patch.kind = bundle_constant("BUNDLE_PATCH_SYMBOL")
                patch.library = writer.text(library)
                patch.symbol = writer.text(name)
                patch.version = writer.text(version)
                patch.addend = addend
                patch.is_weak = is_weak
            case HostThreadLocal(library, name, version, addend, is_module):
                kind = "BUNDLE_PATCH_TLS_MODULE" if is_module else "BUNDLE_PATCH_TLS_OFFSET"
                patch.kind = bundle_constant(kind)
                patch.library = writer.text(library)
                patch.symbol = writer.text(name)
                patch.version = writer.text(version)
                patch.addend = addend
            case Unique(number, unique_address, addend):
                patch.kind = bundle_constant("BUNDLE_PATCH_UNIQUE")
                patch.unique = number
                patch.address = unique_address
                patch.addend = addend
            case Resolved(resolver):
                patch.kind = bundle_constant("BUNDLE_PATCH_RESOLVER")
                patch.addend = resolver
    writer.fill(patches, address)
    row.patches = writer.pointer("struct bundle_patch *", address)
    row.patch_count = len(words)
