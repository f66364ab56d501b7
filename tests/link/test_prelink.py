"""Binding, before anything runs: where images lie, and what each of their words becomes."""

from __future__ import annotations

import itertools
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from bundler.errors import BundleError
from bundler.link import prelink
from bundler.link.carry import bind
from bundler.link.elf import PAGE, Relocation, SegmentType, Symbol, SymbolBinding, SymbolType, Tag
from bundler.link.interposed import INTERPOSED_FUNCTIONS
from bundler.link.libraries import LINKED_HOST_LIBRARIES, Closure, find_closure
from bundler.link.prelink import (
    FIRST_BASE,
    Image,
    InExecutable,
    Known,
    OnHost,
    Prelinked,
    Resolved,
    Stub,
    Target,
    ThreadLocal,
    ThreadLocalModule,
)
from tests.link import natives

_STRSZ = 10  # DT_STRSZ: only this test asks for it

EXPORTED = frozenset({"PyModuleDef_Init", "PyUnicode_FromString"})


@pytest.fixture(scope="session")
def closure(natives_folder: Path) -> Closure:
    """All small modules with everything they need."""
    files = sorted(natives_folder.glob("*.abi3.so"))
    return find_closure(((file, f"/here/{file.name}") for file in files), "/here")


@pytest.fixture(scope="session")
def prelinked(closure: Closure) -> Prelinked:
    return bind(closure, EXPORTED, INTERPOSED_FUNCTIONS, {}).prelinked


def image_of(prelinked: Prelinked, name: str) -> Image:
    return next(image for image in prelinked.images if Path(image.path).name == name)


def locate(target: Target) -> int:
    """Some address for everything that is in the executable."""
    match target:
        case Known(value):
            return value
        case InExecutable(name, addend):
            return 0x400000 + hash(name) % 0x10000 * 16 + addend
        case Stub():
            return 0x500000
        case ThreadLocalModule():
            return 1
        case ThreadLocal(_, offset, from_thread_pointer):
            return offset - 4096 if from_thread_pointer else offset
        case _:
            raise AssertionError(target)


# --- Places -----------------------------------------------------------------------------------------------------------


def test_images_do_not_meet(prelinked: Prelinked):
    """Images lie apart, above the executable and its heap, each aligned as its segments ask."""
    places = sorted((image.base, image.end, image) for image in prelinked.images)

    assert places[0][0] >= FIRST_BASE
    for (_, end, _), (base, _, _) in itertools.pairwise(places):
        assert base - end >= PAGE
    for base, _, image in places:
        assert all(base % max(segment.alignment, PAGE) == 0 for segment in image.object.loads)


def test_places_depend_on_nothing_but_the_libraries(closure: Closure, prelinked: Prelinked):
    """Binding twice gives the same, so that builds are reproducible."""
    again = bind(closure, EXPORTED, INTERPOSED_FUNCTIONS, {}).prelinked

    assert [(image.path, image.base, image.words) for image in again.images] == [
        (image.path, image.base, image.words) for image in prelinked.images
    ]


# --- Words ------------------------------------------------------------------------------------------------------------


def test_no_relocation_is_forgotten(prelinked: Prelinked):
    """Everything that the dynamic linker would have written has a value, once."""
    for image in prelinked.images:
        places = [word.address for word in image.words] + [address for address, _ in image.relative]
        expected = {image.base + rela.offset for rela in image.object.relocations if rela.type != Relocation.NONE}
        expected |= {image.base + address for address in image.object.relative_words}

        assert len(places) == len(set(places))
        assert set(places) >= expected
        # A descriptor and a local-dynamic variable have a second word.
        assert {place - 8 for place in set(places) - expected} <= expected


def word_for(image: Image, name: str) -> Target:
    """What the references to a name became; they all became the same."""
    indexes = {index for index, symbol in enumerate(image.object.symbols) if symbol.name == name}
    places = {image.base + rela.offset for rela in image.object.relocations if rela.symbol in indexes}
    (found,) = {word.target for word in image.words if word.address in places}
    return found


def test_kinds_of_targets(prelinked: Prelinked):
    """A name is bound to the executable, to a stub or data of the C library, or to another image."""
    use_data, use_function = (image_of(prelinked, f"{name}.abi3.so") for name in ("use_data", "use_function"))
    data = image_of(prelinked, "libdata.so")
    counter = next(symbol for symbol in data.object.symbols if symbol.name == "counter")

    assert word_for(use_data, "PyModuleDef_Init") == InExecutable("PyModuleDef_Init", 0)
    assert word_for(use_data, "counter") == Known(data.base + counter.value)
    assert word_for(use_data, "setenv") == Stub("setenv", "GLIBC_2.2.5")
    assert isinstance(word_for(use_data, "environ"), OnHost)
    assert isinstance(word_for(use_function, "apply"), Known)
    assert isinstance(word_for(image_of(prelinked, "libifunc.so"), "chosen"), Resolved)
    assert {"PyModuleDef_Init", "PyUnicode_FromString"} <= prelinked.executable_symbols


def test_interposed_functions(prelinked: Prelinked):
    """Calls that the launcher answers go to it, whoever makes them."""
    dl = image_of(prelinked, "dl.abi3.so")

    assert word_for(dl, "dladdr") == InExecutable("__wrap_dladdr", 0)
    assert word_for(dl, "dlopen") == InExecutable("__wrap_dlopen", 0)
    assert {"__wrap_dladdr", "__wrap_dlopen"} <= prelinked.executable_symbols
    assert not {stub.name for stub in prelinked.stubs} & INTERPOSED_FUNCTIONS


def test_undefined_names_are_left_to_run_time(prelinked: Prelinked):
    """A missing function is no build error: importing the module fails, as in Python. A weak one is 0."""
    assert word_for(image_of(prelinked, "undefined.abi3.so"), "nobody_has_this") == OnHost(
        "nobody_has_this", None, 0, is_weak=False
    )
    assert word_for(image_of(prelinked, "weak_without.abi3.so"), "absent") == Known(0)


def test_shared_library_is_bound_when_loaded(prelinked: Prelinked):
    """What several modules bring to one library in different ways is looked up when one of them is loaded."""
    caller = image_of(prelinked, "libcaller.so")

    assert word_for(caller, "which") == OnHost("which", None, 0, is_weak=False)


# --- Contents ---------------------------------------------------------------------------------------------------------


def test_segments_hold_the_file_but_for_bound_words(prelinked: Prelinked):
    """Every byte that the dynamic linker would map is there; only words and forgotten search paths differ."""
    for image in prelinked.images:
        changed = _changed_addresses(image)
        for part in prelink.segments(image, locate):
            for index, byte in enumerate(part.content):
                address = part.address + index
                if address not in changed:
                    assert byte == _byte(image, address), (image.path, hex(address - image.base))
            break  # the first one of each is enough: bytes are many


def test_words_are_written(prelinked: Prelinked):
    """A word that is known has its value in the contents."""
    for image in prelinked.images:
        found = memory(image)
        for address, value in image.relative:
            assert found.word(address) == value
        for word in image.words:
            if not isinstance(word.target, prelink.AtRunTime):
                assert found.word(word.address) == locate(word.target) & (1 << 64) - 1


def test_segments_cover_memory(prelinked: Prelinked):
    """Segments are whole pages, do not overlap, and have the permissions of the program header, or less (RELRO)."""
    for image in prelinked.images:
        parts = list(prelink.segments(image, locate))
        for one, other in itertools.pairwise(parts):
            assert one.address + one.memory_size <= other.address
        for part in parts:
            assert part.address % PAGE == part.memory_size % PAGE == len(part.content) % PAGE == 0
            assert len(part.content) <= part.memory_size
            assert part.protection & 6 != 6, "writable and executable"
        for load in image.object.loads:
            for address in (image.base + load.address, image.base + load.address + load.memory_size - 1):
                part = next(p for p in parts if p.address <= address < p.address + p.memory_size)
                flags = (load.flags & 1) << 2 | load.flags & 2 | load.flags >> 2 & 1
                assert part.protection in (flags, flags & ~2)


def test_relro_is_read_only_from_the_start(prelinked: Prelinked):
    """What the dynamic linker would protect after binding is mapped read-only, unless something is patched in it."""
    kinds = set()
    for image in prelinked.images:
        start, size = prelink.relro(image)
        if not size:
            continue
        is_late = prelink.late_relro(image) != (0, 0)
        kinds.add(is_late)
        for part in prelink.segments(image, locate):
            if start <= part.address < start + size:
                assert part.protection == (3 if is_late else 1)

    assert kinds == {False, True}


def test_search_paths_are_forgotten(prelinked: Prelinked):
    """A run path tells of the build machine: it is not in the binary. Names of symbols stay."""
    image = image_of(prelinked, "use_data.abi3.so")
    found = memory(image)
    strings = image.base + image.object.tags[Tag.STRTAB]
    table = found.content[strings - found.base :][: image.object.tags[_STRSZ]]

    assert Tag.RUNPATH in image.object.tags
    assert found.text(strings + image.object.tags[Tag.RUNPATH]) == b""
    assert all(symbol.name.encode() + b"\0" in table for symbol in image.object.symbols)


def test_thread_local_contents(prelinked: Prelinked):
    """The block of a new thread begins with the initial values, pointers among them bound."""
    image = image_of(prelinked, "libthread.so")
    segment = image.object.segment(SegmentType.TLS)
    assert segment is not None
    layout = prelink.thread_local_layout(prelinked.images)
    block = Memory(0, prelink.thread_local_content(image, locate))
    symbols = {symbol.name: symbol for symbol in image.object.symbols}

    assert layout[image.index] == (segment.file_size, segment.memory_size, 64)
    assert image_of(prelinked, "libdata.so").index not in layout
    assert len(block.content) == segment.file_size
    assert block.word(symbols["shared_count"].value) & 0xFFFFFFFF == 7
    assert image.base < block.word(symbols["shared_pointer"].value) < image.end


def _changed_addresses(image: Image) -> set[int]:
    starts = [word.address for word in image.words] + [address for address, _ in image.relative]
    changed = {start + step for start in starts for step in range(8)}
    for tag in (Tag.RUNPATH, Tag.RPATH):
        if tag in image.object.tags:
            start = image.base + image.object.tags[Tag.STRTAB] + image.object.tags[tag]
            changed |= set(range(start, start + 200))
    return changed


def _byte(image: Image, address: int) -> int:
    """A byte of memory as the file has it; what lies between segments in one page is whatever is in the file."""
    for load in image.object.loads:
        start = image.base + load.address
        if start <= address < start + load.file_size:
            byte: int = image.object.data[load.offset + address - start]
            return byte
    for load in image.object.loads:
        start = (image.base + load.address) & -PAGE
        if start <= address < image.base + load.address:
            before: int = image.object.data[load.offset - (image.base + load.address - address)]
            return before
    return 0


@dataclass(frozen=True)
class Memory:
    """A range of memory, and what is in it."""

    base: int
    content: bytes

    def word(self, address: int) -> int:
        return int.from_bytes(self.content[address - self.base :][:8], "little")

    def text(self, address: int) -> bytes:
        start = address - self.base
        return self.content[start : self.content.index(b"\0", start)]


def memory(image: Image) -> Memory:
    """An image as it is mapped."""
    parts = list(prelink.segments(image, locate))
    base = parts[0].address
    content = bytearray(parts[-1].address + parts[-1].memory_size - base)
    for part in parts:
        content[part.address - base : part.address - base + len(part.content)] = part.content
    return Memory(base, bytes(content))


# --- Versions ---------------------------------------------------------------------------------------------------------


def _symbol(version: str | None, *, hidden: bool = False, oldest: bool = False) -> Symbol:
    return Symbol("f", 0, 0, SymbolBinding.GLOBAL, SymbolType.FUNC, 0, 1, version, hidden, oldest)


PLAIN = _symbol(None)
OLD, HIDDEN_OLD = _symbol("V1", oldest=True), _symbol("V1", hidden=True, oldest=True)
NEW, HIDDEN_NEW = _symbol("V2"), _symbol("V2", hidden=True)


@pytest.mark.parametrize(
    ("defined", "version", "expected"),
    [
        ([PLAIN], None, PLAIN),
        ([PLAIN], "V1", PLAIN),
        ([HIDDEN_OLD, NEW], "V1", HIDDEN_OLD),
        ([HIDDEN_OLD, NEW], "V2", NEW),
        ([HIDDEN_OLD, NEW], "V3", None),
        ([HIDDEN_OLD, NEW], None, HIDDEN_OLD),
        ([NEW, HIDDEN_OLD], None, HIDDEN_OLD),
        ([NEW], None, NEW),
        ([HIDDEN_NEW], None, None),
        ([OLD], "V2", None),
        ([PLAIN, NEW], "V2", PLAIN),
        ([], None, None),
    ],
)
def test_versions(defined: list[Symbol], version: str | None, expected: Symbol | None):
    """Which definition a reference means: that of its version, one without any, or the oldest if it has none itself."""
    exports = prelink._Exports(_Object(defined))  # type: ignore[arg-type]  # of an object only its symbols are asked for

    assert exports.find("f", version) == expected


class _Object:
    def __init__(self, symbols: list[Symbol]) -> None:
        self.symbols = symbols


# --- Finding libraries ------------------------------------------------------------------------------------------------


def test_libraries_of_the_system_stay_there(closure: Closure):
    """The C library and the C++ run-time are never part of a binary; everything else is, by its name under the root."""
    paths = {library.path for library in closure.libraries}

    assert closure.hosts.keys() >= LINKED_HOST_LIBRARIES & {"libc.so.6", "libm.so.6"}
    assert "/here/libfirst.so" in paths
    assert not {Path(path).name for path in paths} & closure.hosts.keys()
    if natives.supported(natives.LIBRARIES[-1]):
        assert "libstdc++.so.6" in closure.hosts


def test_each_library_comes_once(closure: Closure):
    """A library that several modules need is one image."""
    paths = [library.path for library in closure.libraries]

    assert len(paths) == len(set(paths))
    assert paths == sorted(paths)


def test_missing_library(natives_folder: Path, tmp_path: Path):
    """A library that is nowhere is an error that names who needs it."""
    shutil.copy(natives_folder / "order_first_second.abi3.so", tmp_path)
    file = tmp_path / "order_first_second.abi3.so"

    with pytest.raises(BundleError, match=r"`libfirst\.so` was not found") as raised:
        find_closure([(file, "/here/x.so")], "/here")

    assert str(file) in raised.value.diagnostic.notes[0]


def test_run_paths(natives_folder: Path, tmp_path: Path):
    """DT_RUNPATH serves an object's own needs, DT_RPATH also those of what it needs; $ORIGIN is the object's folder."""
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
    shutil.copy(natives_folder / "libsecond.so", tmp_path / "b")
    link = ["gcc", "-shared", "-Wl,--no-as-needed", "-o"]
    subprocess.run([*link, "a/libdeep.so", "-x", "c", "/dev/null", "-Lb", "-lsecond"], cwd=tmp_path, check=True)

    def found(kind: str) -> list[str]:
        flags = [f"-Wl,--{kind}-new-dtags", "-Wl,-rpath,$ORIGIN/a:${ORIGIN}/b"]
        subprocess.run([*link, "module.so", "-x", "c", "/dev/null", "-La", "-ldeep", *flags], cwd=tmp_path, check=True)
        closure = find_closure([(tmp_path / "module.so", "/here/module.so")], "/here")
        return [library.path for library in closure.libraries]

    assert found("disable") == ["/here/a/libdeep.so", "/here/b/libsecond.so", "/here/module.so"]
    with pytest.raises(BundleError, match="libsecond"):
        found("enable")


def test_file_that_is_no_library(tmp_path: Path):
    """A broken extension module is an error that names the file."""
    file = tmp_path / "broken.so"
    file.write_bytes(b"not at all")

    with pytest.raises(BundleError, match=r"broken\.so"):
        find_closure([(file, "/here/broken.so")], "/here")
