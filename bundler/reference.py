"""Makes parts of the documentation from declarations: options, keys of JSON documents, codes of errors, other tools' options.

`python -m bundler.reference docs/*.md` puts them in between their marks.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from bundler.codes import CODES
from bundler.other_tools import ANSWERS
from bundler.schema import (
    BuildDocument,
    BuiltRow,
    CacheDocument,
    DoctorDocument,
    InspectDocument,
    PlanDocument,
    VerifyDocument,
    WhyDocument,
    keys_of,
)
from bundler.settings import COMMAND_LINE, IN_FILES, Group, Option, Place, Settings, ValueType

_SECTION = re.compile(
    r"(<!-- (?P<name>[\w ]+): written by `python -m bundler\.reference` -->\n).*?(<!-- end -->)", re.DOTALL
)


def _option_tables() -> Iterator[str]:
    """A table for each group of options."""
    for group in Group:
        yield ""
        yield f"### {group.value.capitalize()}"
        yield ""
        yield "| option | in `[tool.bundle]` | what it does |"
        yield "|---|---|---|"
        for option in COMMAND_LINE.values():
            if option.group is group:
                key = "only on the command line" if option.place is Place.COMMAND_LINE else f"`{option.name}`"
                yield f"| {_usage(option)} | {key}: {option.kind.value} | {_description(option)} |"
    yield ""


def _configuration() -> Iterator[str]:
    """A table of all keys, in the order of the groups of options."""
    yield ""
    yield "| key | value | default | table | meaning |"
    yield "|---|---|---|---|---|"
    for group in Group:
        for field, option in IN_FILES.items():
            if option.group is group:
                default = _default(field, option)
                yield f"| `{option.name}` | {option.kind.value} | {default} | {option.place.value} | {_meaning(option)} |"
    yield ""


def _default(field: str, option: Option) -> str:
    """The default in TOML; nothing where it is in the words of the option, or where there is none."""
    value = getattr(Settings(), field)
    if "(default: " in option.help or value is None:
        return ""
    return f"`{json.dumps(list(value) if option.kind.is_list else value)}`"


def _meaning(option: Option) -> str:
    return option.help.replace("|", "\\|")


def _key_table(document: type) -> Iterator[str]:
    """A row for each key of a JSON document."""
    yield ""
    yield "| key | value |"
    yield "|---|---|"
    for key, meaning in keys_of(document):
        yield f"| `{key}` | {meaning} |"
    yield ""


def _answer_table(tool: str) -> Iterator[str]:
    """A row for each option of another tool."""
    yield ""
    yield f"| {tool} | bundler |"
    yield "|---|---|"
    for theirs, ours in ANSWERS[tool]:
        yield f"| {theirs} | {ours} |"
    yield ""


def _codes() -> Iterator[str]:
    """A section for each code."""
    for code, about in CODES.items():
        first, *others = (severity.value for severity in about.severities)
        told = f"Its severity is {' or '.join((first, *others))}. " if others else ""
        yield ""
        yield f"## {code}"
        yield ""
        yield f"    {first}[{code}]: {about.example}"
        yield ""
        yield f"{told}{about.meaning}"
        yield ""
        yield f"*How to go on:* {about.advice}"
    yield ""


SECTIONS: Mapping[str, Callable[[], Iterator[str]]] = {
    "options": _option_tables,
    "configuration": _configuration,
    "keys of build": partial(_key_table, BuildDocument),
    "keys of a program": partial(_key_table, BuiltRow),
    "codes": _codes,
    "keys of inspect": partial(_key_table, InspectDocument),
    "keys of verify": partial(_key_table, VerifyDocument),
    "keys of why": partial(_key_table, WhyDocument),
    "keys of plan": partial(_key_table, PlanDocument),
    "keys of doctor": partial(_key_table, DoctorDocument),
    "keys of cache": partial(_key_table, CacheDocument),
    **{f"options of {tool}": partial(_answer_table, tool) for tool in ANSWERS},
}


def refresh(page: str) -> str:
    """The page with its tables as they must be now."""
    return _SECTION.sub(
        lambda found: "".join((found[1], *(f"{line}\n" for line in SECTIONS[found["name"]]()), found[3])), page
    )


def _usage(option: Option) -> str:
    if option.kind is ValueType.TARGET:
        return f"`{option.metavar}`"
    value = f" {option.metavar}" if option.metavar else ""
    spellings = [f"`{option.short}{value}`"] if option.short else []
    spellings.append(f"`--{option.name}{value}`")
    if option.kind is ValueType.SWITCH:
        spellings.append(f"`--no-{option.name}`")
    return ", ".join(spellings)


def _description(option: Option) -> str:
    return option.help + ("; may be given several times" if option.kind.is_list else "")


def main() -> None:
    """Refresh the pages that are named as arguments."""
    for page in map(Path, sys.argv[1:]):
        page.write_text(refresh(page.read_text()))


if __name__ == "__main__":
    main()
