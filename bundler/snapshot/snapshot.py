"""Takes a snapshot of a linked executable, and writes it there. Verb: `snapshot`."""

from __future__ import annotations

import hashlib
import platform
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bundler.analyze.graph import ModuleGraph, SourceModule
from bundler.analyze.tell.leading import leading_parts
from bundler.cache import digest, tree_digest
from bundler.context import BuildContext
from bundler.contract import launcher_folder
from bundler.elf import MACHINES, fill_section
from bundler.errors import Diagnostic
from bundler.link.library_search import system_libraries
from bundler.link.model import Linked
from bundler.link.script import SNAPSHOT_SECTION
from bundler.schema import SnapshotDocument
from bundler.settings import FunctionName, Settings
from bundler.snapshot.model import Refusal, Snapshot
from bundler.snapshot.rules import Rules, Steady, load_rules
from bundler.snapshot.run import Subject
from bundler.snapshot.section import describe, section_content
from bundler.snapshot.servers import refuse_server, server_note
from bundler.snapshot.settle import settle
from bundler.snapshot.variables import pristine_executable, recorded_ranges
from bundler.snapshot.work import Work
from bundler.target import TargetPython
from bundler.toolchain import Toolchain


@dataclass(frozen=True, slots=True)
class Taken:
    """The result of the stage: what the snapshot in the executable holds, or why there is none."""

    description: SnapshotDocument | None
    refusal: Refusal | None  # None, too, where the output is up to date: why it has none was told when it was built
    findings: tuple[Diagnostic, ...] = ()


def snapshot(
    linked: Linked, graph: ModuleGraph, target: TargetPython, settings: Settings, context: BuildContext
) -> Taken:
    """Take a snapshot and write it into the executable, which is whole without one, too.

    The same executable on the same kind of machine has the same one: it is taken once, and kept in the cache.
    """
    rules = _rules(graph, settings)
    machine = linked.layout.plan.machine
    refusal = refuse_server(graph, settings, rules)
    if refusal is not None:
        return Taken(None, refusal)
    with linked.path.open("rb") as file:
        content = hashlib.file_digest(file, "sha256").digest()
    key = digest(content, snapshot_digest(graph, settings), *machine_facts(target), *target.system.emulator)
    description: SnapshotDocument | None = context.cache.get(_KIND, key, (_SECTION_FILE,))
    if description is None:
        found = _snapshot(linked, content, graph, target, settings, rules, context)
        if isinstance(found, Refusal):  # the machine may have been the reason
            return Taken(None, found)
        description = describe(found, machine)
        with context.cache.workplace(_KIND) as folder:
            (folder / "section").write_bytes(section_content(found, machine))
            context.cache.put(_KIND, key, description, {_SECTION_FILE: folder / "section"})
    section = context.cache.path(_KIND, key, _SECTION_FILE).read_bytes()
    fill_section(linked.path, SNAPSHOT_SECTION, section, machine.page_size)
    note = server_note(graph, rules)
    return Taken(description, None, (note,) if note else ())


def _rules(graph: ModuleGraph, settings: Settings) -> Rules:
    """The rules that are in effect for a program: those of the project, and none for the app's own modules."""
    own = {name for name, module in graph.modules.items() if module.origin.is_own}
    own |= {other for other, name in graph.other_names.items() if name in own}
    return load_rules().without(own).add_project(settings)


# Of entries of the cache.
_KIND = "snapshot"
_SECTION_FILE = ".section"


def snapshot_digest(graph: ModuleGraph, settings: Settings) -> str:
    """A digest of what decides how snapshots are taken, besides the executable."""
    wishes = repr((settings.snapshot_imports, settings.snapshot_call))
    code = (tree_digest(Path(__file__).parent), tree_digest(launcher_folder() / "snapshot"))
    return digest(*code, _rules(graph, settings).digest, wishes)


def machine_facts(target: TargetPython) -> Iterator[str | bytes]:
    """The facts that a recording may depend on too: the C library and the processor, or who emulates it."""
    if not target.system.is_own:
        c_library = system_libraries(target.machine, target.system).get("libc.so.6")
        for path in filter(None, (c_library, Path(target.system.emulator[0]))):
            with path.open("rb") as file:
                yield hashlib.file_digest(file, "sha256").digest()
        return
    yield from platform.libc_ver()
    try:
        lines = Path("/proc/cpuinfo").read_text().split("\n\n", 1)[0].splitlines()
    except OSError:
        return
    beginnings = tuple(each for machine in MACHINES.values() for each in machine.processor_lines)
    yield from (line for line in lines if line.startswith(beginnings))


def _snapshot(  # noqa: PLR0913 - what a snapshot is made of
    linked: Linked,
    content: bytes,
    graph: ModuleGraph,
    target: TargetPython,
    settings: Settings,
    rules: Rules,
    context: BuildContext,
) -> Snapshot | Refusal:
    steady = rules.steady_parts(graph, linked.layout.plan.prelinked.objects)
    with _subject(linked, content, graph, target, steady, context.toolchain) as subject:
        parts = leading_parts(graph, target, context.cache)
        wishes: tuple[FunctionName | str, ...] = (*settings.snapshot_imports, *settings.snapshot_call)
        work = Work((), parts, tuple(rules.again.items()), (), wishes, settings.optimize)
        try:
            return settle(subject, work, rules, graph)
        except OSError as error:  # a file system that lets no program run, or is full
            return Refusal(f"it cannot be run where it is built: {error.strerror}")


@contextmanager
def _subject(  # noqa: PLR0913 - facts from all that the stage is given
    linked: Linked, content: bytes, graph: ModuleGraph, target: TargetPython, steady: Steady, toolchain: Toolchain
) -> Iterator[Subject]:
    ranges = recorded_ranges(linked)
    sources = {module.filename: module.path for module in graph.of_kind(SourceModule)}
    # Secrets of hashes follow from the contents: equal builds have equal bytes. 0 would mean that hashes are not random.
    seed = int.from_bytes(content[:4], "little") or 1
    with tempfile.TemporaryDirectory(prefix=".recording-", dir=linked.path.parent) as folder:
        pristine = pristine_executable(linked, ranges)
        yield Subject(linked, target, toolchain, ranges, pristine, seed, Path(folder), sources, steady)
