"""Differences between CPython versions, as far as Python code of ours must know them."""

from __future__ import annotations

from bundler.target.model import TargetPython

# Imported by the interpreter before or without any program: codec start-up, standard streams (pylifecycle.c). Since
# 3.14 the streams come from `_io` directly, and `io` only when a program asks for it.
_START_UP = ("abc", "codecs", "encodings", "encodings.aliases", "encodings.utf_8", "io")

# With -W options or PYTHONWARNINGS the interpreter imports this once it can import (pylifecycle.c, init_interp_main). It
# calls nothing in it. To show a warning, its functions do without what they import.
IMPORTED_FOR_OPTIONS = ("warnings",)

# Since 3.13 uncaught exceptions are printed by a Python function (pythonrun.c, _PyErr_Display).
_TRACEBACK = ("traceback",)

# Executed before anything can be imported, under file names that the interpreter knows (import.c, pylifecycle.c).
BOOTSTRAP_MODULES = ("importlib._bootstrap", "importlib._bootstrap_external", "zipimport")


def core_modules(target: TargetPython) -> tuple[str, ...]:
    """Modules that the interpreter itself imports by name."""
    return (*_START_UP, *(_TRACEBACK if target.version >= (3, 13) else ()))


def are_strings_unique(target: TargetPython) -> bool:
    """True if libpython has one object for each of its own strings.

    Since 3.12 they are interned before any code runs (unicodeobject.c, init_global_interned_strings). Before, there are
    two for some, and whichever is used first stands for both.
    """
    return target.version >= (3, 12)


def core_names(target: TargetPython) -> tuple[str, ...]:
    """Names that C code of the interpreter looks up in Python modules: its static identifiers."""
    return tuple(key.removeprefix("id:") for key in target.layout.singletons if key.startswith("id:"))
