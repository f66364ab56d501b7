"""shiboken answers `from __feature__ import snake_case` itself, by a function in place of `__import__`."""

from __future__ import annotations

from typing import Any


def pre_safe_import_module(api: Any) -> None:
    """Tell that the module is made at run time."""
    api.add_runtime_module(api.module_name)
