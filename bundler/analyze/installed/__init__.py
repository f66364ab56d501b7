"""Finds installed distributions, the places of modules, and the owners of files."""
