"""Tries programs on aarch64; see the package's docstring."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from tests.aarch64.foreign import children, root
from tests.aarch64.trial import EXPLAINED, TRIALS, Trial, TrialError, unexplained
from tests.support import ROOT

PAGE = ROOT / "docs" / "aarch64.md"

_HEAD = """# aarch64

Programs that are built on x86-64 for aarch64 (`--target aarch64-linux`), with Debian 12's Python 3.11, and run by QEMU's user
emulation: what they write, and their exit status, is compared with what `python` does there.
Written by `python -m tests.aarch64`; the programs are in `tests/aarch64/trial.py`. The first call
makes a root folder with that Python. Where it has been made, and QEMU and the cross compiler are installed, the default tests build
three small programs too (`tests/aarch64/test_two_programs.py`).

| program | what it shows | runs | result |
|---|---|---|---|
"""


def main() -> int:
    """Try what the arguments name; 1 when something differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.aarch64")
    parser.add_argument("programs", nargs="*", metavar="PROGRAM", help=f"only these: {', '.join(TRIALS)}")
    names = parser.parse_args().programs or list(TRIALS)
    unknown = set(names) - TRIALS.keys()
    if unknown:
        parser.error(f"there is no program {', '.join(sorted(unknown))}")
    root()
    rows = read_rows(PAGE)
    with children():
        for name in names:
            rows[name] = _row(TRIALS[name])
            _write(PAGE, rows)
    return int(any(not rows[name].endswith("| same |") for name in names))


def _row(trial: Trial) -> str:
    """Try one program, and tell."""
    started = time.monotonic()
    runs, different = 0, []
    try:
        for run, lines in trial.attempt():
            runs += 1
            left = unexplained(run, lines)
            if left:
                different.append(run or "without arguments")
                print(f"{trial.name} {run}: differs", *left, sep="\n    ", flush=True)
    except TrialError as error:
        print(f"{trial.name}: {error}", flush=True)
        different.append("is not built")
    print(f"{trial.name}: {runs} runs, {len(different)} differ, {time.monotonic() - started:.0f} s", flush=True)
    result = f"differs ({'; '.join(different)})" if different else "same"
    return f"| {trial.name} | {trial.what} | {runs} | {result} |"


def read_rows(page: Path) -> dict[str, str]:
    """The rows of the page, by program."""
    lines = page.read_text().splitlines() if page.exists() else []
    return {name: line for line in lines for name in TRIALS if line.startswith(f"| {name} |")}


def _write(page: Path, rows: Mapping[str, str]) -> None:
    text = _HEAD + "".join(f"{rows[name]}\n" for name in TRIALS if name in rows)
    text += "\nDifferences that are right, and left out above:\n\n"
    text += "".join(f"- `{run}`: {reason}.\n" for run, (_, reason) in EXPLAINED.items())
    page.write_text(text)


if __name__ == "__main__":
    sys.exit(main())
