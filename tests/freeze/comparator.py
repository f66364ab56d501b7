"""Compares static code objects with freshly unmarshalled ones, word by word; runs inside a binary that holds both.

Usage: BINARY LAYOUT CASES. LAYOUT is the measured object layout as JSON, CASES a marshalled list of (module, marshalled
code). Prints one JSON object: `differences`, how many objects of each type were `compared`, and changes of the first
module that went `unnoticed`: a comparison that sees nothing proves nothing.

Memory is read before any attribute is: attributes of code objects fill caches inside them.
"""

from __future__ import annotations

import ctypes
import gc
import json
import marshal
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, EllipsisType
from typing import Any

# What the interpreter fills in while code runs; nothing may be there before.
RUN_TIME = frozenset(
    "co_weakreflist co_extra _co_code _co_linearray _co_linearray_entry_size _co_cached co_executors"
    " _co_instrumentation_version _co_monitoring _co_unique_id".split()
)

REFERENCES = frozenset(
    "co_consts co_names co_exceptiontable co_localsplusnames co_localspluskinds co_filename co_name co_qualname"
    " co_linetable start stop step".split()
)

MOST_DIFFERENCES = 50

# CPython 3.12: from here on its own strings are interned before any code runs.
INTERNED_AT_START = 0x030C0000

# Objects that exist once in a process; both sides must refer to the very same one.
SMALL_INTS = range(-5, 257)
ONCE = (type(None), bool, EllipsisType)


class Comparison:
    """Walks two objects side by side. `differences` are texts: where, and what is there."""

    def __init__(self, layout: dict[str, Any]) -> None:
        self.layout = layout
        self.differences: list[str] = []
        self.compared: Counter[str] = Counter()
        self.versions: list[int] = []
        self.fresh_versions: list[int] = []
        self._seen: set[tuple[int, int]] = set()
        self._kept: list[object] = []  # ids stay unique as long as the objects live

    def compare(self, static: object, fresh: object, where: str) -> None:
        """Note every difference between two objects that should be equal in all but their addresses."""
        if (id(static), id(fresh)) in self._seen or len(self.differences) > MOST_DIFFERENCES:
            return
        self._seen.add((id(static), id(fresh)))
        self._kept += (static, fresh)
        if type(static) is not type(fresh):
            self._differ(where, type(static).__name__, type(fresh).__name__)
            return
        self.compared[type(fresh).__name__] += 1
        if self._is_single(fresh):
            if static is not fresh:
                self._differ(f"{where}: the one {fresh!a}", hex(id(static)), hex(id(fresh)))
            return
        for difference in self._contents(static, fresh, where):
            self._differ(*difference)

    def _differ(self, where: str, static: object, fresh: object) -> None:
        self.differences.append(f"{where}: static {str(static)[:200]}, fresh {str(fresh)[:200]}")

    def _contents(self, static: Any, fresh: Any, where: str) -> Iterator[tuple[str, object, object]]:
        match fresh:
            case CodeType():
                yield from self._code(static, fresh, where)
            case str():
                yield from self._text(static, fresh, where)
            case bytes():
                yield from self._words("bytes", static, fresh, where, without=("ob_shash",))
                yield from self._bytes_at(self._offset("bytes", "ob_sval"), len(fresh) + 1, static, fresh, where)
            case int():
                start = self.layout["structs"]["int"][0][1]
                yield from self._bytes_at(start, fresh.__sizeof__() - start, static, fresh, where)
            case float():
                yield from self._words("float", static, fresh, where)
            case complex():
                yield from self._words("complex", static, fresh, where)
            case tuple():
                yield from self._tuple(static, fresh, where)
            case frozenset():
                yield from self._set(static, fresh, where)
            case slice():
                yield from self._words("slice", static, fresh, where)
            case _:
                yield f"{where}: a constant of unexpected type", type(static), type(fresh)

    def _is_single(self, value: Any) -> bool:
        """Is this an object of which a process has only one?"""
        match value:
            case str() | bytes() | tuple() if not value:
                return True
            case str() if len(value) == 1 and value <= "\xff":
                # In 3.11 libpython has two objects for some, and whichever is used first is interned.
                is_last = self.layout["constants"]["version_hex"] >= INTERNED_AT_START
                return is_last or not {"id:" + value, "str:" + value} & self.layout["singletons"].keys()
            case int() if not isinstance(value, bool):
                return value in SMALL_INTS
            case _:
                return isinstance(value, ONCE)

    # --- Kinds of objects ---

    def _code(self, static: CodeType, fresh: CodeType, where: str) -> Iterator[tuple[str, object, object]]:
        fields = self.layout["structs"]["code"]
        start = fields[-1][1]
        before = memory(static, start), memory(fresh, start)
        size = 2 * number(before[1], *fields[0][1:])
        for name, offset, width in fields[:-1]:
            words = number(before[0], offset, width), number(before[1], offset, width)
            if name == "co_version":
                self.versions.append(words[0])
                self.fresh_versions.append(words[1])
            elif name in REFERENCES:
                self.compare(object_at(words[0]), object_at(words[1]), f"{where}.{name}")
            elif words[0] != words[1] or (name in RUN_TIME and words[0]):
                yield f"{where}.{name}", words[0], words[1]
        yield from self._bytes_at(start, size, static, fresh, f"{where}: bytecode")

    def _text(self, static: str, fresh: str, where: str) -> Iterator[tuple[str, object, object]]:
        # `wstr` (3.11) is a cache, which strings beyond the BMP are born with.
        yield from self._words("ascii", static, fresh, where, without=("hash", "state", "wstr"))
        constants = self.layout["constants"]
        widest = max(fresh, default="")
        kind = "ascii" if widest < "\x80" else "1" if widest <= "\xff" else "2" if widest <= "\uffff" else "4"
        # A string that is not interned yet has this very word; interning changes other bits of it.
        expected = constants[f"state_{kind}"]
        states = [number(memory(text, 64), *self._field("ascii", "state")) for text in (static, fresh)]
        every = [constants[f"state_{each}"] for each in ("ascii", "1", "2", "4")]
        kind_bits = (every[0] | every[1] | every[2] | every[3]) & ~(every[0] & every[1] & every[2] & every[3])
        if states[0] & expected != expected or (states[0] ^ states[1]) & kind_bits:
            yield f"{where}: state of {fresh[:40]!a}", hex(states[0]), hex(states[1])
        start = constants["sizeof_ascii" if kind == "ascii" else "sizeof_compact"]
        width = 1 if kind == "ascii" else int(kind)
        yield from self._bytes_at(start, width * (len(fresh) + 1), static, fresh, where)
        if static != fresh or hash(static) != hash(fresh):
            yield f"{where}: hash", hash(static), hash(fresh)

    def _tuple(
        self, static: tuple[object, ...], fresh: tuple[object, ...], where: str
    ) -> Iterator[tuple[str, object, object]]:
        yield from self._words("tuple", static, fresh, where, without=("ob_item", "ob_hash"))
        if gc.is_tracked(static):
            yield f"{where}: known to the garbage collector", True, False
        start = self.layout["structs"]["tuple"][-1][1]
        items = memory(static, start + 8 * len(fresh))
        for index, item in enumerate(fresh):
            address = number(items, start + 8 * index, 8)
            if not address:
                yield f"{where}[{index}]", "nothing", type(item)
            else:
                self.compare(object_at(address), item, f"{where}[{index}]")

    def _set(
        self, static: frozenset[object], fresh: frozenset[object], where: str
    ) -> Iterator[tuple[str, object, object]]:
        if len(static) != len(fresh):
            yield f"{where}: size", len(static), len(fresh)
            return
        if holds_nan(fresh):
            return
        # In the order of iteration: a program may depend on it.
        for index, (mine, theirs) in enumerate(zip(static, fresh, strict=True)):
            self.compare(mine, theirs, f"{where}{{{index}}}")

    # --- Memory ---

    def _field(self, struct: str, name: str) -> tuple[int, int]:
        return next((offset, size) for field, offset, size in self.layout["structs"][struct] if field == name)

    def _offset(self, struct: str, name: str) -> int:
        return self._field(struct, name)[0]

    def _words(
        self, struct: str, static: object, fresh: object, where: str, *, without: tuple[str, ...] = ()
    ) -> Iterator[tuple[str, object, object]]:
        """Compare the members of a struct, references followed."""
        fields = self.layout["structs"][struct]
        size = max(offset + width for _, offset, width in fields)
        mine, theirs = memory(static, size), memory(fresh, size)
        for name, offset, width in fields:
            words = number(mine, offset, width), number(theirs, offset, width)
            if name in REFERENCES:
                self.compare(object_at(words[0]), object_at(words[1]), f"{where}.{name}")
            elif name not in without and words[0] != words[1]:
                yield f"{where}.{name}", hex(words[0]), hex(words[1])

    def _bytes_at(
        self, start: int, size: int, static: object, fresh: object, where: str
    ) -> Iterator[tuple[str, object, object]]:
        mine, theirs = memory(static, start + size)[start:], memory(fresh, start + size)[start:]
        if mine != theirs:
            first = next(at for at in range(size) if mine[at] != theirs[at])
            yield f"{where} from {first}", mine[first : first + 16].hex(), theirs[first : first + 16].hex()


def memory(value: object, size: int) -> bytes:
    """The first bytes of an object."""
    return ctypes.string_at(id(value), size)


def number(data: bytes, offset: int, size: int) -> int:
    """An unsigned number in memory."""
    return int.from_bytes(data[offset : offset + size], "little")


def object_at(address: int) -> Any:
    """The object at an address."""
    return ctypes.cast(address, ctypes.py_object).value


def holds_nan(value: Any) -> bool:
    """Is there a not-a-number somewhere inside? Its hash comes from its address, and decides the order in a set."""
    if isinstance(value, tuple | frozenset):
        return any(map(holds_nan, value))
    return isinstance(value, float | complex) and value != value  # noqa: PLR0124


def changes(code: CodeType) -> Iterator[tuple[str, CodeType]]:
    """The same code with one thing changed, in every way that the comparison must notice."""
    for name in ("co_flags", "co_stacksize", "co_firstlineno"):
        yield name, code.replace(**{name: getattr(code, name) ^ 1})
    for name in ("co_name", "co_qualname", "co_filename"):
        yield name, code.replace(**{name: getattr(code, name) + "x"})
    for name in ("co_linetable", "co_exceptiontable"):
        yield name, code.replace(**{name: getattr(code, name) + b"x"})
    yield "co_code", code.replace(co_code=code.co_code[:-1] + bytes([code.co_code[-1] ^ 1]))
    yield "co_names", code.replace(co_names=(*code.co_names, "x"))
    for index, constant in enumerate(code.co_consts):
        for other in other_values(constant):
            constants = (*code.co_consts[:index], other, *code.co_consts[index + 1 :])
            yield f"constant {constant!a} changed to {other!a}", code.replace(co_consts=constants)


def other_values(value: Any) -> Iterator[object]:
    """Values that are not quite this one, but equal to it where Python lets them be."""
    match value:
        case bool():
            yield int(value)
        case int():
            yield from (float(value), value + 1) if abs(value) < 1 << 53 else (value + 1, -value)
        case float():
            yield from (-value, complex(value))
        case complex():
            yield complex(-value.real, value.imag)
        case str():
            yield from (value + "x", value[:-1] + chr((ord(value[-1]) ^ 1) if value else 0))
        case bytes():
            yield from (value + b"x", bytes(len(value) + 1))
        case tuple():
            yield from (frozenset(value), (*value, None))
            for index, item in enumerate(value):
                yield from ((*value[:index], other, *value[index + 1 :]) for other in other_values(item))
        case frozenset():
            yield from (value | {"x"}, tuple(value))
        case _:
            yield 0


def main() -> None:
    """Compare every case, and print what was found."""
    import _bundle  # type: ignore[import-not-found]  # the launcher's, so only to be had inside a binary

    comparison = Comparison(json.loads(Path(sys.argv[1]).read_text()))
    cases = marshal.loads(Path(sys.argv[2]).read_bytes())
    for name, data in cases:
        comparison.compare(_bundle.code(name), marshal.loads(data), name)
    versions = comparison.versions
    if len(set(versions)) != len(versions) or 0 in versions:
        comparison.differences.append("two static code objects have one co_version, or one has none")
    if set(versions) & set(comparison.fresh_versions):
        comparison.differences.append("a fresh code object has the co_version of a static one")
    gc.collect()
    name, data = cases[0]
    changed = list(changes(marshal.loads(data)))
    found = {
        "differences": comparison.differences,
        "compared": comparison.compared,
        "changes": len(changed),
        "unnoticed": [what for what, code in changed if is_equal(comparison.layout, name, code)],
    }
    print(json.dumps(found))


def is_equal(layout: dict[str, Any], name: str, changed: CodeType) -> bool:
    """Does the comparison take changed code for that of the static module?"""
    import _bundle

    comparison = Comparison(layout)
    comparison.compare(_bundle.code(name), changed, name)
    return not comparison.differences


if __name__ == "__main__":
    main()
