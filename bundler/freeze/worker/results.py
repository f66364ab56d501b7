"""Results of compiling texts and regular expressions, as constants.

A text's result is its code object. A regular expression's is a tuple of what `_sre.compile` takes (Lib/re/_compiler.py,
compile): (flags, words of its program as native uint32, number of groups, names and numbers of groups, names by number).
Each has a key, by which launcher/results.c finds it.
"""

from __future__ import annotations

import re._compiler as compiler  # type: ignore[import-not-found]
import struct
import warnings
from types import SimpleNamespace
from typing import Any


def text_key(mode: str, filename: str, flags: int, text: str) -> str:
    """The key of a text's code; `mode` is "exec" or "eval", `flags` are those that it inherits."""
    return f"{mode}{flags:x}:{filename}\n{text}"


def pattern_key(kind: str, pattern: str, flags: int) -> str:
    """The key of a regular expression; `kind` is "str" or "bytes"."""
    return f"{kind}{flags:x}:{pattern}"


def text_result(mode: str, filename: str, flags: int, text: str, *, optimize: int) -> object:
    """The code object; SyntaxError or ValueError, or a Warning, which would have to be given at run time."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        source = text.lstrip(" \t") if mode == "eval" else text  # as builtin_eval does
        return compile(source, filename, mode, flags, dont_inherit=True, optimize=optimize)


def pattern_result(kind: str, pattern: str, flags: int) -> object:
    """What `_sre.compile` would be given; re.error or a Warning."""
    given: list[Any] = []
    shim = _Shim(compiler._sre, given)  # noqa: SLF001
    subject = pattern if kind == "str" else pattern.encode("latin-1")
    real = compiler._sre  # noqa: SLF001
    compiler._sre = shim  # noqa: SLF001
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            compiler.compile(subject, flags)
    finally:
        compiler._sre = real  # noqa: SLF001
    [(_, all_flags, words, groups, index, names)] = given
    named = tuple(item for pair in index.items() for item in pair)
    return (int(all_flags), struct.pack(f"={len(words)}I", *map(int, words)), groups, named, names)


class _Shim(SimpleNamespace):
    """The module `_sre`, but for a `compile` that keeps its arguments."""

    def __init__(self, real: Any, given: list[Any]) -> None:
        super().__init__(**{name: getattr(real, name) for name in dir(real) if not name.startswith("__")})
        self.compile = lambda *arguments: given.append(arguments)
