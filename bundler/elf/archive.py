"""Reads static libraries: which symbols they define. Format: ar(5), the symbol index of System V and GNU."""

from __future__ import annotations

from pathlib import Path

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


def read_archive_index(path: Path) -> bytes:
    """The symbol index: the places of members and the names that they define; empty when there is none."""
    return _read_index(path)[1]


def _read_index(path: Path) -> tuple[int, bytes]:
    """The size of its words in bytes, and the index; (0, b"") when the archive has none."""
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            return 0, b""
        header = file.read(_HEADER)
        name, size = header[:16].rstrip(), int(header[48:58])
        word = {b"/": 4, b"/SYM64/": 8}.get(name)
        return (word, file.read(size)) if word else (0, b"")
