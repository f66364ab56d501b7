"""Differences between a binary elsewhere and `python` here that are right. Verb: `unexplained`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.systems.roots import EMPTY
from tests.systems.system import System


@dataclass(frozen=True)
class Explanation:
    """A reason for a program to write something else on some systems. `run`: its first argument. `lines`: a pattern of the
    lines in question, in either form.
    """

    subject: str
    run: str
    systems: Callable[[System], bool]
    lines: str
    reason: str


EXPLANATIONS = (
    Explanation(
        "wheels",
        "ctypes",
        lambda system: system.root == EMPTY,
        r".*libnowhere\.so: cannot open shared object file: .*",
        "a binary that is linked statically says why it loads no library from a file",
    ),
    Explanation(
        "standard-library",
        "posix_spawn",
        lambda system: system.root == "glibc-2.17",
        r"(FileNotFoundError ENOENT|\d+) True",
        "before glibc 2.24 `posix_spawn` of a program that is not there succeeds, and the process ends with status 127, as "
        "POSIX allows (`subprocess` uses it with newer ones only)",
    ),
    Explanation(
        "wheels",
        "pydantic",
        lambda system: system.root == "sid" and system.is_old,
        r".*",
        "from glibc 2.41 on `getrandom` is half done by code that the kernel maps (vDSO), which a filter of system calls "
        "leaves there: Rust's getrandom tries the half that works, and panics on the other. A kernel without the call has "
        "neither",
    ),
)


def unexplained(subject: str, run: str, system: System, lines: Sequence[str]) -> list[str]:
    """The lines of a difference that no explanation fits."""
    patterns = [
        each.lines for each in EXPLANATIONS if (each.subject, each.run) == (subject, run) and each.systems(system)
    ]
    return [line for line in lines if not any(re.fullmatch(pattern, line[1:]) for pattern in patterns)]
