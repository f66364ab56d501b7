"""The command: programs of the compatibility list start from snapshots.

python -m tests.snapshot [NAME ...]
"""

from __future__ import annotations

import sys

from tests.compatibility.lane import Lane, run_lane
from tests.compatibility.page import Page
from tests.compatibility.pages import COMPATIBILITY, SUBJECTS
from tests.snapshot.lane import COLUMNS, attempt
from tests.support import ROOT

_HEAD = """# Starts from a snapshot, program by program

The programs of the [compatibility list](compatibility.md), built with no option at all. "Modules" were recorded, "late" ones are
imported at each start, for the reason given or because they import one of those; "starts" tells in how many of seven places a
start is restored (a desktop's terminal, ssh without one, cron, a systemd unit, docker without and with PYTHONUNBUFFERED,
GitHub Actions), and the guard where it is not. "Of the imports" is the part of their time, in a usual start's first use, that is
recorded; modules that the use itself imports count, too. The processor's time of the whole first use, restored, is
given as a part of a usual start's and of `python`'s. A program works if its binary does the same as it under Python, with equal hashes.
Written by `python -m tests.snapshot`,
with the rows of the compatibility list.
"""

if __name__ == "__main__":
    page = Page(ROOT / "docs" / "snapshot-programs.md", _HEAD, COLUMNS)
    sys.exit(run_lane(Lane("tests.snapshot", SUBJECTS, (page, COMPATIBILITY), attempt)))
