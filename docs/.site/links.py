"""Keeps links of the site inside it: files of the repository beyond `docs` are named instead."""

from __future__ import annotations

import re

_OUTSIDE = re.compile(r"\[([^\]]+)\]\((?:\.\./)+([\w./-]+)(?:#[\w-]*)?\)")


def on_page_markdown(markdown: str, page: object, **_: object) -> str:
    """Replace links to files of the repository beyond `docs` by their names (a hook of mkdocs)."""
    depth = str(page.file.src_path).count("/")  # type: ignore[attr-defined]
    outside = "../" * (depth + 1)

    def named(found: re.Match[str]) -> str:
        return f"{found[1]} (`{found[2]}`)" if found[0].partition("](")[2].startswith(outside) else found[0]

    return _OUTSIDE.sub(named, markdown)
