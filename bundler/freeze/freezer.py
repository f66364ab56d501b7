"""One object file per module, cached by content: the worker writes C, the compiler compiles it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from bundler.analyze.graph import ModuleGraph, SourceModule
from bundler.cache import Cache, digest, tree_digest
from bundler.errors import BundleError
from bundler.freeze.header import HEADER, layout_as_json, make_header
from bundler.freeze.image import Rehearsal
from bundler.freeze.pool import part_lines, parts, table_lines
from bundler.freeze.split import compile_each
from bundler.process import Service, jobs
from bundler.settings import Settings
from bundler.target import TargetPython
from bundler.target.workers import worker_command
from bundler.toolchain import Toolchain
from bundler.workshop import Workshop

# What the results of compiling are called among the frozen; no module can be named so.
RESULTS = "<results>"

FLAGS = (
    "-x",
    "c",
    "-O0",  # data has nothing to optimise
    "-w",
    "-fno-pie",  # addresses are fixed at link time
    "-fno-asynchronous-unwind-tables",
    "-fno-ident",
    "-fno-toplevel-reorder",  # a module after the other
)


@dataclass(frozen=True, slots=True)
class Job:
    """Something on its way to an object file. `key` is a digest of all that the object file depends on."""

    name: str  # a module's, or RESULTS
    request: Mapping[str, object]  # what the worker is told (freeze/worker/main.py)
    size: int  # of the source
    key: str


@dataclass(frozen=True, slots=True)
class Freezer:
    """What compiling any module takes."""

    target: TargetPython
    toolchain: Toolchain
    cache: Cache
    optimize: int
    include: Path  # the folder of frozen.h
    identity: str  # a digest of everything but the module

    def job(self, module: SourceModule, graph: ModuleGraph) -> Job:
        """What is to be done for a module."""
        request = {
            "name": module.name,
            "source": str(module.path),
            "filename": module.filename,
            # Python would compile it each time, and never read it from a .pyc.
            "is_script": is_script(module, graph),
        }
        source = module.path.read_bytes()
        facts = (module.name, module.filename, str(request["is_script"]), str(self.optimize))
        return Job(module.name, request, len(source), digest(self.identity, *facts, source))

    def results_job(self, rehearsal: Rehearsal) -> Job:
        """What is to be done for the results of compiling that a rehearsal showed."""
        request = {"name": RESULTS, "texts": sorted(rehearsal.texts), "patterns": sorted(rehearsal.patterns)}
        content = json.dumps(request)
        return Job(RESULTS, request, len(content), digest(self.identity, str(self.optimize), content))

    def object_file(self, job: Job) -> Path:
        """Where the compiled module is, or will be."""
        return self.cache.path("frozen", job.key, ".o")

    def facts_file(self, job: Job) -> Path:
        """What else is known of the compiled module; made after the object file, so the sign that both are whole."""
        return self.cache.path("frozen", job.key, ".json")

    def is_there(self, job: Job) -> bool:
        """Was it made before?"""
        return self.facts_file(job).is_file()

    def compile(self, source: Path, output: Path) -> None:
        """Compile a file of C, or of assembler."""
        flags = () if source.suffix == ".s" else (*FLAGS, f"-I{self.include}")
        with self.cache.building(output) as unfinished:
            self.toolchain.run("-c", *flags, source, "-o", unfinished)

    def build(self, jobs: Sequence[Job], service: Service) -> Mapping[str, str]:
        """Make object files and facts; what is wrong with sources that the target does not compile, by module.

        BundleError for the first module that cannot be frozen for another reason, after all others.
        """
        with self.cache.workplace("frozen") as folder:
            text = folder / "frozen.c"  # the name gets into object files, and so must not vary
            request = {
                "modules": [job.request for job in jobs],
                "optimize": self.optimize,
                "header": HEADER,
                "output": str(text),
            }
            answers: list[dict[str, Any]] = json.loads(service.ask(json.dumps(request)))
            written = [(job, facts) for job, facts in zip(jobs, answers, strict=True) if "error" not in facts]
            objects = compile_each(self.toolchain, text, len(written), [*FLAGS, f"-I{self.include}"])
            for (job, facts), compiled in zip(written, objects, strict=True):
                self.cache.move(compiled, self.object_file(job))
                self.cache.write(self.facts_file(job), json.dumps(facts).encode())
        failed = [(job, facts) for job, facts in zip(jobs, answers, strict=True) if "error" in facts]
        for job, facts in failed:
            if not facts["is_in_source"] or job.request.get("name") == "__main__":
                raise _not_freezable(job, facts["error"])
        return {job.name: facts["error"] for job, facts in failed}


def _not_freezable(job: Job, reason: str) -> BundleError:
    return BundleError(
        "not-freezable",
        f"`{job.name}` cannot be frozen: {reason}",
        where=str(job.request.get("source", "")),
        hint=f"leave the module out with `--exclude-module {job.name}` if the program does not need it",
    )


def is_script(module: SourceModule, graph: ModuleGraph) -> bool:
    """Would Python compile this module each time, and never read it from a .pyc?"""
    return module.name == "__main__" and not graph.main_module and module.path.name != "__main__.py"


def prepare(target: TargetPython, settings: Settings, workshop: Workshop) -> Freezer:
    """Make what compiling any module takes, or find it in the cache."""
    include = make_header(target, FLAGS, workshop)
    identity = digest(
        tree_digest(Path(__file__).parent), str(target.hexversion), workshop.toolchain.identity, include.name
    )
    return Freezer(target, workshop.toolchain, workshop.cache, settings.optimize, include, identity)


@contextmanager
def workers(target: TargetPython) -> Iterator[Any]:
    """Yields a function that returns the calling thread's own worker process, started when first asked for."""
    local = threading.local()
    started: list[Service] = []
    layout = json.dumps(layout_as_json(target.layout))

    def worker() -> Service:
        service: Service | None = getattr(local, "service", None)
        if service is None:
            service = local.service = Service(worker_command(target.executable, "freeze", "main"))
            started.append(service)
            service.tell(layout)
        return service

    try:
        yield worker
    finally:
        for service in started:
            service.close()


def build_pool(freezer: Freezer, texts: Iterable[Sequence[str]]) -> tuple[Path, ...]:
    """Object files of the pool: parts of it, then its table."""
    ordered = list(dict.fromkeys(chain.from_iterable(texts)))

    def built(kind: str, suffix: str, strings: Sequence[str], lines: Callable[[], Iterable[str]]) -> Path:
        output = freezer.cache.path("pool", digest(freezer.identity, kind, *strings), ".o")
        if not output.is_file():
            with freezer.cache.workplace("pool") as folder:
                source = folder / f"pool{suffix}"
                source.write_text("\n".join((*lines(), "")))
                freezer.compile(source, output)
        return output

    with ThreadPoolExecutor(jobs()) as executor:
        table = executor.submit(built, "table", ".s", ordered, lambda: table_lines(ordered))
        made = executor.map(lambda part: built("part", ".c", part, lambda: part_lines(part, HEADER)), parts(ordered))
        return (*made, table.result())
