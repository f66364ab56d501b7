"""Prelinks: gives every library a fixed address and finds what each of its words is bound to. Verb: `prelink`.

What a symbol is bound to is found in the order of the dynamic linker: the global scope first (the executable, then the
C library), then the scope of the module that is loaded: itself, and breadth first over what it needs. A library that
comes along is looked up in that very scope, so the module may provide what the library leaves undefined, and its
definitions come before the library's own. An object linked with -Bsymbolic looks at itself before all (gABI chapter 5,
"Shared Object Dependencies").

Most words are then numbers; those that depend on addresses inside the executable stay symbolic until it is linked, and
those that only the running system knows become patches, applied by launcher/loader/binding.c. No bytes are written here:
`relocated.py` does that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from bundler.elf import (
    ElfError,
    Rela,
    Relocation,
    Symbol,
    SymbolBinding,
    SymbolType,
    Visibility,
)
from bundler.glibc import StaticLibrary
from bundler.link.exports import Exports, shared_names, unique_names
from bundler.link.interposed import interposer
from bundler.link.objects import (
    Closure,
    Constant,
    DescriptorArgument,
    DescriptorFunction,
    ExecutableSymbol,
    Fixup,
    IndirectFunction,
    Offer,
    PltStub,
    Prelinked,
    PrelinkedObject,
    Refusal,
    RunTimeTarget,
    SystemSymbol,
    SystemThreadLocal,
    Target,
    ThreadLocal,
    ThreadLocalModule,
    UniqueSymbol,
)
from bundler.link.system_libraries import c_library_names
from bundler.link.thread_local import DESCRIPTOR_FUNCTIONS, STATIC_DESCRIPTOR, thread_local_blocks

# Above the 1 GiB over which the kernel scatters the heap of a program at fixed addresses, below all that it maps itself.
FIRST_BASE = 64 << 30
# Libraries that the executable is linked with lie in its own load segments, where 32-bit addresses still reach; room is
# left for the executable below.
RESIDENT_BASE = 0x60000000
_RESIDENT_END = 0x7FFF0000

_GRANULE = 64 << 10  # a page that nothing maps stays between two objects


def prelink(closure: Closure, offer: Offer) -> Prelinked | tuple[Refusal, ...]:
    """Bind every library of the closure; all refusals together, if some cannot be bound."""
    binder = _Binder(closure, offer)
    prelinked = binder.bind()
    refusals = binder.refusals
    if not refusals:
        blocks, refusals = thread_local_blocks(prelinked.objects)
        prelinked = replace(prelinked, thread_locals=blocks)
    return refusals or prelinked


# An object and its needed libraries, breadth first: libraries of the binary by index, those of the system by name.
_Tree = tuple[int | str, ...]


@dataclass(slots=True)
class _Binder:
    """The work of `prelink` on one closure. `refusals` has the first reason for each library."""

    closure: Closure
    offer: Offer
    _stubs: set[PltStub] = field(default_factory=set)
    _used: set[str] = field(default_factory=set)
    _refused: dict[int, str] = field(default_factory=dict)
    _by_name: dict[str, int] = field(default_factory=dict)
    _exports: list[Exports] = field(default_factory=list)
    _system_exports: dict[str, Exports] = field(default_factory=dict)
    _bases: list[int] = field(default_factory=list)
    _trees: list[_Tree] = field(default_factory=list)
    _unique: dict[str, int] = field(default_factory=dict)
    _unique_in_system: set[str] = field(default_factory=set)
    _global: _Tree = ()  # the executable's own tree: what it is linked with
    _linked_system: frozenset[str] = frozenset()

    @property
    def _c_library(self) -> frozenset[str]:
        return c_library_names(is_static=self.offer.static is not None)

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        return tuple(Refusal(self.closure.libraries[index].path, reason) for index, reason in self._refused.items())

    def bind(self) -> Prelinked:
        libraries, system = self.closure.libraries, self.closure.system
        # A library needed by soname; extension modules are never needed by another.
        self._by_name = {library.object.name: index for index, library in enumerate(libraries)}
        self._exports = [Exports(library.object) for library in libraries]
        self._system_exports = {name: Exports(each) for name, each in system.items()}
        self._trees = [tuple(self._tree([index])) for index in range(len(libraries))]
        self._global = tuple(self._tree([self._by_name[name] for name in self.closure.linked]))
        self._linked_system = self._c_library | {item for item in self._global if isinstance(item, str)}
        self._assign_bases()
        self._unique = {name: number for number, name in enumerate(shared_names(each.object for each in libraries))}
        others = (each for name, each in system.items() if name not in self._c_library)
        self._unique_in_system = {name for each in others for name in unique_names(each)}
        objects = tuple(self._bind_library(index) for index in range(len(libraries)))
        return Prelinked(
            objects=objects,
            stubs=tuple(sorted(self._stubs, key=lambda stub: (stub.name, stub.version or ""))),
            executable_symbols=frozenset(self._used),
            unique_symbols=tuple(self._unique),
            linked_system_libraries=tuple(system[name].path for name in sorted(self._linked_system - self._c_library)),
        )

    def _refuse(self, index: int, reason: str) -> None:
        """Note that a library cannot be bound. Binding goes on, so that others are refused in the same pass."""
        self._refused.setdefault(index, reason)

    def _assign_bases(self) -> None:
        residents = {item for item in self._global if isinstance(item, int)}
        resident, base = RESIDENT_BASE, FIRST_BASE
        for index, library in enumerate(self.closure.libraries):
            loads = library.object.loads
            alignment = max(_GRANULE, *(segment.alignment for segment in loads))
            start = _round_up(resident if index in residents else base, alignment)
            end = _round_up(start + max(s.address + s.memory_size for s in loads) + _GRANULE, _GRANULE)
            self._bases.append(start)
            if index not in residents:
                base = end
                continue
            resident = end
            if end > _RESIDENT_END:
                self._refuse(index, "is too large, with the others that the executable is linked with")

    def _bind_library(self, index: int) -> PrelinkedObject:
        library = self.closure.libraries[index]
        object_ = library.object
        needed = [self._by_name[name] for name in object_.needed if name in self._by_name]
        fixups: list[Fixup] = []
        base = self._bases[index]
        scopes = list(self._scopes(index))
        bound: dict[int, Target] = {}
        relative = list(self._relative(index))
        for rela in object_.relocations:
            kind = object_.kind_of(rela)
            if kind is Relocation.RELATIVE:
                continue
            if kind not in (Relocation.GLOB_DAT, Relocation.JUMP_SLOT, Relocation.ABSOLUTE):
                fixups += self._special_fixups(index, rela, kind)
                continue
            target = bound.get(rela.symbol)
            if target is None:
                target = bound[rela.symbol] = self._resolve(index, object_.symbols[rela.symbol], scopes)
            if kind is Relocation.ABSOLUTE and rela.addend:
                moved = _plus(target, rela.addend)
                if moved is None:
                    self._refuse(index, f"has a relocation that adds {rela.addend} to a function's address")
                    continue
                target = moved
            fixups.append(Fixup(base + rela.offset, target))
        self._check_places(index, (address for address, _ in relative), fixups)
        is_resident = index in self._global
        is_near = is_resident and not any(isinstance(fixup.target, SystemThreadLocal) for fixup in fixups)
        return PrelinkedObject(
            index=index,
            path=library.path,
            object=object_,
            base=base,
            needed=tuple(dict.fromkeys(needed)),
            system_libraries=tuple(
                name for name in object_.needed if name in self.closure.system and name not in self._linked_system
            ),
            absent_libraries=self.closure.missing.get(library.path, ()),
            fixups=tuple(self._with_near_thread_locals(fixups) if is_near else fixups),
            relative=tuple(relative),
            is_resident=is_resident,
            detours=tuple(self._detours(index)) if is_resident else (),
        )

    def _relative(self, index: int) -> Iterator[tuple[int, int]]:
        """Words that hold an address of the object itself, with their values."""
        base, object_ = self._bases[index], self.closure.libraries[index].object
        for rela in object_.relocations:
            if object_.kind_of(rela) is Relocation.RELATIVE:
                yield base + rela.offset, base + rela.addend
        for address in object_.relative_words:
            yield base + address, base + self._stored_word(index, address)

    def _with_near_thread_locals(self, fixups: list[Fixup]) -> Iterator[Fixup]:
        """Bind thread-local variables of a resident library directly: its storage is part of the executable's."""
        for fixup in fixups:
            match fixup.target:
                case ThreadLocal() as local:
                    yield Fixup(fixup.address, replace(local, from_thread_pointer=True))
                case DescriptorArgument(owner, offset):
                    yield Fixup(fixup.address, ThreadLocal(owner, offset, from_thread_pointer=True))
                case ExecutableSymbol("__wrap___tls_get_addr"):
                    yield Fixup(fixup.address, self._executable_symbol("bundle_tls_get_addr"))
                case _:
                    yield fixup

    def _detours(self, index: int) -> Iterator[tuple[int, str]]:
        """Places of functions that the launcher replaces, each with the launcher's function."""
        room = self.closure.libraries[index].object.machine.detour.size
        for name in sorted(self.offer.detoured):
            found = self._exports[index].find(name, None)
            if found is None:
                continue
            if found.size < room:
                self._refuse(index, f"has no room in `{name}` for a jump to the launcher's function")
                continue
            yield self._bases[index] + found.value, self._executable_symbol(interposer(name)).name

    def _special_fixups(self, index: int, rela: Rela, kind: Relocation | None) -> Iterator[Fixup]:
        """Fixups for thread-local storage and IFUNC."""
        place = self._bases[index] + rela.offset
        match kind:
            case Relocation.NONE:
                pass
            case Relocation.IRELATIVE:
                yield Fixup(place, IndirectFunction(self._bases[index] + rela.addend))
            case Relocation.DTPMOD64 if not rela.symbol:
                # Local dynamic: no relocation for the offset, which counts from the start of the object's part.
                offset = self._stored_word(index, rela.offset + 8, signed=True)
                yield Fixup(place, ThreadLocalModule(index))
                yield Fixup(place + 8, ThreadLocal(index, offset, from_thread_pointer=False))
            case Relocation.DTPMOD64:
                match self._thread_local(index, rela):
                    case ThreadLocal(owner):
                        yield Fixup(place, ThreadLocalModule(owner))
                    case SystemThreadLocal() as local:
                        yield Fixup(place, replace(local, is_module=True))
            case Relocation.DTPOFF64:
                yield Fixup(place, self._thread_local(index, rela))
            case Relocation.TPOFF64:
                yield Fixup(place, self._from_thread_pointer(index, rela))
            case Relocation.TLSDESC:
                yield from self._descriptor(index, rela)
            case _:
                self._refuse(index, f"has a relocation of type {rela.type}")

    def _descriptor(self, index: int, rela: Rela) -> Iterator[Fixup]:
        """The two words of a TLS descriptor.

        Where compilers use few, the variable's storage is part of the executable's. Elsewhere objects with much of it have
        descriptors, which are made for storage that a thread gets when it asks.
        """
        place = self._bases[index] + rela.offset
        local = self._thread_local(index, rela)
        is_usual = self.closure.libraries[index].object.machine.uses_descriptors
        if is_usual and isinstance(local, ThreadLocal):
            for function in DESCRIPTOR_FUNCTIONS:
                self._executable_symbol(function)
            yield Fixup(place, DescriptorFunction(local.owner))
            yield Fixup(place + 8, DescriptorArgument(local.owner, local.offset))
        else:
            yield Fixup(place, self._executable_symbol(STATIC_DESCRIPTOR))
            yield Fixup(place + 8, self._from_thread_pointer(index, rela))

    def _stored_word(self, index: int, address: int, *, signed: bool = False) -> int:
        """The eight bytes that the file has at an address."""
        object_ = self.closure.libraries[index].object
        try:
            at = object_.offset_of(address)
        except ElfError as error:
            self._refuse(index, f"has a relocation of what is not there: {error}")
            return 0
        return int.from_bytes(object_.data[at : at + 8], "little", signed=signed)

    def _check_places(self, index: int, relative: Iterable[int], fixups: Sequence[Fixup]) -> None:
        """Refuse a library whose words are not in the file, or cannot be written when it is loaded."""
        base = self._bases[index]
        loads = self.closure.libraries[index].object.loads
        stored = [(base + s.address, base + s.address + s.file_size) for s in loads]
        writable = [part for part, s in zip(stored, loads, strict=True) if s.is_writable]

        def is_in(parts: Iterable[tuple[int, int]], address: int) -> bool:
            return any(start <= address and address + 8 <= end for start, end in parts)

        for address in (*relative, *(fixup.address for fixup in fixups)):
            if not is_in(stored, address):
                self._refuse(index, f"has a relocation of what is not there: address {address - base:#x}")
        for fixup in fixups:
            if isinstance(fixup.target, RunTimeTarget) and not is_in(writable, fixup.address):
                self._refuse(index, "has relocations in memory that is read-only")

    def _executable_symbol(self, name: str) -> ExecutableSymbol:
        """The target for a symbol of the executable, which the linker will keep."""
        self._used.add(name)
        return ExecutableSymbol(name, 0)

    def _from_thread_pointer(self, index: int, rela: Rela) -> Target:
        local = self._thread_local(index, rela)
        if isinstance(local, SystemThreadLocal):
            where = f"`{local.name}` of `{local.library}`"
            self._refuse(index, f"counts on a fixed place for the thread-local variable {where}")
            return local
        return replace(local, from_thread_pointer=True)

    def _thread_local(self, index: int, rela: Rela) -> ThreadLocal | SystemThreadLocal:
        """The target of a relocation for a thread-local variable, as an offset."""
        object_ = self.closure.libraries[index].object
        symbol = object_.symbols[rela.symbol]
        if rela.symbol and symbol.binding != SymbolBinding.LOCAL:
            scopes = ([self._global], *self._scopes(index))
            for owner in dict.fromkeys(item for trees in scopes for tree in trees for item in tree):
                exports = self._exports[owner] if isinstance(owner, int) else self._system_exports[owner]
                found = exports.find(symbol.name, symbol.version)
                if found is not None and isinstance(owner, int):
                    return ThreadLocal(owner, found.value + rela.addend, from_thread_pointer=False)
                if found is not None and isinstance(owner, str):
                    return SystemThreadLocal(owner, found.name, found.version, rela.addend, is_module=False)
        if not rela.symbol or symbol.is_defined:
            return ThreadLocal(index, symbol.value + rela.addend, from_thread_pointer=False)
        self._refuse(index, f"uses the thread-local variable `{symbol.name}`, which nothing defines")
        return ThreadLocal(index, 0, from_thread_pointer=False)

    def _scopes(self, index: int) -> Iterator[list[_Tree]]:
        """The trees in which the object's symbols are looked up, in order. Only one tree of each list applies.

        Which one depends on the module that is loaded first. So the order is not known for a library that several modules
        share; its own tree is searched before theirs.
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
            object_ = self.closure.libraries[item].object if isinstance(item, int) else self.closure.system[item]
            for name in object_.needed:
                following = self._by_name.get(name, name if name in self.closure.system else None)
                if following is not None and following not in seen:
                    seen.add(following)
                    queue.append(following)

    def _resolve(self, index: int, symbol: Symbol, scopes: Iterable[list[_Tree]]) -> Target:
        object_ = self.closure.libraries[index].object
        own = symbol.is_defined and symbol.binding == SymbolBinding.LOCAL
        if own or (symbol.is_defined and (object_.is_symbolic or symbol.visibility == Visibility.PROTECTED)):
            return self._in_library(index, symbol)
        if symbol.name in self.offer.for_extensions and index not in self._global:
            return self._executable_symbol(interposer(symbol.name))
        if symbol.name in self.offer.exported:
            return self._executable_symbol(symbol.name)
        for item in (*self._global, *sorted(self._c_library)):
            found = self._in_tree((item,), symbol)
            if found is not None:
                return found
        is_weak = symbol.binding == SymbolBinding.WEAK
        for trees in scopes:
            targets = {self._in_tree(tree, symbol) for tree in trees}
            if len(targets) > 1:
                return SystemSymbol(symbol.name, symbol.version, 0, is_weak)  # the module that is loaded decides
            target = targets.pop()
            if target is not None:
                return target
        # A library that is missing here may define it. If none does, importing the module fails, as under Python, and the error
        # names the symbol.
        may_be_there = not is_weak or self.closure.libraries[index].path in self.closure.missing
        return SystemSymbol(symbol.name, symbol.version, 0, is_weak) if may_be_there else Constant(0)

    def _in_tree(self, tree: _Tree, symbol: Symbol) -> Target | None:
        """The first definition in a tree."""
        for item in tree:
            if isinstance(item, str):
                found = self._in_system(item, symbol)
                if found is not None:
                    return found
            else:
                definition = self._exports[item].find(symbol.name, symbol.version)
                if definition is not None:
                    return self._in_library(item, definition)
        return None

    def _in_library(self, index: int, symbol: Symbol) -> Target:
        address = self._bases[index] + symbol.value
        is_unique = symbol.binding == SymbolBinding.GNU_UNIQUE
        if is_unique and symbol.name in self._unique_in_system:
            return SystemSymbol(symbol.name, None, 0, is_weak=False)
        if is_unique and symbol.name in self._unique:
            return UniqueSymbol(self._unique[symbol.name], address, 0)
        return IndirectFunction(address) if symbol.type == SymbolType.GNU_IFUNC else Constant(address)

    def _in_system(self, library: str, symbol: Symbol) -> Target | None:
        exports = self._system_exports.get(library)
        found = exports.find(symbol.name, symbol.version) if exports else None
        if found is None:
            return None
        if symbol.name in self.offer.interposed:
            return self._executable_symbol(interposer(symbol.name))
        if self.offer.static is not None and library in self._c_library:
            return self._in_static_library(self.offer.static, symbol, found)
        floor = self.offer.floor if library in self._c_library else None
        if floor is not None and floor.is_polyfilled(symbol.name, found.version):
            return self._executable_symbol(symbol.name)
        version = floor.bound_version(symbol.name, found.version) if floor is not None else found.version
        if library in self._linked_system and _is_function(found) and (floor is None or version is not None):
            stub = PltStub(symbol.name, version)
            self._stubs.add(stub)
            return stub
        # A function that the oldest system lacks is looked up when the object is loaded: there, only that fails.
        asked = library if library in self.closure.carried else None
        is_weak = symbol.binding == SymbolBinding.WEAK
        return SystemSymbol(symbol.name, version or found.version, 0, is_weak, asked)

    def _in_static_library(self, static: StaticLibrary, symbol: Symbol, found: Symbol) -> Target:
        """The target for what the shared C library defines as `found`, in the C library that the executable holds."""
        name = static.definition(found.name)
        if name is None:
            # Nothing has it: if it is needed, importing the module fails, and the error names it.
            return SystemSymbol(found.name, found.version, 0, symbol.binding == SymbolBinding.WEAK)
        if not _is_function(found):
            return self._executable_symbol(name)
        stub = PltStub(name, None)
        self._stubs.add(stub)
        return stub


def _is_function(symbol: Symbol) -> bool:
    return symbol.type in (SymbolType.FUNC, SymbolType.GNU_IFUNC)


def _plus(target: Target, addend: int) -> Target | None:
    """The target with a number added; None when nothing can be added to it."""
    match target:
        case Constant(value):
            return Constant(value + addend)
        case ExecutableSymbol(name, before):
            return ExecutableSymbol(name, before + addend)
        case SystemSymbol() | UniqueSymbol():
            return replace(target, addend=target.addend + addend)
        case _:
            return None


def _round_up(value: int, alignment: int) -> int:
    return -(-value // alignment) * alignment
