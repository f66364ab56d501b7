"""Gives every shared object a fixed address and binds it, as the dynamic linker would at run time. Decides addresses.

What a symbol is bound to is found in the order of the dynamic linker: the global scope first (the executable, then the
C library), then the scope of the module that is loaded: itself, and breadth first over what it needs. A library that
comes along is looked up in that very scope, so the module may provide what the library leaves undefined, and its
definitions come before the library's own. An object linked with -Bsymbolic looks at itself before all (gABI chapter 5,
"Shared Object Dependencies").

Most words of an image are then numbers; those that depend on addresses inside the executable stay symbolic until it is
linked, and those that only the running system knows become patches, applied by launcher/loader/loading.c.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter
from pathlib import Path

from bundler.link.elf import (
    PAGE,
    ElfError,
    Rela,
    Relocation,
    SegmentType,
    SharedObject,
    Symbol,
    SymbolBinding,
    SymbolType,
    Tag,
)
from bundler.link.interposed import interposer
from bundler.link.libraries import LINKED_HOST_LIBRARIES, Closure, Library

# Above the 1 GiB over which the kernel scatters the heap of a program at fixed addresses, below all that it maps itself.
FIRST_BASE = 64 << 30
# Libraries that the executable is linked with lie in its own load segments, where 32-bit addresses still reach; room is
# left for the executable below.
RESIDENT_BASE = 0x60000000
_RESIDENT_END = 0x7FFF0000

_JUMP_SIZE = 5
_GRANULE = 64 << 10  # a page that nothing maps stays between two images


@dataclass(frozen=True, slots=True)
class Known:
    """A word whose value is a number already."""

    value: int


@dataclass(frozen=True, slots=True)
class InExecutable:
    """The address of a symbol of the executable."""

    name: str
    addend: int


@dataclass(frozen=True, slots=True)
class Stub:
    """A function of the C library, reached through a jump in the executable at an address of its own."""

    name: str
    version: str | None


@dataclass(frozen=True, slots=True)
class ThreadLocal:
    """A place in the executable's thread-local block, where image `image` has a part.

    `from_thread_pointer`: counted from the thread pointer (negative), else from the start of the block.
    """

    image: int
    offset: int
    from_thread_pointer: bool


@dataclass(frozen=True, slots=True)
class ThreadLocalModule:
    """The number under which `__tls_get_addr` knows the thread-local storage of image `image`."""

    image: int


@dataclass(frozen=True, slots=True)
class OnHost:
    """A symbol of the running system, or else of the module being loaded, looked up when the image is loaded.

    `library`: the one that is asked, for those that the binary carries as files.
    """

    name: str
    version: str | None
    addend: int
    is_weak: bool
    library: str | None = None


@dataclass(frozen=True, slots=True)
class Unique:
    """A symbol that several images define and that is one for the process (STB_GNU_UNIQUE).

    `number` tells it from others. Where none of the images that define it is loaded yet, it is at `address`.
    """

    number: int
    address: int
    addend: int


@dataclass(frozen=True, slots=True)
class HostThreadLocal:
    """A thread-local variable of a library of the system: the library's number, or the place in its block."""

    library: str
    name: str
    version: str | None
    addend: int
    is_module: bool


@dataclass(frozen=True, slots=True)
class Resolved:
    """The result of a function of the image that chooses an implementation (IFUNC), called when it is loaded."""

    resolver: int


AtRunTime = OnHost | HostThreadLocal | Resolved | Unique
Target = Known | InExecutable | Stub | ThreadLocal | ThreadLocalModule | AtRunTime


@dataclass(frozen=True, slots=True)
class Word:
    """Eight bytes of an image and what belongs there."""

    address: int
    target: Target


@dataclass(frozen=True, slots=True)
class Image:
    """A shared object at its place. `words` holds all but those that `relative` (number + base) covers."""

    index: int
    path: str
    object: SharedObject
    base: int
    needed: tuple[int, ...]
    hosts: tuple[str, ...]
    words: tuple[Word, ...]
    relative: tuple[tuple[int, int], ...]  # (address, value)
    is_resident: bool  # part of the executable's own load segments
    detours: tuple[tuple[int, str], ...]  # (address of a function, symbol of the executable to which it jumps)

    @property
    def end(self) -> int:
        """The first address behind it, on a page border."""
        return self.base + _page_up(max(s.address + s.memory_size for s in self.object.loads))

    def address(self, tag: Tag) -> int:
        """Where something that the dynamic section names lies; 0 when it names none."""
        value = self.object.tags.get(tag, 0)
        return self.base + value if value else 0


@dataclass(frozen=True, slots=True)
class Prelinked:
    """All images, and what the executable must provide for them.

    `linked_hosts`: libraries of the system that the executable must be linked with, besides the C library.
    """

    images: tuple[Image, ...]
    stubs: tuple[Stub, ...]
    executable_symbols: frozenset[str]
    unique_symbols: tuple[str, ...]  # by the number of their `Unique` targets
    linked_hosts: tuple[Path, ...] = ()

    @property
    def residents(self) -> tuple[Image, ...]:
        """Images in the executable's own load segments, after those that they need."""
        ordered: dict[int, None] = {}
        seen: set[int] = set()

        def visit(index: int) -> None:
            if index not in seen:
                seen.add(index)
                for needed in self.images[index].needed:
                    visit(needed)
                ordered[index] = None

        for image in self.images:
            if image.is_resident:
                visit(image.index)
        return tuple(self.images[index] for index in ordered)


class NotPrelinkableError(Exception):
    """A library that cannot be bound to fixed addresses: its path in the binary, and the reason in words."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path} {reason}")
        self.path = path
        self.reason = reason


def _page_up(value: int) -> int:
    return (value + PAGE - 1) & -PAGE


def prelink(
    closure: Closure,
    exported: frozenset[str],
    interposed: frozenset[str],
    detoured: frozenset[str] = frozenset(),
) -> Prelinked:
    """Bind every library of the closure.

    `exported`: symbols of the executable that libraries may be bound to. `interposed`: functions instead of which the
    launcher's are called. `detoured`: functions of resident libraries that jump to the launcher's. NotPrelinkableError
    when a library cannot be bound.
    """
    binder = _Binder(closure, exported, interposed, detoured)
    return binder.bind()


class _Exports:
    """What one object offers to others, by name."""

    def __init__(self, object_: SharedObject) -> None:
        self._by_name: dict[str, list[Symbol]] = {}
        for symbol in object_.symbols:
            if symbol.is_exported:
                self._by_name.setdefault(symbol.name, []).append(symbol)

    def find(self, name: str, version: str | None) -> Symbol | None:
        """The definition that a reference with this version is bound to (glibc's do-lookup.h, check_match).

        A reference without one was made when the file had no versions yet, so it means the oldest.
        """
        candidates = self._by_name.get(name, ())
        for symbol in candidates:
            if symbol.version == version or (symbol.version is None and not symbol.is_hidden):
                return symbol
        if version is None:
            oldest = next((symbol for symbol in candidates if symbol.is_oldest), None)
            return oldest or next((symbol for symbol in candidates if not symbol.is_hidden), None)
        return None


# An object and what it needs, breadth first: images by index, libraries of the system by name.
_Tree = tuple[int | str, ...]


@dataclass(slots=True)
class _Binder:
    """The work of `prelink`, one closure at a time."""

    closure: Closure
    exported: frozenset[str]
    interposed: frozenset[str]
    detoured: frozenset[str]
    stubs: set[Stub] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    _by_name: dict[str, int] = field(default_factory=dict)
    _exports: list[_Exports] = field(default_factory=list)
    _host_exports: dict[str, _Exports] = field(default_factory=dict)
    _bases: list[int] = field(default_factory=list)
    _trees: list[_Tree] = field(default_factory=list)
    _unique: dict[str, int] = field(default_factory=dict)
    _unique_on_host: set[str] = field(default_factory=set)
    _global: _Tree = ()  # the executable's own tree: what it is linked with
    _linked_hosts: frozenset[str] = LINKED_HOST_LIBRARIES

    def bind(self) -> Prelinked:
        libraries = self.closure.libraries
        # A library needed by soname; extension modules are never needed by another.
        self._by_name = {library.object.name: index for index, library in enumerate(libraries)}
        self._exports = [_Exports(library.object) for library in libraries]
        self._host_exports = {name: _Exports(host) for name, host in self.closure.hosts.items()}
        self._trees = [tuple(self._tree([index])) for index in range(len(libraries))]
        self._global = tuple(self._tree([self._by_name[name] for name in self.closure.linked]))
        self._linked_hosts |= {item for item in self._global if isinstance(item, str)}
        self._bases = _assign_bases(libraries, {item for item in self._global if isinstance(item, int)})
        self._unique = {name: number for number, name in enumerate(_shared_names(libraries))}
        others = (host for name, host in self.closure.hosts.items() if name not in LINKED_HOST_LIBRARIES)
        self._unique_on_host = {name for host in others for name in _unique_names(host)}
        images = tuple(self._bind_library(index) for index in range(len(libraries)))
        stubs = sorted(self.stubs, key=lambda stub: (stub.name, stub.version or ""))
        more_hosts = sorted(self._linked_hosts - LINKED_HOST_LIBRARIES)
        hosts = tuple(self.closure.hosts[name].path for name in more_hosts)
        return Prelinked(images, tuple(stubs), frozenset(self.used), tuple(self._unique), hosts)

    def _bind_library(self, index: int) -> Image:
        library = self.closure.libraries[index]
        object_ = library.object
        needed = [self._by_name[name] for name in object_.needed if name in self._by_name]
        relative: list[tuple[int, int]] = []
        words: list[Word] = []
        base = self._bases[index]
        scopes = list(self._scopes(index))
        bound: dict[int, Target] = {}
        for rela in object_.relocations:
            if rela.type == Relocation.RELATIVE:
                relative.append((base + rela.offset, base + rela.addend))
            elif rela.type in (Relocation.GLOB_DAT, Relocation.JUMP_SLOT, Relocation.ABSOLUTE):
                target = bound.get(rela.symbol)
                if target is None:
                    target = bound[rela.symbol] = self._resolve(index, object_.symbols[rela.symbol], scopes)
                addend = rela.addend if rela.type == Relocation.ABSOLUTE else 0
                try:
                    words.append(Word(base + rela.offset, _plus(target, addend)))
                except ElfError as error:
                    raise self._refusal(index, f"has {error}") from error
            else:
                words += self._special_words(index, rela)
        for address in object_.relative_words:
            at = self._offset_of(index, address)
            relative.append((base + address, base + int.from_bytes(object_.data[at : at + 8], "little")))
        is_near = index in self._global and not any(isinstance(word.target, HostThreadLocal) for word in words)
        self._check_places(index, (address for address, _ in relative), words)
        return Image(
            index=index,
            path=library.path,
            object=object_,
            base=base,
            needed=tuple(dict.fromkeys(needed)),
            hosts=tuple(n for n in object_.needed if n in self.closure.hosts and n not in self._linked_hosts),
            words=tuple(self._with_near_thread_locals(words) if is_near else words),
            relative=tuple(relative),
            is_resident=index in self._global,
            detours=tuple(self._detours(index)) if index in self._global else (),
        )

    def _with_near_thread_locals(self, words: list[Word]) -> Iterator[Word]:
        """A resident library's storage is that of the executable: spare it the general way to thread-local variables."""
        for word in words:
            match word.target:
                case ThreadLocal() as local:
                    yield Word(word.address, replace(local, from_thread_pointer=True))
                case InExecutable("__wrap___tls_get_addr"):
                    self.used.add("bundle_tls_get_addr")
                    yield Word(word.address, InExecutable("bundle_tls_get_addr", 0))
                case _:
                    yield word

    def _detours(self, index: int) -> Iterator[tuple[int, str]]:
        """Functions of a resident library that the launcher has its own of."""
        for name in sorted(self.detoured):
            found = self._exports[index].find(name, None)
            if found is not None:
                assert found.size >= _JUMP_SIZE, f"there is no room for a jump in {name}"
                self.used.add(interposer(name))
                yield self._bases[index] + found.value, interposer(name)

    def _special_words(self, index: int, rela: Rela) -> Iterator[Word]:
        """Relocations that have to do with thread-local storage and IFUNC."""
        object_ = self.closure.libraries[index].object
        place = self._bases[index] + rela.offset
        match rela.type:
            case Relocation.NONE:
                pass
            case Relocation.IRELATIVE:
                yield Word(place, Resolved(self._bases[index] + rela.addend))
            case Relocation.DTPMOD64 if not rela.symbol:
                # Local dynamic: no relocation for the offset, which counts from the start of the image's part.
                at = self._offset_of(index, rela.offset + 8)
                offset = int.from_bytes(object_.data[at : at + 8], "little", signed=True)
                yield Word(place, ThreadLocalModule(index))
                yield Word(place + 8, ThreadLocal(index, offset, from_thread_pointer=False))
            case Relocation.DTPMOD64:
                match self._thread_local(index, rela):
                    case ThreadLocal(image):
                        yield Word(place, ThreadLocalModule(image))
                    case HostThreadLocal() as local:
                        yield Word(place, replace(local, is_module=True))
            case Relocation.DTPOFF64:
                yield Word(place, self._thread_local(index, rela))
            case Relocation.TPOFF64:
                yield Word(place, self._from_thread_pointer(index, rela))
            case Relocation.TLSDESC:
                yield Word(place, InExecutable("bundle_tlsdesc", 0))
                yield Word(place + 8, self._from_thread_pointer(index, rela))
                self.used.add("bundle_tlsdesc")
            case _:
                raise self._refusal(index, f"has a relocation of type {rela.type}")

    def _offset_of(self, index: int, address: int) -> int:
        try:
            return self.closure.libraries[index].object.offset_of(address)
        except ElfError as error:
            raise self._refusal(index, f"has a relocation of what is not there: {error}") from error

    def _check_places(self, index: int, relative: Iterable[int], words: Iterable[Word]) -> None:
        """What is bound now has its place in the file; what is bound when the image is loaded can be written then."""
        base = self._bases[index]
        loads = self.closure.libraries[index].object.loads
        stored = [(base + s.address, base + s.address + s.file_size) for s in loads]
        writable = [part for part, s in zip(stored, loads, strict=True) if s.flags & 2]

        def is_in(parts: Iterable[tuple[int, int]], address: int) -> bool:
            return any(start <= address and address + 8 <= end for start, end in parts)

        for address in (*relative, *(word.address for word in words)):
            if not is_in(stored, address):
                raise self._refusal(index, f"has a relocation of what is not there: address {address - base:#x}")
        for word in words:
            if isinstance(word.target, AtRunTime) and not is_in(writable, word.address):
                raise self._refusal(index, "has relocations in memory that is read-only")

    def _refusal(self, index: int, reason: str) -> NotPrelinkableError:
        return NotPrelinkableError(self.closure.libraries[index].path, reason)

    def _from_thread_pointer(self, index: int, rela: Rela) -> ThreadLocal:
        local = self._thread_local(index, rela)
        if isinstance(local, ThreadLocal):
            return replace(local, from_thread_pointer=True)
        reason = f"counts on a fixed place for the thread-local variable `{local.name}` of `{local.library}`"
        raise self._refusal(index, reason)

    def _thread_local(self, index: int, rela: Rela) -> ThreadLocal | HostThreadLocal:
        """What a relocation of a thread-local variable refers to, as an offset."""
        object_ = self.closure.libraries[index].object
        symbol = object_.symbols[rela.symbol]
        if rela.symbol and symbol.binding != SymbolBinding.LOCAL:
            scopes = ([self._global], *self._scopes(index))
            for owner in dict.fromkeys(item for trees in scopes for tree in trees for item in tree):
                exports = self._exports[owner] if isinstance(owner, int) else self._host_exports[owner]
                found = exports.find(symbol.name, symbol.version)
                if found is not None and isinstance(owner, int):
                    return ThreadLocal(owner, found.value + rela.addend, from_thread_pointer=False)
                if found is not None and isinstance(owner, str):
                    return HostThreadLocal(owner, found.name, found.version, rela.addend, is_module=False)
        if not rela.symbol or symbol.is_defined:
            return ThreadLocal(index, symbol.value + rela.addend, from_thread_pointer=False)
        raise self._refusal(index, f"uses the thread-local variable `{symbol.name}`, which nothing defines")

    def _scopes(self, index: int) -> Iterator[list[_Tree]]:
        """Where the object's symbols are looked for, in order; where trees stand side by side, one of them counts.

        Which one depends on which of several modules is loaded first, so for a library that they share the dynamic
        linker's order cannot be told: it is looked at before them.
        """
        needed = {item for tree in self._trees for item in tree[1:]}
        roots = [tree for tree in self._trees if index in tree and tree[0] not in needed]
        if len(roots) != 1:
            yield [self._trees[index]]
        yield roots

    def _tree(self, roots: list[int]) -> Iterator[int | str]:
        """Objects and what they need, breadth first."""
        queue: list[int | str] = [*roots]
        seen: set[int | str] = {*roots}
        while queue:
            item = queue.pop(0)
            yield item
            object_ = self.closure.libraries[item].object if isinstance(item, int) else self.closure.hosts[item]
            for name in object_.needed:
                following = self._by_name.get(name, name if name in self.closure.hosts else None)
                if following is not None and following not in seen:
                    seen.add(following)
                    queue.append(following)

    def _resolve(self, index: int, symbol: Symbol, scopes: Iterable[list[_Tree]]) -> Target:
        object_ = self.closure.libraries[index].object
        own = symbol.is_defined and symbol.binding == SymbolBinding.LOCAL
        if own or (symbol.is_defined and (object_.is_symbolic or symbol.visibility == 3)):  # STV_PROTECTED
            return self._in_image(index, symbol)
        if symbol.name in self.interposed and symbol.name.startswith("Py") and index not in self._global:
            return self._wrapped(symbol.name)
        if symbol.name in self.exported:
            self.used.add(symbol.name)
            return InExecutable(symbol.name, 0)
        for item in (*self._global, *sorted(LINKED_HOST_LIBRARIES)):
            found = self._in_tree((item,), symbol)
            if found is not None:
                return found
        is_weak = symbol.binding == SymbolBinding.WEAK
        for trees in scopes:
            targets = {self._in_tree(tree, symbol) for tree in trees}
            if len(targets) > 1:
                return OnHost(symbol.name, symbol.version, 0, is_weak)  # then of the module that is loaded
            target = targets.pop()
            if target is not None:
                return target
        # As without us: importing the module fails, and the error names the symbol.
        return Known(0) if is_weak else OnHost(symbol.name, symbol.version, 0, is_weak)

    def _in_tree(self, tree: _Tree, symbol: Symbol) -> Target | None:
        """The first definition in a tree."""
        for item in tree:
            if isinstance(item, str):
                found = self._on_host(item, symbol)
                if found is not None:
                    return found
            else:
                definition = self._exports[item].find(symbol.name, symbol.version)
                if definition is not None:
                    return self._in_image(item, definition)
        return None

    def _in_image(self, index: int, symbol: Symbol) -> Target:
        address = self._bases[index] + symbol.value
        is_unique = symbol.binding == SymbolBinding.GNU_UNIQUE
        if is_unique and symbol.name in self._unique_on_host:
            return OnHost(symbol.name, None, 0, is_weak=False)
        if is_unique and symbol.name in self._unique:
            return Unique(self._unique[symbol.name], address, 0)
        return Resolved(address) if symbol.type == SymbolType.GNU_IFUNC else Known(address)

    def _wrapped(self, name: str) -> InExecutable:
        """The launcher's function instead of the one of this name."""
        self.used.add(interposer(name))
        return InExecutable(interposer(name), 0)

    def _on_host(self, library: str, symbol: Symbol) -> Target | None:
        exports = self._host_exports.get(library)
        found = exports.find(symbol.name, symbol.version) if exports else None
        if found is None:
            return None
        if symbol.name in self.interposed:
            return self._wrapped(symbol.name)
        is_function = found.type in (SymbolType.FUNC, SymbolType.GNU_IFUNC)
        if library in self._linked_hosts and is_function:
            stub = Stub(symbol.name, found.version)
            self.stubs.add(stub)
            return stub
        asked = library if library in self.closure.carried else None
        return OnHost(symbol.name, found.version, 0, symbol.binding == SymbolBinding.WEAK, asked)


def _unique_names(object_: SharedObject) -> set[str]:
    return {s.name for s in object_.symbols if s.binding == SymbolBinding.GNU_UNIQUE and s.is_exported}


def _shared_names(libraries: Iterable[Library]) -> list[str]:
    """Names that are to be one for the process and that more than one library defines."""
    seen: set[str] = set()
    shared: set[str] = set()
    for library in libraries:
        names = _unique_names(library.object)
        shared |= seen & names
        seen |= names
    return sorted(shared)


def _plus(target: Target, addend: int) -> Target:
    """ElfError when nothing can be added."""
    if not addend:
        return target
    match target:
        case Known(value):
            return Known(value + addend)
        case InExecutable(name, before):
            return InExecutable(name, before + addend)
        case OnHost() | Unique():
            return replace(target, addend=target.addend + addend)
        case _:
            raise ElfError(f"a relocation that adds {addend} to a function's address")


def _assign_bases(libraries: Sequence[Library], residents: set[int]) -> list[int]:
    resident, base = RESIDENT_BASE, FIRST_BASE
    bases = []
    for index, library in enumerate(libraries):
        loads = library.object.loads
        alignment = max(_GRANULE, *(segment.alignment for segment in loads))
        start = _round_up(resident if index in residents else base, alignment)
        end = _round_up(start + max(s.address + s.memory_size for s in loads) + _GRANULE, _GRANULE)
        bases.append(start)
        if index in residents and end > _RESIDENT_END:
            raise NotPrelinkableError(library.path, "is too large, with the others that the executable is linked with")
        if index in residents:
            resident = end
        else:
            base = end
    return bases


def _round_up(value: int, alignment: int) -> int:
    return -(-value // alignment) * alignment


# --- Contents ---------------------------------------------------------------------------------------------------------

Locate = Callable[[Target], int]
"""The value of a target once the executable is linked."""


@dataclass(frozen=True, slots=True)
class ImageSegment:
    """A part of an image that is mapped as one. `content` is whole pages; memory beyond it is zero."""

    address: int
    memory_size: int
    content: bytes
    protection: int  # PROT_*


def patches(image: Image) -> tuple[Word, ...]:
    """The words that are only known at run time."""
    return tuple(word for word in image.words if isinstance(word.target, AtRunTime))


def relro(image: Image) -> tuple[int, int]:
    """Start and size of what becomes read-only once the image is bound, in whole pages; (0, 0) when there is none."""
    segment = image.object.segment(SegmentType.GNU_RELRO)
    if segment is None:
        return 0, 0
    start = (image.base + segment.address) & -PAGE
    size = ((image.base + segment.address + segment.memory_size) & -PAGE) - start
    return (start, size) if size > 0 else (0, 0)


def late_relro(image: Image) -> tuple[int, int]:
    """The same, when a patch falls into it: then it can only be protected after patching."""
    start, size = relro(image)
    return (start, size) if any(start <= word.address < start + size for word in patches(image)) else (0, 0)


_address = itemgetter(0)


def segments(image: Image, locate: Locate) -> Iterator[ImageSegment]:
    """The bound contents of an image, segment by segment, in the order of addresses."""
    values = sorted((*_values(image, locate), *_forgotten_runpath(image)), key=_address)
    for load in image.object.loads:
        start = (image.base + load.address) & -PAGE
        lead = image.base + load.address - start
        content = bytearray(_page_up(lead + load.file_size) if load.file_size else 0)
        if load.file_size:
            file_start = load.offset - lead
            content[: lead + load.file_size] = image.object.data[file_start : load.offset + load.file_size]
        first, last = (bisect_left(values, end, key=_address) for end in (start, start + len(content)))
        for address, value in values[first:last]:
            content[address - start : address - start + len(value)] = value
        memory_size = _page_up(lead + load.memory_size)
        yield from _split(image, ImageSegment(start, memory_size, bytes(content), _protection(load.flags)))


def thread_local_content(image: Image, locate: Locate) -> bytes:
    """What a new thread's block starts with, bound like the rest."""
    segment = image.object.segment(SegmentType.TLS)
    if segment is None:
        return b""
    start = image.base + segment.address
    content = bytearray(image.object.data[segment.offset : segment.offset + segment.file_size])
    for address, value in _values(image, locate):
        if start <= address < start + len(content):
            content[address - start : address - start + 8] = value
    return bytes(content)


def _values(image: Image, locate: Locate) -> list[tuple[int, bytes]]:
    known = [(address, _word(value)) for address, value in image.relative]
    known += [
        (word.address, _word(locate(word.target))) for word in image.words if not isinstance(word.target, AtRunTime)
    ]
    known += [(address, _jump(address, locate(InExecutable(name, 0)))) for address, name in image.detours]
    return known


def _word(value: int) -> bytes:
    """As the dynamic linker computes: in 64 bits, whatever an addend was."""
    return (value & (1 << 64) - 1).to_bytes(8, "little")


def _jump(source: int, destination: int) -> bytes:
    """JMP rel32 (opcode E9), which counts from its own end."""
    distance = destination - (source + _JUMP_SIZE) if destination else 0
    return b"\xe9" + distance.to_bytes(_JUMP_SIZE - 1, "little", signed=True)


def _forgotten_runpath(image: Image) -> Iterator[tuple[int, bytes]]:
    """Zeros for search paths of the build machine, which nothing reads in an image."""
    strings = image.object.tags.get(Tag.STRTAB, 0)
    for start, size in image.object.search_path_texts():
        yield image.base + strings + start - image.object.offset_of(strings), bytes(size)


def _protection(flags: int) -> int:
    """PF_* as PROT_*: the same three bits in another order."""
    return (4 if flags & 1 else 0) | (2 if flags & 2 else 0) | (1 if flags & 4 else 0)


def _split(image: Image, segment: ImageSegment) -> Iterator[ImageSegment]:
    """Cut out the part that can be mapped read-only from the start, where nothing is patched at run time."""
    start, size = relro(image)
    is_late = late_relro(image)[1] > 0
    end = min(start + size, segment.address + len(segment.content))
    if is_late or not size or not segment.address <= start < end or not segment.protection & 2:
        yield segment
        return
    cuts = [segment.address, start, end, segment.address + segment.memory_size]
    for low, high, protection in zip(cuts, cuts[1:], (segment.protection, 1, segment.protection), strict=False):
        if low < high:
            content = segment.content[low - segment.address : high - segment.address]
            yield ImageSegment(low, high - low, content, protection)


# Thread-local storage of images that every thread gets when it is made, in bytes: what is larger is made for each thread
# when it first asks (launcher/loader/threads.c). Threads with a stack of 64 KB, in which glibc makes room for it, must work.
MOST_STATIC_THREAD_LOCAL = 16 << 10
_SMALL_THREAD_LOCAL = 256


def thread_local_layout(images: Iterable[Image]) -> Mapping[int, tuple[int, int, int]]:
    """Images with storage in the executable's block: index to (size of the initialised part, whole size, alignment).

    They are those whose code counts from the thread pointer, and small ones. NotPrelinkableError when it is too much.
    """
    every = tuple(images)
    counted = {
        word.target.image
        for image in every
        for word in image.words
        if isinstance(word.target, ThreadLocal) and word.target.from_thread_pointer
    }
    found = {}
    total = 0
    for image in every:
        segment = image.object.segment(SegmentType.TLS)
        if segment is not None and segment.memory_size:
            is_small = segment.memory_size <= _SMALL_THREAD_LOCAL
            if image.index not in counted and not (is_small and total < MOST_STATIC_THREAD_LOCAL // 2):
                continue
            total += segment.memory_size
            if total > MOST_STATIC_THREAD_LOCAL:
                raise NotPrelinkableError(
                    image.path,
                    f"has {segment.memory_size} bytes of thread-local storage at a fixed place, "
                    f"and there is room for {MOST_STATIC_THREAD_LOCAL} in all",
                )
            found[image.index] = (segment.file_size, segment.memory_size, max(segment.alignment, 1))
    return found
