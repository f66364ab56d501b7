"""The page of results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from tests.pyinstaller.distribution import NOT_INSTALLED, VERSION
from tests.pyinstaller.outcomes import Outcome, Status, Table

_HEAD = f"""# PyInstaller's own tests

The functional tests of PyInstaller {VERSION}, from its source distribution, run against `bundle`: an adapter translates what
a test asks of PyInstaller into our options, and runs the binary as the test wants it. Written by
`python -m tests.pyinstaller`, which fails on a failure that is not explained here.
"""

_MODES = ("onefile", "onedir")

_SHOWN = 4  # tests that are named for one reason; if more, they are counted


def page(outcomes: Mapping[str, Sequence[Outcome]], table: Table) -> Iterator[str]:
    """Lines of the page. `outcomes`: by the version of Python."""
    yield _HEAD
    yield "| Python | passed | failed, no defect | failed, not explained | fail in PyInstaller too | skipped |"
    yield "|---|---|---|---|---|---|"
    for python, found in outcomes.items():
        yield f"| {python} | {' | '.join(map(str, _counts(found, table)))} |"
    yield ""
    yield "Tests are skipped that are for other systems, and those of libraries that are not installed:"
    yield ""
    yield from (f"- {pattern.replace('.*', '').replace('|', ', ')}: {why}" for pattern, why in NOT_INSTALLED.items())
    failed = {each.test: each for found in outcomes.values() for each in found if each.status is Status.FAILED}
    yield ""
    yield "## Failures, none of which is a defect"
    yield ""
    yield "| test | why |"
    yield "|---|---|"
    for explanation in table.explained:
        tests = [test for test in failed if explanation.covers(test)]
        if tests:
            yield f"| {_named(tests)} | {explanation.why} |"
    unexplained = [each for each in failed.values() if table.explanation(each.test) is None]
    yield from (f"| {_named([each.test])} | **not explained** |" for each in unexplained)
    yield ""
    yield "## Not run"
    yield ""
    yield "| test | why |"
    yield "|---|---|"
    for explanation in table.left_out:
        yield f"| {', '.join(f'`{test}`' for test in explanation.tests)} | {explanation.why} |"


def _counts(outcomes: Sequence[Outcome], table: Table) -> tuple[int, int, int, int, int]:
    by_status = Counter(each.status for each in outcomes)
    explained = sum(each.status is Status.FAILED and table.explanation(each.test) is not None for each in outcomes)
    failed = by_status[Status.FAILED]
    return (
        by_status[Status.PASSED],
        explained,
        failed - explained,
        by_status[Status.EXPECTED],
        by_status[Status.SKIPPED],
    )


def _named(tests: Sequence[str]) -> str:
    """Tests without their files, and without the parameter that means nothing here."""
    names = sorted({_without_mode(test.partition("::")[2]) for test in tests})
    bases = sorted({name.partition("[")[0] for name in names})
    if len(names) > _SHOWN and len(bases) < len(names):
        names = [f"{base} ({sum(name.partition('[')[0] == base for name in names)})" for base in bases]
    return ", ".join(f"`{name}`" for name in names)


def _without_mode(test: str) -> str:
    """A test without the parameter that says whether the result is a file or a folder."""
    name, _, parameters = test.partition("[")
    kept = [each for each in parameters.rstrip("]").split("-") if each and each not in _MODES]
    return f"{name}[{'-'.join(kept)}]" if kept else name
