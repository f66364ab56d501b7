"""Has a class that uses a bit of an answer when another is made from it."""

import os

IS_PLAIN = os.environ.get("TERM") == "dumb"


class Base:
    kind = ""

    def __init_subclass__(cls):
        cls.kind = "plain" if IS_PLAIN else "rich"


class Derived(Base):
    pass
