"""Makes object files of frozen objects, cached by content: a worker writes C, the compiler compiles it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from bundler.analyze.graph import ModuleGraph, SourceModule
from bundler.cache import Cache, digest
from bundler.context import BuildContext
from bundler.freeze.frozen_header import HEADER, layout_as_json, make_header
from bundler.freeze.image import StartProfile
from bundler.freeze.pool import part_lines, parts, table_lines
from bundler.freeze.split import compile_each
from bundler.freeze.worker import ctext
from bundler.freeze.worker.schema import Answer, Failure, Frozen, ModuleJob, PrecompiledJob, Request, source_digest
from bundler.process import Service, jobs
from bundler.settings import Settings
from bundler.target import TargetPython
from bundler.target.workers import WorkerPool
from bundler.toolchain import Toolchain

_KIND = "frozen"  # of cache entries
_OBJECT = ".o"

# The files that make C or decide how it is compiled. A change elsewhere leaves compiled modules as they are.
_HERE = Path(__file__).parent
_MAKERS = (
    *sorted(path for path in (_HERE / "worker").glob("*.py") if path.name != "profiler.py"),
    *(_HERE / name for name in ("frozen_header.py", "pool.py", "split.py", "compiler.py")),
)

FLAGS = (
    "-x",
    "c",
    "-O0",  # data has nothing to optimise
    "-w",
    "-fno-pie",  # addresses are fixed at link time
    "-fno-asynchronous-unwind-tables",
    "-fno-ident",
)


@dataclass(frozen=True, slots=True)
class Job:
    """An object file to be made, of one module or of all precompiled results.

    `label`: the module's name, or words, for messages. `key`: a digest of all that the object file depends on.
    """

    label: str
    request: ModuleJob | PrecompiledJob
    source: Path | None
    size: int  # of the source, in bytes
    symbol: str
    version_symbol: str
    key: str


@dataclass(frozen=True, slots=True)
class Compiled:
    """An object file, the names in it, and facts about it."""

    object_file: Path
    symbol: str
    version_symbol: str
    facts: Frozen


@dataclass(frozen=True, slots=True)
class Compiler:
    """Compiles jobs for one target; `identity` is a digest of everything but the job."""

    target: TargetPython
    toolchain: Toolchain
    cache: Cache
    optimize: int
    include: Path  # the folder of frozen.h
    identity: str

    def job(self, module: SourceModule, graph: ModuleGraph) -> Job:
        """The job that freezes a module."""
        request: ModuleJob = {
            "name": module.name,
            "source": str(module.path),
            "filename": module.filename,
            "is_script": is_script(module, graph),
        }
        source = module.path.read_bytes()
        return Job(
            label=module.name,
            request=request,
            source=module.path,
            size=len(source),
            symbol=ctext.module_symbol(module.name),
            version_symbol=ctext.version_symbol(module.name),
            key=self._module_key(request, source_digest(source)),
        )

    def _module_key(self, request: ModuleJob, source: str) -> str:
        facts = (request["name"], request["filename"], str(request["is_script"]), str(self.optimize))
        return digest(self.identity, *facts, source)

    def precompiled_job(self, profile: StartProfile) -> Job:
        """The job that compiles the texts and patterns of a profile."""
        request: PrecompiledJob = {"texts": sorted(profile.texts), "patterns": sorted(profile.patterns)}
        content = json.dumps(request)
        return Job(
            label="code that a start compiles",
            request=request,
            source=None,
            size=len(content),
            symbol=ctext.PRECOMPILED_SYMBOL,
            version_symbol=ctext.PRECOMPILED_VERSION,
            key=digest(self.identity, str(self.optimize), content),
        )

    def find(self, job: Job) -> Compiled | None:
        """The object file that an earlier build made of the job; None when there is none."""
        facts: Frozen | None = self.cache.get(_KIND, job.key, (_OBJECT,))
        return None if facts is None else self._compiled(job, job.key, facts)

    def _compiled(self, job: Job, key: str, facts: Frozen) -> Compiled:
        return Compiled(self.cache.path(_KIND, key, _OBJECT), job.symbol, job.version_symbol, facts)

    def build(self, jobs: Sequence[Job], service: Service) -> list[Compiled | Failure]:
        """Make the object files of jobs, all of modules or one of precompiled results; an outcome for each, in order."""
        with self.cache.workplace(_KIND) as folder:
            text = folder / "frozen.c"  # the name gets into object files, and so must not vary
            answers: list[Answer] = json.loads(service.ask(json.dumps(self._request(jobs, text))))
            count = sum("error" not in answer for answer in answers)
            objects = iter(compile_each(self.toolchain, text, count, self._flags(folder)))
            return [
                answer if "error" in answer else self._stored(job, answer, next(objects))
                for job, answer in zip(jobs, answers, strict=True)
            ]

    def compile(self, source: Path, output: Path) -> None:
        """Compile a file of C, or of assembler. The compiler runs in the file's folder."""
        if source.suffix == ".s":
            self.toolchain.run("-c", source.name, "-o", output, cwd=source.parent)
        else:
            self.toolchain.compile("-c", *self._flags(source.parent), source.name, "-o", output, cwd=source.parent)

    def _flags(self, folder: Path) -> tuple[str, ...]:
        """Flags for the compiler in a folder of the cache, the same in all of them, wherever the cache is."""
        return (*FLAGS, *self.toolchain.ordering_flags, f"-I{os.path.relpath(self.include, folder)}")

    def _request(self, jobs: Iterable[Job], output: Path) -> Request:
        requests = [job.request for job in jobs]
        return {
            "modules": [request for request in requests if "name" in request],
            "precompiled": next((request for request in requests if "name" not in request), None),
            "optimize": self.optimize,
            "header": HEADER,
            "output": str(output),
        }

    def _stored(self, job: Job, facts: Frozen, compiled: Path) -> Compiled:
        # The source may have changed since the job was made: the entry is named after the bytes that the worker read.
        key = self._module_key(job.request, facts["source_digest"]) if "name" in job.request else job.key
        self.cache.put(_KIND, key, facts, {_OBJECT: compiled})
        return self._compiled(job, key, facts)


def is_script(module: SourceModule, graph: ModuleGraph) -> bool:
    """Python would compile this module each time, and never read it from a .pyc."""
    return module.name == "__main__" and not graph.main_module and module.path.name != "__main__.py"


def prepare(target: TargetPython, settings: Settings, context: BuildContext) -> Compiler:
    """Make a compiler for a target, with the header that frozen modules include."""
    include = make_header(target, FLAGS, context)
    makers = (part for path in _MAKERS for part in (path.name, path.read_bytes()))
    identity = digest(*makers, str(target.hexversion), context.toolchain.identity, include.name)
    return Compiler(target, context.toolchain, context.cache, settings.optimize, include, identity)


def worker_pool(target: TargetPython) -> WorkerPool:
    """Workers that write C for a target."""
    return WorkerPool(target.command, "freeze", "main", json.dumps(layout_as_json(target.layout)))


def build_pool(compiler: Compiler, texts: Iterable[Sequence[str]]) -> tuple[Path, ...]:
    """Object files of the pool: parts of it, then its table."""
    ordered = list(dict.fromkeys(chain.from_iterable(texts)))

    def built(kind: str, suffix: str, strings: Sequence[str], lines: Callable[[], Iterator[str]]) -> Path:
        key = digest(compiler.identity, kind, *strings)
        if compiler.cache.get("pool", key, (_OBJECT,)) is None:
            with compiler.cache.workplace("pool") as folder:
                source = folder / f"pool{suffix}"
                source.write_text("\n".join((*lines(), "")))
                compiler.compile(source, folder / "pool.o")
                compiler.cache.put("pool", key, len(strings), {_OBJECT: folder / "pool.o"})
        return compiler.cache.path("pool", key, _OBJECT)

    with ThreadPoolExecutor(jobs()) as executor:
        table = executor.submit(built, "table", ".s", ordered, lambda: table_lines(ordered))
        made = executor.map(lambda part: built("part", ".c", part, lambda: part_lines(part, HEADER)), parts(ordered))
        return (*made, table.result())
