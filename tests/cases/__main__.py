"""The slow lane: every Python there is."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.cases.elsewhere import ELSEWHERE

if __name__ == "__main__":
    elsewhere = sorted({place.test for places in ELSEWHERE.values() for place in places})
    sys.exit(pytest.main(["--every-python", str(Path(__file__).parent), *elsewhere, *sys.argv[1:]]))
