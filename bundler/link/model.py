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
from bundler.glibc import CLibrary, Floor, StaticLibrary
from bundler.link.contents import Contents, PrelinkedFile, StoredEntry
from bundler.link.manifest import Manifest
from bundler.link.objects import Part, Prelinked, PrelinkedObject
from bundler.target import Linkage
from bundler.toolchain import Toolchain


@dataclass(frozen=True, slots=True)
class ObjectFile:
    """An object file of static data. `module`: whose code it holds; None: it serves all modules."""

    path: Path
    module: str | None = None


@dataclass(frozen=True, slots=True)
class StaticLink:
    """The link of an executable without a dynamic linker.

    `symbols`: what the program can look up in itself: names in their order, each with its symbol. `required`: symbols that
    the executable has in any case; of the others it has those that something in it uses.
    """

    library: StaticLibrary
    symbols: tuple[tuple[str, str], ...]
    required: frozenset[str]


@dataclass(frozen=True, slots=True)
class LinkPlan:
    """The plan of a link, which is to the linker what a query plan is to a database.

    It holds names, sizes and reasons, but no contents of files.
    """

    output: Path
    machine: Machine
    linkage: Linkage
    floor: Floor | None  # the oldest C library that the executable is to run with; None: one like this machine's
    static: StaticLink | None  # None: it has a dynamic linker, and the C library is the system's
    objects: tuple[ObjectFile, ...]
    libraries: tuple[Path | str, ...]  # the static libpython, and what it is linked with
    resident_names: frozenset[str]  # symbols that it takes from libraries in the executable's own load segments
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
class Delta:
    """The steps from the stored parts of a prelinked object to its file: compressed (raw DEFLATE), with bytes to be added."""

    packed: bytes
    unpacked_size: int
    step_count: int


@dataclass(frozen=True, slots=True)
class StoredDelta:
    """The place of a delta in the payload. `digest`: as for a file, of the bytes that it makes."""

    entry: PrelinkedFile
    delta: Delta
    offset: int
    digest: str


@dataclass(frozen=True, slots=True)
class StoredPart:
    """The offset in the payload of a prelinked object's part; 0: nothing of it is stored there."""

    part: Part
    offset: int


@dataclass(frozen=True, slots=True)
class StoredObject:
    """The places in the payload of a prelinked object's parts, and of the file from which debuggers learn of it."""

    object: PrelinkedObject
    parts: tuple[StoredPart, ...]
    symbol_file: int


@dataclass(frozen=True, slots=True)
class Reference:
    """Eight bytes of the tables that hold an address: what a relocation is to an object file.

    `symbol`: of the executable; None: the payload itself. `offset` is added to its address.
    """

    place: int
    symbol: str | None
    offset: int


@dataclass(frozen=True, slots=True)
class Tables:
    """The launcher's tables: bytes by their offsets in the payload, and the addresses that are missing in them."""

    chunks: tuple[tuple[int, bytes], ...]
    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Payload:
    """The section that is written after the link: its size, and the place of everything in it."""

    size: int
    files: tuple[StoredFile, ...]
    deltas: tuple[StoredDelta, ...]
    objects: tuple[StoredObject, ...]
    tables: Tables


# --- The link ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LauncherFiles:
    """The launcher's object files. `polyfills`: those of functions that some C libraries lack, by their sources' stems."""

    objects: tuple[Path, ...]
    polyfills: Mapping[str, Path]


@dataclass(frozen=True, slots=True)
class Layout:
    """All inputs of the linker. `texts`: contents of files by name, for the folder in which it runs.

    `c_library`: what stands for the C library of the plan's floor; None: that of this machine.
    """

    plan: LinkPlan
    toolchain: Toolchain
    c_library: CLibrary | None
    payload: Payload
    texts: Mapping[str, str]
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Linked:
    """A linked executable in a folder of its own; its symbols and sections have addresses."""

    layout: Layout
    executable: Executable

    @property
    def path(self) -> Path:
        """The file."""
        return self.executable.path
