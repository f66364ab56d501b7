"""Import facts of source files, from the cache or from a worker that runs under the target."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bundler.analyze.graph import Binding
from bundler.cache import Cache, digest, tree_digest
from bundler.process import Service
from bundler.target import TargetPython
from bundler.target.workers import worker_command

_BINDINGS = {
    "eager": Binding.EAGER,
    "conditional": Binding.CONDITIONAL,
    "optional": Binding.OPTIONAL,
    "deferred": Binding.DEFERRED,
}


@dataclass(frozen=True, slots=True)
class ImportFact:
    """One import statement: `import name`, or `from` `level` dots `name` `import names`.

    `attempt` numbers the `try` with a handler for import errors that it stands in, `fallback` the one in whose handler
    it stands; 0 for none. `user`: a deferred import happens only if some code uses this name; "" when unknown.
    """

    name: str
    names: tuple[str, ...] | None
    level: int
    binding: Binding
    line: int
    attempt: int
    fallback: int
    user: str


@dataclass(frozen=True, slots=True)
class Family:
    """Modules that are imported under a computed name: those of `package` (`level` dots before it) that begin so."""

    package: str
    level: int
    stem: str
    line: int


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What one source file says about imports. `error`: its syntax error, then nothing else is known.

    `main_imports` stand under `if __name__ == "__main__"`. `dynamic` are lines where the name is computed.
    `names`: names and attributes that functions use, separated by blanks, by the name
    without which the function is not called; "" is where code always runs. `strings`: short string constants that
    look like references, separated by blanks. `codecs`: modules of `encodings` that
    constants name; `any_codec`: an encoding is computed. `search_folders`: what it adds to `sys.path`, relative to its
    folder.
    """

    imports: tuple[ImportFact, ...]
    main_imports: tuple[ImportFact, ...]
    globals: frozenset[str]
    all: tuple[str, ...]
    dynamic: tuple[int, ...]
    families: tuple[Family, ...]
    names: Mapping[str, str]
    strings: str
    codecs: tuple[str, ...]
    any_codec: bool
    extends_path: bool
    site_builtins: frozenset[str]
    search_folders: tuple[str, ...] = ()
    error: str | None = None
    error_line: int = 0

    @property
    def may_have_any_name(self) -> bool:
        """Does the module get names that the file does not say: by star imports, or from its `__getattr__` (PEP 562)?"""
        return "__getattr__" in self.globals or any("*" in (fact.names or ()) for fact in self.imports)


class FactSource:
    """Facts by file content."""

    def __init__(self, target: TargetPython, cache: Cache) -> None:
        self._target = target
        self._cache = cache
        self._identity = digest(tree_digest(Path(__file__).parent / "worker"), str(target.hexversion))
        self._service: Service | None = None

    def facts(self, path: Path) -> FileFacts:
        """The facts of a file as it is now."""
        try:
            source = path.read_bytes()
        except OSError as error:
            return _parse({"error": f"it cannot be read: {error.strerror}", "line": 0})
        entry = self._cache.path("facts", digest(self._identity, source), ".json")
        try:
            raw = entry.read_bytes()
        except FileNotFoundError:
            raw = self._ask(path)
            self._cache.write(entry, raw)
        return _parse(json.loads(raw))

    def _ask(self, path: Path) -> bytes:
        if self._service is None:
            self._service = Service(worker_command(self._target.executable, "analyze", "main"))
        return self._service.ask(json.dumps(str(path))).encode()

    def close(self) -> None:
        """End the worker, if one was needed."""
        if self._service is not None:
            self._service.close()


def _parse(raw: dict[str, Any]) -> FileFacts:
    if "error" in raw:
        return FileFacts(
            (), (), frozenset(), (), (), (), {}, "", (), False, False, frozenset(), (), raw["error"], raw["line"]
        )
    return FileFacts(
        imports=tuple(map(_import, raw["imports"])),
        main_imports=tuple(map(_import, raw["main"])),
        globals=frozenset(raw["globals"]),
        all=tuple(raw["all"] or ()),
        dynamic=tuple(raw["dynamic"]),
        families=tuple(Family(each["package"], each["level"], each["stem"], each["line"]) for each in raw["families"]),
        names=raw["names"],
        strings=raw["strings"],
        codecs=tuple(raw["codecs"]),
        any_codec=raw["any_codec"],
        extends_path=raw["extends_path"],
        site_builtins=frozenset(raw["site_builtins"]),
        search_folders=tuple(raw["search_folders"]),
    )


def _import(raw: dict[str, Any]) -> ImportFact:
    names = raw["names"]
    return ImportFact(
        name=raw["name"],
        names=None if names is None else tuple(names),
        level=raw["level"],
        binding=_BINDINGS[raw["binding"]],
        line=raw["line"],
        attempt=raw["attempt"],
        fallback=raw["fallback"],
        user=raw["user"],
    )
