"""What became of each test, which failures are explained, and the judgement over both."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import tomli


class Status(Enum):
    """How a test ended."""

    PASSED = "passed"
    SKIPPED = "skipped"
    EXPECTED = "fails as expected"  # marked so by PyInstaller, whose own builds fail as well
    FAILED = "failed"


@dataclass(frozen=True)
class Outcome:
    """One test: `test_basic.py::test_codecs[onefile]`."""

    test: str
    status: Status
    message: str  # why it was skipped, or how it failed


@dataclass(frozen=True)
class Explanation:
    """Why some tests may fail, or are not run. A test is named with its parameters; `*` at the end stands for any."""

    tests: tuple[str, ...]
    why: str

    def covers(self, test: str) -> bool:
        """Is the test one of these?"""
        return any(_matches(pattern, test) for pattern in self.tests)


@dataclass(frozen=True)
class Table:
    """explained.toml."""

    explained: tuple[Explanation, ...]  # run, and fail
    left_out: tuple[Explanation, ...]  # not run

    def explanation(self, test: str) -> Explanation | None:
        """Why a test may fail."""
        return next((each for each in self.explained if each.covers(test)), None)

    def is_left_out(self, test: str) -> bool:
        """Is a test not to be run?"""
        return any(each.covers(test) for each in self.left_out)


@dataclass(frozen=True)
class Judgement:
    """What makes the lane fail."""

    unexplained: tuple[Outcome, ...]  # failures without an explanation
    needless: tuple[str, ...]  # tests that pass although an explanation says that they fail

    @property
    def is_good(self) -> bool:
        return not self.unexplained and not self.needless


def _matches(pattern: str, test: str) -> bool:
    return test.startswith(pattern[:-1]) if pattern.endswith("*") else test == pattern


def read_table(path: Path) -> Table:
    """The table of explanations."""
    raw = tomli.loads(path.read_text())
    explained, left_out = (
        tuple(Explanation(tuple(each["tests"]), each["why"]) for each in raw[kind])
        for kind in ("explained", "left-out")
    )
    return Table(explained, left_out)


def judge(outcomes: Iterable[Outcome], table: Table) -> Judgement:
    """Compare outcomes with the table."""
    unexplained, needless = [], []
    for outcome in outcomes:
        is_explained = table.explanation(outcome.test) is not None
        if outcome.status is Status.FAILED and not is_explained:
            unexplained.append(outcome)
        elif outcome.status is Status.PASSED and is_explained:
            needless.append(outcome.test)
    return Judgement(tuple(unexplained), tuple(needless))


def read_report(path: Path) -> Iterator[Outcome]:
    """The outcomes in a report that pytest has written (`--junit-xml`)."""
    for case in ET.parse(path).iter("testcase"):
        file = case.get("classname", "").rpartition(".")[2]
        yield _outcome(f"{file}.py::{case.get('name')}", case)


def _outcome(test: str, case: ET.Element) -> Outcome:
    for kind in ("error", "failure"):
        if (found := case.find(kind)) is not None:
            return Outcome(test, Status.FAILED, found.get("message") or "")
    if (found := case.find("skipped")) is not None:
        status = Status.EXPECTED if found.get("type") == "pytest.xfail" else Status.SKIPPED
        return Outcome(test, status, found.get("message") or "")
    return Outcome(test, Status.PASSED, "")


def remember(path: Path, outcomes: Mapping[str, Outcome]) -> None:
    """Write outcomes, by test, for later runs of other tests."""
    rows = [(each.test, each.status.value, each.message) for each in outcomes.values()]
    path.write_text(json.dumps(rows, indent=0))


def remembered(path: Path) -> dict[str, Outcome]:
    """The outcomes of earlier runs, by test."""
    rows = json.loads(path.read_text()) if path.exists() else []
    return {test: Outcome(test, Status(status), message) for test, status, message in rows}
