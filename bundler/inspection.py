"""Inspects a binary: its contents and its needs, from its manifest and its own ELF structures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bundler.elf import read_executable
from bundler.link.digests import FORMAT as DIGESTS_FORMAT
from bundler.link.digests import SECTION as DIGESTS_SECTION
from bundler.link.digests import Digests
from bundler.link.finished import computed_digests, needed_versions, read_manifest, saved_by_packing
from bundler.link.manifest import SBOM_SECTION, SECTION, Manifest
from bundler.link.portability import EXECUTABLE, Needs, Newest, newest_versions
from bundler.link.script import FROZEN_SECTIONS, PAYLOAD_SECTION, SNAPSHOT_SECTION
from bundler.release import sha256
from bundler.report import Item, Section, size_text
from bundler.schema import FORMAT, InspectDocument, SnapshotDocument
from bundler.snapshot.section import read_description

# Parts of the file by the beginning of their sections' names; what no line names is the interpreter and launcher.
_PARTS = (
    (SECTION, "manifest"),
    (SBOM_SECTION, "manifest"),
    (DIGESTS_SECTION, "manifest"),
    (PAYLOAD_SECTION, "embedded"),
    (FROZEN_SECTIONS, "frozen"),
    (SNAPSHOT_SECTION, "snapshot"),
    (".symtab", "symbols"),
    (".strtab", "symbols"),
)
_NOT_STORED = (".bss", ".tbss")


@dataclass(frozen=True, slots=True)
class Inspection:
    """A binary seen from outside. `parts` are sizes in bytes: their sum is the file's size."""

    path: Path
    size: int
    parts: Mapping[str, int]
    manifest: Manifest
    needs: Needs
    newest: Mapping[str, Newest]  # by family; only those that are needed
    snapshot: SnapshotDocument | None
    sha256: str
    digests: Digests


def inspect(path: Path) -> Inspection:
    """Look into a binary; BundleError when bundler did not make it."""
    manifest = read_manifest(path)
    size = path.stat().st_size
    needs = {EXECUTABLE: needed_versions(path), **dict(manifest.symbol_versions)}
    parts = _parts(path, size, manifest)
    return Inspection(
        path,
        size,
        parts,
        manifest,
        needs,
        newest_versions(needs),
        read_description(path),
        sha256(path),
        computed_digests(path),
    )


def _parts(path: Path, size: int, manifest: Manifest) -> Mapping[str, int]:
    names = ("interpreter", "frozen", "embedded", "data_files", "snapshot", "symbols", "manifest")
    parts = dict.fromkeys(names, 0)
    for section in read_executable(path, with_symbols=False).sections.values():
        part = next((part for beginning, part in _PARTS if section.name.startswith(beginning)), None)
        if part and not section.name.startswith(_NOT_STORED):
            parts[part] += section.size
    parts["data_files"] = sum(size for _, size in manifest.data_files) - saved_by_packing(path)
    parts["embedded"] -= parts["data_files"]
    parts["interpreter"] = size - sum(parts.values())
    return parts


# --- For programs -----------------------------------------------------------------------------------------------------


def document(inspection: Inspection) -> InspectDocument:
    """The inspection as `--json` prints it."""
    manifest = inspection.manifest
    return {
        "format": FORMAT,
        "file": str(inspection.path),
        "name": manifest.name,
        "python": manifest.python,
        "bundler": manifest.bundler,
        "modules": {
            "frozen": manifest.frozen,
            "prelinked": manifest.extensions,
            "builtin": manifest.builtin,
            "namespace": manifest.namespaces,
            "other": manifest.other,
        },
        "libraries": manifest.libraries,
        "carried": [{"path": path, "reason": reason} for path, reason in manifest.carried],
        "data_files": [{"path": path, "size": size} for path, size in manifest.data_files],
        "distributions": [{"name": name, "version": version} for name, version in manifest.distributions],
        "left_out": [{"module": module, "wanted_by": importer} for module, importer in manifest.left_out],
        "size": inspection.size,
        "sha256": inspection.sha256,
        "digests": {
            "format": DIGESTS_FORMAT,
            "loaded": inspection.digests.loaded,
            "manifest": inspection.digests.manifest,
            "sbom": inspection.digests.sbom,
            "symbols": inspection.digests.symbols,
        },
        "parts": dict(inspection.parts),
        "thread_local_bytes": manifest.thread_local_bytes,
        "static_glibc": manifest.static_glibc or None,
        "snapshot": inspection.snapshot,
        "newest_versions": {
            family: {"version": each.version, "needed_by": each.needed_by, "symbols": each.symbols}
            for family, each in inspection.newest.items()
        },
        "symbol_versions": {who: dict(versions) for who, versions in inspection.needs.items()},
    }


# --- For people -------------------------------------------------------------------------------------------------------

_PART_LABELS = {
    "interpreter": "interpreter and launcher",
    "frozen": "deep-frozen modules",
    "embedded": "extension modules and libraries",
    "data_files": "data files",
    "snapshot": "snapshot",
    "symbols": "symbol names",
    "manifest": "manifest",
}


def title(inspection: Inspection) -> str:
    """The page's first line."""
    manifest = inspection.manifest
    return (
        f"{inspection.path}: {size_text(inspection.size)}, Python {manifest.python}, made by bundler {manifest.bundler}"
    )


def page(inspection: Inspection) -> Iterator[Section]:
    """The sections of the page."""
    manifest = inspection.manifest
    yield Section("modules", tuple(_module_items(manifest)))
    if manifest.libraries:
        yield Section("embedded libraries", tuple(map(Item, manifest.libraries)))
    if manifest.carried:
        yield Section(
            "libraries carried as files", tuple(Item(path, f"it {reason}") for path, reason in manifest.carried)
        )
    if manifest.data_files:
        yield Section("data files", tuple(Item(path, size_text(size)) for path, size in manifest.data_files))
    if manifest.distributions:
        yield Section("distributions", tuple(Item(*each) for each in manifest.distributions))
    if manifest.left_out:
        items = tuple(Item(module, f"wanted by {importer}") for module, importer in manifest.left_out)
        yield Section("optional modules left out", items)
    if inspection.snapshot is not None:
        yield Section("snapshot", tuple(_snapshot_items(inspection.snapshot)))
    yield Section("sizes", tuple(Item(_PART_LABELS[part], size_text(size)) for part, size in inspection.parts.items()))
    if manifest.static_glibc:
        yield Section("statically linked", (Item(f"glibc {manifest.static_glibc}", "needs no library of the system"),))
        return
    yield Section(
        "newest symbol versions needed",
        tuple(
            Item(f"{family}_{each.version}", f"by {', '.join(map(_who, each.needed_by))}", each.symbols)
            for family, each in inspection.newest.items()
        ),
    )


def _snapshot_items(snapshot: SnapshotDocument) -> Iterator[Item]:
    yield Item("recorded modules", str(len(snapshot["modules"])), tuple(snapshot["modules"]))
    yield from (Item(f"late: {module}", reason) for module, reason in snapshot["late"].items())
    yield Item("guarded variables", str(len(snapshot["guards"])), tuple(snapshot["guards"]))
    yield Item("guards of the processor", str(len(snapshot["processor"])), tuple(snapshot["processor"]))
    yield from (Item("constructed at each start", path) for path in snapshot["fresh"])
    yield Item("secret of hashes", f"PYTHONHASHSEED={snapshot['hash_seed']}")
    yield Item("pages", str(snapshot["pages"]))


def _module_items(manifest: Manifest) -> Iterator[Item]:
    kinds = (
        ("deep-frozen", manifest.frozen),
        ("prelinked extension", manifest.extensions),
        ("built-in", manifest.builtin),
        ("namespace", manifest.namespaces),
        ("other", manifest.other),
    )
    return (Item(label, str(len(names)), names) for label, names in kinds)


def _who(who: str) -> str:
    return "the executable" if who == EXECUTABLE else who.rpartition("/")[2]
