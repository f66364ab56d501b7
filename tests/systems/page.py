"""The page of results: written, and read back to renew some of them. Noun: `Row`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.systems.explained import EXPLANATIONS

SAME = "same"

_HEAD = """# Systems

Programs that are bundled once for each Python and run on systems with other C libraries: what they write, and their exit
status, is compared with what `python` does where the binary is built. Each system is tried complete, without libstdc++ and
libgcc_s, and both again with a kernel that knows no system call newer than Linux 3.10 (Python then runs with it too). In the
empty system, which has no C library at all, the binary is one that was built with `--static`.
Written by `python -m tests.systems`; the programs are in `tests/systems/programs.py`. The column "needs" says which glibc
the binary asks for. A start is restored from the binary's snapshot, or is a usual one for the reason given; with `--static` there
is no snapshot.

"""
_FACTS = "Of what is known of glibc 2.17 without having it (`bundler/glibc/floor.py`), {} wrong for a real one.\n"


@dataclass(frozen=True)
class Row:
    """A program of a Python. `needs`: a version of the C library. `results`: by root; `SAME`, with how it started, or what happened."""

    python: str
    subject: str
    needs: str
    results: Mapping[str, str]

    @property
    def works(self) -> bool:
        return all(result.split(",")[0] == SAME for result in self.results.values())


def write_page(page: Path, rows: Sequence[Row], roots: Sequence[str], wrong: int) -> None:
    """Write the page anew. `wrong`: the number of facts about the oldest C library that are not so."""
    lines = [f"| Python | program | needs | {' | '.join(roots)} |", f"|---|---|---|{'---|' * len(roots)}"]
    for row in rows:
        cells = (row.python, row.subject, row.needs, *(row.results.get(root, "") for root in roots))
        lines.append(f"| {' | '.join(cells)} |")
    found = f"{wrong} are" if wrong else "none is"
    text = f"{_HEAD}{_FACTS.format(found)}\n" + "".join(f"{line}\n" for line in lines)
    if EXPLANATIONS:
        text += "\nDifferences that are right, and left out above:\n\n"
        text += "".join(f"- {each.subject} {each.run}: {each.reason}.\n" for each in EXPLANATIONS)
    page.write_text(text)


def read_rows(page: Path) -> dict[tuple[str, str], Row]:
    """The rows of the page, by Python and program."""
    if not page.exists():
        return {}
    table = [line for line in page.read_text().splitlines() if line.startswith("| ")]
    (_, _, _, *roots), *rows = ([cell.strip() for cell in line.split("|")[1:-1]] for line in table)
    return {
        (python, subject): Row(python, subject, needs, dict(zip(roots, results, strict=True)))
        for python, subject, needs, *results in rows
    }
