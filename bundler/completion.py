"""Writes scripts that complete command lines of `bundle` in a shell, from its parsers. shtab knows the shells."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from importlib.metadata import version

import shtab

from bundler.errors import BundleError

# The version whose scripts are known.
_KNOWN = "1.13.0"

# How values are shown in help, where they are names of files or folders.
_FILES = ("FILE", "DIR", "SRC:DEST", "PYTHON", "TARGET", "MANIFEST", "FILE | COMMAND")

# Commands stand directly behind `bundle`; behind options a word is TARGET, whatever it is, and options may follow it. shtab
# offers commands in both places, and no files. So these parts of its scripts are replaced.
_BASH = """_bundle() {
  _shtab_bundle_pos_0_COMPGEN=_shtab_compgen_files
  if (( COMP_CWORD > 1 )) && [[ " ${_shtab_bundle_subparsers[*]} " != *" ${COMP_WORDS[1]} "* ]]; then
    local -a _shtab_bundle_subparsers=() _shtab_bundle_pos_0_choices=()
    local _shtab_bundle_pos_0_nargs=1
  fi
  _shtab_bundle "$@"
}

# Where the function finds nothing, bash completes names of files: those with spaces, for example.
complete -o default -o bashdefault -F _bundle bundle"""
_ZSH_AFTER_TARGET = (
    "        *) _arguments -C -s ${_shtab_bundle_options:#(: :*|\\*:::*)} ;;\n"  # without that of TARGET
)
_FISH_IS_TARGET = "-n '_shtab_bundle_using; and test $_shtab_bundle_npos -eq 0'"
_REPLACED = {
    "bash": {"complete -o bashdefault -F _shtab_bundle bundle": _BASH},
    "zsh": {
        "': :_shtab_bundle_commands'": "': :{(( CURRENT == 2 )) && _shtab_bundle_commands; _files}'",
        "      esac\n  esac\n": f"{_ZSH_AFTER_TARGET}      esac\n  esac\n",
    },
    "fish": {
        "complete -c bundle -f\n": f"complete -c bundle -f\ncomplete -c bundle {_FISH_IS_TARGET} "
        '-ka "(__fish_complete_path (commandline -ct))"\n',
        f"{_FISH_IS_TARGET} -a ": "-n 'test (count (commandline -opc)) -eq 1' -a ",
    },
}


def script(shell: str, parsers: Mapping[str, argparse.ArgumentParser], words: Mapping[str, str]) -> str:
    """The script for a shell. `parsers`: by command, that of a build under "". `words`: arguments before those of a parser."""
    whole = argparse.ArgumentParser(prog="bundle", parents=[parsers[""]], add_help=False, conflict_handler="resolve")
    _prepare(whole, shell)
    # In the place of TARGET a command may stand.
    target = next(action for action in whole._actions if not action.option_strings)  # noqa: SLF001  # argparse lists none
    whole._actions.remove(target)  # noqa: SLF001
    commands = whole.add_subparsers()
    for command, parser in parsers.items():
        if command:
            parents = [_first_word(words[command]), parser] if command in words else [parser]
            made = commands.add_parser(command, parents=parents, add_help=False, help=parser.description)
            _prepare(made, shell)
    text: str = shtab.complete(whole, shell)
    for before, after in _REPLACED[shell].items():
        if before not in text:
            raise BundleError(
                "unknown-shtab",
                f"shtab {version('shtab')} writes a script for {shell} that this bundler does not know",
                hint=f"install the one that it was made with: `pip install shtab=={_KNOWN}`",
            )
        text = text.replace(before, after)
    return text


def _first_word(metavar: str) -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(add_help=False)
    made.add_argument("word", metavar=metavar)
    return made


def _prepare(parser: argparse.ArgumentParser, shell: str) -> None:
    """Mark the arguments that are files, and spell names of values so that the shell can read them."""
    for action in parser._actions:  # noqa: SLF001
        if action.metavar in _FILES:
            action.complete = shtab.FILE  # type: ignore[attr-defined]
        if shell == "zsh" and isinstance(action.metavar, str):
            action.metavar = action.metavar.replace(":", "\\:")  # a colon alone ends a part of a specification
