"""The binary's tables: what Python writes is what the launcher's C finds, under the sanitizers."""

from __future__ import annotations

import io
import subprocess
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundler.contract import bundle_constant, bundle_ffi, fnv1a, launcher_folder
from bundler.elf import X86_64, Section
from bundler.errors import BundleError
from bundler.link.contents import (
    Contents,
    Entry,
    FileEntry,
    InlineFile,
    InterpreterConfig,
    ModuleEntry,
    PrecompiledTable,
)
from bundler.link.interposed import INTERPOSED_FUNCTIONS
from bundler.link.libraries import Roots, find_closure
from bundler.link.library_search import LibrarySearch
from bundler.link.model import Payload
from bundler.link.objects import Offer, Placement, Prelinked
from bundler.link.payload import bound_tables, lay_out_payload, write_payload
from bundler.link.place import place
from tests.link import natives

BASE = 0x7000_0000_0000

CONFIG = InterpreterConfig(
    optimize=2,
    utf8_mode=True,
    site_builtins=("exit", "help"),
    main_module="package.tool",
    runtime_hooks=("pyi_rth_first", "pyi_rth_second"),
    version_end=77,
    platlibdir="lib64",
    warnings=("error", "ignore::DeprecationWarning"),
    x_options=(),
    python_command=1,
)


NOTHING_PRECOMPILED = PrecompiledTable((), "frozen_results")


def all_of(
    modules: Sequence[ModuleEntry] = (),
    files: Sequence[Entry] = (),
    libraries: Placement | None = None,
    precompiled: PrecompiledTable = NOTHING_PRECOMPILED,
) -> Contents:
    """Contents with these and nothing else."""
    return Contents(
        modules=tuple(modules),
        files=tuple(files),
        folders=(),
        libraries=libraries or Placement(Prelinked(()), ()),
        ending_visibly=frozenset(),
        has_snapshot=False,
        interposed=(),
        precompiled=precompiled,
        config=CONFIG,
    )


def contents(modules: Iterable[str] = (), files: Iterable[str] = ()) -> Contents:
    """Modules and files with these names."""
    return all_of(
        [ModuleEntry(name, f"/here/{name}", None, 1, is_package=False) for name in modules],
        [InlineFile(PurePosixPath(path), b"in " + path.encode()) for path in files],
    )


def written(laid_out: Payload, base: int = BASE, symbols: Mapping[str, int] | None = None) -> bytes:
    """A payload as it is in an executable that loads it at `base`."""
    file = io.BytesIO(bytes(laid_out.size))
    section = Section(".bundle", 1, base, 0, laid_out.size, 2)
    write_payload(file, section, laid_out, {"frozen_results": 0, **(symbols or {})}, lambda _: 0)
    return file.getvalue()


def payload(what: Contents) -> bytes:
    return written(lay_out_payload(what, X86_64))


# --- Looking up in C --------------------------------------------------------------------------------------------------


class LookUp:
    """The launcher's look-up, compiled with the sanitizers."""

    def __init__(self, program: Path) -> None:
        self._program = program

    def __call__(self, data: bytes, questions: Sequence[str]) -> list[int]:
        """The index of the record for each question: a letter for the table, and a text."""
        file = self._program.with_name("payload")
        file.write_bytes(data)
        asked = b"".join(question.encode("utf-8", "surrogateescape") + b"\0" for question in questions)
        done = subprocess.run([self._program, file], input=asked, capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, b"")
        return [int(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="session")
def look_up(tmp_path_factory: pytest.TempPathFactory) -> LookUp:
    """The compiled program."""
    folder = tmp_path_factory.mktemp("lookup")
    sources = [Path(__file__).with_name("lookup.c"), launcher_folder() / "executable" / "tables.c"]
    flags = ["-std=gnu11", "-D_GNU_SOURCE", "-g", "-O1", "-Wall", "-Wextra", "-Werror", "-fsanitize=address,undefined"]
    command: list[str | Path] = ["gcc", *flags, "-fno-sanitize-recover", f"-DBASE={BASE:#x}", f"-I{launcher_folder()}"]
    done = subprocess.run([*command, *sources, "-o", folder / "lookup"], capture_output=True, text=True, check=False)
    if "cannot find -l" in done.stderr or "libasan" in done.stderr:
        pytest.skip("the compiler has no sanitizers")
    assert done.returncode == 0, done.stderr
    return LookUp(folder / "lookup")


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5, 8, 9, 500])
def test_every_name_is_found(look_up: LookUp, count: int):
    """Each module is found under its name, and nothing under any other, whatever the size of the table."""
    names = [f"package{i % 7}.module_{i}" for i in range(count)]
    others = ["", "package0", "module_0", "package0.module_", f"package0.module_{count}", "Package0.module_0", "é"]

    found = look_up(payload(contents(names)), ["m" + name for name in (*names, *others)])

    assert found == [*range(count), *[-1] * len(others)]


def test_names_that_collide(look_up: LookUp):
    """Names with one hash slot are told apart by their text, also past the end of the table."""
    names = [name for i in range(4000) if fnv1a((name := f"m{i}").encode()) % 64 == 63][:20]

    assert look_up(payload(contents(names)), ["m" + name for name in names]) == list(range(20))
    assert look_up(payload(contents(names[:19])), ["m" + names[19]]) == [-1]


def test_names_that_are_not_ascii(look_up: LookUp):
    """Texts are compared as bytes: UTF-8, and file names that are not text."""
    names = ["ä.漢", "😀", "x\udcff", "a b"]

    assert look_up(payload(contents(names)), ["m" + name for name in names]) == [0, 1, 2, 3]


def test_files_are_found_by_path(look_up: LookUp):
    """Every file and every folder above one has a record; folders' entries stand together."""
    files = ["/here/p/data.txt", "/here/p/q/deep.bin", "/here/p.txt", "/here/a"]
    data = payload(contents(files=files))
    tables = Tables(data)
    paths = ["/here", "/here/a", "/here/p", "/here/p.txt", "/here/p/data.txt", "/here/p/q", "/here/p/q/deep.bin"]

    found = look_up(data, [*("f" + path for path in paths), "f/", "f", "f/here/", "f/here/none"])

    assert found[7:] == [-1] * 4
    for path, index in zip(paths, found, strict=False):
        assert tables.text(tables.files[index].path) == path
    root, folder = tables.files[found[0]], tables.files[found[2]]
    assert tables.entries(root) == ["a", "p", "p.txt"]
    assert tables.entries(folder) == ["data.txt", "q"]
    assert tables.bytes(tables.files[found[4]].data, 19) == b"in /here/p/data.txt"


def test_objects_are_found_by_path_and_soname(look_up: LookUp, natives_folder: Path):
    """A prelinked object is found by its path and by its soname."""
    files = [(natives_folder / f"{part.name}.abi3.so", f"/here/{part.name}.so") for part in natives.MODULES[:8]]
    closure = find_closure(Roots(files), "/here", LibrarySearch.of(X86_64))
    placed = place(closure, Offer(frozenset(), INTERPOSED_FUNCTIONS), {})
    # As in an executable, objects lie above the payload.
    objects = tuple(replace(dso, base=dso.base + BASE) for dso in placed.prelinked.objects)
    libraries = replace(placed, prelinked=replace(placed.prelinked, objects=objects))
    data = payload(all_of(libraries=libraries))
    tables = Tables(data)

    assert look_up(data, ["i" + dso.path for dso in objects]) == list(range(len(objects)))
    sonames = look_up(data, ["s" + dso.object.name for dso in objects])
    assert [tables.sonames[index].index for index in sonames] == list(range(len(objects)))
    assert look_up(data, ["ilibfirst.so", "s/here/libfirst.so"]) == [-1, -1]
    for index, dso in enumerate(objects):
        row = tables.objects[index]
        assert (row.base, row.end) == (dso.base, dso.end)
        assert tables.numbers(row.needed, row.needed_count) == list(dso.needed)


# --- What is written --------------------------------------------------------------------------------------------------


class Tables:
    """A payload, read through the declarations of bundle.h."""

    def __init__(self, data: bytes, base: int = BASE) -> None:
        self._ffi = bundle_ffi()
        self._data = data
        self._base = base
        self.bundle: Any = self._ffi.from_buffer("struct bundle *", data)[0]

    def _array(self, kind: str, pointer: Any) -> Any:
        rest = self._ffi.from_buffer("char[]", self._data) + self._offset(pointer)
        return self._ffi.cast(f"struct {kind} *", rest)

    def _offset(self, pointer: Any) -> int:
        return int(self._ffi.cast("uintptr_t", pointer)) - self._base

    def __getattr__(self, name: str) -> Any:
        kinds = {
            "modules": "bundle_module",
            "files": "bundle_file",
            "objects": "bundle_object",
            "sonames": "bundle_soname",
        }
        return self._array(kinds[name], getattr(self.bundle, name))

    def bytes(self, pointer: Any, size: int) -> bytes:
        offset = self._offset(pointer)
        return self._data[offset : offset + size]

    def text(self, pointer: Any) -> str:
        offset = self._offset(pointer)
        return self._data[offset : self._data.index(b"\0", offset)].decode("utf-8", "surrogateescape")

    def texts(self, pointer: Any, count: int) -> list[str]:
        addresses = bundle_ffi().from_buffer("const char *[]", self.bytes(pointer, 8 * (count + 1)))
        assert addresses[count] == bundle_ffi().NULL
        return [self.text(address) for address in list(addresses)[:count]]

    def numbers(self, pointer: Any, count: int) -> list[int]:
        return [int.from_bytes(self.bytes(pointer, 4 * count)[4 * i :][:4], "little") for i in range(count)]

    def entries(self, folder: Any) -> list[str]:
        numbers = range(folder.first_entry, folder.first_entry + folder.entry_count)
        return [self.text(self.files[number].name) for number in numbers]


def test_options_are_written():
    """What the interpreter is configured with arrives as given; empty lists are NULL."""
    tables = Tables(payload(contents()))
    options = tables.bundle.options

    assert (options.optimize, options.utf8_mode, options.version_end) == (2, 1, 77)
    assert tables.text(options.platlibdir) == "lib64"
    assert tables.text(options.main_module) == "package.tool"
    assert tables.texts(options.runtime_hooks, 2) == ["pyi_rth_first", "pyi_rth_second"]
    assert options.x_options == bundle_ffi().NULL


def test_modules_are_written():
    """A module's kind, file and code are in its row."""
    kinds = [bundle_constant(name) for name in ("BUNDLE_FROZEN", "BUNDLE_EXTENSION", "BUNDLE_NAMESPACE")]
    rows = (
        ModuleEntry("a", "/here/a/__init__.py", "frozen_a", kinds[0], is_package=True),
        ModuleEntry("b", "/here/b.so", None, kinds[1], is_package=False),
        ModuleEntry("boot", None, "frozen_boot", kinds[0], is_package=False),
    )
    data = written(
        lay_out_payload(all_of(rows, precompiled=PrecompiledTable(("key",), "frozen_results")), X86_64),
        symbols={"frozen_a": 0x1000, "frozen_boot": 0x2000, "frozen_results": 0x3000},
    )
    tables = Tables(data)
    address = bundle_ffi().cast

    assert tables.bundle.module_index.count == 3
    assert [tables.text(tables.modules[i].name) for i in range(3)] == ["a", "b", "boot"]
    assert [tables.modules[i].kind for i in range(3)] == [kinds[0], kinds[1], kinds[0]]
    assert [int(address("uintptr_t", tables.modules[i].code)) for i in range(3)] == [0x1000, 0, 0x2000]
    assert [tables.modules[i].is_package for i in range(3)] == [1, 0, 0]
    assert tables.modules[2].path == bundle_ffi().NULL


def test_addresses_are_all_that_the_link_decides():
    """Before the link, everything has its place and the tables are complete, but for words that hold addresses."""
    laid_out = lay_out_payload(contents(["a", "b"], ["/here/x"]), X86_64)
    places = {reference.place + step for reference in laid_out.tables.references for step in range(8)}
    one, other = written(laid_out), written(laid_out, 0x400000)

    assert laid_out.size % X86_64.page_size == 0
    assert len(one) == len(other) == laid_out.size
    assert {index for index, pair in enumerate(zip(one, other, strict=True)) if len(set(pair)) > 1} <= places
    for offset, data in bound_tables(laid_out.tables, 0, {"frozen_results": 0}):
        assert [byte for at, byte in enumerate(data, offset) if at not in places] == [
            byte for at, byte in enumerate(one[offset:][: len(data)], offset) if at not in places
        ]


def test_files_are_read_when_they_are_laid_out(tmp_path: Path):
    """A file's content is in the payload, compressed if that is asked for and smaller; its digest names it."""
    (tmp_path / "long").write_bytes(b"again and " * 1000)
    (tmp_path / "short").write_bytes(b"x")
    entries = [
        FileEntry(PurePosixPath("/a"), tmp_path / "long", 10000),
        FileEntry(PurePosixPath("/b"), tmp_path / "long", 10000, is_packed=True),
        FileEntry(PurePosixPath("/c"), tmp_path / "short", 1, is_packed=True),
    ]
    laid_out = lay_out_payload(all_of(files=entries), X86_64)
    tables = Tables(written(laid_out))
    rows = {tables.text(tables.files[number].path): tables.files[number] for number in range(3)}

    assert tables.bytes(rows["/a"].data, rows["/a"].size) == b"again and " * 1000
    assert zlib.decompress(tables.bytes(rows["/b"].data, rows["/b"].packed_size), -15) == b"again and " * 1000
    assert (rows["/c"].size, rows["/c"].packed_size) == (1, 0)
    assert tables.text(rows["/a"].digest) == tables.text(rows["/b"].digest) != tables.text(rows["/c"].digest)


@pytest.mark.parametrize("change", ["grown", "same size", "gone"])
@pytest.mark.parametrize("is_late", [False, True], ids=["before layout", "before writing"])
def test_files_that_change_are_refused(tmp_path: Path, change: str, is_late: bool):
    """What is written is what was planned and digested; a file that changes in between is an error that names it."""

    def spoil() -> None:
        if change == "gone":
            file.unlink()
        else:
            file.write_bytes(b"four" if change == "same size" else b"longer")

    file = tmp_path / "data"
    file.write_bytes(b"text")
    entries = all_of(files=[FileEntry(PurePosixPath("/data"), file, 4)])
    laid_out = lay_out_payload(entries, X86_64)
    spoil()
    if is_late:
        with pytest.raises(BundleError, match=f"`{file}` changed while it was bundled"):
            written(laid_out)
    elif change == "grown":
        with pytest.raises(BundleError, match=f"`{file}` changed while it was bundled"):
            lay_out_payload(entries, X86_64)
    elif change == "gone":
        with pytest.raises(FileNotFoundError, match=str(file)):
            lay_out_payload(entries, X86_64)
    else:
        assert lay_out_payload(entries, X86_64).files[0].digest != laid_out.files[0].digest


def test_equal_texts_are_stored_once():
    """A text that several tables have is in the payload once."""
    what = contents(["name"], ["/here/name"])

    assert payload(what).count(b"\0/here/name\0") == 1


@given(st.binary(max_size=40))
def test_hash_is_fnv1a(text: bytes):
    """The hash is what its name says: 32 bits, FNV-1a."""
    expected = 0x811C9DC5
    for byte in text:
        expected = ((expected ^ byte) * 0x01000193) % (1 << 32)

    assert fnv1a(text) == expected
