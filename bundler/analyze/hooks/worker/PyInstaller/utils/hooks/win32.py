"""Names of helpers for Windows, which is not here."""

from __future__ import annotations


def get_pywin32_module_file_attribute(module_name: str) -> str:
    """The file of a module."""
    from . import get_module_file_attribute

    return get_module_file_attribute(module_name)
