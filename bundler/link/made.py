"""Remembers what was made of what, so that a build that would make the same file again does not link."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from bundler.cache import Cache, digest, tree_digest
from bundler.link.plan import LinkPlan


def inputs_digest(plan: LinkPlan, arguments: Iterable[str], files: Mapping[str, str], payload: bytes) -> str:
    """A digest of all that the executable depends on. `payload`: its tables, as they are without addresses."""
    return digest(
        tree_digest(Path(__file__).parent),
        plan.toolchain.identity,
        # Files of the C library, which the linker finds for itself.
        os.confstr("CS_GNU_LIBC_VERSION") or "",
        # Object files have digests of their contents as names.
        *arguments,
        *_states(path for path in plan.libraries if isinstance(path, Path)),
        *(text for file in sorted(files.items()) for text in file),
        payload,
        *(image.object.data for image in plan.prelinked.images),
        *(f"{library} {version}" for library, version in plan.version_limits),
    )


def _states(paths: Iterable[Path]) -> Iterator[str]:
    for path in paths:
        state = path.stat()
        yield f"{path} {state.st_size} {state.st_mtime_ns}"


def is_made(output: Path, inputs: str, cache: Cache) -> bool:
    """Is the output what was once made of these inputs, to the last byte, and can it be run?"""
    entry = _entry(inputs, cache)
    return entry.is_file() and os.access(output, os.X_OK) and entry.read_bytes() == _content_digest(output)


def remember(linked: Path, inputs: str, cache: Cache) -> None:
    """Take down that the file was made of these inputs."""
    cache.write(_entry(inputs, cache), _content_digest(linked))


def _entry(inputs: str, cache: Cache) -> Path:
    return cache.path("linked", inputs, ".sha256")


def _content_digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
