"""How many instructions the examples take from start to end: exact where a clock is not.

`python -m benchmarks.instructions BINARY [ARGUMENT ...]` prints the number for one binary. The numbers on record,
`instructions.toml`, are what tests/test_instructions.py compares with.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RECORD = Path(__file__).with_name("instructions.toml")

# Nothing that differs from user to user, and sets in the same order each time.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/", "COLUMNS": "80", "PYTHONHASHSEED": "0"}


@dataclass(frozen=True, slots=True)
class Record:
    """Numbers of instructions by example, and the Python and C library that they hold for."""

    python: str
    glibc: str
    instructions: dict[str, int]


def read_record() -> Record:
    """What was counted when somebody last looked."""
    raw: dict[str, Any] = tomllib.loads(RECORD.read_text())
    return Record(raw["python"], raw["glibc"], raw["instructions"])


def count(command: Sequence[str | Path]) -> int:
    """Instructions that a program takes, by callgrind; subprocess.CalledProcessError when it fails."""
    with tempfile.TemporaryDirectory() as folder:
        options = ["--tool=callgrind", f"--callgrind-out-file={folder}/out"]
        done = subprocess.run(
            ["valgrind", *options, *command], env=ENVIRONMENT, cwd=folder, capture_output=True, check=True, text=True
        )
    found = re.search(r"Collected : (\d+)", done.stderr)
    assert found is not None, done.stderr
    return int(found[1])


if __name__ == "__main__":
    print(f"{count(sys.argv[1:]):,}")
