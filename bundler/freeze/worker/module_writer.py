"""Python objects as static C data: walks a code object and writes every constant it reaches. Knows Python, asks `ctext`.

Derived fields of code objects (stack and frame sizes, first traceable instruction, quickened bytecode, ...) are read
out of the live object's memory, never computed: whatever CPython wrote there is right by definition.
"""

from __future__ import annotations

import ctypes
import marshal
import struct
from collections.abc import Callable
from itertools import groupby
from operator import itemgetter
from types import CodeType, EllipsisType
from typing import Any

from . import ctext
from .constants import bits, sharing_key
from .schema import LayoutData
from .set_orders import marshalled_orders, written_orders
from .structs import POINTERS, VERSION_WORD, WORD, Member, code_members

# Members that the interpreter fills in while it runs; in a fresh code object they are empty.
RUN_TIME_MEMBERS = frozenset(
    "co_weakreflist _co_code _co_cached _co_linearray _co_linearray_entry_size co_executors"
    " _co_instrumentation_version _co_monitoring _co_unique_id co_extra".split()
)
# Plain numbers, copied as they are.
_COPIED_MEMBERS = frozenset(
    "ob_base.ob_size co_flags co_warmup co_argcount co_posonlyargcount co_kwonlyargcount co_stacksize co_firstlineno"
    " co_nlocalsplus co_framesize co_nlocals co_nplaincellvars co_ncellvars co_nfreevars _co_firsttraceable".split()
)

_OPTIMIZED = 0x1  # CO_OPTIMIZED: the code of a function, not of a module or class body


def unknown_members(layout: LayoutData) -> list[str]:
    """Members of code objects of which this file does not say what to write."""
    known = {*_COPIED_MEMBERS, *POINTERS, *RUN_TIME_MEMBERS, *VERSION_WORD.split("+")}
    *members, _bytecode = map(Member._make, layout["structs"]["code"])
    return [member.name for member in members if member.name not in known]


class UnsupportedConstantError(Exception):
    """A constant of a type that no CPython compiler is known to make."""


class ModuleWriter:
    """Writes one module, or one tuple of constants.

    `text` returns its C, `elsewhere` the names that it takes from other files, and `pooled` holds the strings among them
    that are in the build's pool. `version_symbol`: the linker symbol whose value is its first co_version, times 2**32.
    Objects are numbered from `first` on, so that several modules can stand in one C file; `following` is the next number.
    """

    def __init__(self, layout: LayoutData, version_symbol: str, first: int = 1) -> None:
        self.pooled: set[str] = set()
        self.codes = 0
        self.following = first
        # Definitions; of objects that refer to others with what they begin with, and in an order in which C can read them.
        self._leaves: dict[str, list[str]] = {}
        self._linked: list[tuple[str, str]] = []
        self._last: list[str] = []
        self._runtime: set[int] = set()  # offsets of what libpython has
        self._singletons: dict[str, int] = layout["singletons"]
        self._writers = [self._writer_of(member) for member in code_members(layout)]
        self._code_size, self._copied = _copied(layout)
        self._sets_made_twice = bool(layout["constants"]["sets_made_twice"])
        self._version = version_symbol
        self._set_slots: list[str] = []
        self._references: dict[object, str] = {}
        # References by the addresses of objects that were seen; with the objects, so that no other can get the address of one.
        self._seen: dict[int, tuple[str, object]] = {}
        self._orders: dict[object, tuple[object, ...]] = {}

    def write(self, symbol: str, compiled: CodeType | tuple[Any, ...], script: bytes = b"") -> None:
        """Write a module's code object, or a tuple of constants, and the `struct bundle_code` named `symbol` that leads to it.

        `script`: the source, if Python would run it as it is compiled, without a .pyc in between.
        """
        self._orders = dict(marshalled_orders(compiled)) | dict(
            written_orders(script, made_twice=self._sets_made_twice)
        )
        # Through marshal, as a .pyc would: equal constants are merged and bytecode is as fresh as after any import.
        body = self.reference(marshal.loads(marshal.dumps(compiled)))  # noqa: S302  # our own bytes
        set_slots = "0"
        if self._set_slots:
            set_slots, label = self._name()
            self._last.append(
                f"static const struct bundle_set_slot {set_slots}[] {label}={{{','.join(self._set_slots)},{{0}}}};"
            )
        self._last.append(f"const struct bundle_code {symbol}={{{body},{set_slots}}};")

    def elsewhere(self) -> set[str]:
        """Names of objects that the text refers to and does not declare."""
        return {*map(ctext.pool_symbol, self.pooled), *map(ctext.runtime_symbol, self._runtime)}

    def text(self) -> str:
        """The module's C text, without the header that it includes and declarations of what it takes from elsewhere."""
        version = [f"extern char {self._version}[];"] if self.codes else []
        leaves = (ctext.declaration(start, each) for start, each in sorted(self._leaves.items()))
        linked = (
            ctext.declaration(start, (definition for _, definition in each))
            for start, each in groupby(self._linked, key=itemgetter(0))
        )
        return "\n".join((*version, *leaves, *linked, *self._last, ""))

    def reference(self, value: object) -> str:
        """A C expression for the address of `value`, which is written first if it has not been yet.

        Equal constants share one object; `1`, `True`, `1.0` and `-0.0` are not equal. Code objects never share:
        each has its own inline caches.
        """
        seen = self._seen.get(id(value))
        if seen is not None:
            return seen[0]
        # Most are strings and bytes, which are their own keys.
        key = value if isinstance(value, str | bytes) else sharing_key(value)
        found = self._references.get(key)
        if found is None:
            found = self._references[key] = self._write(value)
        self._seen[id(value)] = found, value
        return found

    def _write(self, value: object) -> str:
        match value:
            case None:
                return "&_Py_NoneStruct"
            case True:
                return "&_Py_TrueStruct"
            case False:
                return "&_Py_FalseStruct"
            case EllipsisType():
                return "&_Py_EllipsisObject"
            case str():
                return self._string(value)
            case bytes():
                return self._bytes(value)
            case int():
                return self._integer(value)
            case float():
                return self._leaf("number", "NUMBER", f"REAL {_words(bits(value))}")
            case complex():
                return self._leaf("number", "NUMBER", f"COMPLEX {_words(bits(value.real) + bits(value.imag))}")
            case tuple():
                return self._tuple(value)
            case slice():
                members = ",".join(map(self.reference, (value.start, value.stop, value.step)))
                return f"&{self._with_references('slice', 'TUPLE', f'SLICE {members}')}.head"
            case CodeType():
                return self._code(value)
            case _:
                message = f"constant of type {type(value).__name__}"
                raise UnsupportedConstantError(message)

    def _leaf(self, struct_name: str, section: str, initialiser: str) -> str:
        """Defines an object that refers to no other; a C expression for its address."""
        name, label = self._name()
        start = f"static IN_{section} struct {struct_name}"
        self._leaves.setdefault(start, []).append(f"{name} {label}={{{initialiser}}}")
        return f"&{name}"

    def _with_references(self, struct_name: str, section: str, initialiser: str) -> str:
        """Defines an object that refers to others, which are defined already; its name."""
        name, label = self._name()
        self._linked.append((f"static IN_{section} struct {struct_name}", f"{name} {label}={{{initialiser}}}"))
        return name

    def _name(self) -> tuple[str, str]:
        name = f"o{self.following}"
        self.following += 1
        # Local to the assembler (.L): tens of thousands of such names are not worth a place in the symbol table.
        return name, f'asm(".L{name}")'

    def _singleton(self, key: str) -> str | None:
        offset = self._singletons.get(key)
        if offset is None:
            return None
        self._runtime.add(offset)
        return f"&{ctext.runtime_symbol(offset)}"

    def _string(self, value: str) -> str:
        # libpython has two objects for some strings; code refers to the one that interning finds, or marshal.
        runtime = self._singleton("id:" + value)
        if runtime is None and len(value) == 1 and value <= "\xff":
            runtime = self._singleton(f"latin1:{ord(value)}")
        runtime = runtime or self._singleton("str:" + value)
        if runtime is not None:
            return runtime
        if ctext.is_pooled(value):
            self.pooled.add(value)
            return f"&{ctext.pool_symbol(value)}"
        return self._leaf("ascii" if value.isascii() else "compact", "STRING", text_initialiser(value))

    def _bytes(self, value: bytes) -> str:
        runtime = self._singleton("bytes:") if not value else None
        if len(value) == 1:
            runtime = self._singleton(f"byte:{value[0]}")
        if runtime is not None:
            return runtime
        return self._leaf("bytes", "BYTES", f"BYTES {{{len(value)},-1}},{ctext.string_literal(value)}")

    def _integer(self, value: int) -> str:
        # Python does not spell the largest ones (sys.set_int_max_str_digits), and has none of them at hand.
        runtime = self._singleton(f"int:{value}") if value.bit_length() < 64 else None
        if runtime is not None:
            return runtime
        # Size, sign and digits are copied from the live object: versions pack them differently.
        memory = ctypes.string_at(id(value), value.__sizeof__())
        return self._leaf("number", "NUMBER", f"INTEGER {_words(memory[object.__basicsize__ :])}")

    def _tuple(self, value: tuple[object, ...]) -> str:
        if not value:
            empty = self._singleton("tuple:")
            if empty is not None:
                return empty
        # A frozenset holds hashes, which differ in every process: its slot stays empty until the module is imported.
        sets = [(index, item) for index, item in enumerate(value) if isinstance(item, frozenset)]
        items = [("0" if isinstance(item, frozenset) else self.reference(item)) for item in value]
        name = self._with_references("tuple", "TUPLE", f"TUPLE {{{len(value)} ITEMS}},{{{','.join(items)}}}")
        for index, item in sets:
            # The order of insertion decides the order of iteration among colliding hashes.
            elements = self._tuple(self._orders[sharing_key(item)])
            self._set_slots.append(f"{{(void **)&{name}.data[{index}],{elements}}}")
        return f"&{name}.head"

    def _code(self, code: CodeType) -> str:
        # The address, in CPython.
        memory = int.from_bytes(ctypes.string_at(id(code), self._code_size), "little") & self._copied
        numbers = memory.to_bytes(self._code_size, "little")
        # Nested code first: its definition must stand before this one refers to it.
        written = [write(code, numbers) for write in self._writers]
        bytecode: bytes = code._co_code_adaptive  # type: ignore[attr-defined]  # noqa: SLF001
        section = "CODE" if code.co_flags & _OPTIMIZED else "BODY"
        members = ",".join(written)
        return f"&{self._with_references('code', section, f'CODE {members},{ctext.string_literal(bytecode)}')}"

    def _writer_of(self, member: Member) -> Callable[[CodeType, bytes], str]:
        """A function that writes this member of a code object, given the object and the numbers in its memory."""
        offset, end = member.offset, member.end
        if not member.name:
            return lambda _, numbers: _words(numbers[offset:end].rstrip(b"\0"))
        if member.name == VERSION_WORD:
            return lambda code, _: self._next_version(code)
        return lambda code, _: self._reference_in(code, offset)

    def _reference_in(self, code: CodeType, offset: int) -> str:
        return self.reference(ctypes.py_object.from_address(id(code) + offset).value)

    def _next_version(self, code: CodeType) -> str:
        index = self.codes
        self.codes += 1
        return f"{self._version}+{(index << 32) + len(code.co_freevars):#x}"


def text_initialiser(value: str) -> str:
    """The initialiser of a string object, without its braces."""
    widest = max(value, default="")
    if widest <= "\x7f":
        return f"TEXT {{{len(value)},ASCII}},{ctext.string_literal(value.encode())}"
    if widest <= "\xff":
        return f"TEXT {{{len(value)},KIND1}},{ctext.string_literal(value.encode('latin-1'))}"
    width, encoding = (2, "utf-16-le") if widest <= "\uffff" else (4, "utf-32-le")
    # A character of zero ends the string; the last of its bytes comes with the literal.
    characters = value.encode(encoding, "surrogatepass") + bytes(width - 1)
    return f"TEXT {{{len(value)},KIND{width}}},{ctext.string_literal(characters)}"


def _words(memory: bytes) -> str:
    """The initialiser of an array of words, with zeros behind what does not fill the last."""
    padded = memory + bytes(-len(memory) % WORD)
    numbers = struct.unpack(f"<{len(padded) // WORD}Q", padded)
    # Hexadecimal ones are two halves, or of 64 bits, which in decimal digits would not be unsigned.
    return f"{{{','.join([str(number) if number < 1 << 32 else hex(number) for number in numbers])}}}"


def _copied(layout: LayoutData) -> tuple[int, int]:
    """The number of bytes in front of a code object's bytecode, and those of them that are copied, as the bits of a number."""
    *members, bytecode = map(Member._make, layout["structs"]["code"])
    bits = 0
    for member in members:
        if member.name in _COPIED_MEMBERS:
            bits |= ((1 << 8 * member.size) - 1) << 8 * member.offset
    return bytecode.offset, bits
