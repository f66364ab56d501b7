"""The whole program on one screen."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bundler import link
from bundler.analyze import ModuleGraph, analyze
from bundler.analyze.graph import SourceModule
from bundler.analyze.trace import trace
from bundler.analyze.why import explain
from bundler.cache import Cache
from bundler.errors import BundleError
from bundler.freeze import FrozenImage, freeze
from bundler.link import LinkPlan
from bundler.project import find_project_file, record
from bundler.report import Reporter, count_text
from bundler.selfcheck import self_check
from bundler.settings import Settings
from bundler.target import Linkage, TargetPython, probe
from bundler.toolchain import find_toolchain
from bundler.workshop import Workshop


@dataclass(frozen=True, slots=True)
class Built:
    """A finished binary. `modules` are frozen in it, `compiled` of them were not in the cache."""

    path: Path
    python: str
    modules: int
    compiled: int


def bundle(settings: Settings, report: Reporter) -> Built:
    """Build the binary that the settings ask for."""
    workshop = _workshop(settings, report)
    target = _target(settings, workshop)
    with link.launcher_objects(target, workshop.toolchain, workshop.cache) as launcher:
        graph = _analyzed(target, settings, workshop)
        report.findings(graph.findings, verbose=settings.verbose)
        output = _output(settings, graph)
        link.check_output(output)
        settings = replace(settings, output=output)
        image = freeze(graph, target, settings, workshop)
        report.findings(image.findings, verbose=settings.verbose)
        if settings.self_check:
            _checked(image, target, settings, workshop)
        with report.stage("linking"):
            planned = link.plan(image, target, settings)
            _make(planned, launcher(), workshop)
    report.findings(planned.findings, verbose=settings.verbose)
    return Built(planned.output, target.version_text, len(image.modules), image.compiled)


def plan(settings: Settings, report: Reporter) -> LinkPlan:
    """The plan of the binary that the settings ask for; modules are frozen for it, but nothing is linked."""
    workshop = _workshop(settings, report)
    target = _target(settings, workshop)
    graph = _analyzed(target, settings, workshop)
    report.findings(graph.findings, verbose=settings.verbose)
    image = freeze(graph, target, settings, workshop)
    report.findings(image.findings, verbose=settings.verbose)
    planned = link.plan(image, target, settings)
    report.findings(planned.findings, verbose=settings.verbose)
    return planned


def why(settings: Settings, module: str, report: Reporter) -> str:
    """The chain of imports that brings a module into the binary, as text; BundleError when nothing does."""
    workshop = _workshop(settings, report)
    return explain(_analyzed(_target(settings, workshop), settings, workshop), module)


def traced(settings: Settings, arguments: Sequence[str], folder: Path, report: Reporter) -> Path | None:
    """Run the program once and record what only that shows; the file that was written, None when there was nothing."""
    workshop = _workshop(settings, report)
    target = _target(settings, workshop)
    graph = _analyzed(target, settings, workshop)
    report.line(f"running {settings.subject}")
    used = trace(arguments, graph, target, settings, workshop.cache)
    if not used:
        return None
    project = find_project_file(folder)
    base = (project.parent if project is not None else folder).resolve()
    additions = {
        "hidden-import": used.modules,
        "collect-data": used.packages,
        "add-data": [f"{os.path.relpath(source, base)}:{place}" for source, place in used.files],
    }
    return record(additions, folder)


def _workshop(settings: Settings, report: Reporter) -> Workshop:
    return Workshop(find_toolchain(settings.compiler), Cache(settings.cache_dir), report)


def _target(settings: Settings, workshop: Workshop) -> TargetPython:
    linkage = Linkage(settings.libpython) if settings.libpython else None
    return probe(settings.python, workshop.toolchain, workshop.cache, linkage)


def _analyzed(target: TargetPython, settings: Settings, workshop: Workshop) -> ModuleGraph:
    with workshop.report.stage(f"analyzing {settings.subject}"):
        return analyze(target, settings, workshop.cache)


def _checked(image: FrozenImage, target: TargetPython, settings: Settings, workshop: Workshop) -> None:
    report = workshop.report
    with report.stage(f"checking {count_text(len(image.modules), 'module')}"):
        compared = self_check(image, target, settings, workshop).compared
    report.line(f"{compared['code']} code objects and {sum(compared.values())} objects in all are as they should be")


def _make(planned: LinkPlan, launcher: Sequence[Path], workshop: Workshop) -> None:
    """Link, unless the output is up to date. It appears whole or stays as it was."""
    layout = link.lay_out(planned, launcher, workshop.toolchain)
    inputs = link.inputs_digest(layout)
    if not link.is_current(planned.output, inputs, workshop.cache):
        with link.workplace(planned.output) as folder:
            linked = link.link(layout, folder)
            link.write(linked)
            # The executable runs from here on; a step that runs it and adds to it belongs here.
            link.publish(linked, inputs, workshop.cache)


def _output(settings: Settings, graph: ModuleGraph) -> Path:
    """Where the binary goes; BundleError when that is a source of it."""
    output = settings.output or Path("dist") / graph.name
    sources = (module.path for module in graph.of_kind(SourceModule))
    if output.exists() and any(path.name == output.name and path.samefile(output) for path in sources):
        raise BundleError(
            "output-is-source",
            f"the output `{output}` would replace a source of the program",
            hint="choose another file with `-o FILE`",
        )
    return output
