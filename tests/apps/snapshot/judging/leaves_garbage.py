"""Leaves an answer in garbage that refers to itself: an exception, its traceback, and the frame that has the exception."""

import os


def found():
    try:
        raise LookupError(os.environ["TZ"])
    except LookupError as error:
        kept = error
    return f"zone {kept}"


ZONE = found()
