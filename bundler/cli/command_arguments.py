"""Parsers of the commands whose arguments are none of a build, each with the noun of what it reads."""

from __future__ import annotations

import argparse
from pathlib import Path

from bundler.cli.parsing import Parser, add_json, add_option
from bundler.cli.usage import CACHE, COMPLETION, DOCTOR, INSPECT, MIGRATE, SHELLS, VERIFY


class OfInspect(argparse.Namespace):
    file: Path
    json = False
    sbom = False


class OfVerify(argparse.Namespace):
    file: Path
    against: Path | None = None
    json = False


class OfCache(argparse.Namespace):
    what: str | None
    size: str | None = None
    unused: str | None = None
    json = False


class OfDoctor(argparse.Namespace):
    json = False


class OfMigrate(argparse.Namespace):
    words: list[str]
    execute = False


class OfCompletion(argparse.Namespace):
    shell: str


def inspect_parser() -> argparse.ArgumentParser:
    made = _binary_parser(INSPECT, "Show what a binary holds and what it needs of the system.")
    either = made.add_mutually_exclusive_group()
    add_json(either)
    either.add_argument(
        "--sbom", action="store_true", help="the bill of materials of a binary that was built with `--sbom`"
    )
    return made


def verify_parser() -> argparse.ArgumentParser:
    made = _binary_parser(
        VERIFY, "Check that a binary is what it was when it was built; docs/security.md says what that proves."
    )
    made.add_argument(
        "--against",
        metavar="MANIFEST",
        type=Path,
        help="a file with what `bundle inspect FILE --json` printed of the binary when it was built, instead of the digests that "
        "it holds itself",
    )
    add_json(made)
    return made


def cache_parser() -> argparse.ArgumentParser:
    made = _command_parser(CACHE, "Show what the cache of compiled modules holds, or remove some of it.")
    made.add_argument(
        "what",
        nargs="?",
        default=None,
        choices=("dir", "prune", "clean"),
        metavar="WHAT",
        help="`dir`: print the folder; `prune`: remove what exceeds the limit, or what `--unused` says; `clean`: remove all",
    )
    made.add_argument(
        "--size", metavar="SIZE", help="with `prune`: the size to reduce it to (`500M`), in place of the limit"
    )
    made.add_argument(
        "--unused", metavar="TIME", help="with `prune`: remove what no build has used for so long (`30d`, `12h`, `10m`)"
    )
    add_option(made, "cache_dir")
    add_json(made)
    return made


def doctor_parser() -> argparse.ArgumentParser:
    made = _command_parser(DOCTOR, "Examine this machine: which Pythons can be embedded, and what the others lack.")
    add_option(made, "python")
    add_option(made, "cache_dir")
    add_json(made)
    return made


def migrate_parser() -> argparse.ArgumentParser:
    made = _command_parser(
        MIGRATE,
        "Print [tool.bundle] for a program that another tool builds, with notes about what has no counterpart: from a spec "
        "file of PyInstaller, a setup script or [tool.cxfreeze] of cx_Freeze, options of Nuitka in a script or in "
        "[tool.nuitka], or a command line of one of these, of pex or of shiv.",
    )
    made.add_argument("--execute", action="store_true", help="run a spec file or setup script, in place of reading it")
    add_option(made, "python")
    made.add_argument(
        "words",
        nargs=argparse.REMAINDER,
        metavar="FILE | COMMAND",
        help="app.spec, setup.py, pyproject.toml, or a command line such as `pyinstaller --onefile app.py`",
    )
    return made


def completion_parser() -> argparse.ArgumentParser:
    made = _command_parser(COMPLETION, "Print a script that completes command lines of `bundle` in a shell.")
    made.add_argument("shell", choices=SHELLS, metavar="SHELL", help="bash, zsh or fish")
    return made


def _binary_parser(command: str, description: str) -> argparse.ArgumentParser:
    """The parser of a command that takes a finished binary."""
    made = _command_parser(command, description)
    made.add_argument("file", metavar="FILE", help="a binary that bundle wrote", type=Path)
    return made


def _command_parser(command: str, description: str) -> argparse.ArgumentParser:
    return Parser(
        prog=f"bundle {command}",
        description=description,
        epilog=f"To bundle a file called `{command}`, write `bundle ./{command}`.",
        argument_default=argparse.SUPPRESS,
        allow_abbrev=False,
    )
