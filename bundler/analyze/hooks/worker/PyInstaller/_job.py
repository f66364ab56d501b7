"""What the build tells the API; set by the worker before any hook runs."""

from __future__ import annotations

# What the default data rule leaves out of packages (bundler/analyze/data.py).
folders_left_out: frozenset[str] = frozenset()
suffixes_left_out: frozenset[str] = frozenset()
