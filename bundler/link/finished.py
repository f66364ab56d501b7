"""Reads a finished binary: its manifest, and its needs of the system."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bundler.elf import ElfError, SegmentType, read_executable, read_shared_object
from bundler.errors import BundleError
from bundler.link.manifest import FORMAT, SECTION, Manifest, SymbolVersions, by_version


def read_manifest(path: Path) -> Manifest:
    """The manifest of a binary; BundleError when it was not made by bundler."""
    try:
        executable = read_executable(path, with_symbols=False)
        section = executable.sections[SECTION]
        with path.open("rb") as file:
            file.seek(section.offset)
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
