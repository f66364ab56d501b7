"""Reads the options in a table of a TOML document: the same as on the command line, by their long names."""

from __future__ import annotations

import difflib
import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

from bundler.errors import BundleError
from bundler.project.model import Document
from bundler.settings import IN_FILES, Option, Place, ValueType
from bundler.values import Given, convert, fits

HEADING = "[tool.bundle]"
PROGRAM_HEADING = "[[tool.bundle.program]]"
PROGRAMS = "program"  # the key of the tables of programs, which is no option

SNAPSHOT = "snapshot"  # an option, or a table of several
_IN_SNAPSHOT = re.escape(f"{SNAPSHOT}-")

_KEYS = {option.name: (field, option) for field, option in IN_FILES.items()}

_EXAMPLES = {
    ValueType.TEXT: '"NAME"',
    ValueType.TARGET: '"app.py"',
    ValueType.PATH: '"some/path"',
    ValueType.PYTHON: '"python3.13"',
    ValueType.LEVEL: "1",
    ValueType.EXTENT: '"full"',
    ValueType.ARGUMENTS: "\"--verbose 'a file'\"",
    ValueType.VERSION: '"2.31"',
    ValueType.FLOOR: '"2.28"',
    ValueType.LINKAGE: '"shared"',
    ValueType.SWITCH: "true",
    ValueType.SNAPSHOT: '"auto"',
    ValueType.TEXTS: '["NAME"]',
    ValueType.FUNCTIONS: '["package.module:function"]',
    ValueType.PATHS: '["some/path"]',
    ValueType.DATA: '["data:data"]',
    ValueType.ARCHIVES: '["tar.gz"]',
}


@dataclass(frozen=True, slots=True)
class Table:
    """A table of options in a document, with the heading under which users find it. `start`: where it begins in the text."""

    document: Document
    values: Mapping[str, object]
    heading: str
    start: int = 0

    def place(self, key: str) -> str:
        """The line on which a key most likely stands: the parser does not tell."""
        name = re.escape(key).replace(_IN_SNAPSHOT, f"(?:{_IN_SNAPSHOT})?")
        return self.document.place(rf"[\"']?{name}[\"']?[ \t]*[.=]", self.start)

    def options(self) -> Iterator[tuple[str, object]]:
        """Names of options and their values. `[tool.bundle.snapshot]` holds those whose names begin so, and `when`."""
        for key, raw in self.values.items():
            if key == SNAPSHOT and isinstance(raw, Mapping):
                yield from (
                    (SNAPSHOT if each == "when" else f"{SNAPSHOT}-{each}", value) for each, value in raw.items()
                )
            else:
                yield key, raw


def options_table(document: Document) -> Table:
    """The table `[tool.bundle]`, which need not be there; BundleError when it is none."""
    tool = document.table("tool")
    if "bundler" in tool and "bundle" not in tool:
        raise BundleError(
            "bad-option",
            "`[tool.bundler]` is not the table of bundle's options",
            where=document.place(r"\[tool\.bundler\b"),
            hint="write `[tool.bundle]`",
        )
    section = tool.get("bundle", {})
    if not isinstance(section, dict):
        raise BundleError(
            "bad-option",
            "`tool.bundle` is not a table",
            where=str(document.file),
            hint="write `[tool.bundle]` on a line of its own",
        )
    values = {key: value for key, value in section.items() if key != PROGRAMS}
    return Table(document, values, HEADING, max(document.text.find(HEADING), 0))


def program_tables(document: Document) -> tuple[Table, ...]:
    """The tables `[[tool.bundle.program]]`; BundleError when they are none."""
    found = document.table("tool", "bundle").get(PROGRAMS, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise BundleError(
            "bad-option",
            "`tool.bundle.program` is not a list of tables",
            where=document.place(r"\[+tool\.bundle\.program\b"),
            hint=f"write `{PROGRAM_HEADING}` before the options of each program",
        )
    tables, start = [], 0
    for values in found:
        start = max(document.text.find(PROGRAM_HEADING, start), 0)
        tables.append(Table(document, values, PROGRAM_HEADING, start))
        start += 1
    return tuple(tables)


def read_options(table: Table, places: Container[Place]) -> Given:
    """The options in a table; BundleError when one is wrong, or belongs into another table."""
    values = {_field(key, table, places): _value(key, raw, table) for key, raw in table.options()}
    given = Given(values, table.document.file.parent)
    both: tuple[Option, ...] = given.conflict()
    if both:
        names = " and ".join(f"`{option.name}`" for option in both)
        raise BundleError(
            "bad-option",
            f"{names} exclude each other in `{table.heading}`",
            where=str(table.document.file),
            hint="keep one of them",
        )
    return given


def _field(key: str, table: Table, places: Container[Place]) -> str:
    if key not in _KEYS:
        near = difflib.get_close_matches(key, _KEYS, 1)
        raise BundleError(
            "unknown-option",
            f"`{table.heading}` has no option `{key}`",
            where=table.place(key),
            hint=f"did you mean `{near[0]}`?" if near else f"the options are {', '.join(sorted(_KEYS))}",
        )
    field, option = _KEYS[key]
    if option.place not in places:
        raise BundleError(
            "bad-option",
            f"`{key}` cannot stand in `{table.heading}`",
            where=table.place(key),
            hint=f"it belongs into {option.place.value}",
        )
    return field


def _value(key: str, raw: object, table: Table) -> object:
    _, option = _KEYS[key]
    if not fits(option.kind, raw):
        raise BundleError(
            "bad-option",
            f"`{key}` must be {option.kind.value}, not {_type_name(raw)}",
            where=table.place(key),
            hint=f"write `{key} = {_EXAMPLES[option.kind]}`",
        )
    try:
        return convert(option.kind, raw, table.document.file.parent)
    except ValueError as error:
        raise BundleError(
            "bad-option",
            f"`{key}`: {error}",
            where=table.place(key),
            hint=f"write `{key} = {_EXAMPLES[option.kind]}`",
        ) from error


def _type_name(raw: object) -> str:
    match raw:
        case str():
            return "a string"
        case Mapping():
            return "a table"
        case bool():
            return "true" if raw else "false"
        case _:
            return f"`{raw}`"
