"""A program whose own files have names of Python's modules, of the launcher's tables, and of well-known wheels' modules.

Each function is a case; the first argument names it.
"""

import sys


def library():
    """What is imported, or frozen in, before a program's folder is searched is the library's."""
    import _collections_abc
    import abc
    import codecs
    import encodings
    import genericpath
    import io
    import ntpath
    import os
    import posixpath
    import runpy
    import site
    import stat
    import zipimport

    print(io.open is open, abc.ABCMeta, codecs.lookup("utf-8").name, encodings.normalize_encoding("a b"))
    print(os.sep, ntpath.sep, posixpath.sep, genericpath.exists("/"), _collections_abc.Mapping.__name__)
    print(runpy.run_path.__name__, stat.S_IFREG, zipimport.zipimporter.__name__, site.main.__name__)


def own():
    """What is not is the program's, whatever it is called."""
    import ctypes_util
    import importlib_machinery
    import pkgutil
    import platform
    import python
    import tkinter

    print(ctypes_util.ANSWER, importlib_machinery.ANSWER, python.ANSWER, tkinter.ANSWER, pkgutil.ANSWER)
    print(platform.ANSWER)


def stop():
    """`exit` is there for the program's own `calendar`."""
    import calendar

    calendar.stop()


class Kept:
    """Dies when the program ends."""


def callback():
    """A callback of the program's own `logging`."""
    import logging
    import weakref

    global kept, reference
    kept = Kept()
    reference = weakref.ref(kept, logging._removeHandlerRef)
    print("the end")


def partial():
    """A callback whose type is the library's, but which calls the program."""
    import functools
    import weakref

    global kept, reference
    kept = Kept()
    reference = weakref.ref(kept, functools.partial(print, "partial: gone"))
    print("the end")


def wrapped():
    """A callback that has the name of a library's function, by `functools.wraps`."""
    import functools
    import weakref

    @functools.wraps(weakref.WeakSet.add)
    def note(reference):
        print("wrapped: gone")

    global kept, reference
    kept = Kept()
    reference = weakref.ref(kept, note)
    print("the end")


def compiled():
    """An object of an extension module that is called like one which is known to end quietly."""
    from own._rust import Writer

    global kept
    kept = Writer()


if __name__ == "__main__":
    globals()[sys.argv[1]]()
