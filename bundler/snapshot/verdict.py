"""Results of a trial of a snapshot. Nouns: Success; obstacles: Verdict with its causes, OtherOrder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bundler.snapshot.kinds import KINDS
from bundler.snapshot.model import Event, Note, Recording, Snapshot

# In place of a module, where it is the interpreter that keeps something.
INTERPRETER = ""


@dataclass(frozen=True, slots=True)
class Success:
    """A snapshot that nothing is in the way of, and what its recordings told: what happened to modules, and `Graph.called` of each
    graph.
    """

    snapshot: Snapshot
    events: tuple[Event, ...]
    called: tuple[Mapping[str, frozenset[int]] | None, ...]


@dataclass(frozen=True, slots=True)
class OtherOrder:
    """A name of a module whose value depends on the order in which modules were imported."""

    module: str
    name: str


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Questions and effects of a module that cannot be recorded; one at least."""

    notes: tuple[Note, ...]

    @property
    def reason(self) -> str:
        """The first of them as the reason why the module is late."""
        first = self.notes[0]
        return KINDS[first.kind].words.format(detail=first.detail)


@dataclass(frozen=True, slots=True)
class Differing:
    """Names of a module whose values differ between machines; one at least."""

    names: tuple[str, ...]

    @property
    def reason(self) -> str:
        """The first of them as the reason why the module is late."""
        return f"`{self.names[0]}` depends on the machine"


@dataclass(frozen=True, slots=True)
class Lost:
    """Names of a module whose values are others than in a usual start, once statements were run again; one at least."""

    names: tuple[str, ...]

    @property
    def reason(self) -> str:
        """The first of them as the reason why the module is late."""
        return f"`{self.names[0]}` is not what it is in a usual start"


@dataclass(frozen=True, slots=True)
class Keeping:
    """A module that keeps something of the machine. `objects`: if each start constructs these, by their paths, it keeps nothing."""

    reason: str
    objects: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Unrepeatable:
    """A module of which no statement can be run again at each start."""

    reason: str


Cause = Unanswered | Differing | Lost | Keeping | Unrepeatable


@dataclass(frozen=True, slots=True)
class Verdict:
    """Modules that must not be in a snapshot as they are. All mappings are by module.

    `sharing`: names whose values differ between machines, or were met below those of such. `called`: `Graph.called` of each graph.
    `is_compared`: memory showed it, so garbage may be what keeps something.
    """

    recording: Recording
    causes: Mapping[str, Cause]
    sharing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    called: tuple[Mapping[str, frozenset[int]] | None, ...] = ()
    is_compared: bool = False

    @property
    def reasons(self) -> Mapping[str, str]:
        """The reason why each module is late."""
        return {name: cause.reason for name, cause in self.causes.items()}
