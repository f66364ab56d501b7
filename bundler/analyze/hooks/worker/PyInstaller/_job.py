"""Settings of the build for the API; the worker makes them before any hook runs."""

from __future__ import annotations

# Folders and suffixes that the default data rule leaves out of packages (bundler/analyze/carry/data.py).
folders_left_out: frozenset[str] = frozenset()
suffixes_left_out: frozenset[str] = frozenset()

# Facts about the target's processor (bundler/elf/machine.py): folders of libraries, and their mark in `ldconfig -p`.
library_folders: tuple[str, ...] = ()
ldconfig_label = ""

# The words that run a program of the target's system, before its own; none where that is this machine's.
emulator: tuple[str, ...] = ()
