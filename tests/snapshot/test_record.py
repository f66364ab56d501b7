"""Recorded runs: what they differ in, and what they write."""

from __future__ import annotations

import re
from pathlib import Path

import bundler.snapshot
from bundler.contract import launcher_folder
from bundler.snapshot.processor import LEVELS
from bundler.snapshot.record import padding
from bundler.snapshot.recording import Part

_SOURCES = "\n".join(path.read_text() for path in Path(bundler.snapshot.__file__).parent.glob("*.py"))


def test_runs_have_stacks_at_different_places():
    """The padding of a run follows from its name, not from hashes of the build's own; no two runs that are compared have the same."""
    recorded = [*re.findall(r'^ +"([a-z, -]+)": Run\(', _SOURCES, re.MULTILINE), "twice"]
    recorded += [f"level {level}" for level in LEVELS] + ["processors 1", "processors 1000"]

    assert {"first", "second", "other", "graph"} <= set(recorded)
    assert len({padding(name) for name in recorded}) == len(recorded)
    assert padding("first") == 9584


def test_every_part_has_a_name():
    """The build knows each kind of part that the launcher may write."""
    header = (launcher_folder() / "recorded.h").read_text()

    assert {each.name for each in Part} == set(re.findall(r"BUNDLE_PART_(\w+)", header))
