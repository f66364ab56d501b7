"""The user's cache: files under names that are digests of everything they depend on.

An entry is never changed once it is there, so several builds may share the cache, and nothing has to be invalidated:
other inputs have another name.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_DIGEST_BYTES = 20


def digest(*parts: bytes | str) -> str:
    """A hex digest of the parts; their borders count ("ab", "c" differs from "a", "bc")."""
    state = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        state.update(len(data).to_bytes(8, "little"))
        state.update(data)
    return state.hexdigest()


def tree_digest(folder: Path) -> str:
    """A digest of the Python and C files of one folder: it names the version of our own code that made an entry."""
    files = sorted(path for path in folder.rglob("*") if path.suffix in {".py", ".c", ".h", ".S"})
    return digest(*(part for path in files for part in (path.name, path.read_bytes())))


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of entries; `root/kind/first two digits/rest.suffix`."""

    root: Path

    def path(self, kind: str, key: str, suffix: str) -> Path:
        """Where the entry is, or would be."""
        return self.root / kind / key[:2] / (key[2:] + suffix)

    def write(self, path: Path, data: bytes) -> None:
        """Make an entry: it appears whole or not at all."""
        write_atomically(path, data)

    @contextlib.contextmanager
    def building(self, path: Path) -> Iterator[Path]:
        """A temporary name beside `path` for a program to write to; renamed to `path` when the block succeeds."""
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".", suffix=path.suffix, dir=path.parent)
        os.close(handle)
        try:
            yield Path(name)
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)

    @contextlib.contextmanager
    def workplace(self, kind: str) -> Iterator[Path]:
        """A folder for the time of the block, near entries of that kind: other builds may make the same ones."""
        place = self.root / kind
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".", dir=place) as folder:
            yield Path(folder)

    def move(self, file: Path, path: Path) -> None:
        """Make a file of a workplace an entry."""
        path.parent.mkdir(parents=True, exist_ok=True)
        file.replace(path)


def write_atomically(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Write `path` whole or leave what was there: a temporary file in the same folder, then a rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).chmod(mode)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
