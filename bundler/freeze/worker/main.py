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
from .structs import Layout


def main() -> None:
    """Serve jobs until standard input ends."""
    layout: Layout = json.loads(sys.stdin.readline())
    # Deeply nested expressions compile, so their constants must be walked too.
    sys.setrecursionlimit(20_000)
    for line in sys.stdin:
        print(json.dumps(_freeze(layout, json.loads(line))), flush=True)


def _freeze(layout: Layout, request: dict[str, Any]) -> list[dict[str, Any]]:
    """Facts about each module, in the order of the request; a module that has an `error` is left out of the C text."""
    answers: list[dict[str, Any]] = []
    texts: list[str] = []
    following = 1
    for job in request["modules"]:
        try:
            writer = _module(layout, job, request["optimize"], following)
        except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError, UnsupportedConstantError) as error:
            answers.append({"error": f"{type(error).__name__}: {error}"})
            continue
        answers.append({"pooled": sorted(writer.pooled), "codes": writer.codes})
        texts.append(writer.text())
        following = writer.following
    lines = [f'#include "{request["header"]}"']
    pooled = {text for answer in answers for text in answer.get("pooled", ())}
    lines += map(ctext.external, map(ctext.pool_symbol, sorted(pooled)))
    for text in texts:
        lines += (ctext.BORDER_LINE, text)
    Path(request["output"]).write_text("\n".join((*lines, ctext.BORDER_LINE, "")))
    return answers


def _module(layout: Layout, job: dict[str, Any], optimize: int, first: int) -> ModuleWriter:
    source = Path(job["source"]).read_bytes()
    code = compile(source, job["filename"], "exec", dont_inherit=True, optimize=optimize)
    writer = ModuleWriter(layout, job["name"], first)
    writer.write(job["name"], code, source if job["is_script"] else b"")
    return writer
