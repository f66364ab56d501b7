"""Fixtures of the tests of other C libraries."""

from tests.target.pythons import cache, newest_target, toolchain

__all__ = ["cache", "newest_target", "toolchain"]
