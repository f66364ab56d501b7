"""`[tool.bundle]` of the project's pyproject.toml: the same options as on the command line, by their long names."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import tomli

from bundler.cache import write_atomically
from bundler.errors import BundleError
from bundler.settings import OPTIONS, Option, ValueType
from bundler.values import Given, convert, fits, is_path

_KEYS = {option.name: (field, option) for field, option in OPTIONS.items()}

_EXAMPLES = {
    ValueType.TEXT: '"NAME"',
    ValueType.TARGET: '"app.py"',
    ValueType.PATH: '"some/path"',
    ValueType.PYTHON: '"python3.13"',
    ValueType.LEVEL: "1",
    ValueType.EXTENT: '"full"',
    ValueType.VERSION: '"2.31"',
    ValueType.FLOOR: '"2.28"',
    ValueType.LINKAGE: '"shared"',
    ValueType.SWITCH: "true",
    ValueType.TEXTS: '["NAME"]',
    ValueType.PATHS: '["some/path"]',
    ValueType.DATA: '["data:data"]',
}


def project_options(target: str | None, here: Path) -> Given:
    """The options in the project's file; BundleError when it is wrong.

    The file is the nearest pyproject.toml above TARGET, if that is a path, else above `here`.
    """
    file = find_project_file(project_folder(target, here))
    return read_project_file(file) if file is not None else Given()


def project_folder(target: str | None, here: Path) -> Path:
    """The folder in which the search for the project's file begins: TARGET's if that is a path, else `here`."""
    if target is not None and is_path(target, here):
        path = here / target
        return path if path.is_dir() else path.parent
    return here


def find_project_file(start: Path) -> Path | None:
    """The nearest pyproject.toml in `start` or a folder above it; relative when it is below the current folder."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if os.path.isfile(folder / "pyproject.toml"):  # noqa: PTH113  # Path's raises where it may not look
            file = folder / "pyproject.toml"
            here = Path.cwd()
            return file.relative_to(here) if file.is_relative_to(here) else file
    return None


def project_commands(here: Path) -> tuple[str, ...]:
    """The names of commands that the nearest pyproject.toml defines in `[project.scripts]` (PEP 621), sorted."""
    file = find_project_file(here)
    project = _read(file)[0].get("project") if file is not None else None
    scripts = project.get("scripts") if isinstance(project, dict) else None
    return tuple(sorted(scripts)) if isinstance(scripts, dict) else ()


def _read(file: Path) -> tuple[dict[str, Any], str]:
    """The document, and its text; BundleError when it is not valid."""
    try:
        text = file.read_text(encoding="utf-8")
        return tomli.loads(text), text
    except OSError as error:
        raise BundleError(
            "unreadable",
            f"`{file}` cannot be read: {error.strerror}",
            hint="options stand in the nearest pyproject.toml: correct its permissions",
        ) from error
    except ValueError as error:  # TOMLDecodeError and UnicodeDecodeError
        found = re.search(r" \(at line (\d+), column \d+\)$", str(error))
        where = f"{file}:{found[1]}" if found else str(file)
        reason = str(error)[: found.start()] if found else str(error)
        hint = "correct the line, or remove it to see whether others are in error"
        raise BundleError("bad-toml", f"`{file.name}` is not valid TOML: {reason}", where=where, hint=hint) from error


def read_project_file(file: Path) -> Given:
    """The options in one file."""
    document, text = _read(file)
    found = document.get("tool")
    tool = found if isinstance(found, dict) else {}
    if "bundler" in tool and "bundle" not in tool:
        raise BundleError(
            "bad-option",
            "`[tool.bundler]` is not the table of bundle's options",
            where=_line_of(r"\[tool\.bundler\b", file, text),
            hint="write `[tool.bundle]`",
        )
    section = tool.get("bundle", {})
    if not isinstance(section, dict):
        raise BundleError(
            "bad-option",
            "`tool.bundle` is not a table",
            where=str(file),
            hint="write `[tool.bundle]` on a line of its own",
        )
    given = Given({_field(key, file, text): _value(key, raw, file, text) for key, raw in section.items()}, file.parent)
    _refuse_conflict(given, file)
    return given


def record(additions: Mapping[str, Iterable[str]], start: Path) -> Path:
    """Add to lists in `[tool.bundle]` of the nearest file, or of a new one in `start`; the rest of it stays as it is."""
    import tomlkit  # seldom needed, and no small import
    from tomlkit.items import Array, Table

    file = find_project_file(start) or start / "pyproject.toml"
    document = tomlkit.parse(file.read_text(encoding="utf-8") if file.exists() else "")
    tool = document.setdefault("tool", tomlkit.table(is_super_table=True))
    section: Table = tool.setdefault("bundle", tomlkit.table())
    for key, values in additions.items():
        new = [value for value in values if value not in section.get(key, ())]
        if new:
            array: Array = section.setdefault(key, tomlkit.array())
            array.extend(new)
            array.multiline(True)
    write_atomically(file, tomlkit.dumps(document).encode())
    return file


def _field(key: str, file: Path, text: str) -> str:
    if key in _KEYS:
        return _KEYS[key][0]
    near = difflib.get_close_matches(key, _KEYS, 1)
    raise BundleError(
        "unknown-option",
        f"`[tool.bundle]` has no option `{key}`",
        where=_where(key, file, text),
        hint=f"did you mean `{near[0]}`?" if near else f"the options are {', '.join(sorted(_KEYS))}",
    )


def _value(key: str, raw: object, file: Path, text: str) -> Any:  # as convert()
    option = _KEYS[key][1]
    if not fits(option.kind, raw):
        raise BundleError(
            "bad-option",
            f"`{key}` must be {option.kind.value}, not {_type_name(raw)}",
            where=_where(key, file, text),
            hint=f"write `{key} = {_EXAMPLES[option.kind]}`",
        )
    try:
        return convert(option.kind, raw, file.parent)
    except ValueError as error:
        raise BundleError(
            "bad-option",
            f"`{key}`: {error}",
            where=_where(key, file, text),
            hint=f"write `{key} = {_EXAMPLES[option.kind]}`",
        ) from error


def _refuse_conflict(given: Given, file: Path) -> None:
    both: tuple[Option, ...] = given.conflict()
    if both:
        names = " and ".join(f"`{option.name}`" for option in both)
        raise BundleError(
            "bad-option", f"{names} exclude each other in `[tool.bundle]`", where=str(file), hint="keep one of them"
        )


def _where(key: str, file: Path, text: str) -> str:
    """The line on which a key most likely stands: the parser does not tell."""
    start = max(text.find("[tool.bundle]"), 0)
    return _line_of(rf"[\"']?{re.escape(key)}[\"']?[ \t]*[.=]", file, text, start)


def _line_of(beginning: str, file: Path, text: str, start: int = 0) -> str:
    """The file, with the number of the first line that matches, if one does."""
    found = re.compile(rf"^[ \t]*{beginning}", re.MULTILINE).search(text, start)
    return f"{file}:{text.count(chr(10), 0, found.start()) + 1}" if found else str(file)


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
