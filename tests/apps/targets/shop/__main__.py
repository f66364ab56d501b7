"""The package as a program."""

import sys

from .cli import describe

describe(globals())
sys.exit(len(sys.argv))
