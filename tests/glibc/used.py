"""`python -m tests.glibc.used FOLDER ...`: adds to used.txt what libraries below the folders need of newer C libraries."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from bundler.elf import ElfError, SymbolBinding, read_shared_object
from bundler.glibc import beyond
from bundler.settings import OLDEST_GLIBC
from tests.glibc.test_floor import USED


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


def main(folders: list[str]) -> int:
    """Write the list, old and new."""
    known = set(USED.read_text().splitlines()) if USED.exists() else set()
    found = {line for folder in folders for line in needed(Path(folder))}
    USED.write_text("".join(f"{line}\n" for line in sorted(known | found)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
