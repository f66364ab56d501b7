"""The user's cache: entries under names that are digests of everything they depend on.

An entry is a JSON value, with files beside it where it needs any. A finished entry never changes, so several builds
may share the cache, and nothing has to be invalidated: other inputs have another name. Every entry holds checksums of its
value and its files. One that is damaged counts as absent, and the next build makes it again. The time of change of an
entry is that of its last use: `cache_limit.py` removes those that have not been used for longest.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_DIGEST_BYTES = 20
_VALUE = ".json"


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
        """The path of a file of the entry, which need not exist."""
        return self.root / kind / key[:2] / (key[2:] + suffix)

    def get(self, kind: str, key: str, files: Iterable[str] = ()) -> Any | None:
        """The value of an entry, which is never None; None unless the value and its files, by suffix, are whole."""
        try:
            checksum, _, text = self.path(kind, key, _VALUE).read_bytes().partition(b"\n")
            if int(checksum, 16) != zlib.crc32(text):
                return None
            entry = json.loads(text)
            sums = {suffix: _file_checksum(self.path(kind, key, suffix)) for suffix in files}
            self.mark_used(self.path(kind, key, _VALUE))
        except (OSError, ValueError):
            return None
        return entry["value"] if all(entry["files"].get(suffix) == found for suffix, found in sums.items()) else None

    def put(self, kind: str, key: str, value: Any, files: Mapping[str, Path] | None = None) -> None:
        """Make an entry. Its files, by suffix, are moved to their places; the value comes last and makes it whole."""
        sums = {}
        for suffix, file in (files or {}).items():
            sums[suffix] = _file_checksum(file)
            self.move(file, self.path(kind, key, suffix))
        text = json.dumps({"value": value, "files": sums}).encode()
        _make_room(self.path(kind, key, _VALUE))
        write_atomically(self.path(kind, key, _VALUE), b"%08x\n%s" % (zlib.crc32(text), text))

    def ask(self, kind: str, key: str, make: Callable[[], Any]) -> Any:
        """The value of an entry without files, made now if it is not there."""
        found = self.get(kind, key)
        if found is None:
            found = make()
            self.put(kind, key, found)
        return found

    def mark_used(self, path: Path) -> None:
        """Note that a build uses the entry that this file or folder is of."""
        with contextlib.suppress(OSError):  # a cache that others have filled, or that is on a read-only disk
            os.utime(path)

    def write(self, path: Path, data: bytes) -> None:
        """Make an entry: it appears whole or not at all."""
        _make_room(path)
        write_atomically(path, data)

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
        if not file.is_dir():
            _make_room(path)
        file.replace(path)


def _make_room(path: Path) -> None:
    """Remove a folder where the file of an entry is to be: nobody can read that as one."""
    if path.is_dir():
        shutil.rmtree(path)


def _file_checksum(path: Path) -> str:
    """Size and CRC-32 of a file: against damage, not against intent."""
    data = path.read_bytes()
    return f"{len(data)}:{zlib.crc32(data):08x}"


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
