"""`bundle cache`: shows what the cache holds, to programs as JSON and to people as a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bundler.cache import Cache
from bundler.cache_limit import Entry
from bundler.report import Item, Section, count_text, size_text
from bundler.schema import FORMAT, CacheDocument, KindRow

# Kinds of entries whose names do not speak for themselves.
_WORDS = {
    "archive": "checked static libpythons",
    "editable": "links to editable installs",
    "entry": "generated entry scripts",
    "environment": "environments of scripts with a header",
    "facts": "imports of source files",
    "frozen": "compiled modules",
    "frozen-header": "object layouts in C",
    "hook": "answers of hooks",
    "launcher": "the compiled launcher",
    "layout": "measured object layouts",
    "leading": "leading imports of programs",
    "linked": "digests of finished binaries",
    "linker": "tried linkers",
    "pool": "compiled common strings",
    "rehearsal": "rehearsed imports",
    "snapshot": "snapshots",
    "stubs": "C libraries for linking",
    "unpacked": "unpacked archives of modules",
}


def title(cache: Cache, every: Sequence[Entry], limit: int) -> str:
    """The heading of the page."""
    size = size_text(sum(entry.size for entry in every))
    return f"{cache.root}: {size}{f' of at most {size_text(limit)}' if limit else ''}"


def page(every: Sequence[Entry]) -> Iterator[Section]:
    """The page for people."""
    if every:
        items = [
            Item(
                _WORDS.get(row["kind"], row["kind"]), f"{count_text(row['entries'], 'item')}, {size_text(row['size'])}"
            )
            for row in _kinds(every)
        ]
        yield Section("contents", items)


def document(cache: Cache, every: Sequence[Entry], limit: int) -> CacheDocument:
    """The contents as `--json` prints them."""
    return {
        "format": FORMAT,
        "folder": str(cache.root),
        "size": sum(entry.size for entry in every),
        "limit": limit or None,
        "kinds": _kinds(every),
    }


def _kinds(every: Sequence[Entry]) -> list[KindRow]:
    """A row for each kind, the largest first."""
    by_kind: dict[str, list[int]] = {}
    for entry in every:
        by_kind.setdefault(entry.kind, []).append(entry.size)
    rows: list[KindRow] = [{"kind": kind, "entries": len(sizes), "size": sum(sizes)} for kind, sizes in by_kind.items()]
    return sorted(rows, key=lambda row: (-row["size"], row["kind"]))
