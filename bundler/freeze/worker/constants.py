"""Tells constants apart as a program can, down to the bits of a number."""

from __future__ import annotations

import struct
from types import CodeType


def bits(value: float) -> bytes:
    """The 64 bits of a double: exact for infinities, NaNs and negative zero."""
    return struct.pack("<d", value)


def sharing_key(value: object) -> object:
    """A key that two constants share if one static object can stand for both."""
    match value:
        case str() | bytes():
            return value
        case tuple():
            return (tuple, *map(sharing_key, value))
        case CodeType():
            return (CodeType, id(value))
        case float():
            return (float, bits(value))
        case complex():
            return (complex, bits(value.real), bits(value.imag))
        case frozenset():
            return (frozenset, frozenset(map(sharing_key, value)))
        case slice():
            return (slice, *map(sharing_key, (value.start, value.stop, value.step)))
        case _:
            return (type(value), value)
