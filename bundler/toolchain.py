"""The C compiler and linker on the user's machine."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from bundler.cache import digest
from bundler.errors import BundleError
from bundler.process import CommandError, run


@dataclass(frozen=True, slots=True)
class Toolchain:
    """A C compiler that also drives the linker. `identity` names its version, for cache keys."""

    compiler: Path
    identity: str


def find_toolchain(wanted: str | None) -> Toolchain:
    """The compiler that `wanted` (the variable CC, or None) names, else `cc`, `gcc` or `clang`."""
    candidates = [wanted] if wanted else ["cc", "gcc", "clang"]
    found = next((path for name in candidates if (path := shutil.which(name))), None)
    if found is None:
        raise BundleError(
            "no-compiler",
            f"there is no C compiler: {' or '.join(f'`{name}`' for name in candidates)} was not found",
            hint="install one (Debian, Ubuntu: `apt install gcc libc6-dev`), or name it in the variable CC",
        )
    try:
        version = run([found, "--version"]).stdout
    except CommandError as error:
        raise BundleError(
            "no-compiler",
            f"the C compiler does not work: {error}",
            hint="the variable CC, if it is set, must name gcc or clang",
        ) from error
    return Toolchain(Path(found), digest(version))
