"""Fixtures of the launcher's tests."""

from tests.target.pythons import cache, newest_target, target, toolchain

__all__ = ["cache", "newest_target", "target", "toolchain"]
