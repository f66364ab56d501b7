"""The C library of this machine. Verb: `read_c_library`."""

from __future__ import annotations

from collections.abc import Mapping

from bundler.elf import Machine, SharedObject, read_shared_object
from bundler.link.library_search import system_libraries
from bundler.link.system_libraries import LINKED_SYSTEM_LIBRARIES


def read_c_library(machine: Machine) -> Mapping[str, SharedObject]:
    """Its libraries with which programs are linked, by soname."""
    known = system_libraries(machine)
    return {name: read_shared_object(known[name]) for name in LINKED_SYSTEM_LIBRARIES if name in known}
