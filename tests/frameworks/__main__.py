"""The command: see the package's docstring."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.compatibility.lane import Lane, run_lane
from tests.compatibility.trial import attempt, page_of_uses
from tests.support import ROOT

_HEAD = """# Frameworks

A small application of each framework, bundled with no option but those that its `pyproject.toml` names, and used for
real: the binary does the same as the application under Python, with its sources put away. Written by
`python -m tests.frameworks`; the applications are in `tests/apps/frameworks`.
"""

if __name__ == "__main__":
    subjects = Path(__file__).with_name("subjects.toml")
    page = page_of_uses(ROOT / "docs" / "frameworks.md", _HEAD)
    sys.exit(run_lane(Lane("tests.frameworks", subjects, (page,), attempt)))
