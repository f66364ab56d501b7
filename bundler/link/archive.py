"""Reads static libraries (ar): which symbols they define. Format: ar(5), the symbol index of System V and GNU."""

from __future__ import annotations

from pathlib import Path

_MAGIC = b"!<arch>\n"
_HEADER = 60


def archive_symbols(path: Path) -> frozenset[str]:
    """The global symbols that members of the archive define, from its index; empty when it has none."""
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            return frozenset()
        header = file.read(_HEADER)
        name, size = header[:16].rstrip(), int(header[48:58])
        word = {b"/": 4, b"/SYM64/": 8}.get(name)
        if word is None:
            return frozenset()
        index = file.read(size)
    count = int.from_bytes(index[:word], "big")
    names = index[word * (count + 1) :].split(b"\0")
    return frozenset(text.decode() for text in names[:count])
