"""Checks a static libpython: do its members need what none of them defines?"""

from __future__ import annotations

from pathlib import Path

from bundler.cache import Cache, digest
from bundler.elf import archive_symbols, read_archive_index, undefined_symbols


def missing_symbols(path: Path, prefixes: tuple[str, ...], cache: Cache) -> tuple[str, ...]:
    """Symbols that begin with one of `prefixes` and that members of the archive need, though none defines them."""
    index = read_archive_index(path)
    # The index tells where each member starts; reading all of the members would take longer than the rest of a build.
    key = digest(*prefixes, index, str(path.stat().st_size))
    found: list[str] = cache.ask("archive", key, lambda: sorted(_missing(path, prefixes)))
    return tuple(found)


def _missing(path: Path, prefixes: tuple[str, ...]) -> set[str]:
    return {name for name in undefined_symbols(path) if name.startswith(prefixes)} - archive_symbols(path)
