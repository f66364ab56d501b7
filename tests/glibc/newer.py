"""`python tests/glibc/newer.py`, on a machine with a C library that is newer than most: records what its functions give.

Uses the standard library only, for such a machine may have no other Python than its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent

# The first names that glibc 2.37 and later have.
_NEWER = ("__isoc23_", "strl", "wcsl", "__strl", "__wcsl", "memset_explicit", "__memset_explicit")


def main() -> int:
    """Write newer.json: status and output of the program for each function."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "compare"
        subprocess.run(["cc", "-std=gnu11", "-w", HERE / "compare.c", "-lresolv", "-o", program], check=True)
        for name in subprocess.run([program], capture_output=True, text=True, check=True).stdout.split():
            if name.startswith(_NEWER):
                done = subprocess.run([program, name], capture_output=True, text=True, cwd=folder, check=False)
                found[name] = (done.returncode, done.stdout)
    (HERE / "newer.json").write_text(json.dumps(found, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
