"""Reads a finished binary: what it says about itself, its needs of the system, and what compressing saves in it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bundler.contract import Struct, bundle_ffi
from bundler.elf import ElfError, SegmentType, read_executable, read_shared_object, undefined_symbols
from bundler.errors import BundleError
from bundler.link.digests import FORMAT as DIGESTS_FORMAT
from bundler.link.digests import SECTION as DIGESTS_SECTION
from bundler.link.digests import Digests
from bundler.link.manifest import FORMAT, SBOM_SECTION, SECTION, Manifest, SymbolVersions, by_version
from bundler.link.model import LinkPlan
from bundler.link.portability import EXECUTABLE, Needs, newer_than
from bundler.link.script import PAYLOAD_SECTION
from bundler.link.seal import compute_digests


def read_manifest(path: Path) -> Manifest:
    """The manifest of a binary; BundleError when it was not made by bundler."""
    with _as_bundle(path):
        fields: dict[str, Any] = json.loads(_read_section(path, SECTION))
        if fields.pop("format") != FORMAT:
            raise ValueError("made by another version")
        return Manifest(**{name: _frozen(value) for name, value in fields.items()})


def read_sbom(path: Path) -> str:
    """The bill of materials inside a binary; BundleError when there is none, or when it was not made by bundler."""
    name = read_manifest(path).name
    with _as_bundle(path):
        if SBOM_SECTION in read_executable(path, with_symbols=False).sections:
            return _read_section(path, SBOM_SECTION).decode()
    raise BundleError(
        "no-sbom",
        f"`{path}` holds no bill of materials",
        hint=f"build it with `--sbom {name}.cdx.json`, which writes one beside the binary and into it",
    )


def read_digests(path: Path) -> Digests:
    """The digests that a binary holds of its own parts; BundleError when it was not made by bundler."""
    with _as_bundle(path):
        return to_digests(json.loads(_read_section(path, DIGESTS_SECTION)))


def computed_digests(path: Path) -> Digests:
    """The digests of a file's parts as they are now; BundleError when it is no executable."""
    with _as_bundle(path):
        return compute_digests(path)


def to_digests(fields: Mapping[str, Any]) -> Digests:
    """The digests that a JSON document tells; ValueError or the like when it tells none that this version computes."""
    found = dict(fields)
    if found.pop("format") != DIGESTS_FORMAT or not all(isinstance(value, str) for value in found.values()):
        raise ValueError("made by another version")
    return Digests(**found)


def _read_section(path: Path, name: str) -> bytes:
    section = read_executable(path, with_symbols=False).sections[name]
    with path.open("rb") as file:
        file.seek(section.offset)
        return file.read(section.size)


@contextmanager
def _as_bundle(path: Path) -> Iterator[None]:
    """Turn exceptions of the block into BundleErrors: the file cannot be read, or was not made by bundler."""
    try:
        yield
    except OSError as error:
        raise BundleError(
            "unreadable",
            f"`{path}` cannot be read: {error.strerror}",
            hint="name a file that `bundle` wrote, and that you may read",
        ) from error
    except (ElfError, KeyError, ValueError, IndexError, TypeError, AttributeError) as error:
        raise BundleError(
            "not-a-bundle",
            f"`{path}` was not made by bundler",
            hint="name a file that `bundle` wrote, in this version or one near to it",
        ) from error


def _frozen(value: Any) -> Any:
    """JSON's lists as tuples, all the way down."""
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def is_static(path: Path) -> bool:
    """True if an executable is linked statically: no dynamic linker has anything to do for it."""
    segments = read_executable(path, with_symbols=False).segments
    return not any(segment.type in (SegmentType.DYNAMIC, SegmentType.INTERP) for segment in segments)


def needed_versions(path: Path) -> SymbolVersions:
    """The symbols that the executable itself takes from the system's libraries, by version; none if it is linked statically."""
    if is_static(path):
        return ()
    return by_version(read_shared_object(path).undefined_versions())


def start_needs(plan: LinkPlan, binary: Path, floor: str) -> Needs:
    """Return what a finished binary takes of a C library newer than a floor when it starts, by those who need it: libpython, libraries
    with which the executable is linked, and its own code.
    """
    residents = _resident_paths(plan)
    needs = {path: newer_than(found, floor) for path, found in plan.manifest.symbol_versions if path in residents}
    versions = newer_than(needed_versions(binary), floor)
    for archive in plan.libraries:
        if versions and isinstance(archive, Path):  # reading libpython's takes a second
            taken = undefined_symbols(archive)
            needs[str(archive)] = by_version(
                (name, each) for each, names in versions for name in names if name in taken
            )
            # A version that is asked for without a symbol is the linker's.
            rest = ((each, names, tuple(name for name in names if name not in taken)) for each, names in versions)
            versions = tuple((each, left) for each, names, left in rest if left or not names)
    return {**needs, EXECUTABLE: versions}


def _resident_paths(plan: LinkPlan) -> frozenset[str]:
    return frozenset(resident.path for resident in plan.prelinked.residents)


def needed_libraries(path: Path) -> tuple[str, ...]:
    """The libraries of the system that the executable itself is linked with; none if it is linked statically."""
    return () if is_static(path) else read_shared_object(path).needed


def saved_by_packing(path: Path) -> int:
    """The bytes that data files take less than their sizes, because they are stored compressed."""
    return sum(size - stored for size, stored in _stored_sizes(path).values())


def packed_sizes(path: Path) -> Mapping[str, int]:
    """The bytes that data files take which are stored compressed, by their paths in the binary."""
    return {name: stored for name, (_, stored) in _stored_sizes(path).items()}


def _stored_sizes(path: Path) -> Mapping[str, tuple[int, int]]:
    """The size of each compressed data file, and what is stored of it, by its path in the binary."""
    ffi = bundle_ffi()
    section = read_executable(path, with_symbols=False).sections[PAYLOAD_SECTION]
    with path.open("rb") as file:
        file.seek(section.offset)
        payload = file.read(section.size)

    def place(pointer: Struct) -> int:
        return int(ffi.cast("uintptr_t", pointer)) - section.address

    def read(kind: str, offset: int, count: int) -> Struct:
        # Of the payload itself, which is there longer than the rows: a row does not keep a copy alive (cffi, from_buffer).
        return ffi.from_buffer(f"{kind}[]", memoryview(payload)[offset : offset + count * ffi.sizeof(kind)])

    bundle = read("struct bundle", 0, 1)[0]
    rows = [row for row in read("struct bundle_file", place(bundle.files), bundle.file_index.count) if row.packed_size]

    def name(pointer: Struct) -> str:
        start = place(pointer)
        return os.fsdecode(payload[start : payload.index(b"\0", start)])

    return {name(row.path): (row.size, row.packed_size) for row in rows}
