"""Parts of a spec file, for hooks that import them."""

from __future__ import annotations

from .datastruct import TOC, Tree

__all__ = ["TOC", "Tree"]
