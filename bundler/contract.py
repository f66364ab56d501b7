"""`launcher/` as Python sees it: where its sources are, the declarations of `bundle.h` (with `code.h`) and `recorded.h` through
cffi, and the lists of `interposed.h`.

Whatever both sides must agree on is declared in these headers and read from there.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path, PurePosixPath
from typing import Any, TypeAlias

import cffi

# A struct, an array of structs or a pointer. cffi makes their types when it has read the headers: mypy knows no members.
Struct: TypeAlias = Any


def launcher_folder() -> Path:
    """The launcher's C sources: in the package when installed from a wheel, beside it in a checkout."""
    here = Path(__file__).resolve().parent
    installed = here / "launcher"
    return installed if installed.is_dir() else here.parent / "launcher"


@functools.cache
def _header() -> str:
    return "\n".join((launcher_folder() / name).read_text() for name in ("code.h", "bundle.h", "recorded.h"))


@functools.cache
def bundle_root() -> PurePosixPath:
    """The virtual folder under which everything bundled appears to lie."""
    found = re.search(r'^#define BUNDLE_ROOT "(.*)"$', _header(), re.MULTILINE)
    if found is None:
        message = "bundle.h does not define BUNDLE_ROOT"
        raise AssertionError(message)
    return PurePosixPath(found[1])


@functools.cache
def bundle_spare() -> PurePosixPath:
    """The virtual folder below which files lie for systems that have none at the path that follows."""
    found = re.search(r'^#define BUNDLE_SPARE BUNDLE_ROOT "(.*)"$', _header(), re.MULTILINE)
    assert found is not None, "bundle.h does not define BUNDLE_SPARE"
    return PurePosixPath(f"{bundle_root()}{found[1]}")


@functools.cache
def bundle_ffi() -> cffi.FFI:
    """The tables of `bundle.h` and `recorded.h` as cffi types."""
    ffi = cffi.FFI()
    # Of the preprocessor's language, cffi reads names of numbers alone.
    lines = (line for line in _header().splitlines() if not line.startswith("#") or _NUMBER.fullmatch(line))
    ffi.cdef("\n".join(lines))
    return ffi


_NUMBER = re.compile(r"#define \w+ 0x[0-9a-f]+ul")


def bundle_constant(name: str) -> int:
    """The value of an enumerator of `bundle.h` or `recorded.h`, or of a macro that is a number."""
    value: int = getattr(_constants(), name)
    return value


@functools.cache
def _constants() -> Any:
    # Numbers are attributes of any library opened with the declarations; this one is the process itself.
    return bundle_ffi().dlopen(None)


@functools.cache
def interposed(group: str) -> frozenset[str]:
    """The names of the functions in one of the lists of `interposed.h`."""
    header = (launcher_folder() / "interposed.h").read_text()
    # A macro's definition goes on while lines end with a backslash.
    found = re.search(rf"^#define {group}\(FUNCTION\)((?:.*\\\n)*.*\n)", header, re.MULTILINE)
    if found is None:
        message = f"interposed.h does not define {group}"
        raise AssertionError(message)
    return frozenset(re.findall(r"FUNCTION\([^,()]+, (\w+),", found[1]))


def fnv1a(text: bytes) -> int:
    """The hash function of `launcher/executable/tables.c` (FNV-1a, 32 bits)."""
    value = 2166136261
    for byte in text:
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    return value
