"""A trial of a snapshot: copies of the executable run side by side, each with answers of its own, and are recorded."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from bundler.process import jobs
from bundler.snapshot import fresh
from bundler.snapshot.model import Graph, Recording, Refusal
from bundler.snapshot.prefixes import add_prefixes
from bundler.snapshot.record import make_copy, record
from bundler.snapshot.rules import Rules
from bundler.snapshot.run import Run, Subject
from bundler.snapshot.work import Work, compile_work


@dataclass(frozen=True, slots=True)
class Trial:
    """A work that is to be recorded, in a folder of its own.

    `program`: the work of a start without a snapshot. `late`: modules that are imported at each start, and why. `has_doubts`: values may
    differ only because addresses do.
    """

    subject: Subject
    work: Work
    program: Work
    rules: Rules
    folder: Path
    late: Mapping[str, str]
    has_doubts: bool

    def record_all(self, runs: Mapping[str, Run]) -> Mapping[str, Recording | Graph | Refusal]:
        """The results of runs, side by side. Their names are those of folders: no two runs of a trial have the same."""
        subject = self.subject
        compiled: dict[Work, bytes] = {}
        for run in runs.values():
            if run.work not in compiled:
                compiled[run.work] = compile_work(run.work, subject.target)
        copies = [
            make_copy(subject, run, self.folder / name / "program", compiled[run.work]) for name, run in runs.items()
        ]
        with ThreadPoolExecutor(jobs()) as pool:
            taken = dict(zip(runs, pool.map(record, copies), strict=True))
        return {
            name: self._complete(each, runs[name]) if isinstance(each, Recording) else each
            for name, each in taken.items()
        }

    def _complete(self, recording: Recording, run: Run) -> Recording:
        """The recording without what each start constructs itself, and with the prefixes that sources tell."""
        recording = fresh.renew_objects(self.subject.linked, recording, run.work.fresh)
        notes = add_prefixes(recording.notes, self.subject.sources, self.rules.prefixes)
        return replace(recording, notes=notes)
