"""Asks for a variable in a method that is called like one of `os.environ`."""

import os


class Names:
    def __iter__(self):
        yield os.environ.get("KIND_OF_NAMES")


KEPT = list(Names())
