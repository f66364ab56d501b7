"""Systems on which binaries are run. Noun: `System`, which says how a command is run in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support import ROOT, on_old_kernel
from tests.systems.roots import CACHE, make_root

_ENTER = Path(__file__).with_name("enter.sh")
_CPLUSPLUS = ("libstdc++.so.6*", "libgcc_s.so.1")

# Where everything that is seen in all systems lies.
SHARED = CACHE / "systems"


@dataclass(frozen=True)
class System:
    """A C library with a kernel.

    `root`: a name in `ROOTS`, None for this machine. `is_bare`: without the libraries of the C++ compiler. `is_old`: the
    kernel answers like Linux 3.10 to system calls that are newer.
    """

    root: str | None
    is_bare: bool = False
    is_old: bool = False

    def __str__(self) -> str:
        words = (
            self.root or "this machine",
            *(["bare"] if self.is_bare else []),
            *(["Linux 3.10"] if self.is_old else []),
        )
        return ", ".join(words)

    @property
    def variant(self) -> str:
        """The words of `str` without the name of the root."""
        return str(self).partition(", ")[2] or "complete"

    def command(self, command: Sequence[str | Path], seen: Sequence[Path] = (SHARED, ROOT)) -> tuple[str | Path, ...]:
        """The command that runs a command in the system: in the working folder, which must be below one that is `seen`; RootError.

        Status 77 when this machine does not let it be entered.
        """
        SHARED.mkdir(parents=True, exist_ok=True)
        limited = on_old_kernel(SHARED) if self.is_old else ()
        if self.root is None:
            return (*limited, *command)
        lacking = " ".join(_CPLUSPLUS) if self.is_bare else ""
        folders = ":".join(map(str, seen))
        return (*limited, "unshare", "--mount", _ENTER, make_root(self.root), folders, lacking, *command)


HERE = System(None)
