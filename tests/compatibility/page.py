"""A page of results: written, and read back to renew some of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

WORKS = "works"


@dataclass(frozen=True)
class Row:
    """A line of the page: name, version, Python, what the lane has to say, and WORKS or what failed."""

    cells: tuple[str, ...]

    @property
    def key(self) -> tuple[str, str]:
        """Name and Python."""
        return self.cells[0], self.cells[2]

    @property
    def works(self) -> bool:
        return self.cells[-1] == WORKS


@dataclass(frozen=True)
class Page:
    """Where results stand: the file, the text before its table, and the table's columns."""

    path: Path
    head: str
    columns: tuple[str, ...]


def write_page(page: Page, rows: Sequence[Row], listed: int) -> None:
    """Write the page anew. `listed`: how many subjects there are, tried or not."""
    works = sum(row.works for row in rows)
    left = listed - len({row.key[0] for row in rows})
    untried = f" {left} more are listed and not tried yet." if left else ""
    lines = [_line(page.columns), "|" + "---|" * len(page.columns), *(_line(row.cells) for row in rows)]
    page.path.write_text(
        f"{page.head}\n{works} of {len(rows)} work.{untried}\n\n" + "".join(f"{line}\n" for line in lines)
    )


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def read_rows(page: Page) -> dict[tuple[str, str], Row]:
    """The rows that are on the page, by name and Python; none of a page with other columns."""
    if not page.path.exists():
        return {}
    _, found, table = page.path.read_text().partition(f"{_line(page.columns)}\n|" + "---|" * len(page.columns) + "\n")
    if not found:
        return {}
    rows = [Row(tuple(cell.strip() for cell in line[2:-2].split(" | "))) for line in table.splitlines()]
    return {row.key: row for row in rows}
