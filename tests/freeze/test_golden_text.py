"""The C text of a small module, layout by layout; what it is expected to be is in `golden/`."""

from __future__ import annotations

from pathlib import Path

import pytest

from bundler.target import TargetPython
from tests.freeze.golden_text import emitted, expected, module_text, release
from tests.support import ROOT
from tests.target.pythons import probed, short_version


def test_text_is_as_expected(target: TargetPython, tmp_path: Path):
    """What is emitted changes only when somebody means it to: `python -m tests.freeze.golden_text` accepts a change."""
    of_release = release(short_version(target))
    if target.version_text != of_release:
        pytest.skip(f"the expected text is that of {of_release}, not of {target.version_text}")

    found = emitted(target, tmp_path)

    assert found == expected(short_version(target))


def test_text_is_the_same_each_time(target: TargetPython, tmp_path: Path):
    """Two processes, each with a hash seed of its own, write the same: builds are reproducible."""
    assert emitted(target, tmp_path) == emitted(target, tmp_path)


def test_the_example_of_the_documentation(tmp_path: Path):
    """What docs/freezing.md shows of a module in C is what is written for it."""
    target = probed("3.13")
    if target is None:
        pytest.skip("there is no Python 3.13 with venv and C headers on this machine")
    shown = [line[4:] for line in (ROOT / "docs" / "freezing.md").read_text().splitlines() if line.startswith("    ")]
    source = tmp_path / "greeting.py"
    source.write_text("\n".join((*shown[:2], "")))

    text, _ = module_text(target, tmp_path, "greeting", source)

    assert shown[0].startswith("def ")
    assert len(shown) > 8
    assert set(shown[2:]) <= set(text.splitlines())
