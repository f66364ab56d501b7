"""Translates the calls of a PyInstaller spec file (PyInstaller's manual, "Using Spec Files")."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bundler.migration.draft import Draft, listed, slashes
from bundler.migration.model import Call, Collected, Migration, Part, Reading, Unknown

CALLS = ("Analysis", "EXE", "COLLECT", "BUNDLE", "MERGE", "Tree", "PYZ")

_TOOL = "PyInstaller"

# Keywords of EXE that decide something only if they are set, and the option that asks for the same.
_SWITCHES = {
    "console": "--windowed",
    "icon": "--icon",
    "version": "--version-file",
    "manifest": "--manifest",
    "uac_admin": "--uac-admin",
    "uac_uiaccess": "--uac-uiaccess",
    "target_arch": "--target-arch",
    "codesign_identity": "--codesign-identity",
    "debug": "--debug",
    "bootloader_ignore_signals": "--bootloader-ignore-signals",
    "runtime_tmpdir": "--runtime-tmpdir",
    "splash": "--splash",
    "strip": "--strip",
    "hide_console": "--hide-console",
    "contents_directory": "--contents-directory",
}
_SILENT = {"console": True}  # values that ask for nothing, where that is not False or None


def from_spec(reading: Reading, file: Path) -> Migration:
    """The programs of a spec file."""
    folder = file.parent
    analyses = [call for call in reading.calls if call.name == "Analysis"]
    executables = [call for call in reading.calls if call.name == "EXE"]
    drafts = []
    for number, executable in enumerate(executables):
        own = next((part.call for part in _parts(executable) if part.call.name == "Analysis"), None)
        analysis = own or (analyses[number] if number < len(analyses) else None)
        drafts.append(_draft(analysis, executable, folder))
    if not executables:
        drafts = [_draft(analysis, None, folder) for analysis in analyses]
    notes = [note for draft in drafts for note in draft.notes]
    general = Draft(_TOOL, folder)
    for call in reading.calls:
        if call.name == "MERGE":
            general.note("`MERGE`: with `multicall = true` in `[tool.bundle]` the programs share one binary", call.line)
        if call.name == "BUNDLE":
            general.note("`BUNDLE`: nothing; it is for other systems than Linux", call.line)
    for each in reading.skipped:
        general.note(
            f"`{each.text}` was not followed: its condition is known only when the file is executed", each.line
        )
    if not any(draft.has("target", "module", "script") for draft in drafts):
        general.note("no program was found; `--execute` runs the file to find it")
    return Migration(file.name, tuple(draft.finish() for draft in drafts), (*dict.fromkeys((*notes, *general.notes)),))


def _parts(call: Call) -> Iterator[Part]:
    """Parts of other calls among the arguments, also those that are in lists."""
    for value in (*call.arguments, *call.keywords.values()):
        for item in value if isinstance(value, list | tuple) else [value]:
            if isinstance(item, Part):
                yield item
            elif isinstance(item, Call):
                yield from _parts(item)


def _draft(analysis: Call | None, executable: Call | None, folder: Path) -> Draft:
    draft = Draft(_TOOL, folder)
    if analysis is not None:
        _read_analysis(analysis, draft)
    if executable is not None:
        _read_executable(executable, draft)
    return draft


def _read_analysis(call: Call, draft: Draft) -> None:
    scripts, *_ = (*call.arguments, call.keywords.get("scripts"))
    for number, script in enumerate(listed(scripts)):
        if isinstance(script, Unknown):
            draft.unknown(script)
        elif number == 0:
            draft.set_target(script, call.line)
        else:
            draft.note(f"the script `{slashes(script)}` runs after the first: import it there", call.line)
    for name, value in call.keywords.items():
        match name.removeprefix("+"):
            case "datas" | "binaries":
                _read_files(value, draft, call.line)
            case "hiddenimports":
                draft.add_all("hidden-import", value, call.line)
            case "excludes":
                draft.add_all("exclude-module", value, call.line)
            case "hookspath":
                _read_paths("additional-hooks-dir", value, draft)
            case "runtime_hooks":
                _read_paths("runtime-hook", value, draft)
            case "hooksconfig" if isinstance(value, dict):
                _read_hook_config(value, draft)
            case "pathex":
                _read_search_path(value, draft, call.line)
            case "optimize" if isinstance(value, Unknown):
                draft.unknown(value)
            case "optimize":
                draft.set_optimize(value, f"optimize={value!r}", call.line)


def _read_files(value: Any, draft: Draft, line: int) -> None:
    """Entries `(source, folder)`; in lists of results also `(path, source, kind)`."""
    for entry in listed(value):
        match entry:
            case (source, place):
                draft.add_files(source, place, line)
            case (place, source, _):
                _read_result(place, source, draft, line)
            case Call("Tree"):
                _read_tree(entry, draft)
            case Collected():
                draft.set(entry.option, entry.name)
            case Unknown():
                draft.unknown(entry)


def _read_result(place: Any, source: Any, draft: Draft, line: int) -> None:
    """A file by its whole path in the program."""
    if isinstance(place, str) and isinstance(source, str):
        folder, name = posixpath.split(slashes(place))
        if name != posixpath.basename(slashes(source)):
            draft.note(f"`{slashes(source)}` has another name in the program, `{name}`: rename it", line)
        else:
            draft.add_files(source, folder, line)
    else:
        draft.unknown(source if isinstance(source, Unknown) else place)


def _read_tree(call: Call, draft: Draft) -> None:
    root = call.arguments[0] if call.arguments else call.keywords.get("root")
    prefix = call.arguments[1] if len(call.arguments) > 1 else call.keywords.get("prefix")
    if call.keywords.get("excludes"):
        draft.note("`Tree`: `excludes` has no counterpart; the whole folder goes in", call.line)
    draft.add_files(root, prefix or ".", call.line)


def _read_paths(option: str, value: Any, draft: Draft) -> None:
    draft.add_all(option, [draft.path(path) if isinstance(path, str) else path for path in listed(value)])


def _read_hook_config(value: dict[Any, Any], draft: Draft) -> None:
    for module, keys in value.items():
        for key, setting in (keys if isinstance(keys, dict) else {}).items():
            text = setting if isinstance(setting, str) else json.dumps(setting, default=str)
            draft.set("hook-config", f"{module}:{key}={text}")


def _read_search_path(value: Any, draft: Draft, line: int) -> None:
    """Folders that are searched: the file's own and environments need no word."""
    for path in listed(value):
        if isinstance(path, Unknown):
            draft.unknown(path)
        elif draft.path(path) not in ("", ".") and "site-packages" not in path and draft.is_folder(path):
            draft.note_option("--paths", line, written=f"pathex={path!r}")


def _read_executable(call: Call, draft: Draft) -> None:
    name = call.keywords.get("name")
    if isinstance(name, str):
        draft.name = posixpath.basename(slashes(name)).removesuffix(".exe")
        draft.set("output", f"dist/{draft.name}")
    elif isinstance(name, Unknown):
        draft.unknown(name)
    for value in call.arguments:
        for entry in [value] if isinstance(value, Call) else listed(value):
            match entry:
                case (str() as option, _, "OPTION"):
                    read_python_option(option, draft, call.line)
                case (_, _) | (_, _, _) | Call("Tree") | Unknown():
                    _read_files([entry], draft, call.line)
    for keyword, option in _SWITCHES.items():
        value = call.keywords.get(keyword, _SILENT.get(keyword))
        if value not in (None, False, _SILENT.get(keyword)):
            draft.note_option(option, call.line, written=f"{keyword}={_text(value)}")
        elif keyword in _SILENT and value is not _SILENT[keyword]:
            draft.note_option(option, call.line, written=f"{keyword}={value}")


def _text(value: Any) -> str:
    return value.text if isinstance(value, Unknown) else repr(value)


def read_python_option(option: str, draft: Draft, line: int = 0) -> None:
    """An option of the interpreter: "O", "u", "W ignore", "X utf8=1"."""
    letter, _, value = option.partition(" ")
    match letter:
        case "O" | "OO":
            draft.set("optimize", len(letter))
        case "W" if value:
            draft.set("warning", value.strip())
        case "X" if value:
            draft.set("x-option", value.strip().replace("utf8_mode", "utf8"))
        case "u":
            draft.note("`u`: the variable `PYTHONUNBUFFERED` at run time", line)
        case _:
            draft.note(f"the option `{option}` of the interpreter has no counterpart", line)
