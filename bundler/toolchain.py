"""The C compiler and linker on the user's machine."""

from __future__ import annotations

import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

from bundler.cache import digest
from bundler.errors import BundleError
from bundler.process import Argument, CommandError, run


@dataclass(frozen=True, slots=True)
class Toolchain:
    """A C compiler that also drives the linker: the words its command starts with. `identity` names its version."""

    command: tuple[str, ...]
    identity: str

    def run(self, *arguments: Argument, cwd: Path | None = None) -> None:
        """Run the compiler; CommandError when it fails."""
        run([*self.command, *arguments], cwd=cwd)


def find_toolchain(wanted: str | None) -> Toolchain:
    """The compiler that `wanted` (the variable CC, options included, or None) names, else `cc`, `gcc` or `clang`."""
    candidates = [shlex.split(wanted)] if wanted else [["cc"], ["gcc"], ["clang"]]
    found = next(([path, *words[1:]] for words in candidates if (path := shutil.which(words[0]))), None)
    if found is None:
        raise BundleError(
            "no-compiler",
            f"there is no C compiler: {' or '.join(f'`{words[0]}`' for words in candidates)} was not found",
            hint="install one (Debian, Ubuntu: `apt install gcc libc6-dev`), or name it in the variable CC",
        )
    try:
        version = run([*found, "--version"]).stdout
    except CommandError as error:
        raise BundleError(
            "no-compiler",
            f"the C compiler does not work: {error}",
            hint="the variable CC, if it is set, must name gcc or clang",
        ) from error
    return Toolchain(tuple(found), digest(version, *found[1:]))
