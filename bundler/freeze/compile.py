"""Drives the worker and the C compiler: one object file per module, cached by content."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from bundler.analyze.graph import BrokenModule, ModuleGraph, SourceModule
from bundler.cache import Cache, digest, tree_digest
from bundler.contract import launcher_folder
from bundler.errors import BundleError, warning
from bundler.freeze.header import HEADER, layout_as_json, make_header
from bundler.freeze.image import FrozenImage, FrozenModule, FrozenResults, Rehearsal
from bundler.freeze.pool import part_lines, parts, table_lines
from bundler.freeze.rehearse import rehearse
from bundler.freeze.split import compile_each, keeps_order
from bundler.freeze.worker import ctext
from bundler.process import Service, jobs
from bundler.settings import Settings
from bundler.target import TargetPython
from bundler.target.versions import BOOTSTRAP_MODULES
from bundler.target.workers import worker_command
from bundler.toolchain import Toolchain
from bundler.workshop import Workshop

# Python code of the launcher's that goes into every binary: its finder and loader, and changes to library modules.
# Their file name makes tracebacks leave their frames out (importer.py).
_LAUNCHER_MODULES = {"_bundle_importer": "importer.py", "_bundle_seldom": "seldom.py", "_bundle_adapt": "adapt.py"}
_LAUNCHER_FILENAME = "<frozen importlib._bootstrap_external>"

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

# Starting a compiler costs as much as compiling a small module, so modules share one; but no more than so many bytes of
# sources together, so that compilers take less than 100 MB of memory, and that every processor has something to do.
_BATCH_SIZE = 600_000
_BATCHES_PER_PROCESSOR = 2


@dataclass(frozen=True, slots=True)
class _Job:
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

    def job(self, module: SourceModule, graph: ModuleGraph) -> _Job:
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
        return _Job(module.name, request, len(source), digest(self.identity, *facts, source))

    def results_job(self, rehearsal: Rehearsal) -> _Job:
        """What is to be done for the results of compiling that a rehearsal showed."""
        request = {"name": RESULTS, "texts": sorted(rehearsal.texts), "patterns": sorted(rehearsal.patterns)}
        content = json.dumps(request)
        return _Job(RESULTS, request, len(content), digest(self.identity, str(self.optimize), content))

    def object_file(self, job: _Job) -> Path:
        """Where the compiled module is, or will be."""
        return self.cache.path("frozen", job.key, ".o")

    def facts_file(self, job: _Job) -> Path:
        """What else is known of the compiled module; made after the object file, so the sign that both are whole."""
        return self.cache.path("frozen", job.key, ".json")

    def is_there(self, job: _Job) -> bool:
        """Was it made before?"""
        return self.facts_file(job).is_file()

    def compile(self, source: Path, output: Path) -> None:
        """Compile a file of C, or of assembler."""
        flags = () if source.suffix == ".s" else (*FLAGS, f"-I{self.include}")
        with self.cache.building(output) as unfinished:
            self.toolchain.run("-c", *flags, source, "-o", unfinished)

    def build(self, jobs: Sequence[_Job], service: Service) -> Mapping[str, str]:
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


def _not_freezable(job: _Job, reason: str) -> BundleError:
    return BundleError(
        "not-freezable",
        f"`{job.name}` cannot be frozen: {reason}",
        where=str(job.request.get("source", "")),
        hint=f"leave the module out with `--exclude-module {job.name}` if the program does not need it",
    )


def _batches(jobs: Iterable[_Job], most: int) -> Iterator[list[_Job]]:
    """Groups of neighbours that are compiled together; of sources of at most so many bytes, if there are several."""
    batch: list[_Job] = []
    for job in jobs:
        if batch and sum(each.size for each in batch) + job.size > most:
            yield batch
            batch = []
        batch.append(job)
    if batch:
        yield batch


def is_script(module: SourceModule, graph: ModuleGraph) -> bool:
    """Would Python compile this module each time, and never read it from a .pyc?"""
    return module.name == "__main__" and not graph.main_module and module.path.name != "__main__.py"


def freeze(
    graph: ModuleGraph,
    target: TargetPython,
    settings: Settings,
    workshop: Workshop,
    rehearsal: Rehearsal | None = None,
) -> FrozenImage:
    """Freeze every source module of the graph, the launcher's own, and the results of a rehearsal, held now if none is given.

    A module that the target does not compile is carried as text, so that importing it fails as under Python.
    BundleError when a module cannot be frozen; the object files of the others are kept for the next try.
    """
    own = [
        SourceModule(name, launcher_folder() / file, _LAUNCHER_FILENAME, is_package=False)
        for name, file in _LAUNCHER_MODULES.items()
    ]
    freezer = prepare(target, settings, workshop)
    modules = sorted((*graph.of_kind(SourceModule), *own), key=lambda module: module.name)
    every = [freezer.job(module, graph) for module in modules]

    def learn() -> Rehearsal:
        if rehearsal is not None or not settings.rehearse:
            return rehearsal or Rehearsal()
        return rehearse(graph, digest(*(job.key for job in every)), target, workshop)

    built = _build(freezer, every, learn, workshop)
    graph = _with_broken(graph, built.broken, workshop)
    every = [job for job in every if job.name not in built.broken]
    modules = [module for module in modules if module.name not in built.broken]
    facts = {job.name: json.loads(freezer.facts_file(job).read_bytes()) for job in (*every, built.results)}
    frozen = [
        FrozenModule(
            source=module,
            object_file=freezer.object_file(job),
            symbol=ctext.module_symbol(job.name),
            version_symbol=ctext.version_symbol(job.name),
            codes=facts[job.name]["codes"],
        )
        for module, job in zip(modules, every, strict=True)
    ]
    frozen.sort(key=_by_use(built.rehearsal))
    return FrozenImage(
        graph=graph,
        modules=tuple(frozen),
        rehearsal=built.rehearsal,
        results=FrozenResults(
            keys=tuple(facts[RESULTS]["keys"]),
            object_file=freezer.object_file(built.results),
            symbol=ctext.module_symbol(RESULTS),
            version_symbol=ctext.version_symbol(RESULTS),
            codes=facts[RESULTS]["codes"],
        ),
        pool=_build_pool(freezer, (facts[name]["pooled"] for name in (*(module.name for module in frozen), RESULTS))),
        compiled=built.compiled,
    )


@dataclass(frozen=True, slots=True)
class _Built:
    """What was made: `compiled` modules; `broken` has what is wrong with those that the target does not compile."""

    rehearsal: Rehearsal
    results: _Job
    broken: Mapping[str, str]
    compiled: int


def _build(freezer: Freezer, every: Sequence[_Job], learn: Callable[[], Rehearsal], workshop: Workshop) -> _Built:
    """Make the modules that are missing, and learn meanwhile what a start compiles; then make the results of that."""
    missing = [job for job in every if not freezer.is_there(job)]
    share = sum(job.size for job in missing) // (_BATCHES_PER_PROCESSOR * jobs())
    most = min(_BATCH_SIZE, share) if keeps_order(workshop.toolchain, FLAGS, workshop.cache) else 0
    with (
        workshop.report.progress("compiling", len(missing)) as advance,
        _workers(freezer.target) as worker,
        ThreadPoolExecutor(jobs()) as executor,
    ):

        def build(batch: Sequence[_Job]) -> Mapping[str, str]:
            broken = freezer.build(batch, worker())
            for _ in batch:
                advance()
            return broken

        learning = executor.submit(learn)
        building = [executor.submit(build, batch) for batch in _batches(missing, most)]
        rehearsal = learning.result()
        results = freezer.results_job(rehearsal)
        if not freezer.is_there(results):
            building.append(executor.submit(lambda: freezer.build([results], worker())))
        broken = dict(chain.from_iterable(each.result().items() for each in building))
    return _Built(rehearsal, results, broken, sum(job.name not in broken for job in missing))


def _with_broken(graph: ModuleGraph, broken: Mapping[str, str], workshop: Workshop) -> ModuleGraph:
    """The graph when some of its sources turned out not to compile, which only compiling them can show."""
    modules = dict(graph.modules)
    for name, reason in sorted(broken.items()):
        module = modules[name]
        assert isinstance(module, SourceModule)
        modules[name] = BrokenModule(name, module.path, module.filename, module.is_package)
        message = f"`{name}` cannot be compiled, and importing it will fail: {reason}"
        workshop.report.diagnostic(warning("syntax-error", message, where=str(module.path)))
    return replace(graph, modules=modules) if broken else graph


def _by_use(rehearsal: Rehearsal) -> Callable[[FrozenModule], tuple[int, str]]:
    """Sorts modules as they are first used: data that is needed together lies in the same pages."""
    first = ("__main__", *_LAUNCHER_MODULES, *BOOTSTRAP_MODULES, *rehearsal.order)
    places = {name: place for place, name in reversed(list(enumerate(first)))}
    return lambda module: (places.get(module.name, len(first)), module.name)


def prepare(target: TargetPython, settings: Settings, workshop: Workshop) -> Freezer:
    """Make what compiling any module takes, or find it in the cache."""
    include = make_header(target, FLAGS, workshop)
    identity = digest(
        tree_digest(Path(__file__).parent), str(target.hexversion), workshop.toolchain.identity, include.name
    )
    return Freezer(target, workshop.toolchain, workshop.cache, settings.optimize, include, identity)


@contextmanager
def _workers(target: TargetPython) -> Iterator[Any]:
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


def _build_pool(freezer: Freezer, texts: Iterable[Sequence[str]]) -> tuple[Path, ...]:
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
