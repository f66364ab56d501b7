"""Compares the memory of recordings: which words differ, as far as nothing explains it, also with other numbers of processors."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bundler.link.model import Linked
from bundler.snapshot.answers import ANSWERS, OTHER_ANSWERS
from bundler.snapshot.differences import Difference, Owners, StartWords, count_words, differences
from bundler.snapshot.model import Heat, Recording, Refusal
from bundler.snapshot.pages import system_words
from bundler.snapshot.passed_over import Instructions, Interned, Tables
from bundler.snapshot.processor import LEVELS, ProcessorPart, asking_places, asks_for_caches, processor_part
from bundler.snapshot.run import HiddenProcessor, Run, Subject
from bundler.snapshot.trial import Trial
from bundler.target.model import ObjectLayout

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A recording, and facts from a second one with equal answers; `known`: addresses of words that each start computes."""

    linked: Linked
    first: Recording
    words: StartWords
    known: frozenset[int]
    owners: Owners
    layout: ObjectLayout
    instructions: Instructions
    interned: Interned

    @classmethod
    def of(cls, subject: Subject, first: Recording, second: Recording, other: Recording) -> Comparison:
        """The comparison that two recordings with equal answers allow; in a third, the machine gave other answers."""
        numbers = (ANSWERS.process, OTHER_ANSWERS.process)
        owners = Owners(first, subject.linked)
        words = StartWords.of(subject.pristine, first, second, other, numbers, owners)
        known = frozenset((*words.addresses, *system_words(subject.linked, first)))
        layout = subject.target.layout
        instructions = Instructions(first, subject.linked, layout)
        interned = Interned(first, subject.linked, owners, layout)
        return cls(subject.linked, first, words, known, owners, layout, instructions, interned)

    def differences(self, other: Recording) -> tuple[Difference, ...]:
        """The words that differ in another recording, and that a start does not find for itself."""
        tables = Tables(self.first, other, self.owners, self.layout)
        return differences(self.first, other, self.known, self.owners, (self.instructions, self.interned, tables))


# Nobody has so many processors that a word which holds the smaller of two numbers would pass for their number.
_COUNTS = (1, 1000)
TWO_COUNTS = (ANSWERS.processors, OTHER_ANSWERS.processors)


def add_counts(trial: Trial, compared: Comparison, other: Recording, hot: Sequence[Heat]) -> Comparison:
    """The comparison that also knows words that hold the number of processors; more recordings show whether any do."""
    words, others = count_words(compared.differences(other), compared.first, TWO_COUNTS)
    if not words or others:
        return compared
    known = replace(compared.words, counts={each.address: 0 for each in words})
    for count in _COUNTS:
        run = Run(trial.work, replace(ANSWERS, processors=count), hot=hot)
        taken = trial.record_all({f"processors {count}": run})[f"processors {count}"]
        if not isinstance(taken, Recording):
            return compared
        found = {each.address: each.values[1] for each in compared.differences(taken)}
        if found != dict.fromkeys(known.counts, count):
            log.info("snapshot: with %d processors: %d words differ", count, len(found))
            return compared
    return replace(compared, words=known, known=compared.known | known.counts.keys())


def find_processor_part(trial: Trial, compared: Comparison, hot: Sequence[Heat]) -> ProcessorPart:
    """The snapshot's part about the processor, by more recordings where anything asks for it."""
    subject, first = trial.subject, compared.first
    places = asking_places(subject.linked, first, subject.toolchain)
    if not places and subject.linked.layout.plan.machine.processor_question is not None:
        return ProcessorPart((), (), frozenset())
    caches = first.caches if asks_for_caches(subject.linked, first) else ()
    for level in LEVELS:
        run = Run(trial.work, ANSWERS, hidden=HiddenProcessor(level, places), hot=hot)
        other = trial.record_all({f"level {level}": run})[f"level {level}"]
        if not isinstance(other, Recording) or other.order != first.order:
            log.info("snapshot: with another processor: %s", other if isinstance(other, Refusal) else "other objects")
            continue
        explained = processor_part(subject.linked, first, other, compared.differences(other), level)
        if explained is not None:
            return replace(explained, features=(*explained.features, *caches))
    return ProcessorPart((*first.features, *caches), (), frozenset())
