"""How many instructions the examples take from start to end: exact where a clock is not.

`python -m benchmarks.instructions BINARY [ARGUMENT ...]` prints the number for one binary, and how it divides among the
parts of a start. The numbers on record, `instructions.toml`, are what tests/test_instructions.py compares with.
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
    return sum(count_parts(command).values())


# Functions, each called once, whose instructions, with those of all that they call, are a part of a start.
_PARTS = {
    "Py_PreInitialize": "configuration",
    "Py_InitializeFromConfig": "core initialisation",
    "bundle_install_importer": "finder and loader",
    "bundle_replace_compilers": "finder and loader",
    "_Py_InitializeMain": "start-up modules",
    "run_module": "program and what it imports",
    "bundle_end": "end",
}
_REST = "dynamic linker and the rest"


def count_parts(command: Sequence[str | Path]) -> dict[str, int]:
    """The same by part of the start; together they are all instructions there are."""
    with tempfile.TemporaryDirectory() as folder:
        counts = Path(folder, "counts")
        options = ["--tool=callgrind", f"--callgrind-out-file={counts}"]
        subprocess.run(["valgrind", *options, *command], env=ENVIRONMENT, cwd=folder, capture_output=True, check=True)
        listed = subprocess.run(
            ["callgrind_annotate", "--inclusive=yes", "--threshold=100", counts],
            capture_output=True,
            check=True,
            text=True,
        ).stdout
    total = re.search(r"^([\d,]+).* PROGRAM TOTALS$", listed, re.MULTILINE)
    assert total is not None, listed
    parts = dict.fromkeys((*_PARTS.values(), _REST), 0)
    for number, function in re.findall(r"^ *([\d,]+) .*:(\w+) \[", listed, re.MULTILINE):
        if function in _PARTS:
            parts[_PARTS[function]] += int(number.replace(",", ""))
    parts[_REST] = int(total[1].replace(",", "")) - sum(parts.values())
    return parts


def main() -> None:
    """Print the parts of a start, and their sum."""
    parts = count_parts(sys.argv[1:])
    for name, number in (*parts.items(), ("all", sum(parts.values()))):
        print(f"{number:15,}  {name}")


if __name__ == "__main__":
    main()
