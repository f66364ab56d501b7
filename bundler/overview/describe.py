"""Describes a finished binary for the page: every byte of it belongs to something, and every part to an owner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bundler.analyze.graph import ModuleGraph, Origin, OriginKind
from bundler.analyze.tell.why import first_steps
from bundler.contract import bundle_root
from bundler.errors import Diagnostic
from bundler.freeze import FrozenImage
from bundler.inspection import Inspection, inspect
from bundler.link import LinkPlan, relocated
from bundler.link.finished import needed_libraries, packed_sizes
from bundler.link.objects import PrelinkedObject
from bundler.link.portability import EXECUTABLE, newest_versions
from bundler.overview.document import (
    ComponentRow,
    FileRow,
    FindingRow,
    LibraryRow,
    ModuleRow,
    OwnerRow,
    PartRow,
    ReportDocument,
    StartRow,
    VersionRow,
)
from bundler.overview.start import TracedStart
from bundler.planning import document as plan_document
from bundler.release import Component, ComponentKind, Inventory
from bundler.schema import PlanDocument, PlannedLibraryRow

_SYSTEM = "system"  # the owner of libraries that came from the build machine's system
_SHARED = "shared"

_LABELS = {
    OriginKind.APP.value: "your program",
    OriginKind.STDLIB.value: "Python",
    OriginKind.LAUNCHER.value: "bundler",
    OriginKind.DISTRIBUTION.value: "packages of no known distribution",
    _SYSTEM: "libraries of the system",
    _SHARED: "shared by all modules",
}


@dataclass(frozen=True, slots=True)
class _Parts:
    """The stages of a build from which the rows of the page are made."""

    image: FrozenImage
    plan: LinkPlan
    planned: PlanDocument
    found: Inspection
    inventory: Inventory

    @property
    def graph(self) -> ModuleGraph:
        return self.image.graph


def describe(
    image: FrozenImage, plan: LinkPlan, inventory: Inventory, findings: Iterable[Diagnostic], start: TracedStart
) -> ReportDocument:
    """The document of the binary that the plan names, which is finished."""
    parts = _Parts(image, plan, plan_document(plan), inspect(plan.output), inventory)
    modules = tuple(_modules(parts))
    libraries = tuple(_libraries(parts))
    files = tuple(_files(parts))
    others = tuple(_others(parts, modules, libraries, files))
    owners = {row["owner"] for row in (*modules, *libraries, *files, *others)}
    found = parts.found
    return {
        "program": {
            "name": found.manifest.name,
            "output": found.path.name,
            "size": found.size,
            "sha256": found.sha256,
            "python": found.manifest.python,
            "bundler": found.manifest.bundler,
            "libpython": plan.linkage.value,
            "needs": _needs(found),
        },
        "owners": {key: _owner_row(key, inventory) for key in sorted(owners)},
        "modules": modules,
        "libraries": libraries,
        "files": files,
        "parts": others,
        "components": [_component(each) for each in inventory.components],
        "findings": [_finding(each, image.graph) for each in findings],
        "start": _start(start),
    }


def _needs(found: Inspection) -> str:
    if found.manifest.static_glibc:
        return f"a kernel alone: glibc {found.manifest.static_glibc} is inside"
    return ", ".join(f"{family} {each.version}" for family, each in found.newest.items())


# --- Owners -----------------------------------------------------------------------------------------------------------


def _owner(origin: Origin) -> str:
    """The key of an origin: its kind, and the distribution behind a colon."""
    is_distribution = origin.kind is OriginKind.DISTRIBUTION and origin.distribution
    return f"{origin.kind.value}:{origin.distribution}" if is_distribution else origin.kind.value


def _owner_row(key: str, inventory: Inventory) -> OwnerRow:
    kind, _, name = key.partition(":")
    versions = {each.name: each.version for each in inventory.components if each.kind is ComponentKind.DISTRIBUTION}
    return {"label": name or _LABELS[kind], "kind": kind, "version": versions.get(name, "")}


# --- Modules ----------------------------------------------------------------------------------------------------------


def _modules(parts: _Parts) -> Iterator[ModuleRow]:
    """All modules in the order of names; extension modules have their sizes among the libraries."""
    graph, steps = parts.graph, first_steps(parts.graph)
    sizes = {row["name"]: row["size"] for row in parts.planned["modules"]["frozen"]}
    frozen = {module.name: module.source.origin for module in parts.image.modules}
    kinds = {
        "built-in": parts.planned["modules"]["builtin"],
        "namespace": parts.planned["modules"]["namespace"],
        "broken": parts.planned["modules"]["broken"],
        "extension": [row["name"] for row in parts.planned["modules"]["extension"]],
        "frozen": frozen,
    }
    for name, kind in sorted((name, kind) for kind, names in kinds.items() for name in names):
        module = graph.modules.get(name)
        origin = frozen[name] if name in frozen else module.origin if module is not None else Origin(OriginKind.APP)
        step = steps.get(name)
        importer = step.importer if step is not None else None
        yield {
            "name": name,
            "kind": kind,
            "size": sizes.get(name, 0),
            "owner": _owner(origin),
            "via": graph.other_names.get(importer, importer) if importer is not None else None,
            "how": step.binding.value if step is not None else "",
            "place": place_text(step.place, graph) if step is not None and step.place else "",
        }


def place_text(place: str, graph: ModuleGraph) -> str:
    """A file as seen from the folder of the search path that it is in: no page tells where the build machine has things."""
    named, colon, line = place.rpartition(":")
    file, ending = (Path(named), f":{line}") if colon and line.isdecimal() else (Path(place), "")
    homes = [folder for folder in graph.search_path if file.is_relative_to(folder)]
    home = max(homes, key=lambda folder: len(folder.parts), default=file.parent)
    return f"{file.relative_to(home)}{ending}"


# --- Libraries --------------------------------------------------------------------------------------------------------


def _libraries(parts: _Parts) -> Iterator[LibraryRow]:
    """Shared objects of the binary, extension modules among them; the executable itself; what both take from the system."""
    prelinked = {each.path: each for each in parts.plan.prelinked.objects}
    brought = {str(file): each for each in parts.inventory.components for file in each.files}
    for row in parts.planned["libraries"]:
        dso = prelinked.get(row["path"])
        yield {
            "name": PurePosixPath(row["path"]).name,
            "path": row["path"],
            "bound": "prelinked" if dso is not None else "carried as a file",
            "size": row["size"],
            "stored": _stored_size(dso) if dso is not None else row["size"],
            "owner": _library_owner(row, brought.get(row["source"]), parts.graph),
            "reason": f"it {row['reason']}",
            "module": row["module"],
            "needs": _needed(dso, parts) if dso is not None else _needed_by_file(row, parts),
            "versions": _versions(row["path"], parts.found),
        }
    needed = needed_libraries(parts.found.path)
    yield {
        **_outside(parts.found.path.name, "it is what a start begins with", "the executable"),
        "owner": OriginKind.STDLIB.value,
        "needs": needed,
        "versions": _versions(EXECUTABLE, parts.found),
    }
    for names, reason in (
        (sorted({*needed, *parts.planned["system_libraries"]}), "it stays the system's"),
        (
            parts.planned["missing_libraries"],
            "it was not on the build machine, and is looked for where the binary runs",
        ),
    ):
        yield from (_outside(name, reason, "of the system") for name in names)


def _outside(name: str, reason: str, bound: str) -> LibraryRow:
    """The row of something that takes no bytes, or whose bytes are told elsewhere."""
    return {
        "name": name,
        "path": "",
        "bound": bound,
        "size": 0,
        "stored": 0,
        "owner": _SYSTEM,
        "reason": reason,
        "module": None,
        "needs": (),
        "versions": (),
    }


def _stored_size(dso: PrelinkedObject) -> int:
    return sum(part.stored_size for part in relocated.parts(dso))


def _library_owner(row: PlannedLibraryRow, component: Component | None, graph: ModuleGraph) -> str:
    module = graph.modules.get(row["module"] or "")
    if module is not None:
        return _owner(module.origin)
    if component is not None and component.kind is ComponentKind.DISTRIBUTION:
        return _owner(Origin(OriginKind.DISTRIBUTION, component.name))
    return OriginKind.STDLIB.value if PurePosixPath(row["path"]).name.startswith("libpython") else _SYSTEM


def _needed(dso: PrelinkedObject, parts: _Parts) -> Sequence[str]:
    objects = parts.plan.prelinked.objects
    return (*(PurePosixPath(objects[index].path).name for index in dso.needed), *dso.system_libraries)


def _needed_by_file(row: PlannedLibraryRow, parts: _Parts) -> Sequence[str]:
    carried = {each.library.path: each for each in parts.plan.contents.libraries.carried}
    return carried[row["path"]].library.object.needed


def _versions(path: str, found: Inspection) -> Sequence[VersionRow]:
    if path not in found.needs:
        return ()
    newest = newest_versions({path: found.needs[path]})
    return [{"version": f"{family}_{each.version}", "symbols": each.symbols} for family, each in newest.items()]


# --- Files, and the rest ----------------------------------------------------------------------------------------------


def _files(parts: _Parts) -> Iterator[FileRow]:
    packed = {
        str(PurePosixPath(path).relative_to(bundle_root())): size
        for path, size in packed_sizes(parts.plan.output).items()
    }
    for row in parts.planned["data_files"]:
        origin = Origin(OriginKind(row["origin"]), row["distribution"] or "")
        yield {
            "path": row["path"],
            "size": row["size"],
            "stored": packed.get(row["path"], row["size"]),
            "owner": _owner(origin),
        }


def _others(
    parts: _Parts, modules: Sequence[ModuleRow], libraries: Sequence[LibraryRow], files: Sequence[FileRow]
) -> Iterator[PartRow]:
    """The rest of each part of the file when rows have taken theirs."""
    left = dict(parts.found.parts)
    left["frozen"] -= sum(row["size"] for row in modules)
    residents = {each.path for each in parts.plan.prelinked.residents}
    for library in libraries:
        left["interpreter" if library["path"] in residents else "embedded"] -= library["stored"]
    left["data_files"] -= sum(row["stored"] for row in files)
    python, launcher = OriginKind.STDLIB.value, OriginKind.LAUNCHER.value
    for part, label, owner in (
        ("interpreter", "interpreter and launcher", python),
        ("frozen", "strings", _SHARED),
        ("embedded", "tables, and what makes libraries files again", launcher),
        ("data_files", "alignment of data files", launcher),
        ("snapshot", "snapshot", _SHARED),
        ("symbols", "symbol names", python),
        ("manifest", "manifest", launcher),
    ):
        if left[part]:
            yield {"label": label, "size": left[part], "owner": owner}


# --- Licences, findings, the start ------------------------------------------------------------------------------------


def _component(component: Component) -> ComponentRow:
    return {
        "kind": component.kind.name.lower(),
        "name": component.name,
        "version": component.version,
        "licence": component.licence,
        "duty": component.duty,
    }


def _finding(finding: Diagnostic, graph: ModuleGraph) -> FindingRow:
    return {
        "severity": finding.severity.value,
        "code": finding.code,
        "message": finding.message,
        "where": place_text(finding.where, graph) if finding.where else None,
        "notes": finding.notes,
        "hint": finding.hint,
    }


def _start(start: TracedStart) -> StartRow:
    return {
        "what": start.what,
        "imports": [
            {"name": each.name, "depth": each.depth, "total": each.total, "own": each.own} for each in start.imports
        ],
    }
