"""What is tried: the entries of a subjects.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import tomli

from tests.support import APPS


@dataclass(frozen=True)
class Subject:
    """One application or library, and its short real use.

    `script`, an installed command, or `module`, as `python -m`, or `program`, a text, or `app`, a path below tests/apps
    whose folder is the program's, runs with each of `runs`. Then, if it is a server, it is started with each of `serve`
    and gets the `requests`; if it has a terminal, with each of `shown`, and gets the `keys`. `files` are in the working
    folder before; `outputs` are compared after. What matches `ignore` may differ.
    """

    name: str
    python: str  # "3.13"
    requirements: tuple[str, ...]
    does: str
    script: str
    module: str
    program: str
    app: Path | None
    runs: tuple[tuple[str, ...], ...]
    serve: tuple[tuple[str, ...], ...]
    requests: tuple[Mapping[str, str], ...]  # method, path, headers (lines), body, by these names
    shown: tuple[tuple[str, ...], ...]
    keys: tuple[str, ...]
    stdin: str
    files: Mapping[str, str]
    outputs: tuple[str, ...]
    ignore: tuple[str, ...]
    failure: str  # the cause, when it is known not to work


def read_subjects(path: Path) -> dict[str, Subject]:
    """All entries, by name, in the order of the file."""
    found = {}
    for raw in tomli.loads(path.read_text())["subject"]:
        is_run = not (raw.keys() & {"serve", "shown"})
        found[raw["name"]] = Subject(
            name=raw["name"],
            python=raw.get("python", "3.13"),
            requirements=tuple(raw["requirements"]),
            does=raw["does"],
            script=raw.get("script", ""),
            module=raw.get("module", ""),
            program=raw.get("program", ""),
            app=APPS / raw["app"] if "app" in raw else None,
            runs=tuple(map(tuple, raw.get("runs", [[]] if is_run else []))),
            serve=tuple(map(tuple, raw.get("serve", ()))),
            requests=tuple(raw.get("requests", ())),
            shown=tuple(map(tuple, raw.get("shown", ()))),
            keys=tuple(raw.get("keys", ())),
            stdin=raw.get("stdin", ""),
            files=raw.get("files", {}),
            outputs=tuple(raw.get("outputs", ())),
            ignore=tuple(raw.get("ignore", ())),
            failure=raw.get("failure", ""),
        )
    return found
