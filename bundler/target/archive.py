"""Reads static libraries (ar): which symbols they define. Format: ar(5), the symbol index of System V and GNU."""

from __future__ import annotations

import json
from pathlib import Path

from bundler.cache import Cache, digest
from bundler.process import run

_MAGIC = b"!<arch>\n"
_HEADER = 60


def archive_symbols(path: Path) -> frozenset[str]:
    """The global symbols that members of the archive define, from its index; empty when it has none."""
    word, index = _read_index(path)
    if not word:
        return frozenset()
    count = int.from_bytes(index[:word], "big")
    names = index[word * (count + 1) :].split(b"\0")
    return frozenset(text.decode() for text in names[:count])


def missing_symbols(path: Path, prefixes: tuple[str, ...], cache: Cache) -> tuple[str, ...]:
    """Symbols that begin with one of `prefixes` and that members of the archive need, though none defines them."""
    index = _read_index(path)[1]
    # The index tells where each member starts; reading all of the members would take longer than the rest of a build.
    entry = cache.path("archive", digest(*prefixes, index, str(path.stat().st_size)), ".json")
    if not entry.is_file():
        listing = run(["nm", "-u", path]).stdout.decode(errors="replace")
        words = (line.split() for line in listing.splitlines())
        needed = {found[1] for found in words if len(found) == 2 and found[0] == "U"}
        missing = {name for name in needed if name.startswith(prefixes)} - archive_symbols(path)
        cache.write(entry, json.dumps(sorted(missing)).encode())
    return tuple(json.loads(entry.read_bytes()))


def _read_index(path: Path) -> tuple[int, bytes]:
    """The size of its words in bytes, and the index; (0, b"") when the archive has none."""
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            return 0, b""
        header = file.read(_HEADER)
        name, size = header[:16].rstrip(), int(header[48:58])
        word = {b"/": 4, b"/SYM64/": 8}.get(name)
        return (word, file.read(size)) if word else (0, b"")
