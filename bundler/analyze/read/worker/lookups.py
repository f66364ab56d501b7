"""Finds what a file looks up by name outside import statements: codecs, shared libraries, and builtins that `site` adds."""

from __future__ import annotations

import ast
import encodings
import encodings.aliases
import pkgutil
import symtable
from collections.abc import Collection, Iterable, Iterator

# Builtins that `site` adds (Lib/site.py, setquit, setcopyright and sethelper).
SITE_BUILTINS = frozenset({"exit", "quit", "copyright", "credits", "license", "help"})

_CODECS = frozenset(module.name for module in pkgutil.iter_modules(encodings.__path__)) - {"aliases"}

_LONGEST_CODEC = max(map(len, (*_CODECS, *encodings.aliases.aliases)))


def site_builtins(source: bytes) -> list[str]:
    """Builtins of `site` that the file uses as such: as global names that it does not define itself."""
    # Bytes: a byte order mark or a comment may tell the encoding.
    module = symtable.symtable(source, "-", "exec")  # type: ignore[arg-type]  # typeshed knows of text only
    defined = {symbol.get_name() for symbol in module.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    found = set()
    tables = [module]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        for symbol in table.get_symbols():
            is_global = symbol.is_global() or table is module
            if symbol.get_name() in SITE_BUILTINS and symbol.is_referenced() and is_global:
                found.add(symbol.get_name())
    return sorted(found - defined)


def argument(call: ast.Call, place: int, name: str) -> ast.expr | None:
    """An argument of a call by its place, counted from 0, or by its name."""
    given = [*call.args[place : place + 1], *(keyword.value for keyword in call.keywords if keyword.arg == name)]
    return given[0] if given else None


# The argument that names an encoding, counted from 0, by the name of the function.
_ENCODING_ARGUMENTS = {
    **dict.fromkeys(
        ("decode", "encode", "lookup", "read_text", "getencoder", "getdecoder", "getreader", "getwriter"), 0
    ),
    **dict.fromkeys(("getincrementalencoder", "getincrementaldecoder", "hook_encoded"), 0),
    **dict.fromkeys(("str", "bytes", "bytearray", "TextIOWrapper", "write_text"), 1),
    **dict.fromkeys(("iterencode", "iterdecode", "EncodedFile", "make_header", "unquote", "unquote_plus"), 1),
    **dict.fromkeys(("quote", "quote_plus", "FileHandler", "WatchedFileHandler", "open_text"), 2),
    **dict.fromkeys(("NamedTemporaryFile", "TemporaryFile"), 2),
    **dict.fromkeys(("open", "fdopen", "parse_qs", "parse_qsl", "urlencode", "SpooledTemporaryFile"), 3),
    **dict.fromkeys(("RotatingFileHandler", "TimedRotatingFileHandler"), 4),
}
# The same for functions of `codecs`, which have the encoding in another place.
_OF_CODECS = {"decode": 1, "encode": 1, "open": 2}
# The modules of these functions: any object may have a method of such a name.
_ONLY_OF = {"lookup": ("codecs",), "open": ("codecs", "io", "gzip", "bz2")}
# Methods, with the module that a file imports if it has such objects.
_METHODS = {"open": ("pathlib", 2), "read": ("configparser", 1)}

_KEYWORDS = frozenset({"encoding", "metadata_encoding", "data_encoding", "file_encoding"})


def encodings_of(call: ast.Call, name: str | None, imported: Collection[str]) -> Iterator[ast.expr]:
    """The arguments of a call of `name` that are names of encodings, as far as the function's name tells.

    `imported`: modules that the file imports.
    """
    for keyword in call.keywords:
        if keyword.arg in _KEYWORDS:
            yield keyword.value
    place = _ENCODING_ARGUMENTS.get(name or "")
    if place is None and name not in _METHODS:
        return
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    owner_name = owner.id if isinstance(owner, ast.Name) else ""
    if place is None or (name in _ONLY_OF and owner is not None and owner_name not in _ONLY_OF[name]):
        module, place = _METHODS.get(name or "", ("", 0))
        if module in imported and owner is not None and owner_name not in imported:
            yield from call.args[place : place + 1]
        return
    if name in ("decode", "encode") and owner is None:
        return
    if owner_name == "codecs":
        place = _OF_CODECS.get(name or "", place)
    yield from call.args[place : place + 1]


# Functions of ctypes and cffi that open a library by its name.
_OPENING = frozenset({"CDLL", "PyDLL", "LoadLibrary", "dlopen"})


def library_of(call: ast.Call, name: str | None) -> tuple[ast.expr, bool] | None:
    """The argument of a call of `name` that names a shared library; is it the short name that `find_library` takes?"""
    named = argument(call, 0, "name") if name in _OPENING or name == "find_library" else None
    return None if named is None else (named, name == "find_library")


def named_codecs(strings: Iterable[str]) -> Iterator[str]:
    """Modules of `encodings` whose codec a string constant of the file names, under any alias."""
    for text in strings:
        if len(text) > _LONGEST_CODEC:
            continue
        # The result of encodings.normalize_encoding, for names as people write them, in a tenth of the time.
        name = text.lower().replace("-", "_").replace(" ", "_")
        name = encodings.aliases.aliases.get(name, name)
        if name in _CODECS:
            yield name
