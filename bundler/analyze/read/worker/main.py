"""Answer a `Request` on each line of standard input with an `Answer`, as a JSON line."""

from __future__ import annotations

import gc
import json
import sys
import warnings
from pathlib import Path

from .scan import scan
from .schema import Answer, Request, source_digest


def main() -> None:
    """Serve requests until standard input ends."""
    # Warnings about other people's sources: invalid escapes and the like.
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(20_000)
    # Syntax trees hold no cycles; looking for some in them took a fifth of the time.
    gc.disable()
    for line in sys.stdin:
        request: Request = json.loads(line)
        source = Path(request["path"]).read_bytes()
        answer: Answer = {
            "source_digest": source_digest(source),
            "found": scan(source, is_compiled=request["is_compiled"]),
        }
        print(json.dumps(answer), flush=True)
