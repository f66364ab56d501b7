"""The API that PyInstaller documents for hooks, written anew for `bundle`: hooks run unchanged.

Runs under the target interpreter, in the hook worker only; nothing of it gets into a binary. Names and behaviour are
those of PyInstaller's manual ("Understanding PyInstaller Hooks"); no code is shared with it.
"""

from __future__ import annotations

import os

# The version of the API: hooks ask `is_module_satisfies("PyInstaller >= 6.0")`.
__version__ = "6.16.0"

PACKAGEPATH = os.path.dirname(os.path.abspath(__file__))
HOMEPATH = os.path.dirname(PACKAGEPATH)
PLATFORM = "Linux-64bit-intel"
DEFAULT_DISTPATH = os.path.join(os.curdir, "dist")
DEFAULT_WORKPATH = os.path.join(os.curdir, "build")
DEFAULT_SPECPATH = os.curdir
