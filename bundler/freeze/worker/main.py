"""Compile modules and write them as C, several in one file.

Requests come as JSON lines on standard input, the layout as the first; a JSON line per request goes to standard output.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from . import ctext
from .objects import ModuleWriter, UnsupportedConstantError
from .results import computed
from .structs import Layout


class _UncompilableError(Exception):
    """The source is not what the target compiles; the text says why."""


def main() -> None:
    """Serve jobs until standard input ends."""
    layout: Layout = json.loads(sys.stdin.readline())
    # Deeply nested expressions compile, so their constants must be walked too.
    sys.setrecursionlimit(20_000)
    for line in sys.stdin:
        print(json.dumps(_freeze(layout, json.loads(line))), flush=True)


def _freeze(layout: Layout, request: dict[str, Any]) -> list[dict[str, Any]]:
    """Facts about each module, in the order of the request; a module that has an `error` is left out of the C text.

    `is_in_source`: importing it would fail under Python too.
    """
    answers: list[dict[str, Any]] = []
    texts: list[str] = []
    elsewhere: set[str] = set()
    following = 1
    for job in request["modules"]:
        try:
            write = _results if "texts" in job else _module
            writer, facts = write(layout, job, request["optimize"], following)
        except _UncompilableError as error:
            answers.append({"error": str(error), "is_in_source": True})
            continue
        except (ValueError, RecursionError, MemoryError, OverflowError, UnsupportedConstantError) as error:
            answers.append({"error": f"{type(error).__name__}: {error}", "is_in_source": False})
            continue
        answers.append({"pooled": sorted(writer.pooled), "codes": writer.codes, **facts})
        elsewhere |= writer.elsewhere()
        texts.append(writer.text())
        following = writer.following
    lines = [f'#include "{request["header"]}"', ctext.external(sorted(elsewhere))]
    for text in texts:
        lines += (ctext.BORDER_LINE, text)
    Path(request["output"]).write_text("\n".join((*lines, ctext.BORDER_LINE, "")))
    return answers


def _module(layout: Layout, job: dict[str, Any], optimize: int, first: int) -> tuple[ModuleWriter, dict[str, Any]]:
    source = Path(job["source"]).read_bytes()
    try:
        code = compile(source, job["filename"], "exec", dont_inherit=True, optimize=optimize)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _UncompilableError(f"{type(error).__name__}: {error}") from error
    writer = ModuleWriter(layout, job["name"], first)
    writer.write(job["name"], code, source if job["is_script"] else b"")
    return writer, {}


def _results(layout: Layout, job: dict[str, Any], optimize: int, first: int) -> tuple[ModuleWriter, dict[str, Any]]:
    """One tuple of all results; the keys come in the order of its items."""
    results = dict(computed(job, optimize))
    keys = sorted(results)
    writer = ModuleWriter(layout, job["name"], first)
    writer.write(job["name"], tuple(results[key] for key in keys))
    return writer, {"keys": keys}
