"""The noun that every stage is given."""

from __future__ import annotations

from dataclasses import dataclass

from bundler.cache import Cache
from bundler.elf import Machine
from bundler.report import Reporter
from bundler.toolchain import Toolchain


@dataclass(frozen=True, slots=True)
class BuildContext:
    """The compiler, the cache of what has been made before, and whom to tell about progress.

    `foreign`: the machine that the binary is for, where that is another than this one.
    """

    toolchain: Toolchain
    cache: Cache
    report: Reporter
    foreign: Machine | None = None
