"""Fixtures of the launcher's tests."""

from tests.target.pythons import cache, target, toolchain

__all__ = ["cache", "target", "toolchain"]
