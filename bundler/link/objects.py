"""Nouns: shared objects, what their words are bound to, and how the binary carries them. Imports no verb.

Glossary: a *library* is a shared object that becomes part of the binary, extension modules included. A *system library*
stays on the user's machine. A *prelinked object* is a library bound to a fixed address: what ld.so would make of it in
memory. Its *fixups* are relocations with their targets found; lld calls them relocations too. A *resident* object lies in
the executable's own load segments. A *carried library* stays a file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntFlag
from pathlib import Path

from bundler.elf import SharedObject, Tag
from bundler.glibc import Floor, StaticLibrary


@dataclass(frozen=True, slots=True)
class Library:
    """A shared object that becomes part of the binary; `path` is where it appears there.

    `keeps_place`: as on disk, seen from what needs it; else it comes from somewhere else on this machine.
    """

    path: str
    object: SharedObject
    keeps_place: bool = True


@dataclass(frozen=True, slots=True)
class Closure:
    """Extension modules and everything they need, in the order of their paths.

    `system`: libraries that the system's dynamic linker loads, by soname; `carried` are those of them that are no part
    of the system. `missing`: what libraries need and is not on this machine, by their path. `linked`: names of libraries
    that the executable itself is linked with; they are there from its first instruction.
    """

    libraries: tuple[Library, ...]
    system: Mapping[str, SharedObject]
    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    carried: frozenset[str] = frozenset()
    linked: tuple[str, ...] = ()

    @property
    def residents(self) -> frozenset[str]:
        """Paths of the libraries that the executable is linked with, and of those that they need."""
        by_name = {library.object.name: library for library in self.libraries}
        return self.needed_by(*(by_name[name] for name in self.linked))

    def needed_by(self, *libraries: Library) -> frozenset[str]:
        """Paths of some libraries, of those that they need, and so on."""
        by_name = {library.object.name: library for library in self.libraries}
        pending = list(libraries)
        found: set[str] = set()
        while pending:
            library = pending.pop()
            if library.path not in found:
                found.add(library.path)
                pending += [by_name[name] for name in library.object.needed if name in by_name]
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class Offer:
    """The symbols that libraries get from the executable.

    `exported`: its own, to which libraries may be bound. `interposed`: functions of the C library in whose place all
    libraries get the launcher's. `for_extensions`: functions of the interpreter in whose place libraries that are not
    resident get the launcher's. `detoured`: functions of resident libraries that jump to the launcher's. `floor`: the
    oldest C library that the executable is to run with; None: one like this machine's. `static`: the C library that is
    linked into the executable; None: it is the system's.
    """

    exported: frozenset[str]
    interposed: frozenset[str]
    for_extensions: frozenset[str] = frozenset()
    detoured: frozenset[str] = frozenset()
    floor: Floor | None = None
    static: StaticLibrary | None = None


# --- What a word is bound to ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Constant:
    """A number that is known already."""

    value: int


@dataclass(frozen=True, slots=True)
class ExecutableSymbol:
    """The address of a symbol of the executable."""

    name: str
    addend: int


@dataclass(frozen=True, slots=True)
class PltStub:
    """A function of the C library, reached through a jump in the executable that has an address of its own."""

    name: str
    version: str | None


@dataclass(frozen=True, slots=True)
class ThreadLocal:
    """A place in the thread-local storage of the prelinked object `owner`.

    `from_thread_pointer`: counted from the thread pointer, else from the start of the block.
    """

    owner: int
    offset: int
    from_thread_pointer: bool


@dataclass(frozen=True, slots=True)
class ThreadLocalModule:
    """The number under which `__tls_get_addr` knows the thread-local storage of the prelinked object `owner`."""

    owner: int


@dataclass(frozen=True, slots=True)
class DescriptorFunction:
    """The function of a TLS descriptor for a variable of the prelinked object `owner`."""

    owner: int


@dataclass(frozen=True, slots=True)
class DescriptorArgument:
    """The second word of a TLS descriptor: a place in the thread-local storage of the prelinked object `owner`."""

    owner: int
    offset: int


@dataclass(frozen=True, slots=True)
class SystemSymbol:
    """A symbol of the running system, or else of the module being loaded, looked up when the object is loaded.

    `library`: the one that is asked, for those that the binary carries as files.
    """

    name: str
    version: str | None
    addend: int
    is_weak: bool
    library: str | None = None


@dataclass(frozen=True, slots=True)
class UniqueSymbol:
    """A symbol that several objects define and that is one for the process (STB_GNU_UNIQUE).

    `number` tells it from others. Where none of the objects that define it is loaded yet, it is at `address`.
    """

    number: int
    address: int
    addend: int


@dataclass(frozen=True, slots=True)
class SystemThreadLocal:
    """A thread-local variable of a library of the system: the library's number, or the place in its block."""

    library: str
    name: str
    version: str | None
    addend: int
    is_module: bool


@dataclass(frozen=True, slots=True)
class IndirectFunction:
    """The result of a function of the object that chooses an implementation (IFUNC), called when it is loaded."""

    resolver: int


RunTimeTarget = SystemSymbol | SystemThreadLocal | IndirectFunction | UniqueSymbol
"""Known when the object is loaded: its words are patched then (launcher/loader/binding.c)."""

Target = (
    Constant
    | ExecutableSymbol
    | PltStub
    | ThreadLocal
    | ThreadLocalModule
    | DescriptorFunction
    | DescriptorArgument
    | RunTimeTarget
)

Locate = Callable[[Target], int]
"""The value of a target, once the executable is linked. Targets of the run time have none."""


# --- Prelinked objects ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fixup:
    """Eight bytes of an object, and what belongs there."""

    address: int
    target: Target


@dataclass(frozen=True, slots=True)
class PrelinkedObject:
    """A shared object at its address. `fixups` holds all words but those that `relative` (number + base) covers."""

    index: int
    path: str
    object: SharedObject
    base: int
    needed: tuple[int, ...]  # other prelinked objects, by their indexes
    system_libraries: tuple[str, ...]  # that must be loaded before it
    absent_libraries: tuple[str, ...]  # the same, not on this machine: looked for where the binary runs
    fixups: tuple[Fixup, ...]
    relative: tuple[tuple[int, int], ...]  # (address, value)
    is_resident: bool
    detours: tuple[tuple[int, str], ...]  # (address of a function, symbol of the executable to which it jumps)

    @property
    def end(self) -> int:
        """The first address behind it, on a page border."""
        return self.base + self.object.machine.page_up(max(s.address + s.memory_size for s in self.object.loads))

    @property
    def patches(self) -> tuple[Fixup, ...]:
        """The words that are only known at run time."""
        return tuple(fixup for fixup in self.fixups if isinstance(fixup.target, RunTimeTarget))

    def address(self, tag: Tag) -> int:
        """The address of something that the dynamic section names; 0 when it names none."""
        value = self.object.tags.get(tag, 0)
        return self.base + value if value else 0


class Protection(IntFlag):
    """PROT_* of mmap(2)."""

    READ = 1
    WRITE = 2
    EXECUTE = 4


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an object that is mapped as one. Sizes are whole pages; memory beyond what is stored is zero."""

    address: int
    memory_size: int
    stored_size: int
    protection: Protection


@dataclass(frozen=True, slots=True)
class ThreadLocalBlock:
    """An object's part of the executable's thread-local block: bytes with initial values, all bytes, and alignment."""

    owner: int
    initialised: int
    size: int
    alignment: int


@dataclass(frozen=True, slots=True)
class Prelinked:
    """All prelinked objects, and what the executable must provide for them.

    `linked_system_libraries`: libraries that the executable must be linked with, besides the C library.
    """

    objects: tuple[PrelinkedObject, ...]
    stubs: tuple[PltStub, ...] = ()
    executable_symbols: frozenset[str] = frozenset()
    unique_symbols: tuple[str, ...] = ()  # by the number of their `UniqueSymbol` targets
    thread_locals: tuple[ThreadLocalBlock, ...] = ()
    linked_system_libraries: tuple[Path, ...] = ()

    @property
    def residents(self) -> tuple[PrelinkedObject, ...]:
        """Objects in the executable's own load segments, after those that they need."""
        ordered: dict[int, None] = {}
        seen: set[int] = set()

        def visit(index: int) -> None:
            if index not in seen:
                seen.add(index)
                for needed in self.objects[index].needed:
                    visit(needed)
                ordered[index] = None

        for each in self.objects:
            if each.is_resident:
                visit(each.index)
        return tuple(self.objects[index] for index in ordered)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A library that cannot be prelinked: its path in the binary, and why, after "it" ("has a copy relocation")."""

    path: str
    reason: str


# --- Carried libraries ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CarriedLibrary:
    """A library that stays a file, loaded through memfd_create, for a reason in words ("has relocations in its text").

    `needed`: those that must be loaded before it, by their places in the list of all.
    """

    library: Library
    reason: str
    needed: tuple[int, ...]

    @property
    def size(self) -> int:
        """Bytes of its content."""
        return len(self.library.object.data)

    @property
    def content(self) -> bytes:
        """The file, without search paths of the build machine."""
        object_ = self.library.object
        content = bytearray(object_.data)
        for start, size in object_.search_path_texts():
            content[start : start + size] = bytes(size)
        return bytes(content)


@dataclass(frozen=True, slots=True)
class Placement:
    """All shared objects of a binary: prelinked ones, and those carried as files."""

    prelinked: Prelinked
    carried: tuple[CarriedLibrary, ...]
