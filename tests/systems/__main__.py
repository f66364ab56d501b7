"""The command: see the package's docstring."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import replace

from bundler.elf import X86_64
from bundler.settings import OLDEST_GLIBC
from tests.glibc.here import read_c_library
from tests.support import ROOT, needed_glibc
from tests.systems import facts
from tests.systems.page import SAME, Row, read_rows, write_page
from tests.systems.programs import SUBJECTS, Subject, build, is_possible
from tests.systems.pythons import Python, PythonError, find_pythons
from tests.systems.roots import EMPTY, add_commands, make_root
from tests.systems.system import System
from tests.systems.trial import RESTORED, Result, attempt

PAGE = ROOT / "docs" / "systems.md"
FAILED = 1
_MOST_SHOWN = 20

# Where binaries are run, from old to new.
RUNNING = ("glibc-2.17", "bullseye", "sid", EMPTY)


def main() -> int:
    """Try what is named, or everything; the exit status says whether all of it works."""
    parser = argparse.ArgumentParser(prog="python -m tests.systems", allow_abbrev=False)
    parser.add_argument("programs", metavar="PROGRAM", nargs="*", help=f"what to run: {', '.join(SUBJECTS)}")
    parser.add_argument(
        "--python", metavar="WORDS", default="", help="only Pythons with all these words: `3.13 shared`, `Debian`"
    )
    parser.add_argument("--root", nargs="+", choices=RUNNING, default=RUNNING, help="only on these")
    given = parser.parse_args()
    unknown = set(given.programs) - SUBJECTS.keys()
    if unknown:
        parser.error(f"there is no program {', '.join(sorted(unknown))}")
    pythons = list(find_pythons())
    chosen = [python for python in pythons if set(given.python.split()) <= set(str(python).split())]
    if not chosen:
        parser.error(f"there is no Python {given.python}; there are {', '.join(map(str, pythons))}")
    for root in given.root:
        add_commands(make_root(root))
    wrong = list(facts.wrong_facts(read_c_library(X86_64), make_root(f"glibc-{OLDEST_GLIBC}") / "lib64"))
    for line in wrong:
        print(line, flush=True)
    order = [(str(python), name) for python in pythons for name in SUBJECTS if is_possible(SUBJECTS[name], python)]
    tried = []
    for python in chosen:
        for name in given.programs or SUBJECTS:
            if (str(python), name) in order:
                tried.append(_row(SUBJECTS[name], python, given.root))
                _write(tried[-1], order, len(wrong))
    return 0 if not wrong and all(row.works for row in tried) else FAILED


def _row(subject: Subject, python: Python, roots: Sequence[str]) -> Row:
    """Build one program with one Python, run it everywhere, and tell."""
    started = time.monotonic()
    try:
        needs, results = "", list[Result]()
        for is_static in (False, True):
            systems = [system for system in _systems(roots) if (system.root == EMPTY) is is_static]
            if systems:
                program = build(subject, python, is_static=is_static)
                inspected = python.inspect(program.binary)
                needs = needs or needed_glibc(inspected)
                snapshot = inspected["snapshot"]
                results += attempt(subject, program, python, systems, snapshot and int(snapshot["hash_seed"]))
    except PythonError as error:
        print(f"{python} {subject.name}: {error}", flush=True)
        return Row(str(python), subject.name, "", dict.fromkeys(roots, "is not built"))
    for result in results:
        print(f"{python} {subject.name} on {result.system}: {'differs' if result.details else SAME}", flush=True)
        print(f"    start: {result.start}" if result.start else "    no snapshot", flush=True)
        print("".join(f"    {line}\n" for line in result.details[:_MOST_SHOWN]), end="", flush=True)
    print(f"{python} {subject.name}: {time.monotonic() - started:.0f} s", flush=True)
    return Row(str(python), subject.name, needs, {root: _cell(root, results) for root in roots})


def _systems(roots: Sequence[str]) -> list[System]:
    return [
        System(root, is_bare, is_old)
        for root in roots
        for is_bare in ((False, True) if root != EMPTY else (False,))
        for is_old in (False, True)
    ]


def _cell(root: str, results: Sequence[Result]) -> str:
    """The result of a program on one root, in all its forms."""
    its = [result for result in results if result.system.root == root]
    different = [result.system.variant for result in its if result.details]
    if different:
        return f"differs ({'; '.join(different)})"
    starts = [start for start in dict.fromkeys(result.start for result in its) if start]
    return ", ".join((SAME, *(start if start == RESTORED else f"usual ({start})" for start in starts)))


def _write(row: Row, order: Sequence[tuple[str, str]], wrong: int) -> None:
    """Renew one row of the page; results on other systems stay."""
    rows = read_rows(PAGE)
    known = rows.get((row.python, row.subject))
    if known:  # a binary without a dynamic linker needs no version
        row = replace(row, needs=row.needs or known.needs, results={**known.results, **row.results})
    rows[row.python, row.subject] = row
    write_page(PAGE, [rows[key] for key in order if key in rows], RUNNING, wrong)


if __name__ == "__main__":
    sys.exit(main())
