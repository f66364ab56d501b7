"""Has decorators with the names of Python's, which call functions that use a bit of an answer, and a context manager that keeps one."""

import os

IS_PLAIN = os.environ.get("TERM") == "dumb"


def cache(function):
    return function()


@cache
def CACHED():  # noqa: N802 - it is a value
    return "plain" if IS_PLAIN else "rich"


class Member:
    """Its decorators call, too."""

    def setter(self, function):
        self.kind = function(self)
        return self

    def property(function):
        return function(None)

    @property
    def kind(self):
        return "plain" if IS_PLAIN else "rich"


def dataclass(cls):
    cls.made = cls.kind()
    return cls


@dataclass
class Options:
    """Asked when it is made."""

    @staticmethod
    def kind():
        return "plain" if IS_PLAIN else "rich"


KINDS = []


def wraps(function):
    KINDS.append(function())
    return lambda made: made


def quiet(function):
    @wraps(function)
    def made():
        return function()

    return made


@quiet
def kind():
    return "plain" if IS_PLAIN else "rich"


MEMBER = Member.kind
MADE = Options.made
