import sys

DEBUG = "--debug" in sys.argv
if DEBUG:
    LEVEL = 10
