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
class RerunRequest(TypedDict):
    """A module's file, lines at which its body asked for something, and names whose values are another machine's others.

    `importers`: files of modules that import it. With `is_strict`, every line must be in a statement that can be run again,
    and nothing may use the names that these give while modules are imported.
    """

    path: str
    lines: list[int]
    names: list[str]
    importers: list[str]
    is_strict: bool


@final
class Rerun(TypedDict):
    """First and last lines of those statements that ask or give the names, and only give names values, one after the other.

    None: they cannot be run again.
    """

    lines: list[int] | None


@final
class Request(TypedDict):
    """The work of a recorded run: imports of the modules `names`, then the parts, if any; `again` has source text by modules, and
    `rerun` statements of modules, which are run at each start.
    """

    recorder: str
    graph: str
    names: list[str]
    parts: list[Part] | None
    again: dict[str, str]
    rerun: list[Part]
    optimize: int
