"""Sections of docs/benchmarks.md between marks: commands of their own write them, and `python -m benchmarks.startup` keeps them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"

_SECTION = re.compile(r"<!-- (?P<name>\w+): written by `[^`]+` -->\n.*?<!-- end -->\n", re.DOTALL)


def make_section(name: str, command: str, lines: Iterable[str]) -> str:
    """A section with its marks."""
    return "".join(f"{line}\n" for line in (f"<!-- {name}: written by `{command}` -->", *lines, "<!-- end -->"))


def kept_section(page: str, name: str) -> str:
    """A section of a page, with its marks; "" if there is none."""
    return next((found[0] for found in _SECTION.finditer(page) if found["name"] == name), "")


def kept_sections(page: str) -> str:
    """All of them, in their order."""
    return "\n".join(found[0] for found in _SECTION.finditer(page))


def with_section(page: str, name: str, section: str) -> str:
    """The page with a section in place of the one of its name, or behind all others."""
    old = kept_section(page, name)
    if old:
        return page.replace(old, section)
    end = max((found.end() for found in _SECTION.finditer(page)), default=len(page))
    return f"{page[:end]}\n{section}{page[end:]}"
