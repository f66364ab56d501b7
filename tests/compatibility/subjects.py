"""What is tried: the entries of subjects.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import tomli

LIST = Path(__file__).with_name("subjects.toml")


@dataclass(frozen=True)
class Subject:
    """One application or library, and its short real use.

    `script`, an installed command, or `module`, as `python -m`, or `program`, a text, runs with each of `runs`. `files`
    are in the working folder before; `outputs` are compared after. What matches `ignore` may differ.
    """

    name: str
    python: str  # "3.13"
    requirements: tuple[str, ...]
    does: str
    script: str
    module: str
    program: str
    runs: tuple[tuple[str, ...], ...]
    stdin: str
    files: Mapping[str, str]
    outputs: tuple[str, ...]
    ignore: tuple[str, ...]
    failure: str  # the cause, when it is known not to work


def read_subjects(path: Path = LIST) -> dict[str, Subject]:
    """All entries, by name, in the order of the file."""
    found = {}
    for raw in tomli.loads(path.read_text())["subject"]:
        runs = raw.get("runs", [[]])
        found[raw["name"]] = Subject(
            name=raw["name"],
            python=raw.get("python", "3.13"),
            requirements=tuple(raw["requirements"]),
            does=raw["does"],
            script=raw.get("script", ""),
            module=raw.get("module", ""),
            program=raw.get("program", ""),
            runs=tuple(map(tuple, runs)),
            stdin=raw.get("stdin", ""),
            files=raw.get("files", {}),
            outputs=tuple(raw.get("outputs", ())),
            ignore=tuple(raw.get("ignore", ())),
            failure=raw.get("failure", ""),
        )
    return found
