"""Python objects as static C data: walks a code object and writes every constant it reaches. Knows Python, asks `ctext`.

Derived fields of code objects (stack and frame sizes, first traceable instruction, quickened bytecode, ...) are read
out of the live object's memory, never computed: whatever CPython wrote there is right by definition.
"""

from __future__ import annotations

import ast
import ctypes
import marshal
import struct
from collections.abc import Callable, Iterator, Sequence
from types import CodeType, EllipsisType
from typing import Any

from . import ctext
from .structs import POINTERS, VERSION_WORD, Layout, Member, code_members

# What the interpreter fills in while it runs; a fresh code object has nothing there.
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


class UnsupportedConstantError(Exception):
    """A constant of a type that no CPython compiler is known to make."""


class ModuleWriter:
    """Writes one module. `lines` is its C text, `pooled` the strings it takes from the build's pool.

    Objects are numbered from `first` on, so that several modules can stand in one C file; `following` is the next number.
    """

    def __init__(self, layout: Layout, module: str, first: int = 1) -> None:
        self.lines: list[str] = []
        self.pooled: set[str] = set()
        self.codes = 0
        self.following = first
        self._singletons: dict[str, int] = layout["singletons"]
        members = code_members(layout)
        self._numbers = _format(members)
        self._writers = [self._writer_of(member) for member in members]
        self._int_tag, self._int_digits = (Member(*member) for member in layout["structs"]["int"])
        self._digit_bytes: int = layout["constants"]["sizeof_digit"]
        self._sets_made_twice = bool(layout["constants"]["sets_made_twice"])
        self._version = ctext.version_symbol(module)
        self._fixups: list[str] = []
        self._references: dict[object, str] = {}
        # The same by address, for what has been seen; with the objects, so that no other can get the address of one.
        self._seen: dict[int, tuple[str, object]] = {}
        self._orders: dict[object, tuple[object, ...]] = {}

    def write(self, module: str, compiled: CodeType | tuple[Any, ...], script: bytes = b"") -> None:
        """Write the module's code object and the `struct bundle_code` through which the launcher finds it.

        Instead of a module's code it can be a tuple of constants, code objects among them.

        `script`: the source, if Python would run it as it is compiled, without a .pyc in between.
        """
        self._orders = dict(_insertion_orders(compiled)) | dict(
            _written_orders(script, made_twice=self._sets_made_twice)
        )
        # Through marshal, as a .pyc would: equal constants are merged and bytecode is as fresh as after any import.
        body = self.reference(marshal.loads(marshal.dumps(compiled)))  # noqa: S302  # our own bytes
        fixups = "0"
        if self._fixups:
            fixups, label = self._name()
            self.lines.append(
                f"static const struct bundle_fixup {fixups}[] {label}={{{','.join(self._fixups)},{{0}}}};"
            )
        self.lines.append(f"const struct bundle_code {ctext.module_symbol(module)}={{{body},{fixups}}};")

    def text(self) -> str:
        """The module's C text, without the header that it includes and the declarations of what it takes from the pool."""
        version = [f"extern char {self._version}[];"] if self.codes else []
        return "\n".join((*version, *self.lines, ""))

    def reference(self, value: object) -> str:
        """A C expression for the address of `value`, which is written first if it has not been yet.

        Equal constants share one object; `1`, `True`, `1.0` and `-0.0` are not equal. Code objects never share:
        each has its own inline caches.
        """
        seen = self._seen.get(id(value))
        if seen is not None:
            return seen[0]
        # Most are strings and bytes, which are their own keys.
        key = value if isinstance(value, str | bytes) else _sharing_key(value)
        found = self._references.get(key)
        if found is None:
            found = self._references[key] = self._write(value)
        self._seen[id(value)] = found, value
        return found

    def _write(self, value: object) -> str:
        match value:
            case None:
                return "_Py_NoneStruct"
            case True:
                return "_Py_TrueStruct"
            case False:
                return "_Py_FalseStruct"
            case EllipsisType():
                return "_Py_EllipsisObject"
            case str():
                return self._string(value)
            case bytes():
                return self._bytes(value)
            case int():
                return self._integer(value)
            case float():
                return self._define("real", "NUMBER", f"{{REAL {_bits(value)}}}")
            case complex():
                return self._define("complex", "NUMBER", f"{{COMPLEX {_bits(value.real)},{_bits(value.imag)}}}")
            case tuple():
                return self._tuple(value)
            case slice():
                members = ",".join(map(self.reference, (value.start, value.stop, value.step)))
                return self._define("slice", "TUPLE", f"{{SLICE {members}}}", member=".head")
            case CodeType():
                return self._code(value)
            case _:
                message = f"constant of type {type(value).__name__}"
                raise UnsupportedConstantError(message)

    def _define(self, struct_name: str, section: str, initialiser: str, *, member: str = "") -> str:
        name, label = self._name()
        self.lines.append(f"static IN_{section} struct {struct_name} {name} {label}={initialiser};")
        return f"&{name}{member}"

    def _name(self) -> tuple[str, str]:
        name = f"o{self.following}"
        self.following += 1
        # Local to the assembler (.L): tens of thousands of such names are not worth a place in the symbol table.
        return name, f'asm(".L{name}")'

    def _singleton(self, key: str) -> str | None:
        offset = self._singletons.get(key)
        return None if offset is None else f"_PyRuntime+{offset}"

    def _string(self, value: str) -> str:
        # Of some strings libpython has two objects; code refers to the one that interning finds, or marshal.
        runtime = self._singleton("id:" + value)
        if runtime is None and len(value) == 1 and value <= "\xff":
            runtime = self._singleton(f"latin1:{ord(value)}")
        runtime = runtime or self._singleton("str:" + value)
        if runtime is not None:
            return runtime
        if ctext.is_pooled(value):
            self.pooled.add(value)
            return ctext.pool_symbol(value)
        if value.isascii():
            return self._define(
                "ascii", "STRING", f"{{TEXT {len(value)},ASCII {ctext.string_literal(value.encode())}}}"
            )
        widest = max(value)
        if widest <= "\xff":
            literal = ctext.string_literal(value.encode("latin-1"))
            return self._define("compact1", "STRING", f"{{TEXT {len(value)},KIND1 {literal}}}")
        width = 2 if widest <= "\uffff" else 4
        units = ",".join(map(str, map(ord, value)))
        return self._define(f"compact{width}", "STRING", f"{{TEXT {len(value)},KIND{width} {{{units},0}}}}")

    def _bytes(self, value: bytes) -> str:
        runtime = self._singleton("bytes:") if not value else None
        if len(value) == 1:
            runtime = self._singleton(f"byte:{value[0]}")
        if runtime is not None:
            return runtime
        return self._define("bytes", "BYTES", f"{{BYTES {len(value)},-1,{ctext.string_literal(value)}}}")

    def _integer(self, value: int) -> str:
        # Python does not spell the largest ones (sys.set_int_max_str_digits), and has none of them at hand.
        runtime = self._singleton(f"int:{value}") if value.bit_length() < 64 else None
        if runtime is not None:
            return runtime
        # Size, sign and digits are copied from the live object: versions pack them differently.
        memory = ctypes.string_at(id(value), value.__sizeof__())
        tag = int.from_bytes(memory[self._int_tag.offset :][: self._int_tag.size], "little", signed=True)
        digits = memory[self._int_digits.offset :]
        step = self._digit_bytes
        units = [int.from_bytes(digits[at : at + step], "little") for at in range(0, len(digits), step)]
        return self._define("integer", "NUMBER", f"{{INTEGER {tag},{{{','.join(map(str, units))}}}}}")

    def _tuple(self, value: tuple[object, ...]) -> str:
        if not value:
            empty = self._singleton("tuple:")
            if empty is not None:
                return empty
        # A frozenset holds hashes, which differ in every process: its slot stays empty until the module is imported.
        sets = [(index, item) for index, item in enumerate(value) if isinstance(item, frozenset)]
        items = [("0" if isinstance(item, frozenset) else self.reference(item)) for item in value]
        expression = self._define(
            "tuple", "TUPLE", f"{{TUPLE {len(value)},ITEMS {{{','.join(items)}}}}}", member=".head"
        )
        for index, item in sets:
            # The order of insertion decides the order of iteration among colliding hashes.
            elements = self._tuple(self._orders[_sharing_key(item)])
            slot = f"(void **)&{expression[1:].removesuffix('.head')}.data[{index}]"
            self._fixups.append(f"{{{slot},{elements}}}")
        return expression

    def _code(self, code: CodeType) -> str:
        numbers = self._numbers.unpack(ctypes.string_at(id(code), self._numbers.size))  # the address, in CPython
        # Nested code first: its definition must stand before this one refers to it.
        written = [write(code, number) for write, number in zip(self._writers, numbers, strict=True)]
        bytecode: bytes = code._co_code_adaptive  # type: ignore[attr-defined]  # noqa: SLF001
        section = "CODE" if code.co_flags & _OPTIMIZED else "BODY"
        return self._define("code", section, f"{{CODE {','.join(written)},{ctext.string_literal(bytecode)}}}")

    def _writer_of(self, member: Member) -> Callable[[CodeType, int], str]:
        """What writes this member of a code object, given the object and the number in its memory."""
        names = set(member.name.split("+"))
        if names <= POINTERS:
            offset = member.offset
            return lambda code, address: self._reference_in(code, offset, address)
        if names <= _COPIED_MEMBERS:
            return lambda _, number: str(number) if len(names) == 1 else f"{number:#x}"
        if names <= RUN_TIME_MEMBERS:
            return lambda *_: "0"
        if member.name != VERSION_WORD:
            message = f"unknown member {member.name} of a code object"
            raise UnsupportedConstantError(message)
        return lambda code, _: self._next_version(code)

    def _reference_in(self, code: CodeType, offset: int, address: int) -> str:
        seen = self._seen.get(address)
        return self.reference(ctypes.py_object.from_address(id(code) + offset).value) if seen is None else seen[0]

    def _next_version(self, code: CodeType) -> str:
        index = self.codes
        self.codes += 1
        return f"{self._version}+{(index << 32) + len(code.co_freevars):#x}"


def _insertion_orders(value: object) -> Iterator[tuple[object, tuple[object, ...]]]:
    """Every frozenset among the constants, by its key, and its items in the order in which a .pyc holds them.

    marshal sorts them by their bytes, in which it matters who else refers to an item: so it is asked, and for all sets
    before we refer to any item ourselves.
    """
    for found, data in list(_marshalled_sets(value)):
        # But for its first byte, the data of a set is that of a tuple; the upper bit is a flag of its own.
        yield _sharing_key(found), marshal.loads(bytes([data[0] & 0x80 | ord("(")]) + data[1:])  # noqa: S302  # our own


def _marshalled_sets(value: object) -> Iterator[tuple[object, bytes]]:
    if isinstance(value, frozenset):
        yield value, marshal.dumps(value)
    if isinstance(value, CodeType | tuple | frozenset):
        for item in value.co_consts if isinstance(value, CodeType) else value:
            yield from _marshalled_sets(item)


def _written_orders(script: bytes, *, made_twice: bool) -> Iterator[tuple[object, tuple[object, ...]]]:
    """The same for sets as a source has them; of equal ones the first counts, for the compiler merges them.

    `made_twice`: the compiler makes each set anew from the first it has made; where hashes are the same in every process,
    this can be done here.
    """
    displays = [node for node in ast.walk(ast.parse(script)) if isinstance(node, ast.Set)]
    for display in sorted(displays, key=lambda node: (node.lineno, node.col_offset), reverse=True):
        try:
            items = tuple(map(ast.literal_eval, display.elts))
            made = frozenset(items)
            is_fixed = made_twice and not any(map(_is_hashed_at_random, items))
            yield _sharing_key(made), tuple(made) if is_fixed else items
        except (ValueError, TypeError):
            pass  # not all of them are constants


def _is_hashed_at_random(value: object) -> bool:
    return any(map(_is_hashed_at_random, value)) if isinstance(value, tuple) else isinstance(value, str | bytes)


def _format(members: Sequence[Member]) -> struct.Struct:
    """Reads the numbers of these members, in their order, which is that of their offsets, from an object's memory."""
    letters = {2: "h", 4: "i", 8: "q"}
    text, end = "<", 0
    for member in members:
        text += f"{member.offset - end}x{letters[member.size]}"
        end = member.offset + member.size
    return struct.Struct(text)


def _bits(value: float) -> str:
    """The 64 bits of a double: exact for infinities, NaNs and negative zero."""
    return f"{struct.unpack('<Q', struct.pack('<d', value))[0]:#x}"


def _sharing_key(value: object) -> object:
    match value:
        case str() | bytes():
            return value
        case tuple():
            return (tuple, *map(_sharing_key, value))
        case CodeType():
            return (CodeType, id(value))
        case float():
            return (float, _bits(value))
        case complex():
            return (complex, _bits(value.real), _bits(value.imag))
        case frozenset():
            return (frozenset, frozenset(map(_sharing_key, value)))
        case slice():
            return (slice, *map(_sharing_key, (value.start, value.stop, value.step)))
        case _:
            return (type(value), value)
