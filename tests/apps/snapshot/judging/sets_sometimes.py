"""Has a name at some starts alone."""

import sys

IS_QUIET = "--quiet" in sys.argv
if not IS_QUIET:
    LEVEL = 1
