"""Nouns: the options of a build, and the one frozen object that holds what they are set to.

An option is declared once, with its field of `Settings`. The parser (`cli/parsing.py`), the reader of `[tool.bundle]`
(`project/`), the conversion of values (`values.py`) and the tables of docs/cli.md and docs/configuration.md
(`reference.py`) are derived from it.
"""

from bundler.settings.model import AddedData, Command, DeclaredScript, FunctionName, Release, Requirements
from bundler.settings.option import CHOICES, OPTIMIZE_LEVELS, Group, Option, Place, ValueType
from bundler.settings.settings import (
    CACHE_LIMIT,
    COMMAND_LINE,
    ENTRIES,
    EXCLUSIVE,
    HOST,
    IN_FILES,
    OLDEST_GLIBC,
    OPTIONS,
    Settings,
)

__all__ = [
    "CACHE_LIMIT",
    "CHOICES",
    "COMMAND_LINE",
    "ENTRIES",
    "EXCLUSIVE",
    "HOST",
    "IN_FILES",
    "OLDEST_GLIBC",
    "OPTIMIZE_LEVELS",
    "OPTIONS",
    "AddedData",
    "Command",
    "DeclaredScript",
    "FunctionName",
    "Group",
    "Option",
    "Place",
    "Release",
    "Requirements",
    "Settings",
    "ValueType",
]
