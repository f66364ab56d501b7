"""`bundle plan`: shows a `LinkPlan`, to programs as JSON and to people as a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from bundler.analyze.graph import LAUNCHER, OriginKind
from bundler.contract import bundle_constant, bundle_root
from bundler.elf import read_executable
from bundler.link import LinkPlan, relocated
from bundler.link.contents import FileEntry
from bundler.report import Item, Section, count_text, size_text
from bundler.schema import FORMAT, PlanDocument, PlannedFileRow, PlannedLibraryRow, SizedRow

# --- For programs -----------------------------------------------------------------------------------------------------


def document(plan: LinkPlan) -> PlanDocument:
    """The plan as `--json` prints it."""
    manifest, prelinked, carried = plan.manifest, plan.prelinked, plan.contents.libraries.carried
    frozen = _frozen_sizes(plan)
    libraries = sorted((*_prelinked(plan), *_carried(plan)), key=lambda library: library["path"])
    data_files = list(_data_files(plan))
    system = {path.name for path in prelinked.linked_system_libraries}
    system |= {name for dso in prelinked.objects for name in dso.system_libraries}
    return {
        "format": FORMAT,
        "name": manifest.name,
        "output": str(plan.output),
        "python": manifest.python,
        "bundler": manifest.bundler,
        "libpython": plan.linkage.value,
        "static_glibc": manifest.static_glibc or None,
        "modules": {
            "frozen": [{"name": name, "size": size} for name, size in sorted(frozen.items()) if name],
            "extension": [
                {"name": library["module"], "size": library["size"]} for library in libraries if library["module"]
            ],
            "builtin": manifest.builtin,
            "namespace": manifest.namespaces,
            "broken": [
                module.name for module in plan.contents.modules if module.kind == bundle_constant("BUNDLE_BROKEN")
            ],
        },
        "libraries": libraries,
        "system_libraries": sorted(system - {each.library.object.name for each in carried}),
        "missing_libraries": sorted({name for dso in prelinked.objects for name in dso.absent_libraries}),
        "data_files": data_files,
        "distributions": [{"name": name, "version": version} for name, version in manifest.distributions],
        "left_out": [{"module": module, "wanted_by": importer} for module, importer in manifest.left_out],
        "sizes": {
            "frozen": sum(frozen.values()),
            "prelinked": sum(part.stored_size for dso in prelinked.objects for part in relocated.parts(dso)),
            "carried": sum(each.size for each in carried),
            "data_files": sum(file["size"] for file in data_files),
        },
    }


def _frozen_sizes(plan: LinkPlan) -> Mapping[str, int]:
    """Bytes of static data by module; "" stands for data that all modules share."""
    sizes: dict[str, int] = {}
    for each in plan.objects:
        name = each.module or ""
        sizes[name] = sizes.get(name, 0) + read_executable(each.path, with_symbols=False).memory_size
    return sizes


def _prelinked(plan: LinkPlan) -> Iterator[PlannedLibraryRow]:
    modules = _extension_names(plan)
    objects = plan.prelinked.objects
    needed_by: dict[int, list[str]] = {}
    for dso in objects:
        for index in dso.needed:
            # Extension modules need the interpreter as well, but are not why it is there.
            if dso.is_resident or not objects[index].is_resident:
                needed_by.setdefault(index, []).append(PurePosixPath(dso.path).name)
    for dso in objects:
        module = modules.get(dso.path)
        if module is not None:
            reason = f"is the module `{module}`"
        elif dso.index in needed_by:
            reason = f"is needed by {', '.join(f'`{name}`' for name in needed_by[dso.index])}"
        else:
            is_in_package = PurePosixPath(dso.path).parent != bundle_root()
            opened = "is opened by the package that it is in" if is_in_package else "is opened by its name"
            reason = "is the interpreter" if dso.is_resident else opened
        yield {
            "path": dso.path,
            "is_prelinked": True,
            "reason": reason,
            "module": module,
            "source": str(dso.object.path),
            "size": len(dso.object.data),
        }


def _carried(plan: LinkPlan) -> Iterator[PlannedLibraryRow]:
    modules = _extension_names(plan)
    for each in plan.contents.libraries.carried:
        yield {
            "path": each.library.path,
            "is_prelinked": False,
            "reason": each.reason,
            "module": modules.get(each.library.path),
            "source": str(each.library.object.path),
            "size": each.size,
        }


def _extension_names(plan: LinkPlan) -> Mapping[str, str]:
    """Names of extension modules by their paths in the binary."""
    kind = bundle_constant("BUNDLE_EXTENSION")
    return {module.path: module.name for module in plan.contents.modules if module.kind == kind and module.path}


def _data_files(plan: LinkPlan) -> Iterator[PlannedFileRow]:
    files = {file.path: file for file in plan.contents.files if isinstance(file, FileEntry)}
    for path, size in plan.manifest.data_files:
        file = files.get(bundle_root() / path)
        yield {
            "path": path,
            "size": size,
            "source": str(file.source) if file else None,
            "origin": (file.origin if file else LAUNCHER).kind.value,
            "distribution": file.origin.distribution or None if file else None,
        }


# --- For people -------------------------------------------------------------------------------------------------------

_ORIGIN_LABELS = {
    OriginKind.DISTRIBUTION.value: "files of no known distribution",
    OriginKind.STDLIB.value: "the standard library",
    OriginKind.LAUNCHER.value: "bundler",
}
_SIZE_LABELS = {
    "frozen": "deep-frozen modules",
    "prelinked": "prelinked modules and libraries",
    "carried": "libraries carried as files",
    "data_files": "data files",
}


def title(plan: PlanDocument) -> str:
    """The page's first line."""
    static = f", linked statically with glibc {plan['static_glibc']}" if plan["static_glibc"] else ""
    return f"{plan['output']}: planned with Python {plan['python']}, {plan['libpython']} libpython{static}"


def page(plan: PlanDocument) -> Iterator[Section]:
    """The sections of the page."""
    yield Section("modules", tuple(_module_items(plan)))
    sections = {
        "embedded libraries": [each for each in plan["libraries"] if each["is_prelinked"] and not each["module"]],
        "libraries carried as files": [each for each in plan["libraries"] if not each["is_prelinked"]],
    }
    for label, libraries in sections.items():
        if libraries:
            yield Section(label, tuple(Item(each["path"], _library_text(each)) for each in libraries))
    if plan["system_libraries"]:
        yield Section("libraries of the system", tuple(map(Item, plan["system_libraries"])))
    if plan["missing_libraries"]:
        yield Section("libraries that are not on this machine", tuple(map(Item, plan["missing_libraries"])))
    yield from _data_sections(plan["data_files"])
    if plan["left_out"]:
        items = tuple(Item(each["module"], f"wanted by {each['wanted_by']}") for each in plan["left_out"])
        yield Section("optional modules left out", items)
    yield Section("sizes", tuple(Item(_SIZE_LABELS[part], size_text(size)) for part, size in plan["sizes"].items()))


def _module_items(plan: PlanDocument) -> Iterator[Item]:
    modules = plan["modules"]
    for label, sized in (("deep-frozen", modules["frozen"]), ("extension", modules["extension"])):
        total = size_text(sum(module["size"] for module in sized))
        yield Item(label, f"{len(sized)}, {total}", tuple(_package_texts(sized)))
    others = {"built-in": modules["builtin"], "namespace": modules["namespace"], "broken": modules["broken"]}
    for label, names in others.items():
        yield Item(label, str(len(names)), tuple(names))


def _package_texts(modules: Sequence[SizedRow]) -> Iterator[str]:
    """Sizes and numbers of modules by top-level package, the largest first."""
    packages: dict[str, list[int]] = {}
    for module in modules:
        packages.setdefault(module["name"].partition(".")[0], []).append(module["size"])
    for name, sizes in sorted(packages.items(), key=lambda package: (-sum(package[1]), package[0])):
        count = f" ({len(sizes)})" if len(sizes) > 1 else ""
        yield f"{name} {size_text(sum(sizes))}{count}"


def _library_text(library: PlannedLibraryRow) -> str:
    return f"{size_text(library['size'])}, it {library['reason']}"


def _data_sections(files: Sequence[PlannedFileRow]) -> Iterator[Section]:
    """Data files: one by one the app's own, the others counted."""
    own = [file for file in files if file["origin"] == OriginKind.APP.value]
    if own:
        label = f"data files of your own: {_amount(own)}"
        yield Section(label, tuple(Item(file["path"], size_text(file["size"])) for file in own))
    others: dict[str, list[PlannedFileRow]] = {}
    for file in files:
        if file not in own:
            others.setdefault(file["distribution"] or _ORIGIN_LABELS[file["origin"]], []).append(file)
    if others:
        yield Section("other data files", tuple(Item(name, _amount(others[name])) for name in sorted(others)))


def _amount(files: Sequence[PlannedFileRow]) -> str:
    return f"{count_text(len(files), 'file')}, {size_text(sum(file['size'] for file in files))}"
