"""Import facts of source files, from the cache or from a worker that runs under the target."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bundler.analyze.graph import Binding
from bundler.cache import Cache, digest, tree_digest
from bundler.process import Service, jobs
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

    `main_imports` stand under `if __name__ == "__main__"`, where code uses `main_names`. `dynamic` are lines where the name is computed.
    `names`: names and attributes that functions use, separated by blanks, by the name
    without which the function is not called; "" is where code always runs. `strings`: short string constants that
    look like references, separated by blanks. `codecs`: modules of `encodings` that
    constants name; `any_codec`: an encoding is computed. `search_folders`: what it adds to `sys.path`, relative to its
    folder.
    """

    imports: tuple[ImportFact, ...] = ()
    main_imports: tuple[ImportFact, ...] = ()
    main_names: str = ""
    globals: frozenset[str] = frozenset()
    all: tuple[str, ...] = ()
    dynamic: tuple[int, ...] = ()
    families: tuple[Family, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    strings: str = ""
    codecs: tuple[str, ...] = ()
    any_codec: bool = False
    extends_path: bool = False
    site_builtins: frozenset[str] = frozenset()
    search_folders: tuple[str, ...] = ()
    error: str | None = None
    error_line: int = 0

    @property
    def may_have_any_name(self) -> bool:
        """Does the module get names that the file does not say: by star imports, or from its `__getattr__` (PEP 562)?"""
        return "__getattr__" in self.globals or any("*" in (fact.names or ()) for fact in self.imports)


class FactSource:
    """Facts by file content. What is not in the cache is read by workers, one for each processor."""

    def __init__(self, target: TargetPython, cache: Cache) -> None:
        self._target = target
        self._cache = cache
        self._identity = digest(tree_digest(Path(__file__).parent / "worker"), str(target.hexversion))
        self._expected: dict[Path, bytes | Future[bytes]] = {}
        self._pool: ThreadPoolExecutor | None = None
        self._workers = threading.local()
        self._services: list[Service] = []

    @property
    def is_reading(self) -> bool:
        """Has any file been read that was not in the cache? Then more will be."""
        return self._pool is not None

    def expect(self, paths: Iterable[Path]) -> None:
        """These files will be asked for: begin to read them."""
        for path in paths:
            if path not in self._expected:
                self._expected[path] = self._begin(path, is_compiled=False)

    def facts(self, path: Path, *, is_compiled: bool = False) -> FileFacts:
        """The facts of a file as it is now. `is_compiled`: errors that only compiling it shows are told too."""
        begun = None if is_compiled else self._expected.pop(path, None)
        raw = self._begin(path, is_compiled=is_compiled) if begun is None else begun
        return _parse(json.loads(raw.result() if isinstance(raw, Future) else raw))

    def _begin(self, path: Path, *, is_compiled: bool) -> bytes | Future[bytes]:
        try:
            source = path.read_bytes()
        except OSError as error:
            return json.dumps({"error": f"it cannot be read: {error.strerror}", "line": 0}).encode()
        entry = self._cache.path("facts", digest(self._identity, str(is_compiled), source), ".json")
        try:
            return entry.read_bytes()
        except FileNotFoundError:
            self._pool = self._pool or ThreadPoolExecutor(jobs())
            return self._pool.submit(self._read, path, entry, is_compiled=is_compiled)

    def _read(self, path: Path, entry: Path, *, is_compiled: bool) -> bytes:
        """Ask the calling thread's own worker."""
        service: Service | None = getattr(self._workers, "service", None)
        if service is None:
            service = self._workers.service = Service(worker_command(self._target.executable, "analyze", "main"))
            self._services.append(service)
        raw = service.ask(json.dumps({"path": str(path), "is_compiled": is_compiled})).encode()
        self._cache.write(entry, raw)
        return raw

    def close(self) -> None:
        """End the workers, if any were needed."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
        for service in self._services:
            service.close()


def _parse(raw: dict[str, Any]) -> FileFacts:
    if "error" in raw:
        return FileFacts(error=raw["error"], error_line=raw["line"])
    return FileFacts(
        imports=tuple(map(_import, raw["imports"])),
        main_imports=tuple(map(_import, raw["main"])),
        main_names=raw["main_names"],
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


def _import(raw: list[Any]) -> ImportFact:
    """From a row, as `_Scanner._add` in the worker writes it."""
    name, names, level, binding, line, attempt, fallback, user = raw
    names = None if names is None else tuple(names)
    return ImportFact(name, names, level, _BINDINGS[binding], line, attempt, fallback, user)
