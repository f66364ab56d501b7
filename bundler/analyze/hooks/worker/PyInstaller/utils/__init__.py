"""Part of the API for hooks."""
