"""Settings of the build for the API; the worker makes them before any hook runs."""

from __future__ import annotations

# What the default data rule leaves out of packages (bundler/analyze/data.py).
folders_left_out: frozenset[str] = frozenset()
suffixes_left_out: frozenset[str] = frozenset()

# Of the target's processor (bundler/elf/machine.py): where its libraries lie, and how `ldconfig -p` marks them.
library_folders: tuple[str, ...] = ()
ldconfig_label = ""
