"""Stores a digest of all link inputs beside a digest of the output. While both still match, linking is skipped."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from bundler import elf
from bundler.cache import Cache, digest, tree_digest
from bundler.context import BuildContext
from bundler.link.model import Layout, LinkPlan

OUTPUT_MODE = 0o755


def inputs_digest(layout: Layout, *others: str) -> str:
    """A digest of all that the executable depends on; known before it is linked. `others`: of what comes after the link."""
    plan, tables = layout.plan, layout.payload.tables
    return digest(
        tree_digest(Path(__file__).parent),
        tree_digest(Path(elf.__file__).parent),
        layout.toolchain.identity,
        layout.toolchain.linker,
        *layout.toolchain.command,
        # Files of the C library, which the linker finds for itself.
        os.confstr("CS_GNU_LIBC_VERSION") or "",
        # Object files have digests of all that they were made of as names; libraries have not.
        *layout.arguments,
        *_states(path for path in _libraries(plan) if isinstance(path, Path)),
        *(text for named in sorted(layout.texts.items()) for text in named),
        # The tables hold digests of all files.
        *(data for _, data in tables.chunks),
        *(f"{each.place} {each.symbol} {each.offset}" for each in tables.references),
        *(each.object.data for each in plan.prelinked.objects),
        *(f"{library} {version}" for library, version in plan.version_limits),
        *others,
    )


def _libraries(plan: LinkPlan) -> Iterable[Path | str]:
    yield from plan.libraries
    yield from plan.prelinked.linked_system_libraries
    if plan.static is not None:
        yield from plan.static.library.archives


def _states(paths: Iterable[Path]) -> Iterator[str]:
    for path in paths:
        state = path.stat()
        yield f"{path} {state.st_size} {state.st_mtime_ns}"


def is_current(output: Path, inputs: str, context: BuildContext) -> bool:
    """True if the output is byte-identical to an earlier link of the same inputs; also updates its mtime."""
    cache = context.cache
    try:
        is_same = (
            _entry(inputs, cache).read_bytes() == _content_digest(output)
            and stat.S_IMODE(output.stat().st_mode) == OUTPUT_MODE
        )
        if is_same:
            output.touch()
            cache.mark_used(_entry(inputs, cache))
    except OSError:
        return False  # never made, not there, or not ours to look at or to change: it will be replaced
    return is_same


def record(linked: Path, inputs: str, cache: Cache) -> None:
    """Remember that the file was made of these inputs."""
    cache.write(_entry(inputs, cache), _content_digest(linked))


def _entry(inputs: str, cache: Cache) -> Path:
    return cache.path("linked", inputs, ".sha256")


def _content_digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
