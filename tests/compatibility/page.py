"""A page of results: written, and read back to renew some of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.compatibility.trial import Row

_TABLE = """
{works} of {all} work. {untried}

| name | version | Python | binary | what was done | result |
|---|---|---|---|---|---|
"""


def write_page(page: Path, head: str, rows: Sequence[Row], listed: int) -> None:
    """Write the page anew. `listed`: how many subjects there are, tried or not."""
    lines = [
        f"| {row.name} | {row.version} | {row.python} | {row.size} | {row.does} | {row.result} |\n" for row in rows
    ]
    works = sum(row.works for row in rows)
    left = listed - len({row.name for row in rows})
    untried = f"{left} more are listed and not tried yet." if left else ""
    table = _TABLE.format(works=works, all=len(rows), untried=untried).replace(". \n", ".\n")
    page.write_text(head + table + "".join(lines))


def read_rows(page: Path) -> dict[tuple[str, str], Row]:
    """The rows that are on the page, by name and Python."""
    if not page.exists():
        return {}
    found = {}
    _, _, table = page.read_text().partition("|---|---|---|---|---|---|\n")
    for line in table.splitlines():
        name, version, python, size, does, result = (cell.strip() for cell in line.strip("|").split(" | "))
        found[name, python] = Row(name, version, python, does, result, size)
    return found
