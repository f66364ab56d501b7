"""Nouns: the stages of a link, from the plan to the executable. Imports no verb.

    LinkPlan --lay_out--> Layout --link--> Linked --publish--> executable

As in lld and mold, sizes come first, then addresses, then bytes: a `LinkPlan` names what goes in, a `Layout` knows how
large everything is and where it stands in the payload, `Linked` knows all addresses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bundler.elf import Executable, Machine
from bundler.errors import Diagnostic
from bundler.link.contents import Contents, StoredEntry
from bundler.link.manifest import Manifest
from bundler.link.objects import Part, Prelinked, PrelinkedObject
from bundler.target import Linkage
from bundler.toolchain import Toolchain


@dataclass(frozen=True, slots=True)
class ObjectFile:
    """An object file of static data. `module`: the one whose code it is; None: it is for all."""

    path: Path
    module: str | None = None


@dataclass(frozen=True, slots=True)
class LinkPlan:
    """What linking will do. To the linker what a query plan is to a database.

    It holds names, sizes and reasons, but no contents of files.
    """

    output: Path
    machine: Machine
    linkage: Linkage
    objects: tuple[ObjectFile, ...]
    libraries: tuple[Path | str, ...]  # the static libpython, and what it is linked with
    wrapped: tuple[str, ...]  # functions whose calls the linker sends to the launcher
    definitions: tuple[tuple[str, str], ...]  # symbols that the linker is given, and expressions for their values
    contents: Contents
    manifest: Manifest
    version_limits: tuple[tuple[str, str], ...]  # the newest versions that may be needed, by family
    findings: tuple[Diagnostic, ...]

    @property
    def prelinked(self) -> Prelinked:
        """The libraries that are bound to fixed addresses."""
        return self.contents.libraries.prelinked


# --- The payload ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file's place in the payload. `digest`: SHA-256 of its content, in hex digits.

    `packed`: the content compressed (raw DEFLATE), if it is stored like that.
    """

    entry: StoredEntry
    offset: int
    digest: str
    packed: bytes = b""


@dataclass(frozen=True, slots=True)
class StoredPart:
    """A place in the payload for the part of a prelinked object; offset 0: nothing of it is stored."""

    part: Part
    offset: int


@dataclass(frozen=True, slots=True)
class Reference:
    """Eight bytes of the tables that hold an address: a relocation of the payload, in terms of ld.

    `symbol`: of the executable; None: the payload itself. `offset` is added to its address.
    """

    place: int
    symbol: str | None
    offset: int


@dataclass(frozen=True, slots=True)
class Tables:
    """The launcher's tables: bytes by their offsets in the payload, complete but for their references."""

    chunks: tuple[tuple[int, bytes], ...]
    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Payload:
    """The section that is written after the link: how large it is, and where everything stands in it."""

    size: int
    files: tuple[StoredFile, ...]
    objects: tuple[tuple[PrelinkedObject, tuple[StoredPart, ...]], ...]
    tables: Tables


# --- The link ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Layout:
    """All that the linker is given. `texts`: files by name, in the folder in which it runs."""

    plan: LinkPlan
    toolchain: Toolchain
    payload: Payload
    texts: Mapping[str, str]
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Linked:
    """An executable as the linker made it, in a folder of its own, with the addresses of everything in it."""

    layout: Layout
    executable: Executable

    @property
    def path(self) -> Path:
        """The file."""
        return self.executable.path
