"""Which libraries are the system's own; the linker knows (bundler/link/libraries.py), hooks seldom ask."""

from __future__ import annotations


def include_library(libname: str) -> bool:
    """May the library be carried?"""
    return True


exclude_list = include_list = None
