"""The compatibility list, and the page of what its subjects were put to."""

from __future__ import annotations

from pathlib import Path

from tests.compatibility.trial import page_of_uses
from tests.support import ROOT

SUBJECTS = Path(__file__).with_name("subjects.toml")

_HEAD = """# Compatibility

Popular applications and libraries, each bundled with no option at all, in an environment of its own, and put to a short
real use: the binary does the same as the program under Python. "glibc" is the oldest C library that the binary runs with.
Written by `python -m tests.compatibility`.
"""

COMPATIBILITY = page_of_uses(ROOT / "docs" / "compatibility.md", _HEAD)
