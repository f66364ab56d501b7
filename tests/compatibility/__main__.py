"""The command: see the package's docstring."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.compatibility.lane import Lane, run_lane
from tests.support import ROOT

_HEAD = """# Compatibility

Popular applications and libraries, each bundled with no option at all, in an environment of its own, and put to a short
real use: the binary does the same as the program under Python. Written by `python -m tests.compatibility`.
"""

if __name__ == "__main__":
    sys.exit(
        run_lane(
            Lane(
                "tests.compatibility",
                Path(__file__).with_name("subjects.toml"),
                ROOT / "docs" / "compatibility.md",
                _HEAD,
            )
        )
    )
