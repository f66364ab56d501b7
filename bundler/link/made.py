"""Remembers what was made of what, so that a build that would make the same file again does not link."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from bundler import elf
from bundler.cache import Cache, digest, tree_digest
from bundler.link.output import OUTPUT_MODE
from bundler.link.plan import LinkPlan


def inputs_digest(plan: LinkPlan, arguments: Iterable[str], files: Mapping[str, str], payload: bytes) -> str:
    """A digest of all that the executable depends on. `payload`: its tables, as they are without addresses."""
    return digest(
        tree_digest(Path(__file__).parent),
        tree_digest(Path(elf.__file__).parent),
        plan.toolchain.identity,
        # Files of the C library, which the linker finds for itself.
        os.confstr("CS_GNU_LIBC_VERSION") or "",
        # Object files have digests of all that they were made of as names; libraries have not.
        *arguments,
        *_states(path for path in (*plan.libraries, *plan.prelinked.linked_system_libraries) if isinstance(path, Path)),
        *(text for file in sorted(files.items()) for text in file),
        payload,
        *(each.object.data for each in plan.prelinked.objects),
        *(f"{library} {version}" for library, version in plan.version_limits),
    )


def _states(paths: Iterable[Path]) -> Iterator[str]:
    for path in paths:
        state = path.stat()
        yield f"{path} {state.st_size} {state.st_mtime_ns}"


def renew(output: Path, inputs: str, cache: Cache) -> bool:
    """Is the output what was once made of these inputs, to the last byte? Then it gets the time of now."""
    try:
        is_made = (
            _entry(inputs, cache).read_bytes() == _content_digest(output)
            and stat.S_IMODE(output.stat().st_mode) == OUTPUT_MODE
        )
        if is_made:
            output.touch()
    except OSError:
        return False  # never made, not there, or not ours to look at or to change: it will be replaced
    return is_made


def remember(linked: Path, inputs: str, cache: Cache) -> None:
    """Take down that the file was made of these inputs."""
    cache.write(_entry(inputs, cache), _content_digest(linked))


def _entry(inputs: str, cache: Cache) -> Path:
    return cache.path("linked", inputs, ".sha256")


def _content_digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
