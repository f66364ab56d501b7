"""Takes a snapshot of a linked executable, and writes it there. Verb: `snapshot`."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bundler.analyze.graph import ModuleGraph
from bundler.analyze.tell.leading import leading_parts
from bundler.context import BuildContext
from bundler.elf import fill_section
from bundler.link.model import Linked
from bundler.link.script import SNAPSHOT_SECTION
from bundler.snapshot.attempt import Subject
from bundler.snapshot.model import Refusal, Snapshot
from bundler.snapshot.record import Work, recorded_ranges
from bundler.snapshot.rules import load_rules
from bundler.snapshot.settle import settle
from bundler.snapshot.store import pristine_executable, section_content
from bundler.target import TargetPython
from bundler.toolchain import Toolchain


@dataclass(frozen=True, slots=True)
class Taken:
    """The result of the stage: a snapshot that was written into the executable, or why there is none."""

    snapshot: Snapshot | None
    refusal: Refusal | None


def snapshot(linked: Linked, graph: ModuleGraph, target: TargetPython, optimize: int, context: BuildContext) -> Taken:
    """Take a snapshot and write it into the executable, which is whole without one, too."""
    rules = load_rules()
    with _subject(linked, target, context.toolchain) as subject:
        parts = leading_parts(graph, target, context.cache)
        found = settle(subject, Work((), parts, tuple(rules.again.items()), (), optimize), rules, graph)
    if isinstance(found, Refusal):
        return Taken(None, found)
    page_size = linked.layout.plan.machine.page_size
    fill_section(linked.path, SNAPSHOT_SECTION, section_content(found), page_size)
    return Taken(found, None)


@contextmanager
def _subject(linked: Linked, target: TargetPython, toolchain: Toolchain) -> Iterator[Subject]:
    ranges = recorded_ranges(linked)
    with linked.path.open("rb") as file:
        content = hashlib.file_digest(file, "sha256").digest()
    # Secrets of hashes follow from the contents: equal builds have equal bytes. 0 would mean that hashes are not random.
    seed = int.from_bytes(content[:4], "little") or 1
    with tempfile.TemporaryDirectory(prefix=".recording-", dir=linked.path.parent) as folder:
        yield Subject(linked, target, toolchain, ranges, pristine_executable(linked, ranges), seed, Path(folder))
