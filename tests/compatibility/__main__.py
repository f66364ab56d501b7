"""The command: see the package's docstring."""

from __future__ import annotations

import sys

from tests.compatibility.lane import Lane, run_lane
from tests.compatibility.pages import COMPATIBILITY, SUBJECTS
from tests.compatibility.trial import attempt

if __name__ == "__main__":
    sys.exit(run_lane(Lane("tests.compatibility", SUBJECTS, (COMPATIBILITY,), attempt)))
