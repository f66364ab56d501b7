"""Messages between the self-check, its worker and its program: one declaration for all.

Jobs are JSON, results are marshalled: code objects have no JSON.
"""

from __future__ import annotations

from typing import TypedDict, final

from bundler.freeze.worker.schema import LayoutData

# A name for messages, the name of a static module, the file name if it is a script or "", marshalled code or the source.
Case = tuple[str, str, str, bytes]

# A key of launcher/interpreter/precompiled.c, and the marshalled result.
FreshResult = tuple[str, bytes]


@final
class FreshJob(TypedDict):
    """Modules to be compiled once more: (name, source, file name, is it a script).

    `output`: the file that a marshalled list of cases is written to, in the order of the modules.
    """

    modules: list[tuple[str, str, str, bool]]
    optimize: int
    output: str


@final
class ComparisonRequest(TypedDict):
    """The static and fresh objects that program.py compares.

    `writable`: address, offset in the file, and size of each writable segment of the executable. `references`,
    `run_time`: names of members of code that refer to objects, and of those that are empty until it runs.
    `are_strings_unique`: libpython has one object for each of its own strings.
    """

    layout: LayoutData
    writable: list[tuple[int, int, int]]
    references: list[str]
    run_time: list[str]
    are_strings_unique: bool
    cases: list[Case]
    results: list[FreshResult]


@final
class ComparisonAnswer(TypedDict):
    """`differences`: a case and texts, for cases that have some. `compared`: numbers of objects by type."""

    differences: list[tuple[str, list[str]]]
    compared: dict[str, int]
