"""Nouns: what the binary's tables tell the launcher. Imports no verb.

`launcher/bundle.h` declares the tables; `payload.py` writes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bundler.analyze.graph import APP, Origin
from bundler.link.objects import CarriedLibrary, Placement, PrelinkedObject


@dataclass(frozen=True, slots=True)
class ModuleEntry:
    """A row of the module table. `symbol`: the executable's symbol of its `struct bundle_code`, if it is frozen.

    `is_stdlib`: the module is the standard library's, not one of the program's or a package's that has its name.
    `is_early`: Python has it before it searches any folder.
    """

    name: str
    path: str | None
    symbol: str | None
    kind: int
    is_package: bool
    is_stdlib: bool = False
    is_early: bool = False


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file of this machine that is carried. `size`: in bytes, as it was when the link was planned.

    `is_packed`: it is stored compressed, if that is smaller. `origin`: whose it is.
    """

    path: PurePosixPath
    source: Path
    size: int
    is_executable: bool = False
    is_packed: bool = False
    origin: Origin = APP
    content: bytes | None = None  # instead of that of the source

    @property
    def is_own_data(self) -> bool:
        """A data file of the app's own, no source that is carried for tracebacks."""
        return self.origin.is_own and not self.is_packed


@dataclass(frozen=True, slots=True)
class InlineFile:
    """A file that bundler writes itself."""

    path: PurePosixPath
    content: bytes

    @property
    def size(self) -> int:
        """Bytes of its content."""
        return len(self.content)


@dataclass(frozen=True, slots=True)
class ListedModule:
    """The source file of a module: it shows in its folder, but cannot be read."""

    path: PurePosixPath


@dataclass(frozen=True, slots=True)
class PrelinkedFile:
    """The file of a prelinked object. `is_readable`: its bytes can be read; else only its path exists."""

    path: PurePosixPath
    object: PrelinkedObject
    is_readable: bool

    @property
    def size(self) -> int:
        """Bytes of its content."""
        return len(self.object.object.data)


@dataclass(frozen=True, slots=True)
class CarriedFile:
    """A library that stays a file."""

    path: PurePosixPath
    library: CarriedLibrary

    @property
    def size(self) -> int:
        """Bytes of its content."""
        return self.library.size


StoredEntry = FileEntry | InlineFile | CarriedFile
"""A file under the virtual root that can be read."""

Entry = StoredEntry | ListedModule | PrelinkedFile
"""A file under the virtual root."""


@dataclass(frozen=True, slots=True)
class InterpreterConfig:
    """The configuration of the interpreter at its start; CPython's word is PyConfig."""

    optimize: int
    utf8_mode: bool
    site_builtins: tuple[str, ...]
    main_module: str
    runtime_hooks: tuple[str, ...]
    version_end: int
    platlibdir: str
    warnings: tuple[str, ...]
    x_options: tuple[str, ...]
    python_command: int
    is_static: bool = False


@dataclass(frozen=True, slots=True)
class PrecompiledTable:
    """Precompiled results: keys of the items of a tuple, and the executable's symbol of its `struct bundle_code`."""

    keys: tuple[str, ...]
    symbol: str


@dataclass(frozen=True, slots=True)
class Contents:
    """The contents that the tables describe.

    `ending_visibly`: paths of prelinked objects whose Python objects' death may be seen from outside the process. `folders`
    exist even if no file is in them. `interposed`: functions for which carried libraries are given the launcher's.
    """

    modules: tuple[ModuleEntry, ...]
    files: tuple[Entry, ...]
    folders: tuple[PurePosixPath, ...]
    libraries: Placement
    ending_visibly: frozenset[str]
    interposed: tuple[str, ...]
    has_snapshot: bool  # the executable has a section for one
    precompiled: PrecompiledTable
    config: InterpreterConfig
