"""The slow lane: all wheels, with every Python there is."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.wheels import EVERYTHING

if __name__ == "__main__":
    os.environ[EVERYTHING] = "1"
    sys.exit(pytest.main([str(Path(__file__).parent), *sys.argv[1:]]))
