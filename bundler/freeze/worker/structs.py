"""C structs of static objects, from the measured layout: declarations, and the order of their initialisers.

The declarations are plain (`void *`, integers) so that a compiler reads a frozen module without `Python.h`, and
positional initialisers can stay short. `layout_asserts` proves them against the real headers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

Layout = dict[str, Any]


class Member(NamedTuple):
    """A member of a static struct; `name` as in CPython, or of two members that share one word ("a+b")."""

    name: str
    offset: int
    size: int


# co_version shares a 64-bit word with its predecessor: only such a word can hold a linker symbol's value in C.
VERSION_WORD = "co_nfreevars+co_version"

# Kinds of strings and the C type of their characters.
_DATA_TYPE = {"ascii": "char", "compact1": "char", "compact2": "unsigned short", "compact4": "unsigned"}
_INTEGER = {2: "short", 4: "int", 8: "long"}

# Members that hold references; everything else is a number.
POINTERS = frozenset(
    "co_consts co_names co_exceptiontable co_localsplusnames co_localspluskinds co_filename co_name co_qualname"
    " co_linetable start stop step".split()
)


def code_members(layout: Layout) -> list[Member]:
    """Members of a code object after its type, up to and without the bytecode.

    Two numbers of 4 bytes that share a word are one member: what gcc takes for an object is a matter of how many
    initialisers there are.
    """
    members: list[Member] = []
    for member in map(Member._make, layout["structs"]["code"][:-1]):
        before = members[-1] if members else member
        if (before.size, member.size) == (4, 4) and before.offset % 8 == 0 and member.offset == before.offset + 4:
            members[-1] = Member(f"{before.name}+{member.name}", before.offset, 8)
        else:
            members.append(member)
    if any("co_version" in member.name for member in members) and VERSION_WORD not in {each.name for each in members}:
        message = f"co_version does not share a word with co_nfreevars: {members}"
        raise ValueError(message)
    return members


def _c_type(member: Member) -> str:
    if member.name in POINTERS or member.name == VERSION_WORD:
        return "P"
    return _INTEGER[member.size]


def _declare(name: str, members: list[Member], tail: str, *, gc_head: bool = False) -> str:
    fields = ["W gc_next, gc_prev;"] if gc_head else []
    fields.append("W head; P type;")
    fields += [f"{_c_type(member)} m{index};" for index, member in enumerate(members)]
    return f"struct {name} {{{' '.join(fields)} {tail}}};"


def _members(layout: Layout, struct: str, *, without_last: bool = False) -> list[Member]:
    members = [Member(*member) for member in layout["structs"][struct]]
    return members[:-1] if without_last else members


def _string_members(layout: Layout, kind: str) -> list[Member]:
    return _members(layout, "ascii" if kind == "ascii" else "compact")


def declarations(layout: Layout) -> Iterator[str]:
    """Lines of C: the structs, the objects that live in libpython, and one macro per kind of static object."""
    constants = layout["constants"]
    yield "typedef unsigned long W;"
    yield "typedef const void *P;"
    yield "extern char _PyRuntime[], _Py_NoneStruct[], _Py_TrueStruct[], _Py_FalseStruct[], _Py_EllipsisObject[];"
    types = "Code Unicode Bytes Tuple Long Float Complex Slice".split()
    yield f"extern char {', '.join(f'Py{name}_Type[]' for name in types)};"
    yield _declare("code", code_members(layout), "char data[];")
    for kind, c_type in _DATA_TYPE.items():
        # The characters of a compact string start after the padded header (unicodeobject.c, _PyUnicode_DATA).
        yield _declare(kind, _string_members(layout, kind), f"_Alignas(8) {c_type} data[];")
    yield _declare("bytes", _members(layout, "bytes", without_last=True), "char data[];")
    yield _declare("tuple", _members(layout, "tuple", without_last=True), "P data[];", gc_head=True)
    yield _declare("integer", _members(layout, "int", without_last=True), "unsigned data[];")
    yield _declare("real", _members(layout, "float"), "")
    yield _declare("complex", _members(layout, "complex"), "")
    yield _declare("slice", _members(layout, "slice"), "", gc_head=True)
    yield ""
    head = f"{constants['head']:#x}"
    # What objects of a kind begin with: those that need no more than one number, then those with a state behind it.
    kinds = {"CODE": "Code", "BYTES": "Bytes", "INTEGER": "Long", "REAL": "Float", "COMPLEX": "Complex"}
    for macro, name in kinds.items():
        yield f"#define {macro} {head},Py{name}_Type,"
    yield f"#define TUPLE 0,0,{head},PyTuple_Type,"
    yield f"#define SLICE 0,0,{head},PySlice_Type,"
    yield f"#define TEXT {head},PyUnicode_Type,"
    # Members after `state`: wstr (3.11), then of compact strings utf8_length, utf8 and wstr_length (3.11), all unset.
    ascii_rest = ",0" * (len(layout["structs"]["ascii"]) - 3)
    compact_rest = ",0" * (len(layout["structs"]["compact"]) - 3)
    yield f"#define ASCII -1,{constants['state_ascii']}{ascii_rest},"
    for width in (1, 2, 4):
        yield f"#define KIND{width} -1,{constants[f'state_{width}']}{compact_rest},"
    yield f"#define ITEMS {'-1,' if len(layout['structs']['tuple']) == 3 else ''}"
    yield ""
    # One output section per kind of object: what running code writes to (bytecode caches, string hashes) stays apart
    # from what it does not, so fewer pages are copied.
    for section in ("code", "body", "tuple", "bytes", "string", "number"):
        # Compilers would align large objects to 32 bytes; a GC head needs 16 (pycore_gc.h keeps flags in its pointers).
        alignment = 16 if section == "tuple" else 8
        yield f'#define IN_{section.upper()} __attribute__((section(".frozen.{section}"), aligned({alignment})))'


def layout_asserts(layout: Layout) -> Iterator[str]:
    """Lines of C that compile only where our structs lie exactly as the headers' own: include after both."""
    constants = layout["constants"]
    pairs = [("code", "PyCodeObject", code_members(layout), 0)]
    pairs += [
        (kind, "PyASCIIObject" if kind == "ascii" else "PyCompactUnicodeObject", _string_members(layout, kind), 0)
        for kind in _DATA_TYPE
    ]
    gc = constants["sizeof_gc_head"]
    pairs += [
        ("bytes", "PyBytesObject", _members(layout, "bytes", without_last=True), 0),
        ("tuple", "PyTupleObject", _members(layout, "tuple", without_last=True), gc),
        ("integer", "PyLongObject", _members(layout, "int", without_last=True), 0),
        ("real", "PyFloatObject", _members(layout, "float"), 0),
        ("complex", "PyComplexObject", _members(layout, "complex"), 0),
        ("slice", "PySliceObject", _members(layout, "slice"), gc),
    ]
    for ours, theirs, members, shift in pairs:
        for index, member in enumerate(members):
            for half, field in enumerate(member.name.split("+")):
                ours_at, theirs_at = f"offsetof(struct {ours}, m{index}) + {4 * half}", f"offsetof({theirs}, {field})"
                yield f'_Static_assert({ours_at} == {theirs_at} + {shift}, "{field}");'
    tails = [
        ("code", "offsetof(PyCodeObject, co_code_adaptive)", 0),
        ("ascii", "sizeof(PyASCIIObject)", 0),
        *((kind, "sizeof(PyCompactUnicodeObject)", 0) for kind in ("compact1", "compact2", "compact4")),
        ("bytes", "offsetof(PyBytesObject, ob_sval)", 0),
        ("tuple", "offsetof(PyTupleObject, ob_item)", gc),
        ("integer", f"offsetof(PyLongObject, {layout['structs']['int'][-1][0]})", 0),
    ]
    for ours, theirs, shift in tails:
        yield f'_Static_assert(offsetof(struct {ours}, data) == {theirs} + {shift}, "data of {ours}");'
