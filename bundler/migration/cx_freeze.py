"""Translates what cx_Freeze reads: a call of `setup`, or `[tool.cxfreeze]` (cx_Freeze's manual, "Setup script")."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bundler.migration.draft import Draft, listed, slashes
from bundler.migration.model import Call, Migration, Note, Reading, Unknown
from bundler.other_tools import counterpart

CALLS = ("setup", "Executable")

TOOL = "cx_Freeze"


def from_setup(reading: Reading, file: Path) -> Migration:
    """The programs of a setup script."""
    executables: list[Any] = []
    options: Mapping[str, Any] = {}
    for call in reading.calls:
        if call.name == "setup":
            executables += listed(call.keywords.get("executables"))
            table = call.keywords.get("options")
            options = table.get("build_exe", {}) if isinstance(table, dict) else {}
    return _migration(executables, options, file)


def from_table(table: Mapping[str, Any], file: Path) -> Migration:
    """The programs of `[tool.cxfreeze]`."""
    return _migration(list(listed(table.get("executables"))), table.get("build_exe", {}), file)


def _migration(executables: list[Any], options: Mapping[str, Any], file: Path) -> Migration:
    drafts = []
    for each in executables:
        draft = Draft(TOOL, file.parent)
        _read_executable(each, draft)
        for key, value in options.items():
            read_option(f"--{key.replace('_', '-')}", value, draft)
        drafts.append(draft)
    notes = dict.fromkeys(note for draft in drafts for note in draft.notes)
    if not drafts:
        notes[Note("no `Executable` was found; `--execute` runs the file to find it")] = None
    return Migration(file.name, tuple(draft.finish() for draft in drafts), (*notes,))


def _read_executable(each: Any, draft: Draft) -> None:
    match each:
        case str():
            found: Mapping[str, Any] = {"script": each}
        case Call(arguments=arguments, keywords=keywords):
            found = {**({"script": arguments[0]} if arguments else {}), **keywords}
        case Mapping():
            found = each
        case _:
            draft.note("an executable is known only when the file is executed (`--execute`)")
            return
    script = found.get("script")
    if isinstance(script, str):
        draft.set_target(script)
    elif isinstance(script, Unknown):
        draft.unknown(script)
    name = found.get("target_name")
    if isinstance(name, str):
        draft.name = name.removesuffix(".exe")
        draft.set("output", f"dist/{draft.name}")
    for key in ("base", "icon"):
        if found.get(key) is not None:
            draft.note_option(f"--{key}")


def read_option(option: str, value: Any, draft: Draft) -> None:
    """An option of `build_exe`, by its name on the command line; its value, or True for a switch."""
    known = counterpart(TOOL, option)
    if isinstance(value, Unknown):
        draft.unknown(value)
        return
    match known.ours if known is not None else "":
        case "add-data":
            for entry in listed(value):
                _read_files(entry, draft)
        case "output":
            pass  # the folder of the result, which holds many files there
        case "optimize":
            draft.set_optimize(value, f"{option}={value}")
        case "runtime-hook":
            draft.set("runtime-hook", draft.path(str(value)))
        case "" | "quiet":
            if value not in (None, False, [], ""):
                draft.note_option(option)
        case ours:
            draft.add_all(ours, value)


def _read_files(entry: Any, draft: Draft) -> None:
    """A file or a folder, which keeps its path, or a pair of it and its path in the program."""
    match entry:
        case (str() as source, str() as place):
            pass
        case str() as source:
            place = slashes(source)
        case Unknown():
            draft.unknown(entry)
            return
        case _:
            draft.note(f"the file `{entry}` is not understood")
            return
    if draft.is_folder(source):
        draft.add_files(source, place or ".")
    elif posixpath.basename(slashes(place)) == posixpath.basename(slashes(source)):
        draft.add_files(source, posixpath.dirname(slashes(place)))
    else:
        draft.note(f"`{slashes(source)}` has another name in the program, `{place}`: rename it")
