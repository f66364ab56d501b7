"""Imports a module through a finder or a path hook of its own, which compiles it from a changed source."""

import sys

import installs  # noqa: F401  # first: it changes what comes after it
import shown

print(shown.VALUE, type(shown.__loader__).__name__)
print(sys.modules["shown"].__file__.rpartition("/")[2])
