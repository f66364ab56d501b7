"""The command: see the package's docstring."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.compatibility.page import read_rows, write_page
from tests.compatibility.subjects import Subject, read_subjects
from tests.compatibility.trial import Row, attempt
from tests.support import ROOT

PAGE = ROOT / "docs" / "compatibility.md"
FAILED_BUILDS = 1


def main() -> int:
    """Try what is named, or everything; the exit status says whether all of it works."""
    parser = argparse.ArgumentParser(prog="python -m tests.compatibility", allow_abbrev=False)
    parser.add_argument("names", metavar="NAME", nargs="*", help="subjects to try (default: all)")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep binaries and working folders here")
    given = parser.parse_args()
    subjects = read_subjects()
    unknown = set(given.names) - subjects.keys()
    if unknown:
        parser.error(f"there is no subject {', '.join(sorted(unknown))}")
    rows = read_rows(PAGE)
    for name in given.names or subjects:
        row = _tried(subjects[name], given.keep)
        rows[name] = row
        write_page(PAGE, [rows[name] for name in subjects if name in rows], len(subjects))
    return 0 if all(rows[name].works for name in given.names or subjects) else FAILED_BUILDS


def _tried(subject: Subject, keep: Path | None) -> Row:
    started = time.monotonic()
    row, details = attempt(subject, keep)
    print(f"{subject.name} {row.version}: {row.result}, {time.monotonic() - started:.0f} s", flush=True)
    if details:
        print(details, flush=True)
    return row


if __name__ == "__main__":
    sys.exit(main())
