"""What compiled modules import: nobody can read their code, but the names stand in their data.

A name is believed when it is that of a module of the same distribution: extension modules mostly import their own
siblings by name (mypyc's shared `<hash>__mypyc`, Cython's `package._helper`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from bundler.cache import Cache, digest

_NAME = re.compile(rb"(?<=\0)[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*(?=\0)")


def mentioned_names(path: Path, candidates: Iterable[str], cache: Cache) -> list[str]:
    """Those of the candidates that stand in the file as a C string, sorted."""
    data = path.read_bytes()
    entry = cache.path("extension", digest(data), ".json")
    try:
        names = json.loads(entry.read_bytes())
    except FileNotFoundError:
        names = sorted({name.decode() for name in _NAME.findall(data)})
        cache.write(entry, json.dumps(names).encode())
    return sorted(set(candidates).intersection(names))


def module_names(files: Iterable[Path], root: Path, extension_suffixes: Iterable[str]) -> frozenset[str]:
    """Dotted names of the modules among a distribution's files."""
    suffixes = (*extension_suffixes, ".py")
    names = set()
    for path in files:
        suffix = next((suffix for suffix in suffixes if path.name.endswith(suffix)), None)
        if suffix is None or not path.is_relative_to(root):
            continue
        parts = [*path.relative_to(root).parts[:-1], path.name.removesuffix(suffix)]
        names.add(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return frozenset(names)
