"""Finds what is carried besides modules: data files, metadata, libraries that are opened by name."""
