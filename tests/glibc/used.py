"""`python -m tests.glibc.used FOLDER ...`: adds to used.txt what libraries below the folders need of newer C libraries.

They are shared objects, and static libpythons: the C library of the system that a folder belongs to tells the versions of what
these need.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from bundler.elf import ElfError, SymbolBinding, read_shared_object, undefined_symbols
from bundler.glibc import beyond
from bundler.link.system_libraries import LINKED_SYSTEM_LIBRARIES
from bundler.settings import OLDEST_GLIBC
from tests.glibc.test_floor import USED
from tests.support import LIBRARY_FOLDERS


def needed(folder: Path) -> Iterator[str]:
    """Names and versions, as the file has them."""
    for path in folder.rglob("*.so*"):
        try:
            symbols = read_shared_object(path).symbols
        except (ElfError, OSError):
            continue
        for symbol in symbols:
            # What is weak need not be there.
            is_needed = not symbol.is_defined and symbol.binding != SymbolBinding.WEAK
            if is_needed and beyond(symbol.version, OLDEST_GLIBC):
                yield f"{symbol.name} {symbol.version}"
    archives = list(folder.rglob("libpython*.a"))
    versions = default_versions(folder) if archives else {}
    for path in archives:
        for name in undefined_symbols(path) & versions.keys():
            if beyond(versions[name], OLDEST_GLIBC):
                yield f"{name} {versions[name]}"


def default_versions(folder: Path) -> Mapping[str, str]:
    """The version that a linker would take for each symbol, in the system that a folder belongs to."""
    for root in folder.resolve().parents:
        places = [root / name.removeprefix("/") for name in LIBRARY_FOLDERS]
        found = {name: path for place in places for name in LINKED_SYSTEM_LIBRARIES if (path := place / name).exists()}
        if "libc.so.6" in found:
            return {
                symbol.name: symbol.version
                for path in found.values()
                for symbol in read_shared_object(path).symbols
                if symbol.is_exported and not symbol.is_hidden and symbol.version is not None
            }
    raise SystemExit(f"{folder}: there is no C library above it")


def main(folders: list[str]) -> int:
    """Write the list, old and new."""
    known = set(USED.read_text().splitlines()) if USED.exists() else set()
    found = {line for folder in folders for line in needed(Path(folder))}
    USED.write_text("".join(f"{line}\n" for line in sorted(known | found)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
