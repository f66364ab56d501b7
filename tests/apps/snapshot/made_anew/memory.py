"""Asks twice, once a function that remembers."""

import sys

import answers

QUIET = "--quiet" in sys.argv
BOTH = answers.has_all()
