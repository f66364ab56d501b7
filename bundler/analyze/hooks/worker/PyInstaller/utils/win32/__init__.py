"""A package for Windows, which is not here."""
