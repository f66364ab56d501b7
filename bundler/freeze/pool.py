"""The pool: one static object for each distinct identifier-like string of a build.

Modules refer to it by content-named symbols, so a module's object file does not depend on the build it is in.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence

from bundler.contract import fnv1a
from bundler.freeze.worker import ctext
from bundler.freeze.worker.module_writer import text_initialiser

# How many strings are compiled together, on average.
_PART = 4096


def parts(texts: Iterable[str]) -> Iterator[list[str]]:
    """Neighbours that are compiled together.

    Where a part ends is decided by its last string alone, so a change of the program changes only the parts it is in.
    """
    part = []
    for text in texts:
        part.append(text)
        if zlib.crc32(text.encode()) % _PART == 0:
            yield part
            part = []
    if part:
        yield part


def part_lines(texts: Sequence[str], header: str) -> Iterator[str]:
    """Lines of C that define some strings, in the order given. `header` is the C file with the structs."""
    definitions = (f"{ctext.pool_symbol(text)}={{{text_initialiser(text)}}}" for text in texts)
    yield f'#include "{header}"'
    yield ctext.declaration("IN_STRING struct ascii", definitions)


def table_lines(texts: Iterable[str]) -> Iterator[str]:
    """Lines of assembler that define the table of all strings in the order of their hashes (bundle.h).

    In C they would take four times as long: each string would be declared and looked up.
    """
    hashes = {text: fnv1a(text.encode("ascii")) for text in texts}
    found = sorted(hashes, key=lambda text: (hashes[text], text))
    yield ".section .rodata.bundle_pool"
    yield ".balign 4"
    yield ".globl bundle_pool, bundle_pool_hashes, bundle_pool_count"
    yield "bundle_pool:"
    yield from (f".long {ctext.pool_symbol(text)}" for text in found)
    yield "bundle_pool_hashes:"
    yield from (f".long {hashes[text]:#x}" for text in found)
    yield f"bundle_pool_count: .long {len(found)}"
    yield '.section .note.GNU-stack,"",@progbits'
