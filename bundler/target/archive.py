"""Checks a static libpython: do its members need what none of them defines?"""

from __future__ import annotations

from pathlib import Path

from bundler.cache import Cache, digest
from bundler.elf import archive_symbols, read_archive_index
from bundler.process import run


def missing_symbols(path: Path, prefixes: tuple[str, ...], cache: Cache) -> tuple[str, ...]:
    """Symbols that begin with one of `prefixes` and that members of the archive need, though none defines them."""
    index = read_archive_index(path)
    # The index tells where each member starts; reading all of the members would take longer than the rest of a build.
    key = digest(*prefixes, index, str(path.stat().st_size))
    found: list[str] = cache.ask("archive", key, lambda: sorted(_missing(path, prefixes)))
    return tuple(found)


def _missing(path: Path, prefixes: tuple[str, ...]) -> set[str]:
    listing = run(["nm", "-u", path]).stdout.decode(errors="replace")
    words = (line.split() for line in listing.splitlines())
    needed = {found[1] for found in words if len(found) == 2 and found[0] == "U"}
    return {name for name in needed if name.startswith(prefixes)} - archive_symbols(path)
