"""Has a decorator that calls a function which uses a bit of an answer."""

import os

IS_PLAIN = os.environ.get("TERM") == "dumb"


def called(function):
    return function()


@called
def KIND():  # noqa: N802 - it is a value
    return "plain" if IS_PLAIN else "rich"
