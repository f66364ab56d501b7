"""The reader of ELF files agrees with pyelftools, on libraries of this machine and on small ones of every kind."""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from elftools.elf.constants import SH_FLAGS
from elftools.elf.dynamic import DynamicSegment
from elftools.elf.elffile import ELFFile
from elftools.elf.enums import (
    ENUM_P_TYPE_BASE,
    ENUM_ST_INFO_BIND,
    ENUM_ST_INFO_TYPE,
    ENUM_ST_VISIBILITY,
)
from elftools.elf.gnuversions import GNUVerDefSection, GNUVerNeedSection, GNUVerSymSection
from elftools.elf.relocation import RelocationTable, RelrRelocationTable

from bundler.elf import (
    X86_64,
    ElfError,
    Rela,
    SegmentType,
    SharedObject,
    Tag,
    archive_symbols,
    read_executable,
    read_shared_object,
    thread_local_symbols,
    undefined_symbols,
)
from bundler.link.library_search import system_libraries
from bundler.target import Linkage, TargetPython
from tests.link import natives

SYSTEM = (
    "libc.so.6",
    "libm.so.6",
    "libstdc++.so.6",
    "libgcc_s.so.1",
    "libcrypto.so.3",
    "libssl.so.3",
    "libsqlite3.so.0",
    "libffi.so.8",
)
EXTENSIONS = ("_ssl", "_sqlite3", "_json", "_decimal", "_ctypes", "math")
SMALL = [part.name for part in natives.MODULES]


@pytest.fixture(params=SYSTEM)
def system_library(request: pytest.FixtureRequest) -> Path:
    """A library of this machine, if it has it."""
    path = system_libraries(X86_64).get(request.param)
    if path is None:
        pytest.skip(f"there is no {request.param} on this machine")
    return path


def test_system_libraries(system_library: Path):
    """The reader agrees with pyelftools about large libraries: versions, IFUNC, thread-local storage, every kind of relocation."""
    assert_agrees(system_library)


@pytest.mark.parametrize("name", EXTENSIONS)
def test_extension_modules(target: TargetPython, name: str):
    """The reader agrees with pyelftools about extension modules of the standard library."""
    found = sorted((target.stdlib / "lib-dynload").glob(f"{name}.*.so"))
    if not found:
        pytest.skip(f"{name} is built in")
    assert_agrees(found[0])


@pytest.mark.parametrize("name", SMALL)
def test_small_modules(natives_folder: Path, name: str):
    """The reader agrees with pyelftools about each thing that a linker can do: packed relocations, old hash tables, odd segments."""
    path = natives_folder / f"{name}.abi3.so"
    if not path.exists():
        pytest.skip("there is no C++ compiler")
    assert_agrees(path)


@pytest.mark.parametrize("name", ["versioned", "ifunc", "thread-desc", "outer", "protected"])
def test_small_libraries(natives_folder: Path, name: str):
    """Libraries that define what others use, among it two versions of one name."""
    assert_agrees(natives_folder / f"lib{name}.so")


@pytest.mark.parametrize(
    "name", ["libversioned.so", "relative_packed.abi3.so", "relative_sysv_hash.abi3.so", "aligned.abi3.so"]
)
def test_section_headers_are_not_needed(natives_folder: Path, tmp_path: Path, name: str):
    """A file whose section headers were stripped is read as before, as the dynamic linker reads it."""
    whole = (natives_folder / name).read_bytes()
    stripped = bytearray(whole)
    struct.pack_into("<Q", stripped, 0x28, 0)  # e_shoff
    struct.pack_into("<HHH", stripped, 0x3A, 0, 0, 0)  # e_shentsize, e_shnum, e_shstrndx
    path = tmp_path / name
    path.write_bytes(stripped)

    assert _as_ours(read_shared_object(path)) == _as_ours(read_shared_object(natives_folder / name))


# --- The comparison ---------------------------------------------------------------------------------------------------


def assert_agrees(path: Path) -> None:
    """Both readers tell the same of a file."""
    with path.open("rb") as file:
        assert _as_ours(read_shared_object(path)) == _as_theirs(ELFFile(file))


def _as_ours(found: SharedObject) -> dict[str, Any]:
    versioned = {(symbol.name, symbol.version, symbol.is_hidden) for symbol in found.symbols if symbol.is_defined}
    return {
        "segments": [tuple(segment) for segment in found.segments],
        "tags": dict(found.tags),
        "needed": list(found.needed),
        "soname": found.soname,
        "runpath": list(found.runpath),
        "symbols": [tuple(symbol)[:7] for symbol in found.symbols],
        "versions": versioned,
        "oldest": {(symbol.name, symbol.version) for symbol in found.symbols if symbol.is_oldest and symbol.is_defined},
        "needed versions": sorted(found.needed_versions),
        "relocations": sorted(found.relocations),
        "relative words": list(found.relative_words),
    }


def _as_theirs(elf: Any) -> dict[str, Any]:
    dynamic = next(segment for segment in elf.iter_segments() if isinstance(segment, DynamicSegment))
    entries: list[Any] = [tag for tag in dynamic.iter_tags() if tag.entry.d_tag != "DT_NULL"]
    symbols = list(_section(elf, ".dynsym").iter_symbols())
    defined, oldest = _defined_versions(elf, symbols)
    return {
        "segments": [tuple(_segment(segment.header)) for segment in elf.iter_segments()],
        "tags": dict(_raw_tags(elf)),
        "needed": [tag.needed for tag in entries if tag.entry.d_tag == "DT_NEEDED"],
        "soname": next((tag.soname for tag in entries if tag.entry.d_tag == "DT_SONAME"), None),
        "runpath": [folder for tag in entries if tag.entry.d_tag == "DT_RUNPATH" for folder in tag.runpath.split(":")],
        "symbols": [tuple(_symbol(symbol)) for symbol in symbols],
        "versions": defined,
        "oldest": oldest,
        "needed versions": sorted(_needed_versions(elf)),
        "relocations": sorted(_relocations(dynamic)),
        "relative words": _relative_words(dynamic),
    }


def _section(elf: Any, name: str) -> Any:
    return elf.get_section_by_name(name)


def _segment(header: Any) -> Iterator[int]:
    kind = header.p_type
    yield kind if isinstance(kind, int) else ENUM_P_TYPE_BASE[kind]
    yield from (header.p_flags, header.p_offset, header.p_vaddr, header.p_filesz, header.p_memsz, header.p_align)


def _raw_tags(elf: Any) -> Iterator[tuple[int, int]]:
    """The dynamic section as numbers: pyelftools shows enumerators where it knows them."""
    data = _section(elf, ".dynamic").data()
    for tag, value in struct.iter_unpack("<qQ", data):
        if tag == 0:
            return
        yield tag, value


def _symbol(symbol: Any) -> Iterator[object]:
    entry = symbol.entry
    section = entry.st_shndx
    yield from (symbol.name, entry.st_value, entry.st_size)
    yield ENUM_ST_INFO_BIND[entry.st_info.bind]
    yield ENUM_ST_INFO_TYPE[entry.st_info.type]
    yield ENUM_ST_VISIBILITY[entry.st_other.visibility]
    yield {"SHN_UNDEF": 0, "SHN_ABS": 0xFFF1}.get(section, section)


def _defined_versions(elf: Any, symbols: list[Any]) -> tuple[set[Any], set[Any]]:
    """Defined symbols with version and whether it is hidden; and those of the first version."""
    names: dict[int, str] = {}
    marks = None
    for section in elf.iter_sections():
        if isinstance(section, GNUVerDefSection):
            for version, auxiliaries in section.iter_versions():
                if not version.entry.vd_flags & 1:  # VER_FLG_BASE
                    names[version.entry.vd_ndx] = next(iter(auxiliaries)).name
        elif isinstance(section, GNUVerSymSection):
            marks = [mark for (mark,) in struct.iter_unpack("<H", section.data())]
    defined, oldest = set(), set()
    for index, symbol in enumerate(symbols):
        mark = marks[index] if marks else 0
        if symbol.entry.st_shndx != "SHN_UNDEF":
            defined.add((symbol.name, names.get(mark & 0x7FFF), bool(mark & 0x8000)))
            if mark & 0x7FFF == 2:
                oldest.add((symbol.name, names.get(2)))
    return defined, oldest


def _needed_versions(elf: Any) -> Iterator[tuple[Any, str]]:
    for section in elf.iter_sections():
        if isinstance(section, GNUVerNeedSection):
            for file, auxiliaries in section.iter_versions():
                yield from ((file.name, auxiliary.name) for auxiliary in auxiliaries)


def _relocations(dynamic: Any) -> Iterator[Rela]:
    for table in dynamic.get_relocation_tables().values():
        if isinstance(table, RelocationTable):
            for each in table.iter_relocations():
                entry = each.entry
                yield Rela(entry.r_offset, entry.r_info_type, entry.r_info_sym, entry.r_addend)


def _relative_words(dynamic: Any) -> list[int]:
    return [
        each.entry.r_offset
        for table in dynamic.get_relocation_tables().values()
        if isinstance(table, RelrRelocationTable)
        for each in table.iter_relocations()
    ]


# --- Files that are not what they should be ---------------------------------------------------------------------------


def _spoiled(whole: bytes, offset: int, data: bytes) -> bytes:
    return whole[:offset] + data + whole[offset + len(data) :]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda whole: b"",
        lambda whole: b"#!/bin/sh\n",
        lambda whole: b"\x7fELF",
        lambda whole: _spoiled(whole, 4, b"\1"),  # 32 bits
        lambda whole: _spoiled(whole, 5, b"\2"),  # big-endian
        lambda whole: _spoiled(whole, 18, b"\xb7\0"),  # AArch64
        lambda whole: whole[:200],
        lambda whole: whole[: len(whole) // 3],
        lambda whole: _spoiled(whole, 32, b"\xff" * 8),  # e_phoff
    ],
    ids=["empty", "script", "magic", "32 bits", "big-endian", "AArch64", "cut early", "cut late", "no headers"],
)
def test_other_files_are_refused(natives_folder: Path, tmp_path: Path, spoil: Any):
    """A file that is no shared object for this machine, or only a part of one, is an error of its own kind."""
    path = tmp_path / "spoiled.so"
    path.write_bytes(spoil((natives_folder / "libversioned.so").read_bytes()))

    with pytest.raises(ElfError):
        read_shared_object(path)


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        (Tag.INIT, 1 << 40),
        (Tag.FINI, (1 << 64) - 1),
        (Tag.INIT_ARRAYSZ, 1 << 37),
        (Tag.FINI_ARRAY, 1 << 40),
        (Tag.GNU_HASH, (1 << 64) - 1),
        (Tag.SONAME, (1 << 64) - 1),
        (Tag.NEEDED, 1 << 63),
    ],
)
def test_places_outside_of_the_file_are_refused(natives_folder: Path, tmp_path: Path, tag: Tag, value: int):
    """What the dynamic section names must be there: nobody looks again before it is called or read."""
    whole = (natives_folder / "libversioned.so").read_bytes()
    dynamic = read_shared_object(natives_folder / "libversioned.so").segment(SegmentType.DYNAMIC)
    assert dynamic is not None
    entries = range(dynamic.offset, dynamic.offset + dynamic.file_size, 16)
    at = next(at for at in entries if int.from_bytes(whole[at : at + 8], "little") == tag)
    path = tmp_path / "spoiled.so"
    path.write_bytes(_spoiled(whole, at + 8, value.to_bytes(8, "little")))

    with pytest.raises(ElfError, match=r"spoiled\.so"):
        read_shared_object(path)


def test_static_program_is_no_shared_object(tmp_path: Path):
    """A file without a dynamic section cannot be bound."""
    (tmp_path / "main.c").write_text("int main(void) { return 0; }")
    done = subprocess.run(
        ["gcc", "-static", "-no-pie", "main.c", "-o", "main"], cwd=tmp_path, capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("there is no static C library")

    with pytest.raises(ElfError, match="not dynamically linked"):
        read_shared_object(tmp_path / "main")


def test_address_without_contents(natives_folder: Path):
    """Zero-initialised memory has no place in the file."""
    found = read_shared_object(natives_folder / "libdata.so")
    load = next(segment for segment in found.loads if segment.memory_size > segment.file_size)

    with pytest.raises(ElfError, match="not in the file"):
        found.offset_of(load.address + load.file_size)
    assert found.offset_of(load.address) == load.offset


# --- Executables and archives -----------------------------------------------------------------------------------------


def test_executable(target: TargetPython):
    """Sections, segments and global symbols of a program are those that pyelftools sees."""
    path = target.executable.resolve()
    found = read_executable(path)
    elf = ELFFile(io.BytesIO(path.read_bytes()))
    table = _section(elf, ".symtab")
    theirs = {
        symbol.name: symbol.entry.st_value
        for symbol in (table.iter_symbols() if table else ())
        if symbol.entry.st_shndx != "SHN_UNDEF" and symbol.entry.st_info.bind != "STB_LOCAL"
    }

    assert [(s.name, s.address, s.offset, s.size) for s in found.sections.values() if s.name] == [
        (s.name, s["sh_addr"], s["sh_offset"], s["sh_size"]) for s in elf.iter_sections() if s.name
    ]
    assert {s.name for s in found.sections.values() if s.flags & SH_FLAGS.SHF_EXECINSTR} >= {".text", ".plt"}
    assert [segment.type for segment in found.segments].count(SegmentType.DYNAMIC) == 1
    assert {name.partition("@")[0]: value for name, value in found.symbols.items()}.keys() >= theirs.keys()
    assert all(found.symbols[name] == value for name, value in theirs.items())


def test_archive_index(target: TargetPython):
    """The symbols of a static library are those that `nm` lists in its index."""
    if target.libpython.linkage is not Linkage.STATIC:
        pytest.skip("this Python has no static library")
    listing = subprocess.run(["nm", "-s", target.libpython.path], capture_output=True, text=True, check=True).stdout
    index = listing.partition("Archive index:\n")[2].partition("\n\n")[0]

    assert archive_symbols(target.libpython.path) == {line.rpartition(" in ")[0] for line in index.splitlines()}


def test_what_an_archive_needs(target: TargetPython):
    """The undefined symbols of a static library's members are those that `nm` lists."""
    if target.libpython.linkage is not Linkage.STATIC:
        pytest.skip("this Python has no static library")
    listing = subprocess.run(["nm", "-u", target.libpython.path], capture_output=True, text=True, check=True).stdout
    words = [line.split() for line in listing.splitlines()]

    assert undefined_symbols(target.libpython.path) == {word[1] for word in words if len(word) == 2 and word[0] == "U"}


def test_archive_that_is_none(tmp_path: Path):
    """A file that is no archive, or one without an index, offers no symbols."""
    (tmp_path / "text").write_text("text")
    subprocess.run(["ar", "rcS", "without.a", "text"], cwd=tmp_path, check=True)

    assert archive_symbols(tmp_path / "text") == archive_symbols(tmp_path / "without.a") == frozenset()


def test_empty_archive(tmp_path: Path):
    """An archive without members, as parts of glibc are since they became one, offers nothing."""
    subprocess.run(["ar", "rc", "empty.a"], cwd=tmp_path, check=True)

    assert archive_symbols(tmp_path / "empty.a") == undefined_symbols(tmp_path / "empty.a") == frozenset()


def test_thread_local_variables_of_an_archive(tmp_path: Path):
    """Thread-local variables are told from others, and definitions from uses."""
    source = "__thread int own = 1; extern __thread int other; int plain; int *use(void) { return &own + other; }"
    subprocess.run(["cc", "-xc", "-", "-c", "-o", "member.o"], input=source.encode(), cwd=tmp_path, check=True)
    subprocess.run(["ar", "rc", "some.a", "member.o"], cwd=tmp_path, check=True)

    assert thread_local_symbols(tmp_path / "some.a") == {"own"}
    assert undefined_symbols(tmp_path / "some.a") >= {"other"}


@pytest.mark.parametrize("linker", ["bfd", "lld"])
def test_hidden_symbols_of_an_executable(tmp_path: Path, linker: str):
    """A symbol that object files hide from other libraries is among an executable's, also where the linker makes it local."""
    if shutil.which(f"ld.{linker}") is None:
        pytest.skip(f"there is no {linker}")
    source = '__attribute__((visibility("hidden"))) int hidden = 1; static int own = 2; int main(void) { return hidden - own; }'
    command = ("cc", "-xc", "-", f"-fuse-ld={linker}", "-O0", "-o", "program")
    subprocess.run(command, input=source.encode(), cwd=tmp_path, check=True)

    symbols = read_executable(tmp_path / "program").symbols
    assert "hidden" in symbols
    assert "own" not in symbols
