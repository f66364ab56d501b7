"""The C text of a small module, layout by layout; what it is expected to be is in `golden/`."""

from __future__ import annotations

from pathlib import Path

from bundler.target import TargetPython
from tests.freeze.emitted import emitted, expected


def test_text_is_as_expected(target: TargetPython, tmp_path: Path):
    """What is emitted changes only when somebody means it to: `python -m tests.freeze.emitted` accepts a change."""
    found = emitted(target, tmp_path)

    assert found == expected(target.short_version)


def test_text_is_the_same_each_time(target: TargetPython, tmp_path: Path):
    """Two processes, each with a hash seed of its own, write the same: builds are reproducible."""
    assert emitted(target, tmp_path) == emitted(target, tmp_path)
