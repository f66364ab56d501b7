"""Translates a command line of PyInstaller, Nuitka, cx_Freeze, pex or shiv, and Nuitka's options in a file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bundler.errors import BundleError
from bundler.migration import cx_freeze
from bundler.migration.draft import Draft, slashes
from bundler.migration.model import Migration
from bundler.migration.spec import read_python_option
from bundler.other_tools import Counterpart, counterpart

# Commands, and modules behind `python -m`, by the tool's name in the table of counterparts.
COMMANDS: Mapping[str, str] = {
    "pyinstaller": "PyInstaller",
    "nuitka": "Nuitka",
    "nuitka3": "Nuitka",
    "nuitka-run": "Nuitka",
    "cxfreeze": "cx_Freeze",
    "cx_freeze": "cx_Freeze",
    "pex": "pex",
    "shiv": "shiv",
}

# Options whose values are the program itself.
_ENTRIES = {"-m", "-e", "--entry-point"}

# `# nuitka-project: --onefile` in a script (Nuitka's manual, "Nuitka Project Options").
_NUITKA_PROJECT = re.compile(r"^\s*#\s*nuitka-project:\s*(--\S.*?)\s*$", re.MULTILINE)


def from_command_line(words: Sequence[str], folder: Path) -> Migration:
    """The program that a command line builds, with `python -m` or without; BundleError when its tool is not known."""
    command, *rest = words
    if re.fullmatch(r"python[\d.]*", Path(command).name) and rest[:1] == ["-m"] and len(rest) > 1:
        command, rest = rest[1], rest[2:]
    tool = COMMANDS.get(Path(command).name.lower().removesuffix(".exe"))
    if tool is None:
        raise BundleError(
            "bad-migration",
            f"`{command}` is neither a file that can be read nor a tool that is known",
            hint=f"name a spec file, a setup script, pyproject.toml, or a command line of {', '.join(sorted(COMMANDS))}",
        )
    return _migration(command, tool, rest, folder)


def nuitka_options(script: str) -> list[str]:
    """Nuitka's options in the comments of a script."""
    return _NUITKA_PROJECT.findall(script)


def from_nuitka_options(options: Sequence[str], file: Path) -> Migration:
    """The program of a script with Nuitka's options in its comments."""
    return _migration(file.name, "Nuitka", [*options, file.name], file.parent)


def _migration(source: str, tool: str, words: Sequence[str], folder: Path) -> Migration:
    draft = Draft(tool, folder)
    places = {"name": "", "folder": ""}
    for option, value in _options(words, tool):
        if not option:
            _read_word(value, draft)
        else:
            _read_option(option, value, counterpart(tool, option), draft, places)
    if places["name"] or places["folder"]:
        draft.name = Path(places["name"]).name
        draft.set("output", f"{places['folder'] or 'dist'}/{draft.name}" if draft.name else places["folder"])
    if not draft.has("target", "module", "script"):
        draft.note("no program is named: add `target`, `module` or `script`")
    return Migration(source, (draft.finish(),), draft.notes)


def _options(words: Sequence[str], tool: str) -> Iterator[tuple[str, str]]:
    """Pairs of an option and its value, or "" and a word."""
    pending = iter(words)
    for word in pending:
        name, equals, value = word.partition("=")
        if not word.startswith("-") or word == "-":
            yield "", word
            continue
        if word == "--":
            return
        known = counterpart(tool, name)
        # A short option may have its value attached.
        attached = counterpart(tool, word[:2]) if known is None and not word.startswith("--") else None
        if attached is not None and attached.takes_value and len(word) > 2:
            yield word[:2], word[2:]
        elif equals or known is None or not known.takes_value:
            yield name, value
        else:
            yield name, next(pending, "")


def _read_word(word: str, draft: Draft) -> None:
    if draft.tool in ("pex", "shiv"):
        draft.note(f"`{word}`: install it into the environment of the program; `--python` names the environment")
    elif not draft.has("target", "module"):
        draft.set_target(word)
    else:
        draft.note(f"the script `{word}`: a program of its own, `[[tool.bundle.program]]`")


def _read_option(option: str, value: str, known: Counterpart | None, draft: Draft, places: dict[str, str]) -> None:
    ours = known.ours if known is not None else ""
    if option in _ENTRIES and draft.tool in ("pex", "shiv"):
        draft.set("target" if ":" in value else "module", value)
    elif option == "--python-flag":
        _read_python_flag(value, draft)
    elif option == "--python-option":
        read_python_option(value, draft)
    elif option == "-O":
        draft.set("optimize", int(value or 1))
    elif draft.tool == "cx_Freeze" and ours != "output":
        is_listed = known is not None and known.takes_value
        cx_freeze.read_option(option.lstrip("-"), value.split(",") if is_listed else value, draft)
    elif ours == "output":
        place = "folder" if option.endswith(("path", "dir", "exe")) else "name"
        places[place] = slashes(value)
        if draft.tool in ("pex", "shiv"):
            places["name"], places["folder"] = Path(value).name, str(Path(value).parent)
    elif ours == "add-data":
        _read_files(option, value, draft)
    elif ours == "optimize":
        draft.set(ours, int(value) if value in ("1", "2") else 1)
    elif ours in ("runtime-hook", "additional-hooks-dir"):
        draft.set(ours, draft.path(value))
    elif ours in _VALUES and value:
        for each in value.split(",") if draft.tool == "Nuitka" else [value]:
            draft.set(ours, each)
    else:
        draft.note_option(option)


# Options of ours that take what theirs take.
_VALUES = (
    *("hidden-import", "exclude-module", "collect-all", "collect-submodules", "collect-data", "collect-binaries"),
    *("copy-metadata", "script", "python"),
)


def _read_files(option: str, value: str, draft: Draft) -> None:
    if draft.tool == "PyInstaller":
        source, _, place = value.replace(";", ":").rpartition(":")
        draft.add_files(source, place)
        return
    # Nuitka's path in the program is that of the file, or of a folder if it ends with a slash.
    source, _, place = value.partition("=")
    is_file = option == "--include-data-files" and not place.endswith("/")
    draft.add_files(source, str(Path(place).parent) if is_file else place)


def _read_python_flag(value: str, draft: Draft) -> None:
    match value:
        case "-O" | "no_asserts":
            draft.set("optimize", 1)
        case "-OO" | "no_docstrings":
            draft.set("optimize", 2)
        case "no_warnings":
            draft.set("warning", "ignore")
        case "-u" | "unbuffered":
            draft.note("`--python-flag=unbuffered`: the variable `PYTHONUNBUFFERED` at run time")
        case "isolated" | "no_site" | "safe_path" | "-I" | "-S" | "-P":
            draft.note(f"`--python-flag={value}`: nothing; a binary is isolated")
        case "-m":
            draft.note("`--python-flag=-m`: name the package with `module` instead of `target`")
        case _:
            draft.note_option("--python-flag", written=f"--python-flag={value}")
