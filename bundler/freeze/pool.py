"""The pool: one static object for each distinct identifier-like string of a build.

Modules refer to it by content-named symbols, so a module's object file does not depend on the build it is in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bundler.contract import fnv1a
from bundler.freeze.worker import ctext
from bundler.freeze.worker.objects import text_initialiser


def pool_lines(texts: Iterable[str], header: str) -> Iterator[str]:
    """Lines of C that define the strings, in the order given, and a table of them in the order of their hashes (bundle.h).

    `header` is the C file with the structs.
    """
    yield f'#include "{header}"'
    symbols = {text: ctext.pool_symbol(text) for text in texts}
    if symbols:
        definitions = (f"{symbol}={{{text_initialiser(text)}}}" for text, symbol in symbols.items())
        yield ctext.declaration("IN_STRING struct ascii", definitions)
    hashes = {text: fnv1a(text.encode("ascii")) for text in symbols}
    found = sorted(symbols, key=lambda text: (hashes[text], text))
    yield "void*const bundle_pool[]={"
    yield from (f"&{symbols[text]}," for text in found)
    yield "0};"
    yield "const unsigned bundle_pool_hashes[]={"
    yield from (f"{hashes[text]:#x}," for text in found)
    yield "0};"
    yield f"const unsigned bundle_pool_count={len(symbols)};"
