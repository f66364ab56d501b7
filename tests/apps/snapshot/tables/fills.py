"""Adds entries to tables of the standard library, and of packages that are made like known ones."""

import copy
import copyreg
import linecache
import re
import typing

import numpy
import pygments.formatters
import pygments.lexers


def fill(name, scope):
    """Add an entry of this name to each of the tables."""
    kind = type(name, (), {})
    copyreg.pickle(kind, lambda _: (kind, ()))
    linecache.lazycache(f"/{name}.py", scope)
    re.compile(f"{name}+")

    def given(value: int) -> int: ...

    given.__module__ = name
    typing.overload(given)
    return [
        str(each)
        for each in (
            re.compile(f"{name}+").pattern,
            type(copy.copy(kind())).__name__,
            numpy.iinfo(name),
            getattr(pygments.lexers, name),
            getattr(pygments.formatters, name),
        )
    ]
