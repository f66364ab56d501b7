"""Chooses how a file or a command line is read, and leaves out what the environment of the program does not have."""

from __future__ import annotations

import json
import shlex
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bundler.errors import BundleError
from bundler.migration import cx_freeze, spec
from bundler.migration.command_line import from_command_line, from_nuitka_options, nuitka_options
from bundler.migration.draft import MODULES
from bundler.migration.evaluate import HELPERS, evaluate
from bundler.migration.model import Call, Collected, Migration, Note, Part, Program, Reading, Unknown
from bundler.process import CommandError
from bundler.project import find_project_file
from bundler.project.document import read_document
from bundler.target.workers import run_worker

# Options whose values must be in the environment, and what they name.
_MODULES = tuple(option for option in MODULES if option != "exclude-module")
_DISTRIBUTIONS = ("copy-metadata",)

_LAST_LINES = 5  # of a failed run


def migrate(words: Sequence[str], python: Path, *, execute: bool = False) -> Migration:
    """Read what builds a program with another tool, and say it with options of ours. `words`: a file, or a command line.

    `python`: the interpreter of the program's environment, which says what is installed. `execute`: run a spec file or a
    setup script there, and record what it calls. BundleError when it cannot be read.
    """
    migration = _migration(words, python, execute=execute)
    return _without_absent(migration, python)


def _migration(words: Sequence[str], python: Path, *, execute: bool) -> Migration:
    if len(words) == 1 and " " in words[0] and not Path(words[0]).exists():
        words = shlex.split(words[0])
    file = Path(words[0])
    if len(words) > 1 or not (file.exists() or file.suffix in (".spec", ".py", ".toml")):
        return from_command_line(words, Path())
    if not file.is_file():
        raise BundleError("bad-migration", f"there is no file `{file}`", hint="correct the path")
    if file.suffix == ".toml":
        return _from_toml(file)
    if file.suffix == ".py":
        options = nuitka_options(file.read_text(encoding="utf-8", errors="replace"))
        if options:
            return from_nuitka_options(options, file)
        return cx_freeze.from_setup(_read(file, cx_freeze.CALLS, python, execute=execute), file)
    return spec.from_spec(_read(file, spec.CALLS, python, execute=execute), file)


def _from_toml(file: Path) -> Migration:
    document = read_document(file)
    for name, read in (("cxfreeze", cx_freeze.from_table), ("nuitka", _from_nuitka_table)):
        table = document.table("tool", name)
        if table:
            return read(table, file)
    raise BundleError(
        "bad-migration",
        f"`{file}` has no table of a tool that is known",
        hint="`[tool.cxfreeze]` and `[tool.nuitka]` can be read",
    )


def _from_nuitka_table(table: Any, file: Path) -> Migration:
    """The program of `[tool.nuitka]`, whose keys are the long options."""
    pairs = ((key, each) for key, value in table.items() for each in (value if isinstance(value, list) else [value]))
    options = [f"--{key}" if each is True else f"--{key}={each}" for key, each in pairs if each is not False]
    migration = from_command_line(["nuitka", *options], file.parent)
    return replace(migration, source=file.name)


# --- Files that are programs ------------------------------------------------------------------------------------------


def _read(file: Path, recorded: Sequence[str], python: Path, *, execute: bool) -> Reading:
    if not execute:
        return evaluate(file, recorded)
    job = {"file": str(file.resolve()), "recorded": [*recorded], "helpers": {**HELPERS}}
    try:
        done = run_worker([python], "migration", "execute", job=json.dumps(job).encode(), isolated=False)
    except CommandError as error:
        raise BundleError(
            "bad-migration",
            f"`{file}` cannot be executed: `{python}` {error.reason}",
            notes=tuple(error.output.strip().splitlines()[-_LAST_LINES:]),
            hint="name the Python of the program's environment with `--python PYTHON`, or read the file without `--execute`",
        ) from error
    return _decoded(json.loads(done.stdout))


def _decoded(rows: list[dict[str, Any]]) -> Reading:
    """The calls that a run recorded (`worker/execute.py`)."""
    calls = [Call(row["name"], [], {}, row["line"]) for row in rows]

    def value(raw: Any) -> Any:
        match raw:
            case list():
                return [value(each) for each in raw]
            case {"kind": "tuple", "items": items}:
                return tuple(value(each) for each in items)
            case {"kind": "dict", "items": items}:
                return {key: value(each) for key, each in items}
            case {"kind": "collected", "option": option, "name": name}:
                return Collected(option, name)
            case {"kind": "part", "call": index, "name": name}:
                return Part(calls[index], name)
            case {"kind": "call", "call": index}:
                return calls[index]
            case {"kind": "unknown", "text": text}:
                return Unknown(text, 0)
            case _:
                return raw

    for call, row in zip(calls, rows, strict=True):
        call.arguments += value(row["arguments"])
        call.keywords |= {key: value(each) for key, each in row["keywords"].items()}
    return Reading(tuple(calls))


# --- What is installed ------------------------------------------------------------------------------------------------


def _without_absent(migration: Migration, python: Path) -> Migration:
    """Leave out modules and distributions that are not there: the other tools pass over them, a build of ours fails."""
    wanted = {
        kind: sorted({name for program in migration.programs for option in options for name in _names(program, option)})
        for kind, options in (("modules", _MODULES), ("distributions", _DISTRIBUTIONS))
    }
    if not any(wanted.values()):
        return migration
    job = {**wanted, "folders": _searched(migration)}
    try:
        done = run_worker([python], "migration", "installed", job=json.dumps(job).encode(), isolated=False)
    except CommandError as error:
        note = Note(f"whether modules are installed is not known: `{python}` {error.reason}")
        return replace(migration, notes=(*migration.notes, note))
    absent = frozenset(json.loads(done.stdout))
    if not absent:
        return migration
    listed = ", ".join(f"`{name}`" for name in sorted(absent))
    note = Note(f"not installed where `{python}` looks, and left out: {listed}")
    programs = tuple(replace(each, options=_kept(each, absent)) for each in migration.programs)
    return replace(migration, programs=programs, notes=(*migration.notes, note))


def _names(program: Program, option: str) -> Iterator[str]:
    yield from program.options.get(option, ())


def _searched(migration: Migration) -> list[str]:
    """The folders of the programs' own modules."""
    file = find_project_file(Path())
    base = file.parent if file is not None else Path()
    scripts = [program.options["target"] for program in migration.programs if "target" in program.options]
    own = [base, base / "src", *((base / script).parent for script in scripts if ":" not in script)]
    return [str(each.resolve()) for each in dict.fromkeys(own)]


def _kept(program: Program, absent: Collection[str]) -> dict[str, Any]:
    kept = {}
    for option, value in program.options.items():
        if option in _MODULES or option in _DISTRIBUTIONS:
            value = [name for name in value if name not in absent]  # noqa: PLW2901
            if not value:
                continue
        kept[option] = value
    return kept
