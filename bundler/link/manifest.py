"""Noun: what a binary says about itself, a JSON text in a section of its own, which no program start reads."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

SECTION = ".bundle.manifest"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The parts of a binary. Sizes are in bytes; module lists are in the order of names.

    `symbol_versions`: the versions of the system's libraries that each embedded library needs, such as
    {"/__bundle__/_ssl.so": ["libc.so.6:GLIBC_2.14"]}.
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
    symbol_versions: tuple[tuple[str, tuple[str, ...]], ...]

    def text(self) -> str:
        """The section's contents: ASCII, for names of files need not be text."""
        return json.dumps(asdict(self), indent=1)
