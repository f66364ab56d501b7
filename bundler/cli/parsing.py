"""Parsers of argparse with our options and errors."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Iterable
from typing import NoReturn, TypedDict, TypeVar

from bundler.cli.usage import UsageError
from bundler.settings import CHOICES, COMMAND_LINE, OPTIMIZE_LEVELS, Option, ValueType

RawValue = str | bool | list[str]
"""The value of an option as the command line has it."""

_Parsed = TypeVar("_Parsed", bound=argparse.Namespace)


class _Details(TypedDict, total=False):
    """Arguments of `add_argument`."""

    dest: str
    nargs: str
    metavar: str | None
    action: str | type[argparse.Action]
    choices: Iterable[str]


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message, f"`{self.prog} --help` shows how it is used")


def add_option(to: argparse._ActionsContainer, field: str) -> None:
    """Add an option of builds."""
    option = COMMAND_LINE[field]
    to.add_argument(*_names(field, option), help=_help(option), **_details(field, option))


def add_json(to: argparse._ActionsContainer) -> None:
    """Add `--json`."""
    to.add_argument("--json", action="store_true", help="one JSON object, described in docs/cli.md")


def _names(field: str, option: Option) -> tuple[str, ...]:
    if option.kind is ValueType.TARGET:
        return (field,)
    return (option.short, f"--{option.name}") if option.short else (f"--{option.name}",)


def _details(field: str, option: Option) -> _Details:
    match option.kind:
        case ValueType.TARGET:
            return {"nargs": "?", "metavar": option.metavar}
        case ValueType.SWITCH:
            return {"dest": field, "action": argparse.BooleanOptionalAction}
        case ValueType.LEVEL:
            return {"dest": field, "choices": tuple(map(str, OPTIMIZE_LEVELS)), "metavar": option.metavar}
        case ValueType.EXTENT | ValueType.LINKAGE | ValueType.SNAPSHOT | ValueType.SYSTEM:
            return {"dest": field, "choices": CHOICES[option.kind], "metavar": option.metavar}
        case ValueType.ARCHIVES:
            return {"dest": field, "action": "append", "choices": CHOICES[option.kind], "metavar": option.metavar}
        case ValueType.TEXTS | ValueType.FUNCTIONS | ValueType.PATHS | ValueType.DATA:
            return {"dest": field, "action": "append", "metavar": option.metavar}
        case (
            ValueType.TEXT
            | ValueType.PATH
            | ValueType.PYTHON
            | ValueType.VERSION
            | ValueType.FLOOR
            | ValueType.ARGUMENTS
        ):
            return {"dest": field, "metavar": option.metavar}


def _help(option: Option) -> str:
    return option.help + (" (repeatable)" if option.kind.is_list else "")


def parse(parser_: argparse.ArgumentParser, arguments: list[str], into: _Parsed) -> _Parsed:
    """The parsed arguments, as attributes of `into`; UsageError when there is one too many."""
    known, extra = parser_.parse_known_args(arguments, into)
    unknown = dict.fromkeys(
        word.partition("=")[0] for word in extra if word.startswith("-") and word not in ("-", "--")
    )
    if unknown:
        raise _unknown_options(tuple(unknown), parser_)
    if extra:
        raise UsageError(f"`{extra[0]}` is one argument too many", f"`{parser_.prog} --help` shows how it is used")
    return known


def _unknown_options(names: tuple[str, ...], parser_: argparse.ArgumentParser) -> UsageError:
    """An error with what to write instead: the answer to an option of another tool, or the nearest option of ours."""
    from bundler.other_tools import answer_to

    every = parser_._option_string_actions  # noqa: SLF001  # argparse has no other list of them
    help_hint = f"`{parser_.prog} --help` lists the options"
    nearest = {name: difflib.get_close_matches(name, every, 1) for name in names}
    if len(names) == 1:
        (name,) = names
        near_hint = f"did you mean `{nearest[name][0]}`?" if nearest[name] else help_hint
        return UsageError(f"there is no option `{name}`", answer_to(name) or near_hint)
    listed = ", ".join(f"`{name}`" for name in names)
    answers = (
        answer_to(name) or (f"in place of `{name}`: `{near[0]}`?" if near else "") for name, near in nearest.items()
    )
    return UsageError(f"there are no options {listed}", help_hint, tuple(filter(None, answers)))


def options_of(parsed: argparse.Namespace) -> dict[str, RawValue]:
    """Options of a build, by the fields of Settings, if they are given."""
    return {field: value for field, value in vars(parsed).items() if field in COMMAND_LINE}
