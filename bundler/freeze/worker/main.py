"""Compile modules and write them as C.

Jobs come as JSON lines on standard input, the layout as the first; a JSON line per job goes to standard output.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from .objects import ModuleWriter, UnsupportedConstantError
from .structs import Layout


def main() -> None:
    """Serve jobs until standard input ends."""
    layout: Layout = json.loads(sys.stdin.readline())
    # Deeply nested expressions compile, so their constants must be walked too.
    sys.setrecursionlimit(20_000)
    for line in sys.stdin:
        try:
            answer = _freeze(layout, json.loads(line))
        except (SyntaxError, ValueError, RecursionError, UnsupportedConstantError) as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


def _freeze(layout: Layout, job: dict[str, Any]) -> dict[str, Any]:
    source = Path(job["source"]).read_bytes()
    code = compile(source, job["filename"], "exec", dont_inherit=True, optimize=job["optimize"])
    writer = ModuleWriter(layout, job["name"])
    writer.write(job["name"], code, source if job["is_script"] else b"")
    Path(job["output"]).write_text(f'#include "{job["header"]}"\n{writer.text()}')
    return {"pooled": sorted(writer.pooled), "codes": writer.codes}
