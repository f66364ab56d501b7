"""Keeps the cache within a limit: lists its entries, and removes those that no build has used for longest."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from bundler.cache import Cache

# A build that runs now may still need what it found some time ago.
_SECONDS_IN_USE = 3600
# A file whose age tells when the limit was last looked after.
_LOOKED = ".limit"
# What is removed when the limit is passed leaves this much of it, so that not every build has something to remove.
_KEPT_OF_LIMIT = 0.9


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the cache, or what an interrupted build left. `used`: when a build last used it, in seconds since 1970."""

    kind: str
    paths: tuple[Path, ...]
    size: int  # of all files, in bytes
    used: float


@dataclass(frozen=True, slots=True)
class Removed:
    """The number of entries that were removed, and their size in bytes."""

    entries: int
    size: int


def entries(cache: Cache) -> list[Entry]:
    """All entries, the one that was used last at the end."""
    found = (entry for kind in _listed(cache.root) if kind.is_dir() for entry in _entries(kind))
    return sorted(found, key=lambda entry: (entry.used, entry.paths))


def remove_all(cache: Cache) -> Removed:
    """Remove every entry, also those that a running build needs."""
    return _remove(entries(cache))


def remove_unused(cache: Cache, seconds: float) -> Removed:
    """Remove the entries that no build has used for some time."""
    before = time.time() - seconds
    return _remove([entry for entry in entries(cache) if entry.used < before])


def keep_limit(cache: Cache, limit: int) -> Removed:
    """Remove entries, those first that no build has used for longest, if all together are larger than `limit` bytes.

    What was used within the last hour stays. With 0 for `limit` nothing is removed.
    """
    every = entries(cache)
    excess = sum(entry.size for entry in every)
    if not limit or excess <= limit:
        return Removed(0, 0)
    excess -= int(limit * _KEPT_OF_LIMIT)
    before = time.time() - _SECONDS_IN_USE
    chosen = []
    for entry in every:
        if excess <= 0 or entry.used >= before:
            break
        chosen.append(entry)
        excess -= entry.size
    return _remove(chosen)


def keep_limit_by_itself(cache: Cache, limit: int) -> None:
    """Keep the limit if that was not done within the last hour: looking at a large cache takes a second or two."""
    looked = cache.root / _LOOKED
    with contextlib.suppress(OSError):
        if time.time() - looked.stat().st_mtime < _SECONDS_IN_USE:
            return
    keep_limit(cache, limit)
    with contextlib.suppress(OSError):
        looked.touch()


def _entries(kind: Path) -> Iterator[Entry]:
    for place in _listed(kind):
        if place.name.startswith("."):  # a workplace
            yield _entry(kind.name, [place])
        elif place.is_dir():
            # The files of an entry begin with its key. Those of an interrupted build begin with a dot, and stand alone.
            names = sorted(_listed(place), key=lambda path: path.name)
            for _, paths in groupby(names, lambda path: path.name.partition(".")[0] or path.name):
                yield _entry(kind.name, [*paths])


def _entry(kind: str, paths: Sequence[Path]) -> Entry:
    # The value makes an entry whole, so it is the first to go.
    ordered = sorted(paths, key=lambda path: (path.suffix != ".json", path.name))
    used = [0.0]
    for path in paths:
        with contextlib.suppress(OSError):  # another process removed it
            used.append(path.lstat().st_mtime)
    return Entry(kind, tuple(ordered), sum(map(_size, paths)), max(used))


def _size(path: Path) -> int:
    """The size of a file, or of all files in a folder; that of what disappears meanwhile is 0."""
    if path.is_dir() and not path.is_symlink():
        return sum(map(_size, _listed(path)))
    try:
        return path.lstat().st_size
    except OSError:
        return 0


def _listed(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as found:
            return [Path(each.path) for each in found]
    except (FileNotFoundError, NotADirectoryError):
        return []


def _remove(chosen: Sequence[Entry]) -> Removed:
    for entry in chosen:
        for path in entry.paths:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
    return Removed(len(chosen), sum(entry.size for entry in chosen))
