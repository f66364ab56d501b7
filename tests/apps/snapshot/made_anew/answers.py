"""Remembers an answer."""

import functools
import sys


@functools.cache
def has_all():
    return "--all" in sys.argv
