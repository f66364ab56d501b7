"""Times programs side by side, so that whatever else the machine does meets all of them alike."""

from __future__ import annotations

import os
import statistics
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_STARTER = Path(__file__).with_name("start.c")
_WARM_UPS = 3

# The variables that everybody has. What else a machine sets, such as a folder of certificates, may make a start another one.
_VARIABLES = ("HOME", "LANG", "LOGNAME", "PATH", "TERM", "USER")


@dataclass(frozen=True, slots=True)
class Timing:
    """Medians: of wall-clock time from start to end in milliseconds, and of the peak of resident memory in MiB."""

    time: float
    memory: float


def build_starter(folder: Path) -> Path:
    """The program that starts others (start.c)."""
    output = folder / "start"
    subprocess.run(["gcc", "-O2", _STARTER, "-o", output], check=True)
    return output


def side_by_side(commands: Mapping[str, Sequence[str]], rounds: int, starter: Path) -> dict[str, Timing]:
    """Run each command once per round, in turn; RuntimeError when one fails. Output goes nowhere, input is empty."""
    found: dict[str, list[Timing]] = {name: [] for name in commands}
    for number in range(-_WARM_UPS, rounds):
        for name, command in commands.items():
            timing = _start(command, starter)
            if number >= 0:
                found[name].append(timing)
    return {
        name: Timing(statistics.median(one.time for one in each), statistics.median(one.memory for one in each))
        for name, each in found.items()
    }


def _start(command: Sequence[str], starter: Path) -> Timing:
    environment = {name: os.environ[name] for name in _VARIABLES if name in os.environ}
    said = subprocess.check_output([starter, *command], text=True, env=environment)
    nanoseconds, kibibytes, status = map(int, said.split())
    if status:
        raise RuntimeError(f"`{' '.join(command)}` ended with status {os.waitstatus_to_exitcode(status)}")
    return Timing(nanoseconds / 1e6, kibibytes / 1024)
