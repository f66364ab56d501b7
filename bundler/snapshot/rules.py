"""Rules for modules that keep something of the process that imported them: `rules.toml`."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from fnmatch import fnmatchcase
from pathlib import Path

import tomli

from bundler.analyze.graph import ExtensionModule, ModuleGraph
from bundler.cache import digest
from bundler.link.objects import PrelinkedObject
from bundler.settings import Settings
from bundler.snapshot.kinds import REPEATABLE, NoteKind
from bundler.snapshot.model import Note


@dataclass(frozen=True, slots=True)
class Harmless:
    """A question that leaves nothing behind. `detail`, `asker`: patterns of what it is about, and of the file of the code that asks."""

    module: str
    kind: NoteKind
    detail: str
    asker: str = "*"


@dataclass(frozen=True, slots=True)
class Steady:
    """Modules that get equal random bytes in each recording, by the names by which they are imported, and the numbers of their objects."""

    modules: tuple[str, ...]
    objects: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """`again`: code by modules, run at each start. `renewed`: modules, and names of theirs that it gives values, which may be others
    than in a usual start: a cache is empty again. `restored`: modules of which the project calls functions at each start.

    `unordered`: modules and names of what is collected in the order of imports. `steady`: modules that keep random bytes for
    hash maps alone. `prefixes`: of variables, by modules that look through all of them for those. `late`: patterns of modules that
    the project wants to be imported at each start. `servers`: distributions whose programs are servers. `serving_modules`: modules
    by which a program serves.
    """

    again: Mapping[str, str]
    harmless: tuple[Harmless, ...]
    unordered: frozenset[tuple[str, str]]
    steady: tuple[str, ...]
    prefixes: Mapping[str, tuple[str, ...]]
    servers: frozenset[str] = frozenset()
    serving_modules: tuple[str, ...] = ()
    late: tuple[str, ...] = ()
    renewed: frozenset[tuple[str, str]] = frozenset()
    restored: frozenset[str] = frozenset()

    def without(self, own: Iterable[str]) -> Rules:
        """These rules but for those that the app's own modules have the names of: rules are about modules of others."""
        names = frozenset(own)
        files = [
            file for name in names for file in (f"{name.replace('.', '/')}.py", f"{name.replace('.', '/')}/__init__.py")
        ]

        def is_of_others(rule: Harmless) -> bool:
            named = rule.module != "*" and any(fnmatchcase(name, rule.module) for name in names)
            asks = rule.asker != "*" and any(fnmatchcase(file, rule.asker) for file in files)
            return not named and not asks

        return replace(
            self,
            again={name: code for name, code in self.again.items() if name not in names},
            renewed=frozenset(each for each in self.renewed if each[0] not in names),
            harmless=tuple(filter(is_of_others, self.harmless)),
            unordered=frozenset(each for each in self.unordered if each[0] not in names),
            steady=tuple(name for name in self.steady if name not in names),
            prefixes={name: prefixes for name, prefixes in self.prefixes.items() if name not in names},
            serving_modules=tuple(name for name in self.serving_modules if name not in names),
        )

    def add_project(self, settings: Settings) -> Rules:
        """These rules and those that the project's own settings give."""
        again = dict(self.again)
        for each in settings.snapshot_restore:
            again[each.module] = "\n".join((*again.get(each.module, "").splitlines(), f"{each.name}()"))
        restored = frozenset(each.module for each in settings.snapshot_restore)
        harmless = (Harmless(module, kind, "*") for module in sorted(restored) for kind in sorted(REPEATABLE))
        return replace(
            self,
            again=again,
            harmless=(*self.harmless, *harmless),
            late=settings.snapshot_late,
            restored=restored,
        )

    def steady_parts(self, graph: ModuleGraph, objects: Iterable[PrelinkedObject]) -> Steady:
        """The program's modules that are steady, and those of its objects that they are."""
        modules = {name: module for name in self.steady if (module := graph.imported(name)) is not None}
        files = {module.filename for module in modules.values() if isinstance(module, ExtensionModule)}
        return Steady(tuple(modules), tuple(each.index for each in objects if each.path in files))

    @property
    def digest(self) -> str:
        """A digest of all rules: equal ones have the same."""
        values = (getattr(self, each.name) for each in fields(self))
        return digest(*(repr(sorted(value) if isinstance(value, frozenset) else value) for value in values))

    def is_named_late(self, module: str) -> bool:
        """True if the project wants a module to be imported at each start."""
        return any(fnmatchcase(module, pattern) for pattern in self.late)

    def are_harmless(self, note: Note) -> bool:
        """True if a rule says that nothing of this is left behind."""
        return any(
            fnmatchcase(note.module, each.module)
            and each.kind == note.kind
            and fnmatchcase(note.detail, each.detail)
            and fnmatchcase(note.asker, each.asker)
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
        renewed=frozenset((module, name) for module, code in again.items() for name in _names_given(code)),
        harmless=tuple(
            Harmless(each["module"], NoteKind(each["kind"]), each.get("detail", "*"), each.get("asker", "*"))
            for each in raw.get("harmless", ())
        ),
        steady=tuple(each["module"] for each in raw.get("steady", ())),
        prefixes={each["module"]: tuple(each["prefixes"]) for each in raw.get("prefixed", ())},
        servers=frozenset(name for each in raw.get("server", ()) for name in each["distributions"]),
        serving_modules=tuple(name for each in raw.get("server", ()) for name in each["modules"]),
        unordered=frozenset((each["module"], name) for each in raw.get("unordered", ()) for name in each["names"]),
    )


def _names_given(code: str) -> Iterator[str]:
    """The names of the module to which code assigns."""
    for statement in ast.parse(code).body:
        for node in ast.walk(statement) if not isinstance(statement, ast.FunctionDef) else ():
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id
