import sys

COLOURS = 256 if sys.stdout.isatty() else 0
