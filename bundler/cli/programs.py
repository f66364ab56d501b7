"""Makes settings from arguments, the project's file and the environment."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from bundler.cli.arguments import Arguments
from bundler.cli.parsing import RawValue, options_of
from bundler.cli.usage import HELP_HINT, UsageError
from bundler.settings import ENTRIES, OPTIONS, Settings, ValueType
from bundler.values import Given, convert, environment

# By type of value, how to go on after one that is not understood.
_HINTS = {ValueType.PYTHON: "`bundle doctor` lists the Pythons of this machine"}


def read_programs(given: Arguments, variables: Mapping[str, str]) -> tuple[Settings, ...]:
    """The settings of each binary that arguments and the project's file mean, of at least one; UsageError if there is none."""
    flags = flags_of(given.options)
    both = flags.conflict()
    if both:
        raise UsageError(f"{' and '.join(f'`{option.spelling}`' for option in both)} exclude each other")
    entry = next((OPTIONS[field] for field in ENTRIES if flags.values.get(field)), None)
    if entry is not None and given.programs:
        raise UsageError(f"`{entry.spelling}` and `--program` exclude each other")
    from bundler.project import FILES, choose, read_project

    programs = choose(flags, given.programs, read_project(flags.values.get("target"), Path()), variables)
    if not programs:
        raise UsageError(
            "nothing to bundle is named",
            "name a script, such as `bundle app.py`, or declare programs in pyproject.toml, in `[project.scripts]` or "
            "`[[tool.bundle.program]]`; `bundle --help` shows the rest",
        )
    for option in (OPTIONS[field] for field in FILES if field in flags.values):
        if len(programs) > 1:
            raise UsageError(
                f"`{option.spelling}` is one file, but the project has {len(programs)} programs",
                f"name one of them with `--program NAME`, or give each its `{option.name}` in pyproject.toml",
            )
    return programs


def only(programs: Sequence[Settings]) -> Settings:
    """The program that is meant; UsageError when there are several."""
    if len(programs) > 1:
        names = ", ".join(f"`{each.name or each.subject}`" for each in programs)
        raise UsageError(f"the project has several programs: {names}", "name one of them with `--program NAME`")
    return programs[0]


def machine_settings(given: argparse.Namespace) -> Settings:
    """Settings that belong to no program: those of the machine, and of the project around the current folder."""
    from bundler.project import read_project
    from bundler.values import Around, combine

    project = read_project(None, Path())
    around = Around(folder=project.folder, manager=project.manager)
    return combine(flags_of(options_of(given)), (project.common,), around, environment())


def flags_of(raw: Mapping[str, RawValue]) -> Given:
    values = {}
    for field, value in raw.items():
        try:
            values[field] = convert(OPTIONS[field].kind, value, Path())
        except ValueError as error:
            hint = _HINTS.get(OPTIONS[field].kind, HELP_HINT)
            raise UsageError(f"`{OPTIONS[field].spelling}`: {error}", hint) from error
    return Given(values)
