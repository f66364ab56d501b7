"""Three small tools for text."""

__version__ = "1.2"
