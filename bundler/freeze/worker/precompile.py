"""Results of compiling texts and regular expressions, as constants.

A text's result is its code object. A regular expression's is a tuple of what `_sre.compile` takes (Lib/re/_compiler.py,
compile): (flags, words of its program as native uint32, number of groups, names and numbers of groups, names by number).
Each has a key, by which launcher/interpreter/precompiled.c finds it.

As a worker: makes them once more, for the self-check. The job on standard input is a `PrecompileJob`.
"""

from __future__ import annotations

import json
import marshal
import re
import re._compiler as compiler  # type: ignore[import-not-found]
import struct
import sys
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from .schema import PrecompiledJob, PrecompileJob


def compile_all(job: PrecompiledJob, optimize: int) -> Iterator[tuple[str, Any]]:
    """Keys and results, without those of texts and patterns that do not compile or give a warning."""
    for text in job["texts"]:
        with suppress(SyntaxError, ValueError, RecursionError, MemoryError, Warning):
            yield text_key(*text), text_result(*text, optimize=optimize)
    for pattern in job["patterns"]:
        with suppress(re.error, RecursionError, OverflowError, Warning):
            yield pattern_key(*pattern), pattern_result(*pattern)


def text_key(mode: str, filename: str, flags: int, text: str) -> str:
    """The key of a text's code; `mode` is "exec" or "eval", `flags` are those that it inherits."""
    return f"{mode}{flags:x}:{filename}\n{text}"


def pattern_key(kind: str, pattern: str, flags: int) -> str:
    """The key of a regular expression; `kind` is "str" or "bytes"."""
    return f"{kind}{flags:x}:{pattern}"


def text_result(mode: str, filename: str, flags: int, text: str, *, optimize: int) -> object:
    """The code object; SyntaxError or ValueError, or a Warning: the program itself must give it."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return compile(text, filename, mode, flags, dont_inherit=True, optimize=optimize)


def pattern_result(kind: str, pattern: str, flags: int) -> object:
    """The arguments that `_sre.compile` would get; re.error or a Warning."""
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


def main() -> None:
    """Make the results of the job."""
    job: PrecompileJob = json.load(sys.stdin)
    sys.setrecursionlimit(20_000)  # as when they were frozen
    results = [(key, marshal.dumps(result)) for key, result in compile_all(job["precompiled"], job["optimize"])]
    Path(job["output"]).write_bytes(marshal.dumps(results, 2))  # a format that the interpreter of any version reads
