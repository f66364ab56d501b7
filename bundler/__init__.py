"""Turn a Python program into one native executable that starts faster than Python itself."""

__version__ = "0.1.0"
