"""A command line that tries a list of subjects and writes a page of results."""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path

from tests.compatibility.page import read_rows, write_page
from tests.compatibility.subjects import Subject, read_subjects
from tests.compatibility.trial import Row, attempt

FAILED = 1


@dataclass(frozen=True)
class Lane:
    """What is tried, and where the result goes."""

    name: str  # of the package
    subjects: Path
    page: Path
    head: str  # of the page


def run_lane(lane: Lane) -> int:
    """Try what is named, or everything; the exit status says whether all of it works."""
    parser = argparse.ArgumentParser(prog=f"python -m {lane.name}", allow_abbrev=False)
    parser.add_argument("names", metavar="NAME", nargs="*", help="subjects to try (default: all)")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep binaries and working folders here")
    given = parser.parse_args()
    subjects = read_subjects(lane.subjects)
    unknown = set(given.names) - subjects.keys()
    if unknown:
        parser.error(f"there is no subject {', '.join(sorted(unknown))}")
    rows = read_rows(lane.page)
    for name in given.names or subjects:
        rows[name] = _tried(subjects[name], given.keep)
        write_page(lane.page, lane.head, [rows[name] for name in subjects if name in rows], len(subjects))
    return 0 if all(rows[name].works for name in given.names or subjects) else FAILED


def _tried(subject: Subject, keep: Path | None) -> Row:
    started = time.monotonic()
    row, details = attempt(subject, keep)
    print(f"{subject.name} {row.version}: {row.result}, {time.monotonic() - started:.0f} s", flush=True)
    if details:
        print(details, flush=True)
    return row
