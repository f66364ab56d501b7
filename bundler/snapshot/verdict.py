"""The obstacles that a trial of a snapshot found. Nouns: Verdict, OtherOrder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bundler.snapshot.model import Note, Recording


@dataclass(frozen=True, slots=True)
class OtherOrder:
    """A name of a module whose value depends on the order in which modules were imported."""

    module: str
    name: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Modules that must not be in a snapshot as they are. All mappings are by module."""

    recording: Recording
    reasons: Mapping[str, str]
    notes: Mapping[str, tuple[Note, ...]]  # questions that were not answered
    names: Mapping[str, tuple[str, ...]]  # those whose values differ between machines
    # Paths of objects: if each start constructs them, the module keeps nothing.
    objects: Mapping[str, frozenset[str]] = field(default_factory=dict)
    differing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # as `names`, in a verdict about `notes`
    called: tuple[Mapping[str, frozenset[int]] | None, ...] = ()  # `Graph.called` of each graph
    is_compared: bool = False  # the memory showed it, so garbage may be what keeps something
