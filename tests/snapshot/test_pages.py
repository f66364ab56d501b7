"""What is stored of recorded memory."""

from __future__ import annotations

import pytest

from bundler.elf import AARCH64, X86_64, Machine
from bundler.snapshot.attempt import hot_blocks
from bundler.snapshot.model import Heat, Memory, PageRun
from bundler.snapshot.pages import MOST_UNCHANGED, changed_runs, edges, whole_run

START = 0x50000

MACHINES = pytest.mark.parametrize("machine", [X86_64, AARCH64], ids=lambda each: each.name)


def memory(machine: Machine, count: int, *changed: int) -> Memory:
    """So many pages, of which some are no zeros."""
    pages = ((b"x" if page in changed else b"\0") * machine.page_size for page in range(count))
    return Memory(START, b"".join(pages))


@MACHINES
def test_few_unchanged_pages_are_stored(machine: Machine):
    """Changed pages with few unchanged ones between them are one run; with more, two."""
    page = machine.page_size
    last = MOST_UNCHANGED // page + 1
    size = last + 10
    together = list(changed_runs(memory(machine, size, 0, last), memory(machine, size), page))
    apart = list(changed_runs(memory(machine, size, 0, last + 1), memory(machine, size), page))

    assert [(run.address, len(run.content)) for run in together] == [(START, (last + 1) * page)]
    assert [(run.address, len(run.content)) for run in apart] == [
        (START, page),
        (START + (last + 1) * page, page),
    ]


@MACHINES
def test_nothing_is_stored_of_unchanged_memory(machine: Machine):
    """Memory as the file gives it needs no run."""
    assert list(changed_runs(memory(machine, 5, 2), memory(machine, 5, 2), machine.page_size)) == []


@MACHINES
def test_variables_of_an_object_are_stored_whole(machine: Machine):
    """All variables of an object are one run if some have changed, and few have not."""
    page = machine.page_size
    most = MOST_UNCHANGED // page + 2
    few, many = memory(machine, 4, 1), memory(machine, most, 1)

    assert whole_run(few, tuple(changed_runs(few, memory(machine, 4), page))) == PageRun(START, few.content)
    assert whole_run(many, tuple(changed_runs(many, memory(machine, most), page))) is None
    assert whole_run(few, ()) is None


@MACHINES
def test_bytes_beside_whole_pages_are_copied(machine: Machine):
    """What shares a page with something else is copied: a page of the largest size that kernels have, so that none of them is mapped."""
    page = machine.page_size
    now, clean = Memory(START + page - 8, b"x" * (page + 16)), Memory(START + page - 8, bytes(page + 16))

    assert [(run.address, len(run.content)) for run in changed_runs(now, clean, page)] == [(START + page, page)]
    assert [(each.address, each.content) for each in edges(now, clean, page)] == [
        (START + page - 8, b"x" * 8),
        (START + 2 * page, b"x" * 8),
    ]


def test_large_blocks_are_not_hot():
    """A large block is touched in few places: among small ones it would take their pages."""
    small, large = Heat(1, 4096, is_written=True), Heat(2, 4112, is_written=False)

    assert hot_blocks([small, large]) == (small,)
