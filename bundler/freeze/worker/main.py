"""Compile modules and write them as C, several in one file.

Requests come as JSON lines on standard input, the layout as the first; a JSON line per request goes to standard output.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from . import ctext
from .module_writer import ModuleWriter, UnsupportedConstantError
from .precompile import compile_all
from .schema import Answer, Frozen, LayoutData, ModuleJob, PrecompiledJob, Request, source_digest


class _UncompilableError(Exception):
    """The source is not what the target compiles; the text says why."""


def main() -> None:
    """Serve jobs until standard input ends."""
    layout: LayoutData = json.loads(sys.stdin.readline())
    # Deeply nested expressions compile, so their constants must be walked too.
    sys.setrecursionlimit(20_000)
    for line in sys.stdin:
        print(json.dumps(_freeze(layout, json.loads(line))), flush=True)


def _freeze(layout: LayoutData, request: Request) -> list[Answer]:
    """Facts about each job, in the order of the request; what failed is left out of the C text."""
    answers: list[Answer] = []
    texts: list[str] = []
    elsewhere: set[str] = set()
    following = 1
    for write in _writers(layout, request):
        try:
            writer, facts = write(following)
        except _UncompilableError as error:
            answers.append({"error": str(error), "is_in_source": True})
            continue
        except (ValueError, RecursionError, MemoryError, OverflowError, UnsupportedConstantError) as error:
            answers.append({"error": f"{type(error).__name__}: {error}", "is_in_source": False})
            continue
        answers.append(facts)
        elsewhere |= writer.elsewhere()
        texts.append(writer.text())
        following = writer.following
    lines = [f'#include "{request["header"]}"', ctext.external(sorted(elsewhere))]
    for text in texts:
        lines += (ctext.BORDER_LINE, text)
    Path(request["output"]).write_text("\n".join((*lines, ctext.BORDER_LINE, "")))
    return answers


def _writers(layout: LayoutData, request: Request) -> Iterator[Callable[[int], tuple[ModuleWriter, Frozen]]]:
    """Functions that write one job each, given the first free number of objects."""
    optimize = request["optimize"]
    for job in request["modules"]:
        yield partial(_module, layout, job, optimize)
    if request["precompiled"] is not None:
        yield partial(_precompiled, layout, request["precompiled"], optimize)


def _module(layout: LayoutData, job: ModuleJob, optimize: int, first: int) -> tuple[ModuleWriter, Frozen]:
    source = Path(job["source"]).read_bytes()
    try:
        code = compile(source, job["filename"], "exec", dont_inherit=True, optimize=optimize)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _UncompilableError(f"{type(error).__name__}: {error}") from error
    writer = ModuleWriter(layout, ctext.version_symbol(job["name"]), first)
    writer.write(ctext.module_symbol(job["name"]), code, source if job["is_script"] else b"")
    return writer, _facts(writer, source_digest(source), [])


def _precompiled(layout: LayoutData, job: PrecompiledJob, optimize: int, first: int) -> tuple[ModuleWriter, Frozen]:
    """One tuple of all results; the keys come in the order of its items."""
    results = dict(compile_all(job, optimize))
    keys = sorted(results)
    writer = ModuleWriter(layout, ctext.PRECOMPILED_VERSION, first)
    writer.write(ctext.PRECOMPILED_SYMBOL, tuple(results[key] for key in keys))
    return writer, _facts(writer, "", keys)


def _facts(writer: ModuleWriter, digest: str, keys: list[str]) -> Frozen:
    return {"source_digest": digest, "pooled": sorted(writer.pooled), "codes": writer.codes, "keys": keys}
