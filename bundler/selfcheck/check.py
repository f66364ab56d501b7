"""Builds a binary of a program's static code and a comparison as its main program, and runs it."""

from __future__ import annotations

import json
import marshal
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bundler import link
from bundler.analyze.graph import LAUNCHER, Module, SourceModule
from bundler.context import BuildContext
from bundler.contract import bundle_root
from bundler.elf import SegmentType, read_executable
from bundler.errors import BundleError
from bundler.freeze import FrozenImage, freeze
from bundler.freeze.compiler import is_script
from bundler.freeze.frozen_header import layout_as_json
from bundler.freeze.worker.module_writer import RUN_TIME_MEMBERS
from bundler.freeze.worker.schema import PrecompileJob
from bundler.freeze.worker.structs import POINTERS
from bundler.process import CommandError, run
from bundler.selfcheck.worker.fresh import OLD_FORMAT
from bundler.selfcheck.worker.schema import Case, ComparisonAnswer, ComparisonRequest, FreshJob, FreshResult
from bundler.settings import Settings
from bundler.target import TargetPython
from bundler.target.versions import are_strings_unique
from bundler.target.workers import run_worker

_PROGRAM = Path(__file__).with_name("program.py")

# The main program's place is taken by ours; no module can have a name with a space.
_OWN_MAIN = "the program's __main__"
_CHECKER = "_bundle_self_check"


@dataclass(frozen=True, slots=True)
class Fresh:
    """The fresh objects with which static ones are compared."""

    cases: Sequence[Case]
    results: Sequence[FreshResult] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """The number of objects compared, by type, and the differences, by case."""

    compared: Mapping[str, int]
    differences: Mapping[str, Sequence[str]]


def self_check(image: FrozenImage, target: TargetPython, settings: Settings, context: BuildContext) -> Comparison:
    """Compare every code object of the program with a freshly unmarshalled one; BundleError when one differs."""
    with tempfile.TemporaryDirectory(prefix="bundler-") as folder:
        fresh = Fresh(
            fresh_cases(image, target, settings, Path(folder) / "cases"),
            fresh_results(image, target, settings, Path(folder) / "results"),
        )
        found = compare(image, fresh, target, settings, context)
    if found.differences:
        count = len(found.differences)
        modules = "1 module differs" if count == 1 else f"{count} modules differ"
        lines = [text for texts in found.differences.values() for text in texts]
        raise BundleError(
            "self-check",
            f"the static code of {modules} from what Python {target.version_text} makes of the sources",
            notes=(*lines[:10], *(["..."] if len(lines) > 10 else [])),
            hint="please report this with the version of Python and of the modules' distributions",
        )
    return found


def fresh_cases(image: FrozenImage, target: TargetPython, settings: Settings, output: Path) -> list[Case]:
    """Every module of the image compiled anew by the target, as in a .pyc; of a script, the source."""
    job: FreshJob = {
        "modules": [
            (module.name, str(module.source.path), module.source.filename, is_script(module.source, image.graph))
            for module in image.modules
        ],
        "optimize": settings.optimize,
        "output": str(output),
    }
    run_worker(target.command, "selfcheck", "fresh", job=json.dumps(job).encode())
    cases: list[Case] = marshal.loads(output.read_bytes())  # noqa: S302  # of our worker
    return cases


def fresh_results(image: FrozenImage, target: TargetPython, settings: Settings, output: Path) -> list[FreshResult]:
    """The precompiled results of the image, compiled anew by the target."""
    job: PrecompileJob = {
        "precompiled": {"texts": list(image.profile.texts), "patterns": list(image.profile.patterns)},
        "optimize": settings.optimize,
        "output": str(output),
    }
    run_worker(target.command, "freeze", "precompile", job=json.dumps(job).encode())
    results: list[FreshResult] = marshal.loads(output.read_bytes())  # noqa: S302  # of our worker
    return results


def compare(
    image: FrozenImage, fresh: Fresh, target: TargetPython, settings: Settings, context: BuildContext
) -> Comparison:
    """Link the image with the comparison as its main program, and let it compare."""
    with tempfile.TemporaryDirectory(prefix="bundler-") as folder:
        work = Path(folder)
        binary = _link(image, target, settings, context, work)
        renamed = [
            (label, _OWN_MAIN if name == "__main__" else name, script, data)
            for label, name, script, data in fresh.cases
        ]
        request: ComparisonRequest = {
            "layout": layout_as_json(target.layout),
            "writable": list(_writable_segments(binary)),
            "references": sorted(POINTERS),
            "run_time": sorted(RUN_TIME_MEMBERS),
            "are_strings_unique": are_strings_unique(target),
            "cases": renamed,
            "results": list(fresh.results),
        }
        (work / "request").write_bytes(marshal.dumps(request, OLD_FORMAT))  # type: ignore[arg-type]  # a TypedDict
        try:
            run([*target.system.command(binary), work / "request", work / "answer"])
        except CommandError as error:
            raise BundleError(
                "self-check",
                f"the self-check {error.reason}",
                notes=tuple(error.output.strip().splitlines()[-10:]),
                hint="please report this with the output of `bundle -v`",
            ) from error
        answer: ComparisonAnswer = marshal.loads((work / "answer").read_bytes())  # noqa: S302  # of our program
    differences: dict[str, list[str]] = {}
    for label, texts in answer["differences"]:
        differences.setdefault(label, []).extend(texts)
    return Comparison(answer["compared"], differences)


def _writable_segments(binary: Path) -> Iterator[tuple[int, int, int]]:
    """Address, offset in the file, and size there of what the program may write to."""
    for segment in read_executable(binary, with_symbols=False).segments:
        if segment.type == SegmentType.LOAD and segment.is_writable:
            yield segment.address, segment.offset, segment.file_size


def _link(image: FrozenImage, target: TargetPython, settings: Settings, context: BuildContext, folder: Path) -> Path:
    """Link, in a folder, the image without data files, extension modules and what else the comparison does not use."""
    sources: dict[str, Module] = {module.name: module for module in image.sources}
    filename = str(bundle_root() / _PROGRAM.name)
    sources[_CHECKER] = SourceModule(_CHECKER, _PROGRAM, filename, is_package=False, origin=LAUNCHER)
    graph = replace(image.graph, modules=sources, data_files=(), site_builtins=())
    # All but our own comes from the cache.
    frozen = freeze(graph, target, settings, context, image.profile)
    known = {module.name for module in frozen.modules}
    modules = [*frozen.modules, *(module for module in image.modules if module.name not in known)]
    names = {"__main__": _OWN_MAIN, _CHECKER: "__main__"}
    renamed = tuple(replace(each, source=_renamed(each.source, names)) for each in modules)
    graph = replace(graph, modules={module.name: module.source for module in renamed}, main_module="")
    together = replace(frozen, graph=graph, modules=renamed)
    plan = link.plan(together, target, settings)
    with link.launcher_objects(target, context) as launcher:
        return link.link(link.lay_out(plan, launcher(), context), folder).path


def _renamed(module: SourceModule, names: Mapping[str, str]) -> SourceModule:
    return replace(module, name=names.get(module.name, module.name))
