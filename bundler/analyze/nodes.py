"""Nouns of a walk: modules that were found, and the imports between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bundler.analyze.graph import Binding, LeftOut, Origin
from bundler.analyze.installed.locate import Located
from bundler.analyze.read.facts import FileFacts

READING_SOURCES = frozenset({"getsource", "getsourcelines", "getcomments", "findsource"})
"""Functions of `inspect` that read the source of what they are given."""

COMPILING_SOURCES = frozenset({"source_to_code"})
"""Methods by which a loader compiles modules in its own way (importlib.abc.SourceLoader)."""

IMPORTING = frozenset({"meta_path"})
"""Names by which a module imports others in its own way."""

LOADING_FILES = frozenset({"spec_from_file_location", "SourceFileLoader", "run_path"})
"""Functions and classes of importlib and runpy that run a file."""


@dataclass(frozen=True, slots=True)
class Edge:
    """One import, resolved. `line` is 0 where no statement stands for it; without `importer` the interpreter imports."""

    importer: str | None
    imported: str
    binding: Binding
    is_attribute: bool  # `from a import b`: b may just as well be an attribute of a
    line: int


@dataclass(frozen=True, slots=True)
class Reached:
    """A module that was found. `located` is None for built-in modules; `facts` where there is no source to read.

    `place`: where it lies in the binary, relative to the root and without a suffix; `folder_places`: likewise the folders
    of a package.
    """

    name: str
    located: Located | None
    facts: FileFacts | None
    origin: Origin
    place: PurePosixPath
    folder_places: tuple[PurePosixPath, ...] = ()

    @property
    def package(self) -> str:
        """`__package__`: the module itself, or the package around it."""
        is_package = self.located is not None and bool(self.located.folders)
        return self.name if is_package else self.name.rpartition(".")[0]

    @property
    def top(self) -> str:
        """The first part of its name."""
        return self.name.partition(".")[0]

    def has_any(self, names: frozenset[str]) -> bool:
        """True if its code uses one of these names, or defines a function with one."""
        known = self.facts.names if self.facts is not None else {}
        return not names.isdisjoint(known) or any(not names.isdisjoint(used.split()) for used in known.values())


@dataclass(frozen=True, slots=True)
class AddedFolder:
    """A folder that a module adds to the search path. `is_certain`: whenever the module is run, and at a known place.

    `position`: the index of `sys.path` at which it is inserted; None: at the end.
    """

    folder: Path
    importer: str
    line: int
    position: int | None
    is_certain: bool


@dataclass(frozen=True, slots=True)
class Walk:
    """The modules that were reached, why, and the imports that were not followed.

    `unresolved`: lines of imports whose name is computed, and may be any, by module. `made_at_run_time`: modules without
    a file, as hooks say. `runtime_hooks`: modules that run before the program. `additions`: to the search path.
    """

    reached: Mapping[str, Reached]
    edges: tuple[Edge, ...]
    left_out: tuple[LeftOut, ...]
    unresolved: Mapping[str, tuple[int, ...]]
    made_at_run_time: frozenset[str]
    runtime_hooks: frozenset[str]
    additions: tuple[AddedFolder, ...]
