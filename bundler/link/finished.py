"""Reads a finished binary: its manifest, its needs of the system, and what compressing saves in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bundler.contract import bundle_ffi
from bundler.elf import ElfError, SegmentType, read_executable, read_shared_object
from bundler.errors import BundleError
from bundler.link.manifest import FORMAT, SECTION, Manifest, SymbolVersions, by_version
from bundler.link.script import PAYLOAD_SECTION


def read_manifest(path: Path) -> Manifest:
    """The manifest of a binary; BundleError when it was not made by bundler."""
    try:
        executable = read_executable(path, with_symbols=False)
        section = executable.sections[SECTION]
        with path.open("rb") as file:
            file.seek(section.offset)
            # `Any`, here and in _frozen: only Manifest knows the types of its fields; a name that is none of them is a TypeError.
            fields: dict[str, Any] = json.loads(file.read(section.size))
        if fields.pop("format") != FORMAT:
            raise ValueError("made by another version")  # noqa: TRY301 - it says the same as what is malformed
        return Manifest(**{name: _frozen(value) for name, value in fields.items()})
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


def saved_by_packing(path: Path) -> int:
    """The bytes that data files take less than their sizes, because they are stored compressed."""
    ffi = bundle_ffi()
    section = read_executable(path, with_symbols=False).sections[PAYLOAD_SECTION]
    with path.open("rb") as file:

        def read(kind: str, offset: int, count: int) -> Any:  # an array of cffi's, which has no types
            file.seek(section.offset + offset)
            return ffi.from_buffer(f"{kind}[]", file.read(count * ffi.sizeof(kind)))

        bundle = read("struct bundle", 0, 1)[0]
        count = bundle.file_index.count
        rows = read("struct bundle_file", int(ffi.cast("uintptr_t", bundle.files)) - section.address, count)
        return sum(row.size - row.packed_size for row in rows if row.packed_size)
