"""The recorder's Python side: it runs in the executable while that is recorded, and leaves nothing behind.

The launcher (launcher/snapshot/record.c) runs it with `note` and `retype` in its namespace, calls `begin` before the
program's first import, `end` after the last, and `release` when what is run again at each start has run. It imports
nothing: the program's imports are what is recorded.
"""

import sys
from posix import environ

note = globals()["note"]
retype = globals()["retype"]


def _text(key):
    return key.decode("utf-8", "backslashreplace") if type(key) is bytes else None


class Environment(dict):
    """`posix.environ`, which `os.environ` is made of, while it notes what it is asked for."""

    __slots__ = ()

    def __getitem__(self, key):
        note("variable", _text(key))
        return dict.__getitem__(self, key)

    def __contains__(self, key):
        note("variable", _text(key))
        return dict.__contains__(self, key)

    def get(self, key, default=None):
        note("variable", _text(key))
        return dict.get(self, key, default)

    def pop(self, key, *default):
        note("variable", _text(key))
        return dict.pop(self, key, *default)

    def setdefault(self, key, default=None):
        note("variable", _text(key))
        return dict.setdefault(self, key, default)

    def __iter__(self):
        note("variables", None)
        return dict.__iter__(self)

    def __len__(self):
        note("variables", None)
        return dict.__len__(self)

    def keys(self):
        note("variables", None)
        return dict.keys(self)

    def values(self):
        note("variables", None)
        return dict.values(self)

    def items(self):
        note("variables", None)
        return dict.items(self)

    def copy(self):
        note("variables", None)
        return dict.copy(self)

    def __eq__(self, other):
        note("variables", None)
        return dict.__eq__(self, other)

    __hash__ = None


class Arguments(list):
    """`sys.argv` and `sys.orig_argv`, while they note that they are asked for."""

    __slots__ = ()

    def __getitem__(self, index):
        note("arguments", None)
        return list.__getitem__(self, index)

    def __iter__(self):
        note("arguments", None)
        return list.__iter__(self)

    def __len__(self):
        note("arguments", None)
        return list.__len__(self)

    def __contains__(self, item):
        note("arguments", None)
        return list.__contains__(self, item)

    def __eq__(self, other):
        note("arguments", None)
        return list.__eq__(self, other)

    def copy(self):
        note("arguments", None)
        return list.copy(self)

    def pop(self, *index):
        note("arguments", None)
        return list.pop(self, *index)

    __hash__ = None


def begin():
    """Watch what belongs to the process."""
    retype(environ, Environment)
    retype(sys.argv, Arguments)
    retype(sys.orig_argv, Arguments)


def release():
    """Watch no more."""
    retype(environ, dict)
    retype(sys.argv, list)
    retype(sys.orig_argv, list)


def end():
    """Look at what the program has left."""
    if getattr(sys.meta_path[0], "__name__", "") != "BundleFinder":
        note("finder", None)
