"""A package whose module copies a name while the package is imported."""

import sys

VERBOSE = "-v" in sys.argv

from .shown import shown  # noqa: E402
