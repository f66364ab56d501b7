"""Makes the snapshot of a recording. Verb: `make_snapshot`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bundler.contract import bundle_constant
from bundler.link.model import Linked
from bundler.snapshot.answers import ANSWERS
from bundler.snapshot.differences import StartWords, is_in_block
from bundler.snapshot.kinds import NoteKind
from bundler.snapshot.model import Condition, Memory, PageRun, Range, Recording, Snapshot
from bundler.snapshot.pages import (
    changed_runs,
    edges,
    mapped_objects,
    overwrite,
    pristine_objects,
    runs_of_objects,
    system_words,
    word_at,
)
from bundler.snapshot.processor import ProcessorPart
from bundler.snapshot.trial import Trial


def make_snapshot(
    trial: Trial, recording: Recording, words: StartWords, processor: ProcessorPart, guarded: Sequence[str]
) -> Snapshot:
    """The snapshot of a recording. `words`: those that each start computes; `guarded`: variables that no start has set."""
    linked, pristine = trial.subject.linked, trial.subject.pristine
    of_system = system_words(linked, recording)
    of_objects, replaced = _runs_of_objects(linked, recording, words, processor, of_system)
    region = _whole_pages(overwrite(recording.region, words.stored), linked.layout.plan.machine.page_size)
    return Snapshot(
        region=Range(region.address, len(region.content)),
        runs=(*_runs_of_executable(linked, recording, pristine, words), *of_objects, *_runs_of_region(linked, region)),
        copies=tuple(_copies(linked, recording, pristine, words)),
        kept_words=tuple(sorted((*words.kept, *processor.words))),
        thread_words=tuple(sorted(words.local)),
        block=_thread_block(recording, words),
        objects=tuple(each.index for each in mapped_objects(linked, recording)),
        replaced=replaced,
        constructed=processor.constructed,
        system_words=tuple(of_system.values()),
        library_words=tuple(sorted(words.library.items())),
        generators=tuple(each.address for each in words.generators),
        number_words=tuple(sorted(words.numbers)),
        count_words=tuple(sorted(words.counts)),
        symbol_words=tuple(sorted(words.symbols.items())),
        fresh=tuple(_fresh_objects(linked, recording)),
        keys=tuple(sorted(recording.keys, key=lambda each: each.key)),
        calls=recording.calls,
        signals=recording.signals,
        features=processor.features,
        condition=recording.condition,
        conditions=restored_conditions(recording),
        variables=tuple(_changed_variables(recording.variables, ANSWERS.environment)),
        guarded=tuple(guarded),
        hash_seed=trial.subject.seed,
        modules=recording.finished_modules,
        late=trial.late,
        asks_codeset=any(note.kind is NoteKind.CODESET for note in recording.notes),
        float_control=recording.float_control,
    )


def _variables(
    recording: Recording, pristine: Sequence[Memory], words: StartWords
) -> Iterator[tuple[Memory, Memory, Memory]]:
    """The executable's variables: as a start is to have them, as the file gives them, and as they are when it gets to the snapshot."""
    before = {each.address: each for each in recording.before}
    recorded = {each.address: each for each in recording.executable}
    for clean in pristine:
        now = _pad(recorded[clean.address], clean)
        yield overwrite(overwrite(now, words.stored), words.kept), clean, before[clean.address]


def _pad(written: Memory, clean: Memory) -> Memory:
    """Recorded memory with the zeros at its end, which no recording holds."""
    return Memory(written.address, written.content.ljust(len(clean.content), b"\0"))


def _runs_of_executable(
    linked: Linked, recording: Recording, pristine: Sequence[Memory], words: StartWords
) -> Iterator[PageRun]:
    for now, clean, touched in _variables(recording, pristine, words):
        yield from changed_runs(now, clean, linked.layout.plan.machine.page_size, touched)


def _copies(linked: Linked, recording: Recording, pristine: Sequence[Memory], words: StartWords) -> Iterator[Memory]:
    """The ends of variables that share pages with other sections of the executable."""
    for now, clean, _ in _variables(recording, pristine, words):
        yield from edges(now, clean, linked.layout.plan.machine.page_size)


def _runs_of_objects(
    linked: Linked,
    recording: Recording,
    words: StartWords,
    processor: ProcessorPart,
    of_system: Mapping[int, tuple[int, int]],
) -> tuple[tuple[PageRun, ...], frozenset[int]]:
    """Runs of the objects' variables, in which words that each process knows are pristine, and the objects that these replace."""
    objects = pristine_objects(linked, recording)
    clean = {each.address: each for each in objects}
    pristine_words = {address: word_at(clean, address) for address in (*of_system, *processor.words)}
    variables = {
        written.address: overwrite(overwrite(_pad(written, each), words.stored), pristine_words)
        for each, written in zip(objects, recording.objects, strict=True)
    }
    return runs_of_objects(linked, recording, variables, clean, processor.constructed)


def _whole_pages(memory: Memory, page_size: int) -> Memory:
    content = memory.content
    return Memory(memory.address, content.ljust(len(content) + -len(content) % page_size, b"\0"))


def _runs_of_region(linked: Linked, region: Memory) -> Iterator[PageRun]:
    empty = Memory(region.address, bytes(len(region.content)))
    yield from changed_runs(region, empty, linked.layout.plan.machine.page_size)


def _thread_block(recording: Recording, words: StartWords) -> bytes:
    """The main thread's variables."""
    block = Memory(recording.block.address - recording.thread, recording.block.content)
    inside = {address: value for address, value in words.local.items() if is_in_block(address)}
    return overwrite(block, inside).content


def _fresh_objects(linked: Linked, recording: Recording) -> Iterator[str]:
    """The paths of objects that each start constructs itself."""
    for each in recording.calls:
        if each.kind == bundle_constant("BUNDLE_CALL_CONSTRUCT"):
            yield linked.layout.plan.prelinked.objects[each.object].path


def _changed_variables(now: Sequence[str], given: Sequence[str]) -> Iterator[str]:
    """NAME=VALUE of variables that the program has set, NAME of those that it has taken away."""
    yield from (each for each in now if each not in given)
    names = {each.partition("=")[0] for each in now}
    yield from (name for each in given if (name := each.partition("=")[0]) not in names)


def restored_conditions(recording: Recording) -> tuple[Condition, ...] | None:
    """The program's conditions; None if something else may have taken the place of one."""
    is_known = recording.conditions is not None and all(each.is_intact for each in recording.conditions)
    return recording.conditions if is_known else None
