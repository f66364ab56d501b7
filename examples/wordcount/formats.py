"""Ways to print a report; `FORMATS` has them by name."""

import csv
import json
import sys

from counting import Report


def print_text(report: Report) -> None:
    """A table for people."""
    for file in report.files:
        print(f"{file.lines:>8} lines {file.words.total():>8} words  {file.name}")
    if len(report.files) > 1:
        print(f"{report.lines:>8} lines {report.words.total():>8} words  total")
    for word, times in report.top:
        print(f"{times:>8} {word}")
    if report.sample:
        print("some of them:", ", ".join(report.sample))


def print_json(report: Report) -> None:
    """Everything that is known, for programs."""
    document = {
        "files": [
            {
                "name": file.name,
                "modified": file.modified.isoformat(timespec="seconds"),
                "sha256": file.digest,
                "lines": file.lines,
                "words": file.words.total(),
            }
            for file in report.files
        ],
        "lines": report.lines,
        "words": report.words.total(),
        "top": dict(report.top),
        "sample": report.sample,
    }
    json.dump(document, sys.stdout, indent=2, ensure_ascii=False)
    print()


def print_csv(report: Report) -> None:
    """One row for each file, for spreadsheets."""
    rows = csv.writer(sys.stdout)
    rows.writerow(["file", "date", "lines", "words"])
    rows.writerows([file.name, file.modified.date(), file.lines, file.words.total()] for file in report.files)


FORMATS = {"text": print_text, "json": print_json, "csv": print_csv}
