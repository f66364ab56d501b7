"""Keeps the user's folder as a key."""

from pathlib import Path

HOME = Path.home()
FOUND = {}
FOUND[HOME] = "found"


class HOLDER:
    """Holds it, too."""

    folder = HOME
