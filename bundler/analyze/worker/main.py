"""Answer a request on each line of standard input with the facts of a file, as a JSON line.

A request: {"path": "/x.py", "is_compiled": false} (see `scan`).
"""

from __future__ import annotations

import gc
import json
import sys
import warnings
from pathlib import Path

from .scan import scan


def main() -> None:
    """Serve requests until standard input ends."""
    # Of other people's sources: invalid escapes and the like.
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(20_000)
    # Syntax trees hold no cycles; looking for some in them took a fifth of the time.
    gc.disable()
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(scan(Path(request["path"]).read_bytes(), is_compiled=request["is_compiled"])), flush=True)
