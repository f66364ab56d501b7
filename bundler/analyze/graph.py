"""Nouns: what the app reaches, and why. Imports no verb.

Glossary: a *source module* has Python code, an *extension module* is a shared object with a `PyInit_` function, a
*built-in module* is part of libpython, a *namespace package* has no code at all (PEP 420). A *distribution* is what
pip installs; it provides modules, data files and metadata.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path, PurePosixPath
from typing import TypeVar

from bundler.errors import Diagnostic


class OriginKind(Enum):
    """The kinds of owners that code has."""

    APP = "app"
    DISTRIBUTION = "distribution"
    STDLIB = "stdlib"
    LAUNCHER = "launcher"


@dataclass(frozen=True, slots=True)
class Origin:
    """The owner of a module or a file, decided once (origins.py) and carried from there on.

    `distribution`: the canonical name of the distribution that installed it, or, for the app's own code, of the
    editable install whose sources it is among; "" when there is none or it is not known.
    """

    kind: OriginKind
    distribution: str = ""

    @property
    def is_own(self) -> bool:
        """The module is the app's own."""
        return self.kind is OriginKind.APP

    @property
    def is_stdlib(self) -> bool:
        """The module comes with Python."""
        return self.kind is OriginKind.STDLIB

    @property
    def is_installed(self) -> bool:
        """The module comes with Python or with a distribution: it is made to be imported by others."""
        return self.kind in (OriginKind.STDLIB, OriginKind.DISTRIBUTION)


APP = Origin(OriginKind.APP)
STDLIB = Origin(OriginKind.STDLIB)
LAUNCHER = Origin(OriginKind.LAUNCHER)


@dataclass(frozen=True, slots=True)
class SourceModule:
    """A module with Python code. `filename` is that of its code objects.

    `has_file`: it is also the module's `__file__` in the binary. The interpreter's bootstrap and the launcher's modules
    have none. `is_generated`: bundler wrote the source, so that no place in it is worth telling.
    """

    name: str
    path: Path
    filename: str
    is_package: bool
    origin: Origin
    has_file: bool = True
    is_generated: bool = False


@dataclass(frozen=True, slots=True)
class ExtensionModule:
    """A module that is a shared object. `filename` is its `__file__` in the binary."""

    name: str
    path: Path
    filename: str
    is_package: bool
    origin: Origin


@dataclass(frozen=True, slots=True)
class BuiltinModule:
    """A module that libpython brings."""

    name: str

    @property
    def origin(self) -> Origin:
        """Always the standard library."""
        return STDLIB


@dataclass(frozen=True, slots=True)
class NamespacePackage:
    """A package without code, spread over one or more folders; one folder in the binary."""

    name: str
    folder: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class BrokenModule:
    """A module whose source the target cannot compile. Carried as text: importing it fails as it does in Python."""

    name: str
    path: Path
    filename: str
    is_package: bool
    origin: Origin


Module = SourceModule | ExtensionModule | BuiltinModule | NamespacePackage | BrokenModule

_Kind = TypeVar("_Kind", SourceModule, ExtensionModule, BuiltinModule, NamespacePackage, BrokenModule)


class Binding(Enum):
    """The way in which an import is meant; the value is the word shown to users."""

    EAGER = "imports"
    OPTIONAL = "imports, guarded by try/except"
    CONDITIONAL = "imports, under a condition"
    DEFERRED = "imports, inside a function"
    STRING = "names in a string"
    RULE = "needs, by a rule"
    HOOK = "needs, by its hook"
    PARENT = "is inside"


@dataclass(frozen=True, slots=True)
class Import:
    """An edge of the graph. `line` is 0 where no statement stands for it; without `importer` the interpreter imports."""

    importer: str | None
    imported: str
    binding: Binding
    line: int = 0


@dataclass(frozen=True, slots=True)
class LeftOut(Import):
    """An import that was not followed: the module is installed, but the importer treats it as optional."""

    importer: str


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file that is carried as it is, to be found at `destination` in the binary; with `content`, that in its place."""

    source: Path
    destination: PurePosixPath
    is_executable: bool = False
    origin: Origin = APP
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class OpenedLibrary:
    """A shared object that is no module: something in the package that it is in opens it by its path or name.

    `filename` is its path in the binary.
    """

    path: Path
    filename: str


@dataclass(frozen=True, slots=True)
class LibraryName:
    """A shared library that a file opens by a literal name.

    `is_short`: the name is what `ctypes.util.find_library` takes, and the linker's `-l`: "png" for libpng16.so.16.
    """

    name: str
    is_short: bool


@dataclass(frozen=True, slots=True)
class Distribution:
    """An installed distribution of which the binary holds something. `metadata`: its .dist-info or .egg-info."""

    name: str
    version: str
    metadata: Path | None = None


def user_text(text: str, archives: Mapping[Path, Path]) -> str:
    """A text in which places in unpacked folders are those in the archives."""
    for folder, archive in archives.items():
        text = text.replace(f"{folder}/", f"{archive}/")
    return text


@dataclass(frozen=True, slots=True)
class ModuleGraph:
    """The modules, imports and files that the app reaches. `modules` is in the order of names and holds `__main__`.

    A module's name follows from its place in the binary. `other_names` has the names under which the program imports it,
    where they differ: of what lies in a folder that the program adds to its search path. Imports name modules so.
    """

    name: str  # the app's, for the default output
    modules: Mapping[str, Module]
    imports: tuple[Import, ...]
    data_files: tuple[DataFile, ...]
    distributions: tuple[Distribution, ...]
    findings: tuple[Diagnostic, ...]
    site_builtins: tuple[str, ...]  # of exit, quit, help, ...: those that are named somewhere
    main_module: str  # what `python -m` would run; "" for a script
    left_out: tuple[LeftOut, ...] = ()
    other_names: Mapping[str, str] = field(default_factory=dict)
    search_path: tuple[Path, ...] = ()  # where modules were looked for
    archives: Mapping[Path, Path] = field(default_factory=dict)  # on the user's search path, by their unpacked folders
    runtime_hooks: tuple[str, ...] = ()  # modules that run before `__main__`, in this order
    libraries: tuple[OpenedLibrary, ...] = ()  # besides those that modules need, which linking finds
    library_names: tuple[LibraryName, ...] = ()  # of libraries that modules open; linking knows which files they mean
    reads_own_sources: bool = False  # some module reads the sources of the app's own modules
    reads_every_source: bool = False  # some module reads the sources of any other
    starts_python: bool = False  # some module starts `sys.executable` as Python

    def user_text(self, text: str) -> str:
        """A text with places as the user knows them: what is in an archive lies below the archive."""
        return user_text(text, self.archives)

    def imported(self, name: str | None) -> Module | None:
        """The module that an import of this name gets."""
        return self.modules.get(self.other_names.get(name, name)) if name is not None else None

    def of_kind(self, kind: type[_Kind]) -> tuple[_Kind, ...]:
        """The modules of one kind, in the order of names."""
        return tuple(module for module in self.modules.values() if isinstance(module, kind))
