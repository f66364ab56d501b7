"""Messages between the migration and its workers, as JSON: one declaration for both sides."""

from __future__ import annotations

from typing import Literal, TypeAlias, TypedDict, final

# --- execute.py -------------------------------------------------------------------------------------------------------


@final
class ExecuteJob(TypedDict):
    """A file to be run. `recorded`: the tool's classes and functions; `helpers`: its helpers, each with an option of ours."""

    file: str  # path
    recorded: list[str]
    helpers: dict[str, str]


@final
class Items(TypedDict):
    """A tuple."""

    kind: Literal["tuple"]
    items: list[Value]


@final
class Table(TypedDict):
    """A dictionary."""

    kind: Literal["dict"]
    items: list[tuple[str, Value]]


@final
class FromHelper(TypedDict):
    """The result of a helper (`Collected`)."""

    kind: Literal["collected"]
    option: str
    name: str


@final
class PartOfCall(TypedDict):
    """An attribute of a call's result. `call`: the number of the call in the answer."""

    kind: Literal["part"]
    call: int
    name: str


@final
class ResultOfCall(TypedDict):
    """A call's result. `call`: the number of the call in the answer."""

    kind: Literal["call"]
    call: int


@final
class Other(TypedDict):
    """A value of another type, as text."""

    kind: Literal["unknown"]
    text: str


Value: TypeAlias = (
    "None | bool | int | float | str | list[Value] | Items | Table | FromHelper | PartOfCall | ResultOfCall | Other"
)


@final
class RecordedCall(TypedDict):
    """A call; the answer is a list of them. A keyword that begins with + is what the file added to an attribute of the result."""

    name: str
    line: int
    arguments: list[Value]
    keywords: dict[str, Value]


# --- installed.py -----------------------------------------------------------------------------------------------------


@final
class InstalledJob(TypedDict):
    """Names to be looked for; the answer is a list of those that are absent. `folders`: those of the program's own modules."""

    modules: list[str]
    distributions: list[str]
    folders: list[str]
