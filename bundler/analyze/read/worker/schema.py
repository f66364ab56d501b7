"""Messages between the analysis and its workers, as JSON: one declaration for both sides."""

from __future__ import annotations

import hashlib
from typing import NamedTuple, TypedDict, final

# --- scan.py ----------------------------------------------------------------------------------------------------------

# How firmly an import is meant, from the firmest.
EAGER = "eager"
CONDITIONAL = "conditional"
OPTIONAL = "optional"
DEFERRED = "deferred"


def source_digest(source: bytes) -> str:
    """Names the bytes of a source file, as the host read them and as the worker did."""
    return hashlib.blake2b(source, digest_size=20).hexdigest()


@final
class Request(TypedDict):
    """A file to be scanned. `is_compiled`: errors that only compiling shows are reported too."""

    path: str
    is_compiled: bool


class ImportRow(NamedTuple):
    """One import statement; fields as in `facts.ImportFact`."""

    name: str
    names: list[str] | None
    level: int
    binding: str
    line: int
    attempt: int
    fallback: int
    user: str


class FamilyRow(NamedTuple):
    """Modules that are imported under a computed name; fields as in `facts.Family`."""

    package: str
    level: int
    stem: str
    line: int


class NameRow(NamedTuple):
    """A text that may be the name of a module; fields as in `facts.ComputedName`."""

    text: str
    is_whole: bool
    lines: list[int]


class AdditionRow(NamedTuple):
    """A folder that is added to a search path; fields as in `facts.Addition`."""

    folder: str
    name: str
    position: int | None
    line: int
    is_certain: bool


class ListingRow(NamedTuple):
    """A folder whose listing arrives at imports; fields as in `facts.Listing`."""

    folder: str
    lines: list[int]


class LibraryRow(NamedTuple):
    """A shared library that is opened by a literal name; fields as in `graph.LibraryName`."""

    name: str
    is_short: bool


@final
class Facts(TypedDict):
    """Facts about the imports of a file; keys as in `facts.FileFacts`."""

    imports: list[ImportRow]
    main: list[ImportRow]
    main_names: str
    globals: list[str]
    all: list[str] | None
    dynamic: list[int]
    families: list[FamilyRow]
    patterns: list[NameRow]
    arriving: list[NameRow]
    has_lazy_attributes: bool
    reads_stub: bool
    run_modules: list[str]
    source_files: list[str]
    handed_over: list[str]
    metadata: list[str]
    names: dict[str, str]
    strings: str
    codecs: list[str]
    any_codec: bool
    libraries: list[LibraryRow]
    extends_path: bool
    site_builtins: list[str]
    search_folders: list[AdditionRow]
    package_folders: list[AdditionRow]
    folder_names: dict[str, str]
    listed_folders: list[ListingRow]
    listing: list[int]
    loading: list[int]


@final
class Unreadable(TypedDict):
    """The reason why a file cannot be scanned, and the line of its syntax error or 0."""

    error: str
    line: int


@final
class Answer(TypedDict):
    """The facts that were found, and the digest of the bytes that were scanned."""

    source_digest: str
    found: Facts | Unreadable


# --- leading.py -------------------------------------------------------------------------------------------------------


@final
class LeadingRequest(TypedDict):
    """A file whose first statements are wanted, or those of a function in it."""

    path: str
    function: str | None


@final
class Leading(TypedDict):
    """First and last lines of the statements with which code begins; then the name of a function that is called.

    `from_module`: the module that the function is imported from, with dots before it as in the statement, and its name
    there; None: it is defined in the same file.
    """

    lines: list[int]
    calls: str | None
    from_module: list[str] | None


# --- observe.py -------------------------------------------------------------------------------------------------------


@final
class ObserveRequest(TypedDict):
    """An extension module to be imported, and `sys.path` for it."""

    name: str
    path: list[str]


@final
class Observed(TypedDict):
    """Names of the modules that it imported, sorted."""

    imports: list[str]


@final
class NotObserved(TypedDict):
    """The exception that importing it raised."""

    error: str


# --- tracer.py --------------------------------------------------------------------------------------------------------


@final
class Used(TypedDict):
    """Modules that a run imported from files, and files that it opened to read; both sorted."""

    modules: list[str]
    files: list[str]
