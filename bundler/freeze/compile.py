"""Drives the worker and the C compiler: one object file per module, cached by content."""

from __future__ import annotations

import json
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bundler.analyze.graph import ModuleGraph, SourceModule
from bundler.cache import Cache, digest, tree_digest
from bundler.contract import launcher_folder
from bundler.errors import BundleError
from bundler.freeze.image import FrozenImage, FrozenModule
from bundler.freeze.pool import pool_lines
from bundler.freeze.worker import ctext
from bundler.freeze.worker.structs import Layout, declarations, layout_asserts
from bundler.process import CommandError, Service, jobs
from bundler.settings import Settings
from bundler.target import ObjectLayout, TargetPython
from bundler.target.workers import worker_command
from bundler.toolchain import Toolchain
from bundler.workshop import Workshop

HEADER = "frozen.h"

# The finder and loader that the launcher installs; its file name makes tracebacks leave its frames out (importer.py).
IMPORTER = "_bundle_importer"

_FLAGS = (
    "-c",
    "-x",
    "c",
    "-O0",  # data has nothing to optimise
    "-w",
    "-fno-pie",  # addresses are fixed at link time
    "-fno-asynchronous-unwind-tables",
    "-fno-ident",
)


@dataclass(frozen=True, slots=True)
class _Job:
    """A module on its way to an object file. `key` is a digest of all that the object file depends on."""

    module: SourceModule
    is_script: bool  # Python would compile it each time, and never read it from a .pyc
    key: str


@dataclass(frozen=True, slots=True)
class _Freezer:
    """What compiling any module takes."""

    target: TargetPython
    toolchain: Toolchain
    cache: Cache
    optimize: int
    include: Path  # the folder of frozen.h
    identity: str  # a digest of everything but the module

    def job(self, module: SourceModule, graph: ModuleGraph) -> _Job:
        script = is_script(module, graph)
        facts = (module.name, module.filename, str(script), str(self.optimize))
        return _Job(module, script, digest(self.identity, *facts, module.path.read_bytes()))

    def object_file(self, job: _Job) -> Path:
        return self.cache.path("frozen", job.key, ".o")

    def facts_file(self, job: _Job) -> Path:
        return self.cache.path("frozen", job.key, ".json")

    def compile(self, source: Path, output: Path) -> None:
        with self.cache.building(output) as unfinished:
            self.toolchain.run(*_FLAGS, f"-I{self.include}", source, "-o", unfinished)

    def build(self, job: _Job, service: Service) -> None:
        """Make the object file and then, as the sign that it is whole, the facts."""
        request: dict[str, object] = {
            "name": job.module.name,
            "source": str(job.module.path),
            "filename": job.module.filename,
            "is_script": job.is_script,
            "optimize": self.optimize,
            "header": HEADER,
        }
        with _text_for(self.object_file(job)) as text:
            answer: dict[str, Any] = json.loads(service.ask(json.dumps({**request, "output": str(text)})))
            if "error" in answer:
                raise BundleError(
                    "not-freezable",
                    f"`{job.module.name}` cannot be frozen: {answer['error']}",
                    where=str(job.module.path),
                    hint=f"leave the module out with `--exclude-module {job.module.name}` "
                    "if the program does not need it",
                )
            self.compile(text, self.object_file(job))
        self.cache.write(self.facts_file(job), json.dumps(answer).encode())


def is_script(module: SourceModule, graph: ModuleGraph) -> bool:
    """Would Python compile this module each time, and never read it from a .pyc?"""
    return module.name == "__main__" and not graph.main_module and module.path.name != "__main__.py"


@contextmanager
def _text_for(output: Path) -> Iterator[Path]:
    """A place for C text, in a folder of its own: other builds that share the cache may make the same object file.

    The name is the same each time, for it gets into the object file.
    """
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".", dir=output.parent) as folder:
        yield Path(folder) / f"{output.stem}.c"


def freeze(graph: ModuleGraph, target: TargetPython, settings: Settings, workshop: Workshop) -> FrozenImage:
    """Freeze every source module of the graph, and the launcher's importer.

    BundleError when a module cannot be compiled; the object files of the others are kept for the next try.
    """
    importer = SourceModule(
        IMPORTER, launcher_folder() / "importer.py", "<frozen importlib._bootstrap_external>", is_package=False
    )
    freezer = _prepare(target, settings, workshop)
    modules = sorted((*graph.of_kind(SourceModule), importer), key=lambda module: module.name)
    every = [freezer.job(module, graph) for module in modules]
    missing = [job for job in every if not freezer.facts_file(job).is_file()]
    with workshop.report.progress("compiling", len(missing)) as advance, _workers(target) as worker:

        def build(job: _Job) -> None:
            freezer.build(job, worker())
            advance()

        with ThreadPoolExecutor(jobs()) as pool:
            for _ in pool.map(build, missing):
                pass
    facts = [json.loads(freezer.facts_file(job).read_bytes()) for job in every]
    return FrozenImage(
        graph=graph,
        modules=tuple(
            FrozenModule(
                source=job.module,
                object_file=freezer.object_file(job),
                symbol=ctext.module_symbol(job.module.name),
                version_symbol=ctext.version_symbol(job.module.name),
                codes=fact["codes"],
            )
            for job, fact in zip(every, facts, strict=True)
        ),
        pool=_build_pool(freezer, {text for fact in facts for text in fact["pooled"]}),
        compiled=len(missing),
    )


def _prepare(target: TargetPython, settings: Settings, workshop: Workshop) -> _Freezer:
    cache = workshop.cache
    layout = layout_as_json(target.layout)
    header = "\n".join(('#include "bundle.h"', *declarations(layout), ""))
    bundle_header = (launcher_folder() / "bundle.h").read_text()
    emitter = tree_digest(Path(__file__).parent)
    identity = digest(
        emitter,
        header,
        bundle_header,
        target.layout.digest,
        str(target.hexversion),
        workshop.toolchain.identity,
        *_FLAGS,
    )
    proof = cache.path("frozen-header", identity, ".o")
    include = proof.with_suffix("")
    if not proof.is_file():
        include.mkdir(parents=True, exist_ok=True)
        cache.write(include / "bundle.h", bundle_header.encode())
        cache.write(include / HEADER, header.encode())
        _prove_layout(layout, target, include, proof, workshop)
    return _Freezer(target, workshop.toolchain, cache, settings.optimize, include, identity)


def _prove_layout(layout: Layout, target: TargetPython, include: Path, proof: Path, workshop: Workshop) -> None:
    """Compile the layout's static assertions against the target's own headers; the object file is the proof."""
    source = include / "proof.c"
    # Our header names libpython's objects too, as plain arrays; in this one file they must not meet the real ones.
    renamed = [f"#define {name} static_{name}" for name in _NAMES_OF_BOTH]
    lines = [
        "#define Py_BUILD_CORE 1",
        '#include "Python.h"',
        '#include "internal/pycore_code.h"',
        '#include "internal/pycore_gc.h"',
        "#include <stddef.h>",
        *(f"#undef {name}" for name in _NAMES_OF_BOTH),
        *renamed,
        f'#include "{HEADER}"',
        *layout_asserts(layout),
    ]
    workshop.cache.write(source, "\n".join((*lines, "")).encode())
    headers = [f"-I{folder}" for folder in target.include_dirs]
    with workshop.cache.building(proof) as unfinished:
        try:
            workshop.toolchain.run(*_FLAGS, f"-I{include}", *headers, source, "-o", unfinished)
        except CommandError as error:
            if "static assertion" not in error.output:
                raise  # the compiler has a problem of its own
            raise BundleError(
                "layout-proof",
                f"the measured object layout of Python {target.version_text} does not match its headers",
                notes=tuple(line for line in error.output.splitlines() if "error" in line)[:5],
                hint="please report this with the output of `bundle -v`",
            ) from error


_NAMES_OF_BOTH = (
    "_PyRuntime",
    *(f"_Py_{name}" for name in ("NoneStruct", "TrueStruct", "FalseStruct", "EllipsisObject")),
    *(f"Py{name}_Type" for name in ("Code", "Unicode", "Bytes", "Tuple", "Long", "Float", "Complex", "Slice")),
)


def layout_as_json(layout: ObjectLayout) -> Layout:
    """The layout as workers get it."""
    return {
        "structs": {
            name: [[member.name, member.offset, member.size] for member in members]
            for name, members in layout.structs.items()
        },
        "constants": dict(layout.constants),
        "singletons": dict(layout.singletons),
    }


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


def _build_pool(freezer: _Freezer, texts: set[str]) -> Path:
    ordered = sorted(texts)
    output = freezer.cache.path("pool", digest(freezer.identity, *ordered), ".o")
    if not output.is_file():
        with _text_for(output) as source:
            source.write_text("\n".join((*pool_lines(ordered, HEADER), "")))
            freezer.compile(source, output)
    return output
