"""Fixtures of the target's tests."""

from tests.target.pythons import cache, target, toolchain

__all__ = ["cache", "target", "toolchain"]
