"""Freezes a graph: makes what is not in the cache, several modules at a time, and puts all together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import chain
from zlib import crc32

from bundler.analyze.graph import LAUNCHER, BrokenModule, ModuleGraph, SourceModule
from bundler.cache import digest
from bundler.context import BuildContext
from bundler.contract import launcher_folder
from bundler.errors import BundleError, Diagnostic, warning
from bundler.freeze.compiler import Compiled, Job, build_pool, prepare, worker_pool
from bundler.freeze.image import FrozenImage, FrozenModule, Precompiled, StartProfile
from bundler.freeze.start_profile import profile_start
from bundler.freeze.worker.schema import Failure
from bundler.process import jobs
from bundler.settings import Settings
from bundler.target import TargetPython
from bundler.target.versions import BOOTSTRAP_MODULES

# Python code of the launcher's that goes into every binary: its finder and loader, and changes to library modules.
# Their file name makes tracebacks leave their frames out (importer.py).
_LAUNCHER_MODULES = {
    "_bundle_importer": "interpreter/importer.py",
    "_bundle_seldom": "interpreter/seldom.py",
    "_bundle_adapt": "interpreter/adapt.py",
}
_LAUNCHER_FILENAME = "<frozen importlib._bootstrap_external>"

# Starting a compiler costs as much as compiling a small module, so modules share one; but no more than this many bytes of
# sources together, so that compilers take less than 100 MB of memory, and that every processor has something to do.
_BATCH_SIZE = 600_000
_BATCHES_PER_PROCESSOR = 2
# A batch ends behind every module whose name has a digest that is divisible by this. So a module that is new or has changed
# leaves most batches as they were, and compiler caches know them.
_MODULES_PER_BATCH = 32


def freeze(
    graph: ModuleGraph,
    target: TargetPython,
    settings: Settings,
    context: BuildContext,
    profile: StartProfile | None = None,
) -> FrozenImage:
    """Freeze every source module of the graph, the launcher's own, and what a start compiles.

    `profile`: that of an earlier build; without one the start is profiled now. A module that the target does not compile
    is carried as text, so that importing it fails as under Python. BundleError when a module cannot be frozen; the object
    files of the others are kept for the next try.
    """
    compiler = prepare(target, settings, context)
    sources = sorted((*graph.of_kind(SourceModule), *launcher_modules()), key=lambda module: module.name)
    every = {module.name: compiler.job(module, graph) for module in sources}
    found = {name: compiled for name, job in every.items() if (compiled := compiler.find(job)) is not None}
    missing = [job for name, job in every.items() if name not in found]

    with (
        context.report.progress("compiling", len(missing)) as advance,
        closing(worker_pool(target)) as workers,
        ThreadPoolExecutor(jobs()) as executor,
    ):

        def build(batch: Sequence[Job]) -> Mapping[str, Compiled | Failure]:
            made = compiler.build(batch, workers.service())
            for _ in batch:
                advance()
            return dict(zip((job.label for job in batch), made, strict=True))

        learning = executor.submit(_learn, graph, every.values(), profile, target, settings, context)
        building = [executor.submit(build, batch) for batch in _batches(missing, _share(missing, context))]
        learned, findings = learning.result()
        job = compiler.precompiled_job(learned)
        ahead = compiler.find(job) or executor.submit(lambda: compiler.build([job], workers.service())[0]).result()
        outcomes = dict(chain.from_iterable(each.result().items() for each in building))
    if not isinstance(ahead, Compiled):
        raise _not_freezable([(job, ahead)])
    failed = {name: failure for name, failure in outcomes.items() if not isinstance(failure, Compiled)}
    found |= {name: compiled for name, compiled in outcomes.items() if isinstance(compiled, Compiled)}
    _refuse_failures(every, failed)
    broken = [module for module in sources if module.name in failed]
    modules = sorted(
        (_module(module, found[module.name]) for module in sources if module.name in found), key=_by_use(learned)
    )
    return FrozenImage(
        graph=graph,
        modules=tuple(modules),
        broken=(*graph.of_kind(BrokenModule), *map(_as_text, broken)),
        profile=learned,
        precompiled=_precompiled(job, ahead),
        pool=build_pool(compiler, (each.facts["pooled"] for each in (*(found[m.name] for m in modules), ahead))),
        compiled=len(missing) - len(failed),
        findings=(*findings, *(_does_not_compile(graph, module, failed[module.name]) for module in broken)),
    )


def _learn(  # noqa: PLR0913  # what a start depends on
    graph: ModuleGraph,
    every: Iterable[Job],
    profile: StartProfile | None,
    target: TargetPython,
    settings: Settings,
    context: BuildContext,
) -> tuple[StartProfile, tuple[Diagnostic, ...]]:
    """The profile that is there, else that of a start now, with findings about it; an empty one if nothing may be run."""
    if profile is not None or not (settings.rehearse and settings.run):
        return profile or StartProfile(), ()
    return profile_start(graph, digest(*(job.key for job in every)), target, context.cache)


def _as_text(module: SourceModule) -> BrokenModule:
    """A module that is carried as text."""
    return BrokenModule(module.name, module.path, module.filename, module.is_package, module.origin)


def _precompiled(job: Job, ahead: Compiled) -> Precompiled:
    """The results of what a start would compile."""
    return Precompiled(
        keys=tuple(ahead.facts["keys"]),
        object_file=ahead.object_file,
        symbol=job.symbol,
        version_symbol=job.version_symbol,
        codes=ahead.facts["codes"],
    )


def launcher_modules() -> Iterator[SourceModule]:
    """The launcher's own Python code, as modules."""
    for name, file in _LAUNCHER_MODULES.items():
        path = launcher_folder() / file
        yield SourceModule(name, path, _LAUNCHER_FILENAME, is_package=False, origin=LAUNCHER, has_file=False)


def _share(missing: Iterable[Job], context: BuildContext) -> int:
    """The most bytes of sources that are compiled together; 0: one module at a time."""
    if not context.toolchain.keeps_asm_order:
        return 0
    share = sum(job.size for job in missing) // (_BATCHES_PER_PROCESSOR * jobs())
    # A power of two: a little more or less to do changes no batch.
    return min(_BATCH_SIZE, 1 << share.bit_length() >> 1)


def _batches(jobs: Iterable[Job], most: int) -> Iterator[list[Job]]:
    """Groups of neighbours that are compiled together; a group of several has at most `most` bytes of sources.

    With 0 for `most`, each module is alone.
    """
    batch: list[Job] = []
    for job in jobs:
        if batch and (not most or sum(each.size for each in batch) + job.size > most or _is_last(batch[-1])):
            yield batch
            batch = []
        batch.append(job)
    if batch:
        yield batch


def _is_last(job: Job) -> bool:
    """True if the batch ends behind this job, whatever follows."""
    return crc32(job.label.encode("utf-8", "surrogatepass")) % _MODULES_PER_BATCH == 0


def _refuse_failures(every: Mapping[str, Job], failed: Mapping[str, Failure]) -> None:
    """BundleError for the program itself, and for modules that Python compiles and we cannot write."""
    fatal = [
        (every[name], failure) for name, failure in failed.items() if not failure["is_in_source"] or name == "__main__"
    ]
    if fatal:
        raise _not_freezable(fatal)


def _not_freezable(failures: Sequence[tuple[Job, Failure]]) -> BundleError:
    (first, failure), *others = failures
    if first.source is None:
        hint = "build with `--no-rehearse`: the program then compiles it at each start"
    elif failure["is_in_source"]:
        hint = "correct the source, or name the Python that it is written for with `--python PYTHON`"
    else:
        excluded = " ".join(f"--exclude-module {job.label}" for job, _ in failures)
        hint = f"leave out what the program does not need: `{excluded}`"
    return BundleError(
        "not-freezable",
        f"`{first.label}` cannot be frozen: {failure['error']}",
        where=str(first.source) if first.source else None,
        notes=tuple(f"`{job.label}` cannot be frozen: {failure['error']}" for job, failure in others),
        hint=hint,
    )


def _does_not_compile(graph: ModuleGraph, module: SourceModule, failure: Failure) -> Diagnostic:
    message = f"`{module.name}` cannot be compiled, and importing it will fail: {failure['error']}"
    return warning(
        "syntax-error",
        message,
        where=graph.user_text(str(module.path)),
        hint=f"correct it, or leave it out with `--exclude-module {module.name}` if the program does not import it",
    )


def _module(source: SourceModule, compiled: Compiled) -> FrozenModule:
    return FrozenModule(
        source=source,
        object_file=compiled.object_file,
        symbol=compiled.symbol,
        version_symbol=compiled.version_symbol,
        codes=compiled.facts["codes"],
    )


def _by_use(profile: StartProfile) -> Callable[[FrozenModule], tuple[int, str]]:
    """A key that sorts modules as they are first used: data that is needed together lies in the same pages."""
    first = ("__main__", *_LAUNCHER_MODULES, *BOOTSTRAP_MODULES, *profile.order)
    places = {name: place for place, name in reversed(list(enumerate(first)))}
    return lambda module: (places.get(module.name, len(first)), module.name)
