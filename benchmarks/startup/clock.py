"""Times programs side by side, so that whatever else the machine does meets all of them alike."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_WARM_UPS = 3


@dataclass(frozen=True, slots=True)
class Timing:
    """Medians: of wall-clock time from start to end in milliseconds, and of the peak of resident memory in MiB."""

    time: float
    memory: float


def side_by_side(commands: Mapping[str, Sequence[str]], rounds: int) -> dict[str, Timing]:
    """Run each command once per round, in turn; RuntimeError when one fails. Output goes nowhere, input is empty."""
    found: dict[str, list[Timing]] = {name: [] for name in commands}
    for number in range(-_WARM_UPS, rounds):
        for name, command in commands.items():
            timing = _start(command)
            if number >= 0:
                found[name].append(timing)
    return {
        name: Timing(statistics.median(one.time for one in each), statistics.median(one.memory for one in each))
        for name, each in found.items()
    }


def _start(command: Sequence[str]) -> Timing:
    nowhere = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    ]
    started = time.perf_counter()
    process = os.posix_spawn(command[0], list(command), os.environ, file_actions=nowhere)
    _, status, usage = os.wait4(process, 0)
    elapsed = time.perf_counter() - started
    if status:
        raise RuntimeError(f"`{' '.join(command)}` ended with status {os.waitstatus_to_exitcode(status)}")
    return Timing(elapsed * 1e3, usage.ru_maxrss / 1024)
