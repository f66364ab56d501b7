"""Reads files: import facts of sources, imports of compiled modules."""
