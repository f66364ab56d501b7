"""Functions that the launcher interposes, grouped by caller: the lists of `launcher/interposed.h`."""

from __future__ import annotations

from bundler.contract import interposed

# Functions of the C library that libpython and prelinked objects call.
INTERPOSED_FUNCTIONS = interposed("INTERPOSED_FUNCTIONS") | interposed("INTERPOSED_IN_WORLD")
# Functions of the C library that prelinked objects call.
INTERPOSED_IN_OBJECTS = interposed("INTERPOSED_IN_OBJECTS")
# Functions of a C library that is part of the executable, which its other files call.
INTERPOSED_IN_STATIC_LIBC = interposed("INTERPOSED_IN_STATIC_LIBC")
# Functions of the interpreter that extension modules call.
INTERPOSED_FOR_EXTENSIONS = interposed("INTERPOSED_FOR_EXTENSIONS")
# Functions of a static libpython that its other files call.
INTERPOSED_IN_STATIC_PYTHON = interposed("INTERPOSED_IN_STATIC_PYTHON")
# Functions of a shared libpython that anybody calls.
INTERPOSED_IN_SHARED_PYTHON = interposed("INTERPOSED_IN_SHARED_PYTHON")


def interposer(name: str) -> str:
    """The symbol of the launcher's function that prelinked objects are given instead of this one."""
    return f"{'extension' if name in INTERPOSED_FOR_EXTENSIONS else '__wrap'}_{name}"
