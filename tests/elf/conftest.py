"""Fixtures of the ELF room's tests."""

from __future__ import annotations

from tests.link.conftest import natives_folder
from tests.target.pythons import target

__all__ = ["natives_folder", "target"]
