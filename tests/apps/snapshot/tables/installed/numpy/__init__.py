"""As in NumPy, where a class keeps what it found by types."""

from numpy._core import multiarray  # noqa: F401 - it is told of huge pages at each start


class iinfo:  # noqa: N801 - that is its name
    found = {}

    def __init__(self, kind):
        self.text = self.found.setdefault(kind, f"bounds of {kind}")

    def __str__(self):
        return self.text
