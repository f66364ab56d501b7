"""What a file looks up by name outside import statements: codecs, and builtins that `site` adds."""

from __future__ import annotations

import encodings
import encodings.aliases
import pkgutil
import symtable
from collections.abc import Iterable, Iterator

# Builtins that `site` adds (Lib/site.py, setquit, setcopyright and sethelper).
SITE_BUILTINS = frozenset({"exit", "quit", "copyright", "credits", "license", "help"})

_CODECS = frozenset(module.name for module in pkgutil.iter_modules(encodings.__path__)) - {"aliases"}

_LONGEST_CODEC = max(map(len, (*_CODECS, *encodings.aliases.aliases)))


def site_builtins(source: bytes) -> list[str]:
    """Builtins of `site` that the file uses as such: as global names that it does not define itself."""
    # Bytes: a byte order mark or a comment may tell the encoding.
    module = symtable.symtable(source, "-", "exec")  # type: ignore[arg-type]  # typeshed knows of text only
    defined = {symbol.get_name() for symbol in module.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    found = set()
    tables = [module]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        for symbol in table.get_symbols():
            is_global = symbol.is_global() or table is module
            if symbol.get_name() in SITE_BUILTINS and symbol.is_referenced() and is_global:
                found.add(symbol.get_name())
    return sorted(found - defined)


def named_codecs(strings: Iterable[str]) -> Iterator[str]:
    """Modules of `encodings` whose codec a string constant of the file names, under any alias."""
    for text in strings:
        if len(text) > _LONGEST_CODEC:
            continue
        # As encodings.normalize_encoding does, for names as people write them; that takes ten times as long.
        name = text.lower().replace("-", "_").replace(" ", "_")
        name = encodings.aliases.aliases.get(name, name)
        if name in _CODECS:
            yield name
