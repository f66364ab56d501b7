"""Translates a command line of PyInstaller, Nuitka, cx_Freeze, pex or shiv, and Nuitka's options in a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bundler.errors import BundleError
from bundler.migration import cx_freeze
from bundler.migration.draft import Draft, slashes
from bundler.migration.model import Migration
from bundler.migration.spec import read_python_option
from bundler.other_tools import counterpart

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

# The value of an option, or True for a switch.
_Value = str | Literal[True]

# Options of pex and shiv whose values are the program itself.
_ENTRIES = {"-m", "-e", "--entry-point"}

# Options of Nuitka that name files or folders of modules.
_PLUGINS = {"--include-plugin-directory", "--include-plugin-files", "--user-plugin"}

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


@dataclass(slots=True)
class _Output:
    """Name and folder of the result, which some tools are told by options of their own; "" where nothing is said."""

    name: str = ""
    folder: str = ""


def _migration(source: str, tool: str, words: Sequence[str], folder: Path) -> Migration:
    draft, output = Draft(tool, folder), _Output()
    read = _READERS[tool]
    for option, value in _options(words, tool):
        if option:
            read(option, value, draft, output)
        else:
            _read_word(str(value), draft)
    name = output.name or (output.folder and Path(draft.finish().options.get("target", "")).stem)
    if name:
        draft.name = Path(name).name
        draft.set("output", f"{output.folder or 'dist'}/{draft.name}")
    if not draft.has("target", "module", "script"):
        draft.note("no program is named: add `target`, `module` or `script`")
    return Migration(source, (draft.finish(),), draft.notes)


def _options(words: Sequence[str], tool: str) -> Iterator[tuple[str, _Value]]:
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
        elif equals:
            yield name, value
        elif known is None or not known.takes_value:
            yield name, True
        else:
            yield name, next(pending, "")


def _read_word(word: str, draft: Draft) -> None:
    if draft.tool in ("pex", "shiv"):
        draft.note(f"`{word}`: install it into the environment of the program; `--python` names the environment")
    elif not draft.has("target", "module"):
        draft.set_target(word)
    else:
        draft.note(f"the script `{word}`: a program of its own, `[[tool.bundle.program]]`")


# --- What each tool's options say -------------------------------------------------------------------------------------


def _read_pyinstaller(option: str, value: _Value, draft: Draft, output: _Output) -> None:
    text = "" if value is True else value
    match _ours(option, draft):
        case "output" if option == "--distpath":
            output.folder = slashes(text)
        case "output":
            output.name = slashes(text)
        case "add-data":
            source, _, place = text.replace(";", ":").rpartition(":")
            draft.add_files(source, place)
        case _ if option == "--python-option":
            read_python_option(text, draft)
        case "optimize":
            draft.set_optimize(text, f"{option} {text}")
        case ours:
            _read_common(option, ours, text, draft)


def _read_nuitka(option: str, value: _Value, draft: Draft, output: _Output) -> None:
    text = "" if value is True else value
    match _ours(option, draft):
        case "output" if option == "--output-dir":
            output.folder = slashes(text)
        case "output":
            output.name = slashes(text)
        case "add-data":
            # The path in the program is that of the file, or of a folder if it ends with a slash.
            source, _, place = text.partition("=")
            is_file = option == "--include-data-files" and not place.endswith("/")
            draft.add_files(source, str(Path(place).parent) if is_file else place)
        case _ if option == "--python-flag":
            _read_python_flag(text, draft)
        case ours if option in _PLUGINS:
            draft.note_option(option, written=f"{option}={text}")
        case ours:
            for each in text.split(","):
                _read_common(option, ours, each, draft)


def _read_cx_freeze(option: str, value: _Value, draft: Draft, output: _Output) -> None:
    known = counterpart(draft.tool, option)
    if option in ("-O", "-OO"):
        draft.set("optimize", option.count("O"))
    elif known is not None and known.ours == "output":
        if option == "--target-name":
            output.name = slashes(str(value))
        else:
            output.folder = slashes(str(value))
    else:
        is_list = known is not None and known.takes_value and known.ours not in ("optimize", "runtime-hook")
        cx_freeze.read_option(option, str(value).split(",") if is_list else value, draft)


def _read_zip_application(option: str, value: _Value, draft: Draft, output: _Output) -> None:
    """An option of pex or shiv."""
    text = "" if value is True else value
    match _ours(option, draft):
        case "output":
            output.name, output.folder = Path(text).name, str(Path(text).parent)
        case _ if option in _ENTRIES:
            draft.set("target" if ":" in text else "module", text)
        case "python" if option == "--interpreter-constraint":
            draft.note_option(option, written=f"{option} {text}")
        case ours:
            _read_common(option, ours, text, draft)


_READERS: Mapping[str, Callable[[str, _Value, Draft, _Output], None]] = {
    "PyInstaller": _read_pyinstaller,
    "Nuitka": _read_nuitka,
    "cx_Freeze": _read_cx_freeze,
    "pex": _read_zip_application,
    "shiv": _read_zip_application,
}


def _ours(option: str, draft: Draft) -> str:
    """The long name of our option that stands in the place of one of the tool's, or ""."""
    known = counterpart(draft.tool, option)
    return known.ours if known is not None else ""


def _read_common(option: str, ours: str, value: str, draft: Draft) -> None:
    """An option that takes what ours takes, or one that can only be noted."""
    if ours in ("runtime-hook", "additional-hooks-dir") and value:
        draft.set(ours, draft.path(value))
    elif ours in _VALUES and value:
        draft.set(ours, value)
    else:
        draft.note_option(option)


# Options of ours that take what theirs take.
_VALUES = (
    *("hidden-import", "exclude-module", "collect-all", "collect-submodules", "collect-data", "collect-binaries"),
    *("copy-metadata", "script", "python"),
)


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
