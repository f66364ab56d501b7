"""What is stored of recorded memory."""

from __future__ import annotations

from bundler.snapshot.attempt import hot_blocks
from bundler.snapshot.model import PAGE, Heat, Memory, Run
from bundler.snapshot.store import MOST_UNCHANGED, changed_runs, whole_run

START = 0x5000


def memory(count: int, *changed: int) -> Memory:
    """So many pages, of which some are no zeros."""
    return Memory(START, b"".join((b"x" if page in changed else b"\0") * PAGE for page in range(count)))


def test_few_unchanged_pages_are_stored():
    """Changed pages with few unchanged ones between them are one run; with more, two."""
    last = MOST_UNCHANGED + 1
    size = last + 10
    together = list(changed_runs(memory(size, 0, last), memory(size)))
    apart = list(changed_runs(memory(size, 0, last + 1), memory(size)))

    assert [(run.address, len(run.content)) for run in together] == [(START, (last + 1) * PAGE)]
    assert [(run.address, len(run.content)) for run in apart] == [
        (START, PAGE),
        (START + (last + 1) * PAGE, PAGE),
    ]


def test_nothing_is_stored_of_unchanged_memory():
    """Memory as the file gives it needs no run."""
    assert list(changed_runs(memory(5, 2), memory(5, 2))) == []


def test_variables_of_an_object_are_stored_whole():
    """All variables of an object are one run if some have changed, and few have not."""
    few, many = memory(4, 1), memory(MOST_UNCHANGED + 2, 1)

    assert whole_run(few, tuple(changed_runs(few, memory(4)))) == Run(START, few.content)
    assert whole_run(many, tuple(changed_runs(many, memory(MOST_UNCHANGED + 2)))) is None
    assert whole_run(few, ()) is None


def test_large_blocks_are_not_hot():
    """A large block is touched in few places: among small ones it would take their pages."""
    small, large = Heat(1, 4096, is_written=True), Heat(2, 4112, is_written=False)

    assert hot_blocks([small, large]) == (small,)
