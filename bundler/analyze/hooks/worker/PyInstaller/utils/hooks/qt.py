"""Helpers for Qt that hooks outside PyInstaller use; with PyInstaller installed, its own serve."""

from __future__ import annotations

from .found import find_spec

ALL_QT_BINDINGS = {"PyQt5", "PySide2", "PyQt6", "PySide6"}


def exclude_extraneous_qt_bindings(hook_name: str, qt_bindings_order: list[str] | None = None) -> list[str]:
    """All Qt bindings but the first that is installed: a program can load only one."""
    order = [*(qt_bindings_order or ()), *sorted(ALL_QT_BINDINGS - set(qt_bindings_order or ()), reverse=True)]
    installed = [name for name in order if find_spec(name) is not None]
    return sorted(ALL_QT_BINDINGS - set(installed[:1]))
