"""Gives the program other arguments."""

import sys

sys.argv = ["other", "two"]
