"""C as text: literals and names. Knows C, knows nothing of Python objects."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Octal escapes, always three digits: a hexadecimal one would swallow the digits that follow it.
_ESCAPES = [chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\{byte:03o}" for byte in range(256)]

_POOLED = re.compile(r"[A-Za-z0-9_]{2,120}\Z")


def string_literal(data: bytes) -> str:
    """A C string literal with these bytes (and, as all such literals, a NUL after them)."""
    # Most are texts, and those need few escapes.
    text = data.decode("latin-1").replace("\\", r"\134").replace('"', r"\042").replace("\n", r"\012")
    if not (text.isascii() and text.isprintable()):
        text = "".join(map(_ESCAPES.__getitem__, data))
    return f'"{text}"'


def external(symbols: Iterable[str]) -> str:
    """A declaration of objects that other files define; one of many objects is quicker to compile than many of one."""
    names = ",\n".join(symbols)
    return f"extern O {names};" if names else ""


def declaration(start: str, definitions: Iterable[str]) -> str:
    """A declaration that defines many objects of one kind; it is quicker to compile than a declaration for each."""
    together = ",\n".join(definitions)
    return f"{start} {together};"


# Stands before each module of a C file and after the last, and comes out of the compiler as a line of its own.
BORDER = "#@"
BORDER_LINE = f'asm("{BORDER}");'


def mangle(name: str) -> str:
    """A dotted name as a C identifier, injectively: `a.b` -> `a_d_b`, `a_b` -> `a__b`, any other byte as `_xNN_`.

    Every underscore that does not come from the name stands before `d` or `x`, every one that does comes doubled.
    """
    out = []
    for byte in name.encode("utf-8", "surrogatepass"):
        char = chr(byte)
        if char == "_":
            out.append("__")
        elif char == ".":
            out.append("_d_")
        elif char.isascii() and char.isalnum():
            out.append(char)
        else:
            out.append(f"_x{byte:02x}_")
    return "".join(out)


def is_pooled(text: str) -> bool:
    """True for a string that the pool of the whole build holds: one that looks like an identifier."""
    return _POOLED.match(text) is not None


def pool_symbol(text: str) -> str:
    """The C name of a pooled string; `is_pooled` says which strings have one."""
    return "u_" + text


def runtime_symbol(offset: int) -> str:
    """The linker symbol of an object that lies in `_PyRuntime`: gcc is quicker with a name than with a sum."""
    return f"runtime_{offset}"


def module_symbol(module: str) -> str:
    """The C name of a module's `struct bundle_code`."""
    return "frozen_" + mangle(module)


def version_symbol(module: str) -> str:
    """The linker symbol whose value is the module's first co_version, times 2**32."""
    return "version_" + mangle(module)


# The two names for precompiled results, which belong to no module.
PRECOMPILED_SYMBOL = "precompiled"
PRECOMPILED_VERSION = "precompiled_version"
