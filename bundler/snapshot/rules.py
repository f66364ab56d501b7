"""Rules for modules that keep something of the process that imported them: `rules.toml`."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import tomli

from bundler.snapshot.model import Note


@dataclass(frozen=True, slots=True)
class Harmless:
    """A question that leaves nothing behind. `detail`: a pattern."""

    module: str
    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class Rules:
    """`again`: code by modules, run at each start.

    `unordered`: modules and names of what is collected in the order of imports. `steady`: modules that keep random bytes for
    hash maps alone. `prefixes`: of variables, by modules that look through all of them for those.
    """

    again: Mapping[str, str]
    harmless: tuple[Harmless, ...]
    unordered: frozenset[tuple[str, str]]
    steady: tuple[str, ...]
    prefixes: Mapping[str, tuple[str, ...]]

    def are_harmless(self, note: Note) -> bool:
        """True if a rule says that nothing of this is left behind, or what a guard is for."""
        return (note.kind == "variables" and note.module in self.prefixes) or any(
            fnmatchcase(note.module, each.module) and each.kind == note.kind and fnmatchcase(note.detail, each.detail)
            for each in self.harmless
        )


@functools.cache
def load_rules() -> Rules:
    """The rules that come with bundler."""
    raw = tomli.loads(Path(__file__).with_name("rules.toml").read_text())
    again: dict[str, str] = {}
    for each in raw.get("again", ()):
        again[each["module"]] = f"{again[each['module']]}\n{each['code']}" if each["module"] in again else each["code"]
    return Rules(
        again=again,
        harmless=tuple(
            Harmless(each["module"], each["kind"], each.get("detail", "*")) for each in raw.get("harmless", ())
        ),
        steady=tuple(each["module"] for each in raw.get("steady", ())),
        prefixes={each["module"]: tuple(each["prefixes"]) for each in raw.get("prefixed", ())},
        unordered=frozenset((each["module"], name) for each in raw.get("unordered", ()) for name in each["names"]),
    )
