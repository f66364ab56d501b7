"""Chooses how a file or a command line is read, and leaves out what the environment of the program does not have."""

from __future__ import annotations

import json
import shlex
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bundler.errors import BundleError
from bundler.migration import cx_freeze, spec
from bundler.migration.command_line import from_command_line, from_nuitka_options, nuitka_options
from bundler.migration.draft import MODULES
from bundler.migration.evaluate import HELPERS, evaluate
from bundler.migration.model import Call, Collected, Migration, Note, Part, Program, Reading, Unknown
from bundler.migration.worker.schema import ExecuteJob, InstalledJob, RecordedCall, Value
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
    job: ExecuteJob = {"file": str(file.resolve()), "recorded": [*recorded], "helpers": {**HELPERS}}
    try:
        done = run_worker([python], "migration", "execute", job=json.dumps(job).encode(), isolated=False)
    except CommandError as error:
        raise BundleError(
            "bad-migration",
            f"`{file}` cannot be executed: `{python}` {error.reason}",
            notes=tuple(error.output.strip().splitlines()[-_LAST_LINES:]),
            hint="name the Python of the program's environment with `--python PYTHON`, or read the file without `--execute`",
        ) from error
    rows: list[RecordedCall] = json.loads(done.stdout)
    return _decoded(rows)


def _decoded(rows: list[RecordedCall]) -> Reading:
    """The calls that a run recorded (`worker/execute.py`)."""
    calls = [Call(row["name"], [], {}, row["line"]) for row in rows]

    def value(raw: Value) -> Any:
        if isinstance(raw, list):
            return [value(each) for each in raw]
        if not isinstance(raw, dict):
            return raw
        if raw["kind"] == "tuple":
            return tuple(value(each) for each in raw["items"])
        if raw["kind"] == "dict":
            return {key: value(each) for key, each in raw["items"]}
        if raw["kind"] == "collected":
            return Collected(raw["option"], raw["name"])
        if raw["kind"] == "part":
            return Part(calls[raw["call"]], raw["name"])
        if raw["kind"] == "call":
            return calls[raw["call"]]
        return Unknown(raw["text"], 0)

    for call, row in zip(calls, rows, strict=True):
        call.arguments += map(value, row["arguments"])
        call.keywords |= {key: value(each) for key, each in row["keywords"].items()}
    return Reading(tuple(calls))


# --- What is installed ------------------------------------------------------------------------------------------------


def _without_absent(migration: Migration, python: Path) -> Migration:
    """Leave out modules and distributions that are not there: the other tools pass over them, a build of ours fails."""
    modules, distributions = _wanted(migration, _MODULES), _wanted(migration, _DISTRIBUTIONS)
    if not modules and not distributions:
        return migration
    job: InstalledJob = {"modules": modules, "distributions": distributions, "folders": _searched(migration)}
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


def _wanted(migration: Migration, options: Sequence[str]) -> list[str]:
    """The values that the programs have for these options."""
    values = (program.options.get(option, ()) for program in migration.programs for option in options)
    return sorted({name for names in values for name in names})


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
