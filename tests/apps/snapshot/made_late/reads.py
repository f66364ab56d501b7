"""Reads a variable."""

import os

TERM = os.environ.get("TERM")
