"""Keeps of each answer no more than whether something is so."""

import os
import time

IS_PLAIN = os.environ.get("TERM") == "dumb"
IS_AT_ROOT = os.environ.get("HOME") == "/"
IS_IN_TEMPORARY_FOLDER = os.getcwd() == "/tmp"
IS_LATE = time.time() > 1_780_000_000


class Defaults:
    """The same in a class."""

    is_xterm = os.environ.get("TERM", "").startswith("xterm")
