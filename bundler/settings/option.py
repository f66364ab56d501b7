"""Nouns: the description of an option, with the types of values, the groups and the places that options have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

OPTIMIZE_LEVELS = (0, 1, 2)


class ValueType(Enum):
    """The type of an option's value; the enumerator's value is its name in messages and documentation."""

    TEXT = "a string"
    TARGET = "a string (path or `package.module:function`)"
    PATH = "a string (path)"
    PYTHON = "a string (path, command or version)"
    LEVEL = "0, 1 or 2"
    EXTENT = '"used" or "full"'
    ARGUMENTS = "a string (arguments, quoted as in a shell)"
    VERSION = 'a string (version, such as "2.31")'
    FLOOR = 'a string (version from "2.17" on, or "host")'
    LINKAGE = '"static" or "shared"'
    SNAPSHOT = '"auto", "require" or "no"'
    SYSTEM = '"aarch64-linux" or "x86_64-linux"'
    SWITCH = "true or false"
    TEXTS = "a list of strings"
    FUNCTIONS = "a list of strings (`package.module:function`)"
    PATHS = "a list of strings (paths)"
    DATA = "a list of strings (`SRC:DEST`)"
    ARCHIVES = 'a list of "tar.gz", "tar.zst" and "zip"'

    @property
    def is_list(self) -> bool:
        """True if the option may be given several times."""
        return self in (ValueType.TEXTS, ValueType.FUNCTIONS, ValueType.PATHS, ValueType.DATA, ValueType.ARCHIVES)


# The values of options that take a choice.
CHOICES: Mapping[ValueType, tuple[str, ...]] = {
    ValueType.EXTENT: ("used", "full"),
    ValueType.LINKAGE: ("static", "shared"),
    ValueType.ARCHIVES: ("tar.gz", "tar.zst", "zip"),
    ValueType.SNAPSHOT: ("auto", "require", "no"),
    ValueType.SYSTEM: ("aarch64-linux", "x86_64-linux"),
}


class Group(Enum):
    """The group in which help and documentation show an option; the value is the title."""

    ENTRY = "what to bundle"
    CONTENTS = "what goes in"
    START = "how the binary starts"
    RELEASE = "what goes with the binary"
    BUILD = "the build"


class Place(Enum):
    """The tables of pyproject.toml in which an option can stand; the value is their description."""

    ANY = "either"
    PROJECT = "`[tool.bundle]`"
    PROGRAM = "`[[tool.bundle.program]]`"  # and not on the command line
    COMMAND_LINE = "the command line"


@dataclass(frozen=True, slots=True)
class Option:
    """The description of an option, without its default.

    `name` is the long option without dashes and the key in `[tool.bundle]`; a TARGET has no dashes on the command
    line. `short` is the one-letter form, with its dash.
    """

    name: str
    kind: ValueType
    group: Group
    help: str
    metavar: str = ""
    short: str = ""
    place: Place = Place.ANY

    @property
    def spelling(self) -> str:
        """The option as it stands on a command line."""
        return self.metavar if self.kind is ValueType.TARGET else f"--{self.name}"
