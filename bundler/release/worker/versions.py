"""Runs under the target Python: asks its modules for the versions of the libraries that they are made with."""

from __future__ import annotations

import json
from collections.abc import Callable


def openssl() -> str:
    import ssl

    return ssl.OPENSSL_VERSION.split()[1]


def sqlite() -> str:
    import sqlite3

    return sqlite3.sqlite_version


def zlib() -> str:
    import zlib as module

    return module.ZLIB_RUNTIME_VERSION


def expat() -> str:
    import pyexpat

    return pyexpat.EXPAT_VERSION.removeprefix("expat_")


def mpdecimal() -> str:
    import _decimal

    return _decimal.__libmpdec_version__


def ncurses() -> str:
    import _curses

    return ".".join(map(str, _curses.ncurses_version))


def tcl() -> str:
    import _tkinter

    return _tkinter.TCL_VERSION


def readline() -> str:
    import readline as module

    number: str = vars(module)["_READLINE_LIBRARY_VERSION"]
    return "" if "libedit" in number else number


# By the names in native.toml.
QUESTIONS: dict[str, Callable[[], str]] = {
    "openssl": openssl,
    "sqlite": sqlite,
    "zlib": zlib,
    "expat": expat,
    "mpdecimal": mpdecimal,
    "ncurses": ncurses,
    "tcl": tcl,
    "readline": readline,
}


def main() -> None:
    """Print a JSON object of versions; libraries that this Python lacks, or that do not tell, are left out."""
    found = {}
    for name, ask in QUESTIONS.items():
        try:
            found[name] = ask()
        except (ImportError, AttributeError, IndexError, KeyError):
            continue
    print(json.dumps(found))
