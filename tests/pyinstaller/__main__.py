"""The command: see the package's docstring."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.compatibility.environments import ENVIRONMENTS
from tests.pyinstaller.distribution import VERSION, environment, unpacked_source
from tests.pyinstaller.outcomes import Outcome, Status, Table, judge, read_report, read_table, remember, remembered
from tests.pyinstaller.page import page
from tests.support import ROOT

FAILED = 1

_TABLE = Path(__file__).with_name("explained.toml")
_PAGE = ROOT / "docs" / "pyinstaller-tests.md"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.pyinstaller", allow_abbrev=False)
    parser.add_argument(
        "tests", metavar="TEST", nargs="*", help="files, or tests of them: `test_basic.py::test_codecs`"
    )
    parser.add_argument("--python", metavar="VERSION", default="3.13", help="the Python to embed (default: 3.13)")
    parser.add_argument("-k", metavar="EXPRESSION", help="only tests whose names match, as pytest's -k")
    parser.add_argument("-n", metavar="N", default="1", help="processes (default: 1)")
    parser.add_argument("--page-only", action="store_true", help="write the page from what earlier runs found")
    given = parser.parse_args(arguments)
    table = read_table(_TABLE)
    folder = ENVIRONMENTS / f"pyinstaller-outcomes-{VERSION}"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{given.python}.json"
    found: dict[str, Outcome] = {}
    if not given.page_only:
        options = ["-n", given.n, *(["-k", given.k] if given.k else [])]
        found = {each.test: each for each in _run(given.python, given.tests, options, table)}
        if not found:
            print("no test was run")
            return FAILED
        is_whole = not given.tests and not given.k
        # A part renews its outcomes on the page of an earlier run of everything; without one there is no page to write.
        if is_whole or file.exists():
            remember(file, found if is_whole else {**remembered(file), **found})
    pages = {path.stem: _known(path, table) for path in sorted(folder.glob("*.json"))}
    if given.python in pages:
        _PAGE.write_text("".join(f"{line}\n" for line in page(pages, table)))
    judgement = judge(pages.get(given.python, []) if given.page_only else found.values(), table)
    for outcome in judgement.unexplained:
        print(f"not explained: {outcome.test}: {outcome.message.partition(chr(10))[0]}")
    for test in judgement.needless:
        print(f"passes, but explained.toml says why it fails: {test}")
    return 0 if judgement.is_good else FAILED


def _known(path: Path, table: Table) -> list[Outcome]:
    return [each for each in remembered(path).values() if not table.is_left_out(each.test)]


def _run(python: str, tests: Sequence[str], options: Sequence[str], table: Table) -> list[Outcome]:
    """Run tests under a version of Python; everything if none is named."""
    source = unpacked_source()
    functional = source / "tests" / "functional"
    interpreter = environment(source, python)
    with tempfile.TemporaryDirectory(prefix="pyinstaller-tests-") as work:
        report = Path(work) / "report.xml"
        left_out = [f"--deselect=tests/functional/{test.rstrip('*')}" for each in table.left_out for test in each.tests]
        command: list[str | Path] = [interpreter.python, "-m", "pytest", "-p", "tests.pyinstaller.adapter.plugin"]
        command += [*options, *left_out, "--bundle", Path(sysconfig.get_path("scripts"), "bundle")]
        command += ["-c", source / "pytest.ini", "--rootdir", source, "--timeout=1800", "--tb=short"]
        command += [
            "--junit-xml",
            report,
            "-o",
            "tmp_path_retention_policy=failed",
            "--basetemp",
            Path(work) / "programs",
        ]
        subprocess.run(
            [*command, *(functional / test for test in tests or ("",))],
            env={**os.environ, "PYTHONPATH": f"{ROOT}:{source}", "PYTHONDONTWRITEBYTECODE": "1"},
            cwd=source,
            check=False,
        )
        return [each for each in read_report(report) if each.status is not Status.SKIPPED or each.message]


if __name__ == "__main__":
    sys.exit(main())
