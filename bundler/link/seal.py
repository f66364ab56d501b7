"""Digests of a finished binary: computes them, and writes them into it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from bundler.elf import loaded_digest, read_executable, symbols_digest
from bundler.link.digests import SECTION, Digests
from bundler.link.manifest import SBOM_SECTION
from bundler.link.manifest import SECTION as MANIFEST_SECTION
from bundler.link.model import Linked


def seal(linked: Linked) -> None:
    """Write the digests of all parts into the executable, of which nothing changes afterwards."""
    section = read_executable(linked.path, with_symbols=False).sections[SECTION]
    text = compute_digests(linked.path).text().encode()
    assert len(text) == section.size, "the section has room for other digests"
    with linked.path.open("r+b") as file:
        file.seek(section.offset)
        file.write(text)


def compute_digests(path: Path) -> Digests:
    """The digests of a file's parts as they are now; ElfError when it is malformed."""
    return Digests(
        loaded=loaded_digest(path),
        manifest=_section_digest(path, MANIFEST_SECTION),
        sbom=_section_digest(path, SBOM_SECTION),
        symbols=symbols_digest(path),
    )


def _section_digest(path: Path, name: str) -> str:
    section = read_executable(path, with_symbols=False).sections.get(name)
    if section is None:
        return ""
    with path.open("rb") as file:
        file.seek(section.offset)
        return hashlib.sha256(file.read(section.size)).hexdigest()
