"""The command: programs of the compatibility list start from snapshots.

python -m tests.snapshot [NAME ...]
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.compatibility.lane import Lane, run_lane
from tests.snapshot.lane import COLUMNS, attempt
from tests.support import ROOT

_HEAD = """# Starts from a snapshot, program by program

The programs of the [compatibility list](compatibility.md), built with `--snapshot auto`. "Modules" were recorded, "late" ones are
imported at each start, for the reason given or because they import one of those; "starts" tells in how many of seven places a
start is restored (a desktop's terminal, ssh without one, cron, a systemd unit, docker without and with PYTHONUNBUFFERED,
GitHub Actions), and the guard where it is not. The processor's time of the whole first use, restored, is
given as a part of a usual start's and of `python`'s. The binary does the same as the program under Python, with equal hashes.
Written by `python -m tests.snapshot`.
"""

if __name__ == "__main__":
    subjects = Path(__file__).parents[1] / "compatibility" / "subjects.toml"
    page = ROOT / "docs" / "snapshot-programs.md"
    sys.exit(run_lane(Lane("tests.snapshot", subjects, page, _HEAD, COLUMNS, attempt)))
