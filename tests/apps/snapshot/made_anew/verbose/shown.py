"""Copies a name of the package that imports it."""

from verbose import VERBOSE

shown = VERBOSE
