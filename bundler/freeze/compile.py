"""Freezes a graph: makes what is not in the cache, several modules at a time, and puts all together."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain

from bundler.analyze.graph import BrokenModule, ModuleGraph, SourceModule
from bundler.cache import digest
from bundler.contract import launcher_folder
from bundler.errors import warning
from bundler.freeze.freezer import FLAGS, RESULTS, Freezer, Job, build_pool, prepare, workers
from bundler.freeze.image import FrozenImage, FrozenModule, FrozenResults, Rehearsal
from bundler.freeze.rehearse import rehearse
from bundler.freeze.split import keeps_order
from bundler.freeze.worker import ctext
from bundler.process import jobs
from bundler.settings import Settings
from bundler.target import TargetPython
from bundler.target.versions import BOOTSTRAP_MODULES
from bundler.workshop import Workshop

# Python code of the launcher's that goes into every binary: its finder and loader, and changes to library modules.
# Their file name makes tracebacks leave their frames out (importer.py).
_LAUNCHER_MODULES = {
    "_bundle_importer": "interpreter/importer.py",
    "_bundle_seldom": "interpreter/seldom.py",
    "_bundle_adapt": "interpreter/adapt.py",
}
_LAUNCHER_FILENAME = "<frozen importlib._bootstrap_external>"

# Starting a compiler costs as much as compiling a small module, so modules share one; but no more than so many bytes of
# sources together, so that compilers take less than 100 MB of memory, and that every processor has something to do.
_BATCH_SIZE = 600_000
_BATCHES_PER_PROCESSOR = 2


def _batches(jobs: Iterable[Job], most: int) -> Iterator[list[Job]]:
    """Groups of neighbours that are compiled together; of sources of at most so many bytes, if there are several."""
    batch: list[Job] = []
    for job in jobs:
        if batch and sum(each.size for each in batch) + job.size > most:
            yield batch
            batch = []
        batch.append(job)
    if batch:
        yield batch


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
        pool=build_pool(freezer, (facts[name]["pooled"] for name in (*(module.name for module in frozen), RESULTS))),
        compiled=built.compiled,
    )


@dataclass(frozen=True, slots=True)
class _Built:
    """What was made: `compiled` modules; `broken` has what is wrong with those that the target does not compile."""

    rehearsal: Rehearsal
    results: Job
    broken: Mapping[str, str]
    compiled: int


def _build(freezer: Freezer, every: Sequence[Job], learn: Callable[[], Rehearsal], workshop: Workshop) -> _Built:
    """Make the modules that are missing, and learn meanwhile what a start compiles; then make the results of that."""
    missing = [job for job in every if not freezer.is_there(job)]
    share = sum(job.size for job in missing) // (_BATCHES_PER_PROCESSOR * jobs())
    most = min(_BATCH_SIZE, share) if keeps_order(workshop.toolchain, FLAGS, workshop.cache) else 0
    with (
        workshop.report.progress("compiling", len(missing)) as advance,
        workers(freezer.target) as worker,
        ThreadPoolExecutor(jobs()) as executor,
    ):

        def build(batch: Sequence[Job]) -> Mapping[str, str]:
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
