"""The launcher's functions for systems whose C library lacks them: their sources, and an archive of some of them.

Verb: `make_archive`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from pathlib import Path

from bundler.cache import Cache, digest
from bundler.contract import launcher_folder
from bundler.glibc.floor import Floor
from bundler.toolchain import Toolchain

_ALIAS = re.compile(r"^POLYFILL_ALIAS\((\w+), \w+\);$", re.MULTILINE)
# Nobody calls it by its name: the linker sends the start files' call to it.
_START = "__libc_start_main"


def polyfill_sources() -> tuple[Path, ...]:
    """Files that define one function each, in a fixed order; a file's name is its function's."""
    return tuple(sorted((launcher_folder() / "polyfill").glob("*.c")))


@functools.cache
def _names() -> Mapping[str, tuple[str, ...]]:
    """The names that each file defines, by its stem."""
    return {path.stem: (path.stem, *_ALIAS.findall(path.read_text())) for path in polyfill_sources()}


def polyfill_names() -> frozenset[str]:
    """The functions and variables that the launcher can bring."""
    return frozenset(name for names in _names().values() for name in names) - {_START}


def make_archive(floor: Floor, objects: Mapping[str, Path], toolchain: Toolchain, cache: Cache) -> Path:
    """A static library of the polyfills that a floor may need. `objects`: their object files, by the sources' stems."""
    wanted = {stem for stem, names in _names().items() if floor.polyfilled.intersection(names)}
    members = [objects[stem] for stem in sorted({_START, *wanted})]
    # Object files in the cache are named after all that they depend on.
    key = digest(*map(str, members))
    if cache.get("polyfills", key, (".a",)) is None:
        with cache.workplace("polyfills") as work:
            toolchain.archive(members, work / "polyfills.a")
            cache.put("polyfills", key, floor.version, {".a": work / "polyfills.a"})
    return cache.path("polyfills", key, ".a")
