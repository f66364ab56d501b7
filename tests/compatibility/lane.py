"""A command line that tries a list of subjects and writes a page of results."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tests.compatibility.page import Page, Row, read_rows, write_page
from tests.compatibility.subjects import Subject, read_subjects

FAILED = 1


@dataclass(frozen=True)
class Lane:
    """What is tried, how, and where the results go.

    `attempt`: tries a subject, and keeps what it makes in a folder if there is one; a row for each page, and details when
    it failed.
    """

    name: str  # of the package
    subjects: Path
    pages: tuple[Page, ...]
    attempt: Callable[[Subject, Path | None], tuple[tuple[Row, ...], str]]


def run_lane(lane: Lane) -> int:
    """Try what is named, or everything; the exit status says whether all of it works."""
    parser = argparse.ArgumentParser(prog=f"python -m {lane.name}", allow_abbrev=False)
    parser.add_argument("names", metavar="NAME", nargs="*", help="subjects to try (default: all)")
    parser.add_argument(
        "--python", metavar="VERSION", nargs="+", help="`3.12`, one or several (default: what each subject names)"
    )
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep binaries and working folders here")
    given = parser.parse_args()
    subjects = read_subjects(lane.subjects)
    unknown = set(given.names) - subjects.keys()
    if unknown:
        parser.error(f"there is no subject {', '.join(sorted(unknown))}")
    written = [read_rows(page) for page in lane.pages]
    tried: list[Row] = []
    for name in given.names or subjects:
        for python in given.python or [subjects[name].python]:
            found = _tried(lane, replace(subjects[name], python=python), given.keep)
            tried += found
            for page, rows, row in zip(lane.pages, written, found, strict=True):
                rows[name, python] = row
                write_page(page, _in_order(subjects, rows), len(subjects))
    return 0 if all(row.works for row in tried) else FAILED


def _in_order(subjects: Iterable[str], rows: Mapping[tuple[str, str], Row]) -> list[Row]:
    """As subjects are listed, each with the Pythons it was tried with; the newest first."""
    order = list(subjects)
    known = [key for key in rows if key[0] in order]
    return [rows[key] for key in sorted(known, key=lambda key: (order.index(key[0]), -int(key[1].partition(".")[2])))]


def _tried(lane: Lane, subject: Subject, keep: Path | None) -> tuple[Row, ...]:
    started = time.monotonic()
    rows, details = lane.attempt(subject, keep)
    for row in rows:
        print(", ".join(row.cells), flush=True)
    print(f"{subject.name}: {time.monotonic() - started:.0f} s", flush=True)
    if details:
        print(details, flush=True)
    return rows
