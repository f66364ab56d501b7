"""Reads the command line of a build, and of commands that take the same arguments."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bundler import __version__
from bundler.cli.parsing import Parser, RawValue, add_json, add_option, options_of, parse
from bundler.cli.usage import BUILD_COMMANDS, DESCRIPTIONS, EPILOG, PLAN, TRACE, USAGE, WHY, WORDS, UsageError
from bundler.settings import COMMAND_LINE, OPTIONS, Group, ValueType


@dataclass(frozen=True, slots=True)
class Arguments:
    """A command line of a build, or of a command that looks at one. `options`: those of a build, by the fields of Settings.

    `programs`: names of programs of the project, if not all are meant. `plan`, `why` (a module), `traces` (arguments of runs):
    the commands that are given.
    """

    options: Mapping[str, RawValue]
    programs: tuple[str, ...] = ()
    as_json: bool = False
    plan: bool = False
    why: str | None = None
    traces: tuple[str, ...] = ()


class _OfCommands(argparse.Namespace):
    """The parsed requests of commands. Options of a build become attributes as well, if they are given."""

    program: list[str] | None = None
    json = False
    why: str | None = None
    trace: list[str] | None = None


def parser(command: str = "") -> argparse.ArgumentParser:
    """The parser of `bundle`, or of one of its commands behind its words; made from the table of options."""
    made = Parser(
        prog=f"bundle {command}".rstrip(),
        usage=BUILD_COMMANDS.get(command, USAGE),
        description=DESCRIPTIONS[command],
        epilog=None if command else EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        argument_default=argparse.SUPPRESS,
        allow_abbrev=False,
    )
    groups = {group: made.add_argument_group(group.value) for group in Group}
    for field, option in COMMAND_LINE.items():
        add_option(groups[option.group], field)
    made.add_argument(
        "--program",
        action="append",
        metavar="NAME",
        help="a program that pyproject.toml declares, if not all of them (repeatable)",
    )
    if command in ("", PLAN, WHY):
        add_json(made)
    if not command:
        made.add_argument("--why", dest=WHY, metavar="MODULE", help="as `bundle why MODULE`")
        made.add_argument(
            "--trace",
            dest=TRACE,
            action="append",
            metavar="ARGS",
            help="as `bundle trace ARGS` (repeatable)",
        )
        made.add_argument("--version", action="version", version=f"bundle {__version__}")
    return made


def read_arguments(arguments: Sequence[str]) -> Arguments:
    """The options and commands on a command line; SystemExit after `--help` and `--version`."""
    command = arguments[0] if arguments and arguments[0] in BUILD_COMMANDS else ""
    rest = [*arguments[1:]] if command else [*arguments]
    if command in WORDS and not rest:
        raise UsageError(f"{WORDS[command]} is missing", f"`{BUILD_COMMANDS[command]}`")
    word = rest.pop(0) if command in WORDS and rest[0] not in ("-h", "--help") else ""
    parsed = parse(parser(command), list(_with_arguments(rest)), _OfCommands())
    return Arguments(
        options_of(parsed),
        programs=tuple(parsed.program or ()),
        as_json=parsed.json,
        plan=command == PLAN,
        why=word if command == WHY else parsed.why,
        traces=(word,) if command == TRACE else tuple(parsed.trace or ()),
    )


def _with_arguments(words: Sequence[str]) -> Iterator[str]:
    """Words in which options that take arguments of a program have them in one word with themselves.

    argparse would take `--version` behind such an option for one of ours.
    """
    options = {f"--{TRACE}", *(each.spelling for each in OPTIONS.values() if each.kind is ValueType.ARGUMENTS)}
    rest = iter(words)
    for word in rest:
        value = next(rest, None) if word in options else None
        yield word if value is None else f"{word}={value}"
