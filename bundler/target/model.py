"""Nouns: facts about the Python that gets embedded. Nothing here runs anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path, PurePosixPath

from bundler.elf import Machine

_MOST_LINKS = 40  # on the way to a file (path_resolution(7))


@dataclass(frozen=True, slots=True)
class Field:
    """A member of a C struct: its place and size in bytes."""

    name: str
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class ObjectLayout:
    """The layout of CPython's objects in memory, measured by a C program compiled against the target's own headers.

    `structs`: members by struct ("code", "ascii", ...), in the order of their offsets.
    `constants`: single numbers, such as the first word of an immortal object.
    `singletons`: byte offsets from `_PyRuntime` of the objects that live there: "id:NAME" and "str:TEXT" (strings),
    "latin1:N" (one-character strings), "byte:N" (one-byte bytes), "bytes", "tuple" (the empty ones), "int:N".
    """

    structs: Mapping[str, tuple[Field, ...]]
    constants: Mapping[str, int]
    singletons: Mapping[str, int]
    digest: str


class Linkage(Enum):
    """The kind of libpython that becomes part of the binary; the values are those of `--libpython`."""

    STATIC = "static"
    SHARED = "shared"


@dataclass(frozen=True, slots=True)
class Libpython:
    """The library that gets embedded. `needs`: what the static one is linked with, such as "-lz"."""

    linkage: Linkage
    path: Path
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class System:
    """The system that the interpreter belongs to, as this machine sees it. `root`: the folder that is `/` there.

    `emulator`: the words by which this machine runs a program of another processor, before the program's own; none for this
    machine's own system.
    """

    root: Path = Path("/")
    emulator: tuple[str, ...] = ()

    @property
    def is_own(self) -> bool:
        """True if it is this machine's."""
        return not self.emulator

    @property
    def patience(self) -> float:
        """The factor of times that code of the target may take: an emulator is slow."""
        return 1 if self.is_own else 20

    @property
    def include_options(self) -> tuple[str, ...]:
        """Options by which a compiler finds the system's headers, which those of Debian's Python name, after its own."""
        return () if self.is_own else ("-idirafter", str(self.file("/usr/include")))

    def command(self, program: Path) -> tuple[str | Path, ...]:
        """The words that start a program of the system."""
        return (*self.emulator, program)

    def file(self, path: str) -> Path:
        """A file of the system, by its absolute path there."""
        return self.root / path.lstrip("/")

    def real_file(self, path: str) -> Path:
        """The file that an absolute path there means: links in the system that name absolute paths mean files of it, too.

        A path that leads in circles is the last link.
        """
        found, links = self.root, 0
        rest = [part for part in PurePosixPath(path).parts[::-1] if part != "/"]
        while rest:
            part = rest.pop()
            if part == "..":
                found = found if found == self.root else found.parent
                continue
            step = found / part
            if step.is_symlink() and links < _MOST_LINKS:
                links += 1
                aim = step.readlink()
                found = self.root if aim.is_absolute() else found
                rest += [each for each in aim.parts[::-1] if each != "/"]
            else:
                found = step
        return found


@dataclass(frozen=True, slots=True)
class TargetPython:
    """The Python that gets embedded, and the environment whose packages are searched; probed once per build."""

    executable: Path
    version: tuple[int, int, int]
    version_text: str  # "3.13.0", "3.14.0rc1"
    hexversion: int
    platlibdir: str  # "lib"
    prefix: Path
    base_prefix: Path  # of the installation behind a virtual environment
    search_path: tuple[Path, ...]  # sys.path without the script's folder
    stdlib: Path
    include_dirs: tuple[Path, ...]
    libpython: Libpython
    machine: Machine
    system: System
    builtin_modules: frozenset[str]
    stdlib_modules: frozenset[str]  # top-level names
    early_modules: frozenset[
        str
    ]  # top-level names of what is imported or frozen in before a program's folder is searched
    extension_suffixes: tuple[str, ...]  # ".cpython-313-x86_64-linux-gnu.so", ".abi3.so", ".so"
    markers: Mapping[str, str]  # PEP 508 environment
    layout: ObjectLayout

    @property
    def command(self) -> tuple[str | Path, ...]:
        """The words that start the interpreter."""
        return self.system.command(self.executable)
