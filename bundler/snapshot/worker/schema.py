"""Messages between the snapshot and its worker, as JSON: one declaration for both sides."""

from __future__ import annotations

from typing import TypedDict, final


@final
class Part(TypedDict):
    """Statements with which code begins: those of the file `path`, or of a function in it; its module is `module`."""

    path: str
    filename: str
    lines: list[int]
    module: str | None
    function: str | None


@final
class Source(TypedDict):
    """A module and its file. `lines`: the first and last of each statement that is recorded, one after the other; None: all are.
    `called`: the first lines of functions that were called while it was recorded; None: it may have been any.
    """

    name: str
    path: str
    lines: list[int] | None
    called: list[int] | None


@final
class RerunRequest(TypedDict):
    """A question: which statements must be run again at each start, so that a module keeps no answer of the machine.

    With `is_strict`, each of `lines` must lie in a statement that can be run again, and while modules are imported, only such
    statements may use the names that it sets.
    """

    modules: list[Source]  # the module, then those that import it, directly or through others
    lines: list[int]  # of the module's body, where it asked
    hints: list[int]  # the same, where comparing recordings shows whether it kept the answer
    names: list[str]  # of the module, whose values differ between machines
    is_strict: bool
    differing: dict[str, list[str]] | None  # such names, of all modules; None: only what the sources say is known


@final
class AttributesRequest(TypedDict):
    """Modules, and objects that are none: `attributes` of those, by expressions such as "sys.flags", are answers of the machine.
    `differing`: attributes, likewise, whose values differ between recordings.
    """

    modules: list[Source]
    attributes: dict[str, list[str]]
    differing: dict[str, list[str]]


@final
class Piece(TypedDict):
    """Source text that is run again in a module; first and last lines of the statements that it stands for, one after the other.
    `names`: those that it gives values, or attributes or items of which it sets.
    """

    module: str
    text: str
    lines: list[int]
    names: list[str]


@final
class Obstacle(TypedDict):
    """The statement for which nothing can be run again: a module and a line. `name`: what it uses; "" if it is itself what would be
    run again, and cannot be.
    """

    module: str
    line: int
    name: str


@final
class Rerun(TypedDict):
    """The pieces to run again, none if that cannot be done, and then what is in the way.

    `copied`: modules, and names of theirs that the first module has copied.
    """

    pieces: list[Piece]
    obstacle: Obstacle | None
    copied: list[tuple[str, str]]


@final
class Request(TypedDict):
    """The work of a recorded run: imports of the modules `names`, then the parts, if any, then `calls`.

    `calls`: pairs of what a part is noted as, or "", and source text. `again`: pairs of a module and source text, which is run in it
    at each start.
    """

    recorder: str
    graph: str
    names: list[str]
    parts: list[Part] | None
    calls: list[tuple[str, str]]
    again: list[tuple[str, str]]
    optimize: int
