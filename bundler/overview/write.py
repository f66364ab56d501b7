"""Writes the page: one file, with everything that it needs inside."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

from bundler.cache import write_atomically
from bundler.overview.document import ReportDocument

_PAGE = Path(__file__).with_name("page")
_STYLES = ("page.css",)
_SCRIPTS = ("view.js", "treemap.js", "flame.js", "tables.js", "page.js")


def write_page(document: ReportDocument, path: Path) -> None:
    """Write the page of a document; it appears whole, in place of an earlier one."""
    write_atomically(path, page_text(document).encode("utf-8", "surrogateescape"))


def page_text(document: ReportDocument) -> str:
    """The page."""
    parts = {
        "title": html.escape(document["program"]["name"]),
        "style": "\n".join((_PAGE / name).read_text(encoding="utf-8") for name in _STYLES),
        "document": _inline(document),
        "script": "\n".join((_PAGE / name).read_text(encoding="utf-8") for name in _SCRIPTS),
    }
    template = (_PAGE / "page.html").read_text(encoding="utf-8")
    return re.sub(r"\{\{ (\w+) \}\}", lambda found: parts[found[1]], template)


def _inline(document: ReportDocument) -> str:
    """JSON that can stand inside of an element: no name of a file ends that, and none is more than ASCII."""
    return json.dumps(document, separators=(",", ":")).replace("<", "\\u003c")
