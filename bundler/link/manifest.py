"""Noun: what a binary says about itself, a JSON text in a section of its own, which no program start reads."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

SECTION = ".bundle.manifest"
SBOM_SECTION = ".bundle.sbom"  # a bill of materials, beside it

FORMAT = 2
"""The shape of the text: a number more each time that a field changes its meaning."""

SymbolVersions = tuple[tuple[str, tuple[str, ...]], ...]
"""Versions, each with the symbols of that version."""


def by_version(symbols: Iterable[tuple[str, str | None]]) -> SymbolVersions:
    """Symbols and their versions, in order. Those without a version are left out; a version may come without a name."""
    found: dict[str, set[str]] = {}
    for name, version in symbols:
        if version is not None:
            found.setdefault(version, set()).add(name)
    return tuple((version, tuple(sorted(names - {""}))) for version, names in sorted(found.items()))


@dataclass(frozen=True, slots=True)
class Manifest:
    """The parts of a binary. Sizes are in bytes; module lists are in the order of names.

    `symbol_versions`: what each embedded library looks for in those of the system when it is loaded, such as
    {"/__bundle__/_ssl.so": {"GLIBC_2.38": ["strlcpy"]}} as pairs. `static_glibc`: the version of the C library that is
    linked into the executable; "" when it is the system's.
    """

    name: str
    python: str
    bundler: str
    frozen: tuple[str, ...]
    extensions: tuple[str, ...]
    builtin: tuple[str, ...]
    namespaces: tuple[str, ...]
    other: tuple[str, ...]  # modules that are none of these: there should be none
    libraries: tuple[str, ...]  # prelinked, besides the extension modules
    carried: tuple[tuple[str, str], ...]  # shared objects that are carried as files, and why
    data_files: tuple[tuple[str, int], ...]
    distributions: tuple[tuple[str, str], ...]
    left_out: tuple[tuple[str, str], ...]  # optional modules that are not carried, and who would use them
    thread_local_bytes: int
    symbol_versions: tuple[tuple[str, SymbolVersions], ...]
    static_glibc: str = ""

    def text(self) -> str:
        """The section's contents: ASCII, for names of files need not be text."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=1)
