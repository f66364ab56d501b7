"""Functions that the launcher interposes, grouped by caller: the lists of `launcher/interposed.h`."""

from __future__ import annotations

from bundler.contract import interposed

# Of the C library, by libpython and by prelinked objects.
INTERPOSED_FUNCTIONS = interposed("INTERPOSED_FUNCTIONS")
# Of the C library, by prelinked objects only.
INTERPOSED_IN_OBJECTS = interposed("INTERPOSED_IN_OBJECTS")
# Of the interpreter, by extension modules.
INTERPOSED_FOR_EXTENSIONS = interposed("INTERPOSED_FOR_EXTENSIONS")
# Of a static libpython, by its other files.
INTERPOSED_IN_STATIC_PYTHON = interposed("INTERPOSED_IN_STATIC_PYTHON")
# Of a shared libpython, by anybody.
INTERPOSED_IN_SHARED_PYTHON = interposed("INTERPOSED_IN_SHARED_PYTHON")


def interposer(name: str) -> str:
    """The symbol of the launcher's function that prelinked objects are given instead of this one."""
    return f"{'extension' if name in INTERPOSED_FOR_EXTENSIONS else '__wrap'}_{name}"
