"""The C library of the oldest system that a binary is to run on.

Floor --make_stubs, make_archive--> what the linker is given in place of this machine's C library

For an executable without a dynamic linker, `find_static_library` finds this machine's as archives.
"""

from bundler.glibc.floor import HOST, CLibrary, Floor, FloorSymbol, beyond, read_floor
from bundler.glibc.polyfills import make_archive, polyfill_names, polyfill_sources
from bundler.glibc.static import OWN_FUNCTIONS, StaticLibrary, find_static_library
from bundler.glibc.stubs import make_stubs

__all__ = [
    "HOST",
    "OWN_FUNCTIONS",
    "CLibrary",
    "Floor",
    "FloorSymbol",
    "StaticLibrary",
    "beyond",
    "find_static_library",
    "make_archive",
    "make_stubs",
    "polyfill_names",
    "polyfill_sources",
    "read_floor",
]
