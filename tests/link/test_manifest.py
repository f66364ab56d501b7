"""The manifest survives being written into a binary, and files without one are told apart."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from bundler.errors import BundleError
from bundler.link.finished import read_manifest, read_sbom
from bundler.link.manifest import FORMAT, SECTION, Manifest

MANIFEST = Manifest(
    name="app",
    python="3.13.0",
    bundler="1.0",
    frozen=("__main__", "ä"),
    extensions=("_ssl",),
    builtin=("sys",),
    namespaces=(),
    other=(),
    libraries=("/here/libssl.so.3",),
    carried=(("/here/libodd.so", "is odd"),),
    data_files=(("p/name with \udcff.txt", 10), ("p/漢", 0)),
    distributions=(("requests", "2.32"),),
    left_out=(("numpy", "rich.pretty"),),
    thread_local_bytes=16,
    symbol_versions=(("/here/_ssl.so", (("GLIBC_2.14", ("memcpy",)),)),),
)


def executable_with(folder: Path, section: bytes | None) -> Path:
    """A small program, with a section for the manifest or without."""
    (folder / "main.c").write_text("int main(void) { return 0; }")
    subprocess.run(["gcc", "main.c", "-o", "main"], cwd=folder, check=True)
    if section is not None:
        (folder / "section").write_bytes(section)
        subprocess.run(["objcopy", f"--add-section={SECTION}=section", "main"], cwd=folder, check=True)
    return folder / "main"


def test_manifest_is_read_as_written(tmp_path: Path):
    """Every field comes back with its type, names of files that are not text included."""
    assert read_manifest(executable_with(tmp_path, MANIFEST.text().encode("ascii"))) == MANIFEST


def test_no_bill_of_materials(tmp_path: Path):
    """A binary that was built without one has none, which is said with how to get one."""
    with pytest.raises(BundleError, match="holds no bill of materials") as caught:
        read_sbom(executable_with(tmp_path, MANIFEST.text().encode("ascii")))

    assert caught.value.diagnostic.hint is not None
    assert "`--sbom app.cdx.json`" in caught.value.diagnostic.hint


def test_same_manifest_same_text():
    """The text depends on the contents alone."""
    assert MANIFEST.text() == replace(MANIFEST).text()
    assert MANIFEST.text() != replace(MANIFEST, name="other").text()


_TEXT = MANIFEST.text().encode()
_OTHER = {
    "none": None,
    "empty": b"",
    "cut": b"{",
    "list": b"[]",
    "null": b"null",
    "no fields": b"{}",
    "few fields": b'{"name": "app"}',
    "more fields": _TEXT[:-2] + b', "new": 1}',
    "no format": _TEXT.replace(b'"format": %d,' % FORMAT, b""),
    "another format": _TEXT.replace(b'"format": %d' % FORMAT, b'"format": %d' % (FORMAT + 1)),
}


@pytest.mark.parametrize("section", _OTHER.values(), ids=_OTHER)
def test_program_without_a_manifest_of_ours(tmp_path: Path, section: bytes | None):
    """A program that was not bundled, or by a bundler with other manifests, is an error that says so."""
    with pytest.raises(BundleError, match="was not made by"):
        read_manifest(executable_with(tmp_path, section))


@pytest.mark.parametrize("content", [b"", b"#!/bin/sh\n", b"\x7fELF", b"\x7fELF" + b"\0" * 200])
def test_file_that_is_no_program(tmp_path: Path, content: bytes):
    """A file that is no program is the same error."""
    (tmp_path / "file").write_bytes(content)

    with pytest.raises(BundleError, match="was not made by"):
        read_manifest(tmp_path / "file")


@pytest.mark.parametrize("name", ["missing", "."])
def test_what_cannot_be_read(tmp_path: Path, name: str):
    """A path without a file behind it is an error of its own."""
    with pytest.raises(BundleError, match="cannot be read"):
        read_manifest(tmp_path / name)
