"""Says what it was started with: `stress.py [wait] ...`; with `wait`, uses the rest of itself after a line of input."""

import os
import sys

print(len(sys.argv), sum(map(len, sys.argv[1:])), len(os.environ), flush=True)
if sys.argv[1:2] == ["wait"]:
    input()
    import decimal
    import json
    import sqlite3
    from pathlib import Path

    print(json.dumps([str(decimal.Decimal("1.5"))]), sqlite3.connect(":memory:").execute("select 1").fetchall())
    print((Path(__file__).parent / "notes.txt").read_text())
