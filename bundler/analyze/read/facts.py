"""Import facts of source files, from the cache or from a worker that runs under the target."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bundler.analyze.graph import Binding, LibraryName
from bundler.analyze.read.worker import schema
from bundler.cache import Cache, digest, tree_digest
from bundler.process import jobs
from bundler.target import TargetPython
from bundler.target.workers import WorkerPool

_BINDINGS = {
    schema.EAGER: Binding.EAGER,
    schema.CONDITIONAL: Binding.CONDITIONAL,
    schema.OPTIONAL: Binding.OPTIONAL,
    schema.DEFERRED: Binding.DEFERRED,
}

_KIND = "facts"  # of cache entries

_Found = schema.Facts | schema.Unreadable


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


def absolute_name(fact: ImportFact, package: str) -> str:
    """The full name of what an import in a module of `package` begins with."""
    if not fact.level:
        return fact.name
    above = package.split(".")[: 1 - fact.level or None]
    return ".".join((*above, fact.name) if fact.name else above)


@dataclass(frozen=True, slots=True)
class Family:
    """Modules that are imported under a computed name: those of `package` (`level` dots before it) that begin so."""

    package: str
    level: int
    stem: str
    line: int


@dataclass(frozen=True, slots=True)
class ComputedName:
    """A text that may be the name of a module that is imported, or, unless it `is_whole`, a part of one.

    `lines`: where the computed imports are at which it arrives.
    """

    text: str
    is_whole: bool
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Addition:
    """A folder that a file adds to a search path.

    `folder` is relative to the file's own; or `name` is a dotted name that stands for the folder, perhaps one that is
    imported. `position`: where it is inserted; None: at the end. `is_certain`: it happens whenever the file is run.
    """

    folder: str
    name: str
    position: int | None
    line: int
    is_certain: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """A folder, relative to the file's own, whose listing arrives at computed imports, in these lines."""

    folder: str
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FileFacts:
    """Facts about the imports of one source file. `error`: its syntax error; then nothing else is known.

    `patterns`: composed texts, with stars for what is not known, in a file with a computed import; `arriving`: literals that
    arrive at one. `has_lazy_attributes`: a
    call gives the module its `__getattr__`; `reads_stub`: from the stub beside it. `run_modules` are named behind "-m" or
    given to `runpy`; `source_files`: texts that are paths of sources, perhaps relative to the file's folder;
    `handed_over`: imported names that calls are given; `metadata`: names of distributions whose metadata is looked up.
    `main_imports` stand under `if __name__ == "__main__"`, where code uses `main_names`. `dynamic` are lines where the name is computed.
    `names`: names and attributes that functions use, separated by blanks, by the name
    without which the function is not called; "" is where code always runs. `strings`: short string constants that
    look like references, separated by blanks. `codecs`: modules of `encodings` that
    constants name; `any_codec`: an encoding is computed, or named by a source that is compiled. `libraries` are opened by name. `search_folders`: what it adds to `sys.path`, `package_folders`: to
    its `__path__`, both in the order of lines; `folder_names`: folders, relative to its own, by the names that stand for them. `listed_folders`: what is in
    them is imported, or loaded by its path; `listing`: lines of imports at which the listing of some package arrives; `loading`: lines where a source is loaded whose path is computed from the file's own.
    """

    imports: tuple[ImportFact, ...] = ()
    main_imports: tuple[ImportFact, ...] = ()
    main_names: str = ""
    globals: frozenset[str] = frozenset()
    all: tuple[str, ...] = ()
    dynamic: tuple[int, ...] = ()
    families: tuple[Family, ...] = ()
    patterns: tuple[ComputedName, ...] = ()
    arriving: tuple[ComputedName, ...] = ()
    has_lazy_attributes: bool = False
    reads_stub: bool = False
    run_modules: tuple[str, ...] = ()
    source_files: tuple[str, ...] = ()
    handed_over: frozenset[str] = frozenset()
    metadata: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    strings: str = ""
    codecs: tuple[str, ...] = ()
    any_codec: bool = False
    libraries: tuple[LibraryName, ...] = ()
    extends_path: bool = False
    site_builtins: frozenset[str] = frozenset()
    search_folders: tuple[Addition, ...] = ()
    package_folders: tuple[Addition, ...] = ()
    folder_names: Mapping[str, str] = field(default_factory=dict)
    listed_folders: tuple[Listing, ...] = ()
    listing: tuple[int, ...] = ()
    loading: tuple[int, ...] = ()
    error: str | None = None
    error_line: int = 0

    @property
    def may_have_any_name(self) -> bool:
        """True if the module gets names that the file does not show: by star imports, or from its `__getattr__` (PEP 562)."""
        return "__getattr__" in self.globals or any("*" in (fact.names or ()) for fact in self.imports)


class FactSource:
    """Facts by file content. What is not in the cache is read by workers, one for each processor."""

    def __init__(self, target: TargetPython, cache: Cache) -> None:
        self._cache = cache
        self._identity = digest(tree_digest(Path(__file__).parent / "worker"), str(target.hexversion))
        self._expected: dict[Path, _Found | Future[_Found]] = {}
        self._executor: ThreadPoolExecutor | None = None
        self._workers = WorkerPool(target.command, "analyze/read", "main")

    @property
    def is_reading(self) -> bool:
        """True if a file has been read that was not in the cache: then more will be."""
        return self._executor is not None

    def expect(self, paths: Iterable[Path]) -> None:
        """These files will be asked for: begin to read them."""
        for path in paths:
            if path not in self._expected:
                self._expected[path] = self._begin(path, is_compiled=False)

    def facts(self, path: Path, *, is_compiled: bool = False) -> FileFacts:
        """The facts of a file as it is now. `is_compiled`: errors that only compiling shows are reported too."""
        begun = None if is_compiled else self._expected.pop(path, None)
        found = self._begin(path, is_compiled=is_compiled) if begun is None else begun
        return parse(found.result() if isinstance(found, Future) else found)

    def _begin(self, path: Path, *, is_compiled: bool) -> _Found | Future[_Found]:
        try:
            source = path.read_bytes()
        except OSError as error:
            return {"error": f"it cannot be read: {error.strerror}", "line": 0}
        found: _Found | None = self._cache.get(_KIND, self._key(schema.source_digest(source), is_compiled=is_compiled))
        if found is not None:
            return found
        self._executor = self._executor or ThreadPoolExecutor(jobs())
        return self._executor.submit(self._read, path, is_compiled=is_compiled)

    def _key(self, source: str, *, is_compiled: bool) -> str:
        return digest(self._identity, str(is_compiled), source)

    def _read(self, path: Path, *, is_compiled: bool) -> _Found:
        request: schema.Request = {"path": str(path), "is_compiled": is_compiled}
        answer: schema.Answer = json.loads(self._workers.service().ask(json.dumps(request)))
        # The file may have changed since it was looked at: what the worker has read is what the entry is of.
        self._cache.put(_KIND, self._key(answer["source_digest"], is_compiled=is_compiled), answer["found"])
        return answer["found"]

    def close(self) -> None:
        """End the workers, if any were needed."""
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)
        self._workers.close()


def parse(found: _Found) -> FileFacts:
    """The worker's answer as a noun."""
    if "error" in found:
        return FileFacts(error=found["error"], error_line=found["line"])
    return FileFacts(
        imports=tuple(map(_import, found["imports"])),
        main_imports=tuple(map(_import, found["main"])),
        main_names=found["main_names"],
        globals=frozenset(found["globals"]),
        all=tuple(found["all"] or ()),
        dynamic=tuple(found["dynamic"]),
        families=tuple(Family(*row) for row in found["families"]),
        patterns=tuple(map(_computed_name, found["patterns"])),
        arriving=tuple(map(_computed_name, found["arriving"])),
        has_lazy_attributes=found["has_lazy_attributes"],
        reads_stub=found["reads_stub"],
        run_modules=tuple(found["run_modules"]),
        source_files=tuple(found["source_files"]),
        handed_over=frozenset(found["handed_over"]),
        metadata=tuple(found["metadata"]),
        names=found["names"],
        strings=found["strings"],
        codecs=tuple(found["codecs"]),
        any_codec=found["any_codec"],
        libraries=tuple(LibraryName(*row) for row in found["libraries"]),
        extends_path=found["extends_path"],
        site_builtins=frozenset(found["site_builtins"]),
        search_folders=tuple(Addition(*row) for row in found["search_folders"]),
        package_folders=tuple(Addition(*row) for row in found["package_folders"]),
        folder_names=found["folder_names"],
        listed_folders=tuple(Listing(folder, tuple(lines)) for folder, lines in found["listed_folders"]),
        listing=tuple(found["listing"]),
        loading=tuple(found["loading"]),
    )


def _computed_name(row: Sequence[Any]) -> ComputedName:
    text, is_whole, lines = schema.NameRow(*row)
    return ComputedName(text, is_whole, tuple(lines))


def _import(row: Sequence[Any]) -> ImportFact:
    """A row as JSON has it: a list."""
    name, names, level, binding, line, attempt, fallback, user = schema.ImportRow(*row)
    names_ = None if names is None else tuple(names)
    return ImportFact(name, names_, level, _BINDINGS[binding], line, attempt, fallback, user)
