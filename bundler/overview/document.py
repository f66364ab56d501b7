"""Nouns: the document that the page draws, as JSON types. Imports no verb.

An *owner* is whose a part of the binary is: a key of `owners`, by which parts name it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict


class OwnerRow(TypedDict):
    """An owner of parts: the program, a distribution, the standard library, the system of the build, bundler."""

    label: str
    kind: str  # app, distribution, stdlib, system, launcher or shared
    version: str


class ProgramRow(TypedDict):
    """The head of the page."""

    name: str
    output: str
    size: int
    sha256: str
    python: str
    bundler: str
    libpython: str
    needs: str  # of the system where it runs, in words


class ModuleRow(TypedDict):
    """A module. `via`: the module that imports it first, `how` it does ("imports, inside a function") and where."""

    name: str
    kind: str
    size: int
    owner: str
    via: str | None
    how: str
    place: str


class VersionRow(TypedDict):
    """The newest version of a family that a library needs of the system, and the symbols of that version."""

    version: str
    symbols: Sequence[str]


class LibraryRow(TypedDict):
    """A shared object. `bound`: how; `needs`: names of libraries that it is loaded after, the system's included."""

    name: str
    path: str
    bound: str
    size: int
    stored: int
    owner: str
    reason: str
    module: str | None
    needs: Sequence[str]
    versions: Sequence[VersionRow]


class FileRow(TypedDict):
    """A data file; `stored`: bytes that it takes in the binary."""

    path: str
    size: int
    stored: int
    owner: str


class PartRow(TypedDict):
    """A part of the file that is none of the rows above: what they share, or the interpreter."""

    label: str
    size: int
    owner: str


class ComponentRow(TypedDict):
    """A component with its licence, "" if nobody knows it, and what the licence asks for."""

    kind: str
    name: str
    version: str
    licence: str
    duty: str


class FindingRow(TypedDict):
    """A finding of the build."""

    severity: str
    code: str
    message: str
    where: str | None
    notes: Sequence[str]
    hint: str | None


class ImportRow(TypedDict):
    """An import of the traced start, in the order in which imports begin; times in microseconds."""

    name: str
    depth: int
    total: int
    own: int


class StartRow(TypedDict):
    """The traced start. `what`: in words; without imports, why there are none."""

    what: str
    imports: Sequence[ImportRow]


class ReportDocument(TypedDict):
    """The contents of the page. Sizes of modules, libraries (`stored`), files (`stored`) and parts add up to the binary's."""

    program: ProgramRow
    owners: Mapping[str, OwnerRow]
    modules: Sequence[ModuleRow]
    libraries: Sequence[LibraryRow]
    files: Sequence[FileRow]
    parts: Sequence[PartRow]
    components: Sequence[ComponentRow]
    findings: Sequence[FindingRow]
    start: StartRow
