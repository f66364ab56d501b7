"""C structs of static objects, from the measured layout: declarations, and the order of their initialisers.

A compiler's time goes by the number of initialisers, so there are few: an object's references, each a pointer, and between
them its numbers, as arrays of words whose last zeros need not be written. Compilers read this instead of `Python.h`;
`layout_asserts` proves it against the real headers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from .schema import LayoutData


class Member(NamedTuple):
    """A member of one of CPython's structs; or two that share one word ("a+b"), or words that hold numbers ("")."""

    name: str
    offset: int
    size: int

    @property
    def end(self) -> int:
        """The offset behind it."""
        return self.offset + self.size


# co_version shares a 64-bit word with its predecessor: only such a word can hold a linker symbol's value in C.
VERSION_WORD = "co_nfreevars+co_version"

# Members that hold references; everything else is a number.
POINTERS = frozenset(
    "co_consts co_names co_exceptiontable co_localsplusnames co_localspluskinds co_filename co_name co_qualname"
    " co_linetable start stop step".split()
)

WORD = 8
# Reference count and type, which every object begins with.
_HEAD_SIZE = 16


def code_members(layout: LayoutData) -> list[Member]:
    """A code object behind its type and before its bytecode: references, the word with the version, numbers between them."""
    *measured, bytecode = map(Member._make, layout["structs"]["code"])
    named = [member for member in measured if member.name in POINTERS]
    for first, second in pairwise(measured):
        if second.name == "co_version":
            if (first.name, first.offset % 8, second.end) != ("co_nfreevars", 0, first.offset + 8):
                message = f"co_version does not share a word with co_nfreevars: {first}, {second}"
                raise ValueError(message)
            named.append(Member(VERSION_WORD, first.offset, 8))
    return list(_with_numbers(sorted(named, key=lambda member: member.offset), bytecode.offset))


def _with_numbers(members: Sequence[Member], end: int) -> Iterator[Member]:
    """The members, with members for the numbers between them."""
    at = _HEAD_SIZE
    for member in members:
        if at < member.offset:
            yield Member("", at, member.offset - at)
        yield member
        at = member.end
    yield Member("", at, end - at)


def _declare(name: str, fields: str, *, gc_head: bool = False) -> str:
    return f"struct {name} {{{'W gc_next, gc_prev; ' if gc_head else ''}W head; P type; {fields}}};"


def _code_fields(layout: LayoutData) -> str:
    members = enumerate(code_members(layout))
    fields = [f"P m{index};" if member.name else f"W m{index}[{member.size // WORD}];" for index, member in members]
    return " ".join((*fields, "char data[];"))


def _data_offsets(layout: LayoutData) -> dict[str, int]:
    """Offsets of the contents of objects; in strings, behind the padded header (unicodeobject.c, _PyUnicode_DATA)."""
    structs, constants = layout["structs"], layout["constants"]
    return {
        "ascii": constants["sizeof_ascii"],
        "compact": constants["sizeof_compact"],
        "bytes": structs["bytes"][-1][1],
        "tuple": structs["tuple"][-1][1],
        "number": _HEAD_SIZE,
    }


def declarations(layout: LayoutData) -> Iterator[str]:
    """Lines of C: the structs, the objects that live in libpython, and one macro per kind of static object."""
    constants = layout["constants"]
    yield "typedef unsigned long W;"
    yield "typedef const void *P;"
    yield "typedef struct object O;"
    yield "extern O _Py_NoneStruct, _Py_TrueStruct, _Py_FalseStruct, _Py_EllipsisObject;"
    types = "Code Unicode Bytes Tuple Long Float Complex Slice".split()
    yield f"extern O {', '.join(f'Py{name}_Type' for name in types)};"
    words = {kind: (offset - _HEAD_SIZE) // WORD for kind, offset in _data_offsets(layout).items()}
    yield _declare("code", _code_fields(layout))
    for kind in ("ascii", "compact", "bytes"):
        yield _declare(kind, f"W size[{words[kind]}]; char data[];")
    yield _declare("number", "W data[];")
    yield _declare("tuple", f"W size[{words['tuple']}]; P data[];", gc_head=True)
    yield _declare("slice", "P start, stop, step;", gc_head=True)
    yield ""
    # The first words of an object of each kind.
    head = f"{constants['head']:#x}"
    leaves = {"TEXT": "Unicode", "BYTES": "Bytes", "INTEGER": "Long", "REAL": "Float", "COMPLEX": "Complex"}
    for macro, name in {"CODE": "Code", **leaves}.items():
        yield f"#define {macro} {head},&Py{name}_Type,"
    for macro, name in {"TUPLE": "Tuple", "SLICE": "Slice"}.items():
        yield f"#define {macro} 0,0,{head},&Py{name}_Type,"
    # The words behind the length of a string: no hash yet, and the kind of string. wstr (3.11) and utf8 stay unset.
    for macro, kind in {"ASCII": "ascii", "KIND1": "1", "KIND2": "2", "KIND4": "4"}.items():
        yield f"#define {macro} -1,{constants[f'state_{kind}']}"
    yield f"#define ITEMS {',-1' if words['tuple'] == 2 else ''}"  # 3.14 and later remember a tuple's hash
    yield ""
    # One output section per kind of object: what running code writes to (bytecode caches, string hashes) stays apart
    # from what it does not, so fewer pages are copied.
    for section in ("code", "body", "tuple", "bytes", "string", "number"):
        # Compilers would align large objects to 32 bytes; a GC head needs 16 (pycore_gc.h keeps flags in its pointers).
        alignment = 16 if section == "tuple" else 8
        yield f'#define IN_{section.upper()} __attribute__((section(".frozen.{section}"), aligned({alignment})))'


def layout_asserts(layout: LayoutData) -> Iterator[str]:
    """Lines of C that compile only where our structs lie exactly as the headers' own: include after both."""
    constants = layout["constants"]
    names = {
        "code": "PyCodeObject",
        "ascii": "PyASCIIObject",
        "compact": "PyCompactUnicodeObject",
        "bytes": "PyBytesObject",
        "tuple": "PyTupleObject",
        "int": "PyLongObject",
        "float": "PyFloatObject",
        "complex": "PyComplexObject",
        "slice": "PySliceObject",
    }
    # Every member lies where it was measured, and ours lie there too.
    for struct, name in names.items():
        for member in map(Member._make, layout["structs"][struct]):
            yield f'_Static_assert(offsetof({name}, {member.name}) == {member.offset}, "{member.name}");'
    gc = constants["sizeof_gc_head"]
    ours = [("code", f"m{index}", member.offset) for index, member in enumerate(code_members(layout))]
    ours += [("code", "data", layout["structs"]["code"][-1][1])]
    ours += [("slice", name, offset + gc) for name, offset, _ in layout["structs"]["slice"]]
    ours += [("tuple", "head", gc), ("tuple", "size", gc + _HEAD_SIZE)]
    for kind, offset in _data_offsets(layout).items():
        ours.append((kind, "data", offset + (gc if kind == "tuple" else 0)))
    for struct, field, offset in ours:
        yield f'_Static_assert(offsetof(struct {struct}, {field}) == {offset}, "{struct}.{field}");'
    for size, name in (("sizeof_ascii", "PyASCIIObject"), ("sizeof_compact", "PyCompactUnicodeObject")):
        yield f'_Static_assert(sizeof({name}) == {constants[size]}, "{size}");'
    # The words that are written come first and in this order.
    words = [("ascii", ["length", "hash", "state"]), ("compact", ["_base.length", "_base.hash", "_base.state"])]
    words += [("bytes", ["ob_base.ob_size", "ob_shash"]), ("tuple", ["ob_base.ob_size"])]
    for struct, members in words:
        for index, member_name in enumerate(members):
            yield f'_Static_assert(offsetof({names[struct]}, {member_name}) == {_HEAD_SIZE + WORD * index}, "{struct}");'
