"""The pool: one static object for each distinct identifier-like string of a build.

Modules refer to it by content-named symbols, so a module's object file does not depend on the build it is in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bundler.freeze.worker import ctext


def pool_lines(texts: Iterable[str], header: str) -> Iterator[str]:
    """Lines of C that define the strings, in the order given, and a table of them in the order of strcmp (bundle.h).

    `header` is the C file with the structs.
    """
    yield f'#include "{header}"'
    symbols = {text: ctext.pool_symbol(text) for text in texts}
    for text, symbol in symbols.items():
        yield f"IN_STRING struct ascii {symbol}={{TEXT {len(text)},ASCII {ctext.string_literal(text.encode('ascii'))}}};"
    yield "void*const bundle_pool[]={"
    yield from (f"&{symbols[text]}," for text in sorted(symbols))
    yield "0};"
    yield f"const unsigned bundle_pool_count={len(symbols)};"
