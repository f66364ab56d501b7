"""The page of the lane has a row for each of its programs."""

from __future__ import annotations

from tests.aarch64.__main__ import PAGE, read_rows
from tests.aarch64.trial import TRIALS


def test_every_program_has_a_row():
    """A program that was never tried is not in the lane; nor does the page tell of one that is no longer there."""
    rows = read_rows(PAGE)

    assert list(rows) == list(TRIALS)
    assert len([line for line in PAGE.read_text().splitlines() if line.startswith("| ")]) == len(TRIALS) + 1
