"""Noun: digests of the parts of a binary, which it holds in a section of its own; no program start reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

SECTION = ".bundle.digests"

FORMAT = 1
"""The shape of the text, and what the digests are of: a number more each time that either changes."""

_ROOM = 64 * "0"

PARTS = {
    "loaded": "what is loaded when it starts",
    "manifest": "the manifest",
    "sbom": "the bill of materials",
    "symbols": "the symbols",
}
"""The parts, in the words shown to users."""


@dataclass(frozen=True, slots=True)
class Digests:
    """SHA-256 of each part in hexadecimal digits; "" where there is none."""

    loaded: str
    manifest: str
    sbom: str
    symbols: str

    def text(self) -> str:
        """The section's contents, whose size is known before the digests are."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=1)

    def differing(self, other: Digests) -> Iterator[str]:
        """The names of the parts that are not the same in both."""
        mine, theirs = asdict(self), asdict(other)
        yield from (part for part in PARTS if mine[part] != theirs[part])


def room(*, with_sbom: bool) -> Digests:
    """Zeros that stand in the place of digests until these are known."""
    return Digests(_ROOM, _ROOM, _ROOM if with_sbom else "", _ROOM)
