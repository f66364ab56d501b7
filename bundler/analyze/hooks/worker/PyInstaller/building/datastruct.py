"""Lists of files, in the two forms that hooks use."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any


class TOC(list[tuple[str, str, str]]):
    """Triples of (path in the binary, source, kind), each path once."""

    def __init__(self, initlist: Iterable[tuple[str, str, str]] = ()) -> None:
        super().__init__()
        self.extend(initlist)

    def append(self, entry: tuple[str, str, str]) -> None:
        """Add one, unless its path is there."""
        if all(entry[0] != known[0] for known in self):
            super().append(entry)

    def extend(self, other: Iterable[tuple[str, str, str]]) -> None:
        """Add several."""
        for entry in other:
            self.append(entry)

    def __add__(self, other: Any) -> TOC:  # type: ignore[override]  # whatever holds triples may be added
        result = TOC(self)
        result.extend(other)
        return result

    def __sub__(self, other: Any) -> TOC:
        names = {entry[0] for entry in other}
        return TOC(entry for entry in self if entry[0] not in names)


class Tree(TOC):
    """All files below a folder."""

    def __init__(
        self,
        root: str | None = None,
        prefix: str | None = None,
        excludes: Iterable[str] | None = None,
        typecode: str = "DATA",
    ) -> None:
        super().__init__()
        left_out = set(excludes or ())
        for parent, folders, names in os.walk(root or ""):
            folders[:] = sorted(name for name in folders if name not in left_out)
            below = os.path.relpath(parent, root)
            for name in sorted(names):
                if name not in left_out and "*" + os.path.splitext(name)[1] not in left_out:
                    inside = os.path.normpath(os.path.join(prefix or "", below, name))
                    self.append((inside, os.path.join(parent, name), typecode))


def normalize_toc(toc: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Each path once."""
    return list(TOC(toc))


normalize_pyz_toc = normalize_toc


def normalize_pairs(files: Any) -> list[tuple[str, str]]:
    """Pairs of (source, folder in the binary) from pairs, or from a TOC's triples."""
    pairs = []
    for entry in files:
        if len(entry) == 3:  # of a TOC
            destination, source, _kind = entry
            pairs.append((str(source), os.path.dirname(destination) or "."))
        else:
            source, destination = entry
            pairs.append((str(source), str(destination) or "."))
    return pairs
