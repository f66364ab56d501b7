"""The stages of each command that analyses or builds a program: `bundle` shows all of them on one screen."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bundler import link, overview, release
from bundler.analyze import ModuleGraph, analyze
from bundler.analyze.graph import SourceModule
from bundler.analyze.installed.locate import Locator
from bundler.analyze.tell.trace import trace
from bundler.analyze.tell.why import Step, steps_to
from bundler.cache import Cache
from bundler.cache_limit import keep_limit_by_itself
from bundler.context import BuildContext
from bundler.errors import BundleError, Diagnostic, Severity
from bundler.freeze import FrozenImage, freeze
from bundler.glibc import StaticLibrary, find_static_library
from bundler.link import LauncherFiles, LinkPlan
from bundler.link.contents import FileEntry
from bundler.overview import TracedStart
from bundler.project import find_project_file, read_header, record
from bundler.report import Reporter, count_text, size_text
from bundler.selfcheck import self_check
from bundler.settings import Settings
from bundler.snapshot import Refusal, Taken, read_description, snapshot, snapshot_digest
from bundler.target import Linkage, System, TargetPython, foreign_machine, probe, script_environment
from bundler.toolchain import find_toolchain


@dataclass(frozen=True, slots=True)
class Built:
    """A finished binary. `modules` are frozen in it, `compiled` of them were not in the cache.

    `delivery`: what was made beside it.
    """

    name: str
    path: Path
    delivery: release.Delivery
    python: str
    modules: int
    compiled: int


def bundle(settings: Settings, report: Reporter) -> Built:
    """Build the binary that the settings ask for."""
    context = _context(settings, report)
    target = _target(settings, context)
    link.check_linker(target.libpython.linkage, context)
    obstacle = _snapshot_obstacle(target, settings, context)
    static = _static_c_library(settings, context)
    with link.launcher_objects(target, context, is_static=settings.static) as launcher:
        graph = _analyzed(target, settings, context)
        output = settings.output_for(graph.name)
        _check_output(output, graph)
        delivery = release.plan(output, graph.distributions, target.machine, settings)
        image = _frozen(graph, target, settings, context)
        if settings.self_check:
            _checked(image, target, settings, context)
        with report.stage("linking"):
            planned = link.plan(image, target, settings, static=static, has_snapshot=not obstacle)
            _tell_and_refuse(planned.findings, settings, context)
            inventory = _inventory(planned, graph, delivery, target, settings, context)
            taken = _make(
                planned, release.embedded_sbom(delivery, inventory), launcher(), graph, target, settings, context
            )
        _tell_snapshot(taken, obstacle, settings, report)
        _tell_own_files(planned, settings, report)
        release.deliver(delivery, inventory)
        if settings.report is not None and inventory is not None:
            with report.stage("describing the binary"):
                start = _traced_start(image, planned, delivery, launcher(), target.system, settings, context)
                findings = _findings(image, planned, inventory, taken, settings)
                overview.write_page(overview.describe(image, planned, inventory, findings, start), settings.report)
    if image.compiled:  # else the cache is as it was
        keep_limit_by_itself(context.cache, settings.cache_limit)
    return Built(graph.name, planned.output, delivery, target.version_text, len(image.modules), image.compiled)


def plan(settings: Settings, report: Reporter) -> LinkPlan:
    """The plan of the binary that the settings ask for; modules are frozen for it, but nothing is linked."""
    context = _context(settings, report)
    target = _target(settings, context)
    static = _static_c_library(settings, context)
    image = _frozen(_analyzed(target, settings, context), target, settings, context)
    has_snapshot = not link.snapshot_obstacle(target, settings)
    planned = link.plan(image, target, settings, static=static, has_snapshot=has_snapshot)
    report.findings(planned.findings)
    return planned


def why(settings: Settings, module: str, report: Reporter) -> tuple[Step, ...]:
    """The imports that bring a module into the binary, in their order; BundleError when nothing does."""
    context = _context(settings, report)
    target = _target(settings, context)
    graph = _analyzed(target, settings, context, tells=False)
    return steps_to(graph, module, Locator(target.extension_suffixes), target.builtin_modules)


def traced(settings: Settings, arguments: Sequence[str], folder: Path, report: Reporter) -> Path | None:
    """Run the program once and record what only that shows; the file that was written, None when there was nothing."""
    context = _context(settings, report)
    target = _target(settings, context)
    graph = _analyzed(target, settings, context, tells=False)
    report.line(f"running {settings.subject}")
    used = trace(graph, arguments, target, settings, context)
    if not used:
        return None
    script = Path(settings.target) if settings.target and read_header(Path(settings.target)) else None
    project = script or find_project_file(folder)
    base = (project.parent if project is not None else folder).resolve()
    additions = {
        "hidden-import": used.modules,
        "collect-data": used.packages,
        "add-data": [f"{os.path.relpath(source, base)}:{place}" for source, place in used.files],
    }
    return record(additions, folder, program=settings.name, script=script)


def _context(settings: Settings, report: Reporter) -> BuildContext:
    foreign = foreign_machine(settings.system)
    return BuildContext(find_toolchain(settings.compiler, foreign), Cache(settings.cache_dir), report, foreign)


def _target(settings: Settings, context: BuildContext) -> TargetPython:
    _tell(settings.findings, settings, context)
    linkage = Linkage(settings.libpython) if settings.libpython else None
    python = settings.python
    if settings.requirements is not None:
        python = script_environment(settings.requirements, python, context)
    return probe(python, context, linkage)


def _static_c_library(settings: Settings, context: BuildContext) -> StaticLibrary | None:
    """The C library that is to be linked into the binary; None: it is the system's. BundleError when there is none here."""
    return find_static_library(context.toolchain) if settings.static else None


def _analyzed(target: TargetPython, settings: Settings, context: BuildContext, *, tells: bool = True) -> ModuleGraph:
    with context.report.stage(f"analyzing {settings.subject}"):
        graph = analyze(target, settings, context)
    if tells:
        _tell(graph.findings, settings, context)
        _refuse_warnings((*settings.findings, *graph.findings), settings)
    return graph


def _frozen(graph: ModuleGraph, target: TargetPython, settings: Settings, context: BuildContext) -> FrozenImage:
    image = freeze(graph, target, settings, context)
    _tell_and_refuse(image.findings, settings, context)
    return image


def _inventory(  # noqa: PLR0913 - the stages before it
    planned: LinkPlan,
    graph: ModuleGraph,
    delivery: release.Delivery,
    target: TargetPython,
    settings: Settings,
    context: BuildContext,
) -> release.Inventory | None:
    """Take the inventory of the binary, if a document is to tell it; None: none is. Tells what licences ask for, with a document of them."""
    if not delivery.needs_inventory and settings.report is None:
        return None
    inventory = release.take_inventory(planned, graph.distributions, delivery, target)
    if delivery.needs_inventory:
        _tell_and_refuse(release.duties(inventory), settings, context)
    return inventory


def _findings(
    image: FrozenImage, planned: LinkPlan, inventory: release.Inventory, taken: Taken | None, settings: Settings
) -> tuple[Diagnostic, ...]:
    """All findings of a build, in the order of the stages."""
    return (
        *settings.findings,
        *image.graph.findings,
        *image.findings,
        *planned.findings,
        *release.duties(inventory),
        *_above_floor(planned, planned.output),
        *(taken.findings if taken else ()),
    )


def _tell(findings: Sequence[Diagnostic], settings: Settings, context: BuildContext) -> None:
    """Report findings. With `--strict`, warnings are shown even with `-q`, for they fail the build."""
    if settings.strict:
        findings = [replace(finding, is_urgent=finding.severity is Severity.WARNING) for finding in findings]
    context.report.findings(findings)


def _tell_and_refuse(findings: Sequence[Diagnostic], settings: Settings, context: BuildContext) -> None:
    """Report findings; BundleError when there are warnings among them and warnings are failures."""
    _tell(findings, settings, context)
    _refuse_warnings(findings, settings)


def _refuse_warnings(findings: Sequence[Diagnostic], settings: Settings) -> None:
    """BundleError when there are warnings and warnings are failures."""
    count = sum(finding.severity is Severity.WARNING for finding in findings)
    if settings.strict and count:
        raise BundleError(
            "strict",
            f"{count_text(count, 'warning')}, and with `--strict` any warning fails the build",
            hint="correct the causes named above, or build without `--strict`",
        )


def _checked(image: FrozenImage, target: TargetPython, settings: Settings, context: BuildContext) -> None:
    report = context.report
    with report.stage(f"checking {count_text(len(image.modules), 'module')}"):
        compared = self_check(image, target, settings, context).compared
    report.line(f"{compared['code']} code objects and {sum(compared.values())} objects in all are as they should be")


def _tell_own_files(planned: LinkPlan, settings: Settings, report: Reporter) -> None:
    """Say which files of the user's go into the release: one that nobody meant to ship is seen here."""
    own = [file for file in planned.contents.files if isinstance(file, FileEntry) and file.is_own_data]
    if own:
        size = size_text(sum(file.size for file in own))
        report.line(f"own data files: {len(own)}, {size}{'' if settings.verbose else ' (`-v` lists them)'}")
        for file in own if settings.verbose else ():
            report.line(f"  {file.source}")


def _make(  # noqa: PLR0913 - the stages before it
    planned: LinkPlan,
    sbom: str,
    launcher: LauncherFiles,
    graph: ModuleGraph,
    target: TargetPython,
    settings: Settings,
    context: BuildContext,
) -> Taken | None:
    """Link, unless the output is up to date, and return the snapshot. The output is replaced as a whole or not at all."""
    layout = link.lay_out(planned, launcher, context, sbom=sbom)
    with_snapshot = planned.contents.has_snapshot
    inputs = link.inputs_digest(layout, *((snapshot_digest(graph, settings),) if with_snapshot else ()))
    if link.is_current(planned.output, inputs, context):
        kept = read_description(planned.output) if with_snapshot else None
        if kept is not None or settings.snapshot != "require":
            _tell_and_refuse(_above_floor(planned, planned.output), settings, context)
            return Taken(kept, None) if with_snapshot else None
    with link.workplace(planned.output) as folder:
        linked = link.link(layout, folder)
        taken = snapshot(linked, graph, target, settings, context) if with_snapshot else None
        if taken is not None and taken.refusal is not None and settings.snapshot == "require":
            raise BundleError(
                "no-snapshot",
                f"the program cannot start from a snapshot: {_refusal_text(taken.refusal)}",
                hint="change what the module does when it is imported, or build with `--snapshot auto`",
            )
        link.seal(linked)
        _tell_and_refuse(_above_floor(planned, linked.path), settings, context)
        link.publish(linked, inputs, context)
    return taken


def _snapshot_obstacle(target: TargetPython, settings: Settings, context: BuildContext) -> str:
    """Return why no program can have a snapshot here, "" if it can; BundleError when it must have one."""
    obstacle = link.snapshot_obstacle(target, settings)
    if not obstacle and not link.places_sections(context):
        obstacle = f"the linker cannot place sections at addresses: {context.toolchain.linker}"
    if obstacle and settings.snapshot == "require":
        raise BundleError(
            "no-snapshot",
            f"the program cannot start from a snapshot: {obstacle}",
            hint="leave the option out, use GNU ld or lld, or build with `--snapshot auto`",
        )
    return obstacle


def _above_floor(planned: LinkPlan, binary: Path) -> tuple[Diagnostic, ...]:
    """Findings about the finished binary, if it needs a newer C library than was asked for."""
    if planned.floor is None:
        return ()
    floor = planned.floor.version
    return tuple(link.above_floor(link.start_needs(planned, binary, floor), floor))


def _traced_start(  # noqa: PLR0913 - the stages before it
    image: FrozenImage,
    planned: LinkPlan,
    delivery: release.Delivery,
    launcher: LauncherFiles,
    system: System,
    settings: Settings,
    context: BuildContext,
) -> TracedStart:
    """A start whose imports a report shows: of the program as the user asks, else of a binary that is linked for it."""
    if settings.report_start is not None:
        # One that holds several programs does not know its own name.
        return overview.trace_start(next(iter(delivery.links), planned.output), settings.report_start, system)
    if not settings.run:
        return TracedStart("No start was traced: the program was built with --no-run.", ())
    probe = overview.probe_plan(planned, image.graph)
    with link.workplace(planned.output) as folder:
        linked = link.link(link.lay_out(probe, launcher, context), folder)
        return overview.trace_probe(linked.path, system)


def _refusal_text(refusal: Refusal) -> str:
    module = f"`{refusal.module}`: " if refusal.module else ""
    place = f" ({refusal.place})" if refusal.place else ""
    return f"{module}{refusal.reason}{place}"


# Modules that are named with the reason why they are imported at each start; `-v` names all.
_MOST_LATE = 3


def _tell_snapshot(taken: Taken | None, obstacle: str, settings: Settings, report: Reporter) -> None:
    """Say how far a start will go on from the snapshot, or why there is none although the settings allow one."""
    if taken is None:
        if obstacle and settings.snapshot != "no" and settings.run:
            report.line(f"snapshot: none, for {obstacle}")
        return
    report.findings(taken.findings)
    if taken.description is None:
        why = f"for {_refusal_text(taken.refusal)}" if taken.refusal is not None else "as when the output was built"
        report.line(f"snapshot: none, {why}")
        return
    late, modules = taken.description["late"], taken.description["modules"]
    shown = list(late.items())[: None if settings.verbose else _MOST_LATE]
    names = "; ".join(
        (*(f"{module}: {reason}" for module, reason in shown), *(["..."] if len(shown) < len(late) else []))
    )
    ending = f", {len(late)} late ({names})" if late else ""
    report.line(f"snapshot: {count_text(len(modules), 'module')}{ending}")


def _check_output(output: Path, graph: ModuleGraph) -> None:
    """BundleError when the binary would replace a source of itself, or cannot be written."""
    sources = (module.path for module in graph.of_kind(SourceModule))
    if output.exists() and any(path.name == output.name and path.samefile(output) for path in sources):
        raise BundleError(
            "output-is-source",
            f"the output `{output}` would replace a source of the program",
            hint="choose another file with `-o FILE`",
        )
    link.check_output(output)
