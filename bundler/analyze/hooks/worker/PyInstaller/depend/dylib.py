"""Tells the system's own libraries from others. The linker knows them (bundler/link/system_libraries.py); hooks seldom ask."""

from __future__ import annotations


def include_library(libname: str) -> bool:
    """True if the library may be carried."""
    return True


exclude_list = include_list = None
