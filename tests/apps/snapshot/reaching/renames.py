"""Changes its name before it calls a function that uses a bit of an answer."""

import os

__name__ = "renamed"

IS_PLAIN = os.environ.get("TERM") == "dumb"


def kind():
    return "plain" if IS_PLAIN else "rich"


KIND = kind()
