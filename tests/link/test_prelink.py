"""Binding, before anything runs: where objects lie, and what each of their words becomes."""

from __future__ import annotations

import itertools
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bundler.elf import (
    AARCH64,
    X86_64,
    Machine,
    Rela,
    Relocation,
    Segment,
    SegmentType,
    SharedObject,
    Symbol,
    SymbolBinding,
    SymbolType,
    Tag,
)
from bundler.errors import BundleError
from bundler.link import relocated
from bundler.link.bind import FIRST_BASE, prelink
from bundler.link.exports import Exports
from bundler.link.interposed import INTERPOSED_FUNCTIONS, interposer
from bundler.link.libraries import Roots, find_closure
from bundler.link.library_search import LibrarySearch
from bundler.link.objects import (
    Closure,
    Constant,
    ExecutableSymbol,
    IndirectFunction,
    Offer,
    PltStub,
    Prelinked,
    PrelinkedObject,
    RunTimeTarget,
    SystemSymbol,
    Target,
    ThreadLocal,
    ThreadLocalBlock,
    ThreadLocalModule,
)
from bundler.link.place import place
from bundler.link.system_libraries import LINKED_SYSTEM_LIBRARIES
from bundler.link.thread_local import thread_pointer_offset
from tests.link import natives

PAGE = X86_64.page_size
PLACES = LibrarySearch.of(X86_64)
_STRSZ = 10  # DT_STRSZ: only this test asks for it

OFFER = Offer(frozenset({"PyModuleDef_Init", "PyUnicode_FromString"}), INTERPOSED_FUNCTIONS)


@pytest.fixture(scope="session")
def closure(natives_folder: Path) -> Closure:
    """All small modules with everything they need."""
    files = sorted(natives_folder.glob("*.abi3.so"))
    return find_closure(Roots([(file, f"/here/{file.name}") for file in files]), "/here", PLACES)


@pytest.fixture(scope="session")
def prelinked(closure: Closure) -> Prelinked:
    return place(closure, OFFER, {}).prelinked


def object_of(prelinked: Prelinked, name: str) -> PrelinkedObject:
    return next(dso for dso in prelinked.objects if Path(dso.path).name == name)


def locate(target: Target) -> int:
    """Some address for everything that is in the executable."""
    match target:
        case Constant(value):
            return value
        case ExecutableSymbol(name, addend):
            return 0x400000 + hash(name) % 0x10000 * 16 + addend
        case PltStub():
            return 0x500000
        case ThreadLocalModule():
            return 1
        case ThreadLocal(_, offset, from_thread_pointer):
            return offset - 4096 if from_thread_pointer else offset
        case _:
            raise AssertionError(target)


# --- Places -----------------------------------------------------------------------------------------------------------


def test_images_do_not_meet(prelinked: Prelinked):
    """Prelinked objects lie apart, above the executable and its heap, each aligned as its segments ask."""
    places = sorted((dso.base, dso.end, dso) for dso in prelinked.objects)

    assert places[0][0] >= FIRST_BASE
    for (_, end, _), (base, _, _) in itertools.pairwise(places):
        assert base - end >= PAGE
    for base, _, dso in places:
        assert all(base % max(segment.alignment, PAGE) == 0 for segment in dso.object.loads)


def test_places_depend_on_nothing_but_the_libraries(closure: Closure, prelinked: Prelinked):
    """Binding twice gives the same, so that builds are reproducible."""
    again = place(closure, OFFER, {}).prelinked

    assert [(dso.path, dso.base, dso.fixups) for dso in again.objects] == [
        (dso.path, dso.base, dso.fixups) for dso in prelinked.objects
    ]


# --- Words ------------------------------------------------------------------------------------------------------------


def test_no_relocation_is_forgotten(prelinked: Prelinked):
    """Everything that the dynamic linker would have written has a value, once."""
    for dso in prelinked.objects:
        places = [fixup.address for fixup in dso.fixups] + [address for address, _ in dso.relative]
        expected = {
            dso.base + rela.offset for rela in dso.object.relocations if dso.object.kind_of(rela) is not Relocation.NONE
        }
        expected |= {dso.base + address for address in dso.object.relative_words}

        assert len(places) == len(set(places))
        assert set(places) >= expected
        # A descriptor and a local-dynamic variable have a second word.
        assert {place - 8 for place in set(places) - expected} <= expected


def word_for(dso: PrelinkedObject, name: str) -> Target:
    """What the references to a name became; they all became the same."""
    indexes = {index for index, symbol in enumerate(dso.object.symbols) if symbol.name == name}
    places = {dso.base + rela.offset for rela in dso.object.relocations if rela.symbol in indexes}
    (found,) = {fixup.target for fixup in dso.fixups if fixup.address in places}
    return found


def test_kinds_of_targets(prelinked: Prelinked):
    """A name is bound to the executable, to a stub or data of the C library, or to another dso."""
    use_data, use_function = (object_of(prelinked, f"{name}.abi3.so") for name in ("use_data", "use_function"))
    data = object_of(prelinked, "libdata.so")
    counter = next(symbol for symbol in data.object.symbols if symbol.name == "counter")

    assert word_for(use_data, "PyModuleDef_Init") == ExecutableSymbol("PyModuleDef_Init", 0)
    assert word_for(use_data, "counter") == Constant(data.base + counter.value)
    assert word_for(use_data, "setenv") == PltStub("setenv", "GLIBC_2.2.5")
    assert isinstance(word_for(use_data, "environ"), SystemSymbol)
    assert isinstance(word_for(use_function, "apply"), Constant)
    assert isinstance(word_for(object_of(prelinked, "libifunc.so"), "chosen"), IndirectFunction)
    assert {"PyModuleDef_Init", "PyUnicode_FromString"} <= prelinked.executable_symbols


def test_interposed_functions(prelinked: Prelinked):
    """Calls that the launcher answers go to it, whoever makes them."""
    dl = object_of(prelinked, "dl.abi3.so")

    assert word_for(dl, "dladdr") == ExecutableSymbol("__wrap_dladdr", 0)
    assert word_for(dl, "dlopen") == ExecutableSymbol("__wrap_dlopen", 0)
    assert {"__wrap_dladdr", "__wrap_dlopen"} <= prelinked.executable_symbols
    assert not {stub.name for stub in prelinked.stubs} & INTERPOSED_FUNCTIONS


def test_functions_of_the_interpreter_interposed_for_extensions(closure: Closure):
    """Extension modules get the launcher's function in place of the interpreter's; all others keep theirs."""
    offer = replace(OFFER, for_extensions=frozenset({"PyModuleDef_Init"}))
    use_data = object_of(place(closure, offer, {}).prelinked, "use_data.abi3.so")

    assert word_for(use_data, "PyModuleDef_Init") == ExecutableSymbol(interposer("PyModuleDef_Init"), 0)
    assert word_for(use_data, "PyUnicode_FromString") == ExecutableSymbol("PyUnicode_FromString", 0)


def test_undefined_names_are_left_to_run_time(prelinked: Prelinked):
    """A missing function is no build error: importing the module fails, as in Python. A weak one is 0."""
    assert word_for(object_of(prelinked, "undefined.abi3.so"), "nobody_has_this") == SystemSymbol(
        "nobody_has_this", None, 0, is_weak=False
    )
    assert word_for(object_of(prelinked, "weak_without.abi3.so"), "absent") == Constant(0)


def test_shared_library_is_bound_when_loaded(prelinked: Prelinked):
    """What several modules bring to one library in different ways is looked up when one of them is loaded."""
    caller = object_of(prelinked, "libcaller.so")

    assert word_for(caller, "which") == SystemSymbol("which", None, 0, is_weak=False)


# --- Refusals ---------------------------------------------------------------------------------------------------------


def changed(closure: Closure, **changes: Callable[[SharedObject], SharedObject]) -> Closure:
    """The closure with some of its objects changed; a library is named by the beginning of its file's name."""
    return replace(
        closure,
        libraries=tuple(
            replace(
                library,
                object=changes.get(library.object.path.name.partition(".")[0], lambda each: each)(library.object),
            )
            for library in closure.libraries
        ),
    )


def with_odd_relocation(object_: SharedObject) -> SharedObject:
    """The object with a relocation of a type that no linker writes."""
    return replace(object_, relocations=(*object_.relocations, Rela(object_.loads[-1].address, 99, 0, 0)))


def test_refusals_come_all_at_once(closure: Closure):
    """Every library that cannot be bound is refused in one pass, each for its first reason, and is then carried."""
    odd = changed(closure, use_data=with_odd_relocation, dl=with_odd_relocation)
    reasons = {
        "/here/dl.abi3.so": "has a relocation of type 99",
        "/here/use_data.abi3.so": "has a relocation of type 99",
    }

    refusals = prelink(odd, OFFER)
    placement = place(odd, OFFER, {})

    assert isinstance(refusals, tuple)
    found = {refusal.path: refusal.reason for refusal in refusals}
    assert {path: found[path] for path in reasons} == reasons
    # One of the small modules cannot be bound either.
    assert found.keys() - reasons.keys() == {"/here/undefined_carried.abi3.so"}
    assert reasons.items() <= {each.library.path: each.reason for each in placement.carried}.items()


def test_all_that_cannot_be_carried_is_told(closure: Closure):
    """One error names every library that can neither be bound nor be loaded from memory, and why."""
    nameless = changed(closure, libdata=lambda each: replace(each, soname=None))
    needing = {each.object.path for each in closure.libraries if "libdata.so" in each.object.needed}
    with pytest.raises(BundleError) as raised:
        place(nameless, OFFER, {"*": "is not wanted here"})
    told = raised.value.diagnostic

    cannot = "can neither be prelinked nor be loaded from memory"
    circular = {each.object.path for each in closure.libraries if each.object.name.startswith("libcycle")}
    assert len(needing) > 1
    assert {told.message, *told.notes} == {
        *(f"`{path}` {cannot}: `libdata.so`, which it needs, has no DT_SONAME" for path in needing),
        *(f"`{path}` {cannot}: it needs itself, through other libraries" for path in circular),
    }


def test_library_that_needs_itself_cannot_be_carried(closure: Closure):
    """The dynamic linker loads one library after the other, so none may need itself through others."""
    circle = changed(closure, libdata=lambda each: replace(each, needed=("libdata.so",)))
    with pytest.raises(BundleError, match="it needs itself, through other libraries"):
        place(circle, OFFER, {"libdata.so": "is not wanted here"})


def test_all_damaged_libraries_are_told(tmp_path: Path):
    """One error names every file that is no shared object, and why."""
    files = [tmp_path / "a.so", tmp_path / "b.so"]
    files[0].write_text("not a library")
    with pytest.raises(BundleError) as raised:
        find_closure(Roots([(file, f"/here/{file.name}") for file in files]), "/here", PLACES)
    told = raised.value.diagnostic

    assert told.code == "bad-library"
    assert all(
        f"`{file}` cannot be read" in text for file, text in zip(files, (told.message, *told.notes), strict=True)
    )
    assert told.hint


def test_no_room_for_a_detour(closure: Closure):
    """A library of the executable's own, too short in a place where it must jump, is the user's to exchange."""

    def short(object_: SharedObject) -> SharedObject:
        return replace(object_, symbols=tuple(each._replace(size=2) for each in object_.symbols))

    libdata = next(library for library in closure.libraries if library.object.path.name == "libdata.so")
    linked = replace(closure, libraries=(libdata,), linked=(libdata.object.name,))
    function = next(symbol.name for symbol in libdata.object.symbols if symbol.name == "counter_address")

    assert isinstance(prelink(linked, replace(OFFER, detoured=frozenset({function}))), Prelinked)
    with pytest.raises(BundleError, match=f"has no room in `{function}` for a jump") as raised:
        place(changed(linked, libdata=short), replace(OFFER, detoured=frozenset({function})), {})

    assert raised.value.diagnostic.code == "cannot-embed"
    assert raised.value.diagnostic.hint


# --- Contents ---------------------------------------------------------------------------------------------------------


def test_segments_hold_the_file_but_for_bound_words(prelinked: Prelinked):
    """Every byte that the dynamic linker would map is there; only words and forgotten search paths differ."""
    for dso in prelinked.objects:
        changed = _changed_addresses(dso)
        for part, content in relocated.contents(dso, locate):
            for index, byte in enumerate(content):
                address = part.address + index
                if address not in changed:
                    assert byte == _byte(dso, address), (dso.path, hex(address - dso.base))
            break  # the first one of each is enough: bytes are many


def test_words_are_written(prelinked: Prelinked):
    """A word that is known has its value in the contents."""
    for dso in prelinked.objects:
        found = memory(dso)
        for address, value in dso.relative:
            assert found.word(address) == value
        for fixup in dso.fixups:
            if not isinstance(fixup.target, RunTimeTarget):
                assert found.word(fixup.address) == locate(fixup.target) & (1 << 64) - 1


def test_segments_cover_memory(prelinked: Prelinked):
    """Segments are whole pages, do not overlap, and have the permissions of the program header, or less (RELRO)."""
    for dso in prelinked.objects:
        parts = list(relocated.parts(dso))
        for one, other in itertools.pairwise(parts):
            assert one.address + one.memory_size <= other.address
        for part in parts:
            assert part.address % PAGE == part.memory_size % PAGE == part.stored_size % PAGE == 0
            assert part.stored_size <= part.memory_size
            assert part.protection & 6 != 6, "writable and executable"
        for load in dso.object.loads:
            for address in (dso.base + load.address, dso.base + load.address + load.memory_size - 1):
                part = next(p for p in parts if p.address <= address < p.address + p.memory_size)
                flags = (load.flags & 1) << 2 | load.flags & 2 | load.flags >> 2 & 1
                assert part.protection in (flags, flags & ~2)


def test_relro_is_read_only_from_the_start(prelinked: Prelinked):
    """What the dynamic linker would protect after binding is mapped read-only, unless something is patched in it."""
    kinds = set()
    for dso in prelinked.objects:
        start, size = relocated.relro(dso)
        if not size:
            continue
        is_late = relocated.late_relro(dso) != (0, 0)
        kinds.add(is_late)
        for part in relocated.parts(dso):
            if start <= part.address < start + size:
                assert part.protection == (3 if is_late else 1)

    assert kinds == {False, True}


def test_search_paths_are_forgotten(prelinked: Prelinked):
    """A run path tells of the build machine: it is not in the binary. Names of symbols stay."""
    dso = object_of(prelinked, "use_data.abi3.so")
    found = memory(dso)
    strings = dso.base + dso.object.tags[Tag.STRTAB]
    table = found.content[strings - found.base :][: dso.object.tags[_STRSZ]]

    assert Tag.RUNPATH in dso.object.tags
    assert found.text(strings + dso.object.tags[Tag.RUNPATH]) == b""
    assert all(symbol.name.encode() + b"\0" in table for symbol in dso.object.symbols)


def test_thread_local_contents(prelinked: Prelinked):
    """The block of a new thread begins with the initial values, pointers among them bound."""
    dso = object_of(prelinked, "libthread.so")
    segment = dso.object.segment(SegmentType.TLS)
    assert segment is not None
    blocks = {block.owner: block for block in prelinked.thread_locals}
    block = Memory(0, relocated.thread_local_content(dso, locate))
    symbols = {symbol.name: symbol for symbol in dso.object.symbols}

    assert blocks[dso.index] == ThreadLocalBlock(dso.index, segment.file_size, segment.memory_size, 64)
    assert object_of(prelinked, "libdata.so").index not in blocks
    assert len(block.content) == segment.file_size
    assert block.word(symbols["shared_count"].value) & 0xFFFFFFFF == 7
    assert dso.base < block.word(symbols["shared_pointer"].value) < dso.end


def _changed_addresses(dso: PrelinkedObject) -> set[int]:
    starts = [fixup.address for fixup in dso.fixups] + [address for address, _ in dso.relative]
    changed = {start + step for start in starts for step in range(8)}
    for tag in (Tag.RUNPATH, Tag.RPATH):
        if tag in dso.object.tags:
            start = dso.base + dso.object.tags[Tag.STRTAB] + dso.object.tags[tag]
            changed |= set(range(start, start + 200))
    return changed


def _byte(dso: PrelinkedObject, address: int) -> int:
    """A byte of memory as the file has it; what lies between segments in one page is whatever is in the file."""
    for load in dso.object.loads:
        start = dso.base + load.address
        if start <= address < start + load.file_size:
            byte: int = dso.object.data[load.offset + address - start]
            return byte
    for load in dso.object.loads:
        start = (dso.base + load.address) & -PAGE
        if start <= address < dso.base + load.address:
            before: int = dso.object.data[load.offset - (dso.base + load.address - address)]
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


def memory(dso: PrelinkedObject) -> Memory:
    """An dso as it is mapped."""
    parts = list(relocated.contents(dso, locate))
    base, last = parts[0][0].address, parts[-1][0]
    content = bytearray(last.address + last.memory_size - base)
    for part, stored in parts:
        content[part.address - base : part.address - base + len(stored)] = stored
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
    exports = Exports(_Object(defined))  # type: ignore[arg-type]  # of an object only its symbols are asked for

    assert exports.find("f", version) == expected


class _Object:
    def __init__(self, symbols: list[Symbol]) -> None:
        self.symbols = symbols


# --- Finding libraries ------------------------------------------------------------------------------------------------


def test_libraries_of_the_system_stay_there(closure: Closure):
    """The C library is never part of a binary; everything else is, by its name under the root."""
    paths = {library.path for library in closure.libraries}

    assert closure.system.keys() >= LINKED_SYSTEM_LIBRARIES & {"libc.so.6", "libm.so.6"}
    assert "/here/libfirst.so" in paths
    assert not {Path(path).name for path in paths} & closure.system.keys()
    if natives.HAS_CPP:
        assert {"/here/libstdc++.so.6", "/here/libgcc_s.so.1"} <= paths


def test_each_library_comes_once(closure: Closure):
    """A library that several modules need is one dso."""
    paths = [library.path for library in closure.libraries]

    assert len(paths) == len(set(paths))
    assert paths == sorted(paths)


def test_missing_library(natives_folder: Path, tmp_path: Path):
    """A library that is nowhere is an error, naming who needs it, for what the executable is linked with.

    Modules and other libraries that need it are as they are on this machine: they cannot be loaded.
    """
    shutil.copy(natives_folder / "order_first_second.abi3.so", tmp_path)
    file = tmp_path / "order_first_second.abi3.so"

    closure = find_closure(Roots([(file, "/here/x.so")]), "/here", PLACES)
    with pytest.raises(BundleError, match=r"`libfirst\.so` was not found") as raised:
        find_closure(Roots(linked=[file]), "/here", PLACES)

    assert "libfirst.so" in closure.missing["/here/x.so"]
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
        closure = find_closure(Roots([(tmp_path / "module.so", "/here/module.so")]), "/here", PLACES)
        return [library.path for library in closure.libraries]

    assert found("disable") == ["/here/a/libdeep.so", "/here/b/libsecond.so", "/here/module.so"]
    assert found("enable") == ["/here/a/libdeep.so", "/here/module.so"]


def test_file_that_is_no_library(tmp_path: Path):
    """A broken extension module is an error that names the file."""
    file = tmp_path / "broken.so"
    file.write_bytes(b"not at all")

    with pytest.raises(BundleError, match=r"broken\.so"):
        find_closure(Roots([(file, "/here/broken.so")]), "/here", PLACES)


@pytest.mark.parametrize(
    ("machine", "alignment", "expected"),
    [(X86_64, 8, 16 - 104), (X86_64, 64, 16 - 128), (AARCH64, 8, 16 + 16), (AARCH64, 64, 16 + 64)],
)
def test_distance_from_the_thread_pointer(machine: Machine, alignment: int, expected: int):
    """The block ends at the thread pointer, or begins behind two words after it (ELF Handling For Thread-Local Storage, 3)."""
    block = Segment(SegmentType.TLS, 0, 0, 0, 8, 100, alignment)

    assert thread_pointer_offset(machine, block, 16) == expected
