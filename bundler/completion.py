"""Writes scripts that complete command lines of `bundle` in a shell, from its parsers. shtab knows the shells."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

import shtab

SHELLS = ("bash", "zsh", "fish")

# How values are shown in help, where they are names of files or folders.
_FILES = ("FILE", "DIR", "SRC:DEST", "PYTHON", "TARGET", "FILE | COMMAND")

# The part of each script that says what may follow `bundle`, and the same with names of files, which TARGET is.
_TARGET = {
    "bash": ("complete -o bashdefault -F", "complete -o default -o bashdefault -F"),
    "zsh": ("': :_shtab_bundle_commands'", "': :{_shtab_bundle_commands; _files}'"),
    "fish": ("complete -c bundle -f\n", "complete -c bundle -n 'not __fish_is_first_token' -f\n"),
}


def script(shell: str, parsers: Mapping[str, argparse.ArgumentParser]) -> str:
    """The script for a shell. `parsers`: by command, that of a build under ""."""
    whole = argparse.ArgumentParser(prog="bundle", parents=[parsers[""]], add_help=False, conflict_handler="resolve")
    _mark_files(whole)
    # In the place of TARGET a command may stand.
    target = next(action for action in whole._actions if not action.option_strings)  # noqa: SLF001  # argparse lists none
    whole._actions.remove(target)  # noqa: SLF001
    commands = whole.add_subparsers()
    for command, parser in parsers.items():
        if command:
            made = commands.add_parser(command, parents=[parser], add_help=False, help=parser.description)
            _mark_files(made)
    text: str = shtab.complete(whole, shell)
    before, after = _TARGET[shell]
    assert before in text, "shtab writes other scripts than it did"
    return text.replace(before, after)


def _mark_files(parser: argparse.ArgumentParser) -> None:
    for action in parser._actions:  # noqa: SLF001
        if action.metavar in _FILES:
            action.complete = shtab.FILE  # type: ignore[attr-defined]
