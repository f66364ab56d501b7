"""Answer a path on each line of standard input with the facts of that file, as a JSON line."""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path

from .scan import scan


def main() -> None:
    """Serve paths until standard input ends."""
    # Of other people's sources: invalid escapes and the like.
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(20_000)
    for line in sys.stdin:
        print(json.dumps(scan(Path(json.loads(line)).read_bytes())), flush=True)
