"""The pool: one static object for each distinct identifier-like string of a build.

Modules refer to it by content-named symbols, so a module's object file does not depend on the build it is in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bundler.freeze.worker import ctext


def pool_lines(texts: Iterable[str], header: str) -> Iterator[str]:
    """Lines of C that define the strings, in the order given; `header` is the C file with the structs."""
    yield f'#include "{header}"'
    for text in texts:
        literal = ctext.string_literal(text.encode("ascii"))
        yield f"IN_STRING struct ascii {ctext.pool_symbol(text)}=ASCII({len(text)},{literal});"
