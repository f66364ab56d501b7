"""Keeps a bit that others get at without its name, and makes an attribute of it when that is asked for."""

import os

IS_PLAIN = os.environ.get("TERM") == "dumb"


def __getattr__(name):
    if name == "KIND":
        return "plain" if IS_PLAIN else "rich"
    raise AttributeError(name)
