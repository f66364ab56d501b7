"""Writes and reads the executable's section that holds a snapshot: `struct bundle_snapshot` of launcher/bundle.h."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from bundler.contract import bundle_constant, bundle_ffi
from bundler.elf import Machine, read_executable
from bundler.link.script import SNAPSHOT_SECTION
from bundler.link.table_writer import TableWriter
from bundler.schema import SnapshotDocument
from bundler.snapshot.model import Feature, Snapshot
from bundler.snapshot.record import joined


def section_content(snapshot: Snapshot, machine: Machine) -> bytes:
    """The section's content."""
    ffi = bundle_ffi()
    writer = TableWriter(int(ffi.sizeof("struct bundle_snapshot")))
    head = ffi.new("struct bundle_snapshot[]", 1)
    row = head[0]
    row.state = bundle_constant("BUNDLE_RECORDED")
    row.description = writer.text(json.dumps(describe(snapshot, machine)))
    row.asks_codeset = snapshot.asks_codeset
    row.float_control = snapshot.float_control
    row.region.address, row.region.size = snapshot.region.address, snapshot.region.size
    _write_tables(writer, row, snapshot)
    copies, at = writer.reserve("struct bundle_copy", len(snapshot.copies))
    for copy, each in zip(copies, snapshot.copies, strict=False):
        copy.address, copy.size = each.address, len(each.content)
        copy.content = writer.point("void *", writer.place(each.content))
    writer.fill(copies, at)
    row.copies, row.copy_count = writer.point("struct bundle_copy *", at), len(snapshot.copies)
    runs, at = writer.reserve("struct bundle_run", len(snapshot.runs))
    for run, stored in zip(runs, snapshot.runs, strict=False):
        run.address, run.size = stored.address, len(stored.content)
        run.content = writer.point("void *", writer.place(stored.content, machine.page_size))
    writer.fill(runs, at)
    row.runs, row.run_count = writer.point("struct bundle_run *", at), len(snapshot.runs)
    return joined(writer.finish(head))


def describe(snapshot: Snapshot, machine: Machine) -> SnapshotDocument:
    """The description of a snapshot for `bundle inspect`."""
    return {
        "modules": list(snapshot.modules),
        "late": dict(snapshot.late),
        "guards": list(snapshot.guarded),
        "hash_seed": snapshot.hash_seed,
        "processor": [_feature_text(each, machine) for each in snapshot.features],
        "fresh": list(snapshot.fresh),
        "pages": sum(len(run.content) for run in snapshot.runs) // machine.page_size,
    }


def _feature_text(feature: Feature, machine: Machine) -> str:
    """A guard of the processor, as `inspect` shows it."""
    if feature.leaf in machine.feature_names:
        mask, value = (low | high << 32 for low, high, *_ in (feature.masks, feature.values))
        return f"{machine.feature_names[feature.leaf]} & {mask:#x} == {value:#x}"
    names = ("EAX", "EBX", "ECX", "EDX")
    rows = zip(names, feature.masks, feature.values, strict=True)
    bits = ", ".join(f"{name} & {mask:#x} == {value:#x}" for name, mask, value in rows if mask)
    return f"CPUID {feature.leaf:#x}.{feature.subleaf}: {bits}"


def read_description(path: Path) -> SnapshotDocument | None:
    """The description of a binary's snapshot; None when it has none."""
    section = read_executable(path, with_symbols=False).sections.get(SNAPSHOT_SECTION)
    if section is None:
        return None
    with path.open("rb") as file:
        file.seek(section.offset)
        content = file.read(section.size)
    head = content[: bundle_ffi().sizeof("struct bundle_snapshot")]
    if len(head) < bundle_ffi().sizeof("struct bundle_snapshot"):
        return None  # of another version
    rows = bundle_ffi().from_buffer("struct bundle_snapshot[]", head)
    row = rows[0]
    if row.state != bundle_constant("BUNDLE_RECORDED"):
        return None
    start = int(bundle_ffi().cast("uintptr_t", row.description)) - section.address
    try:
        found: SnapshotDocument = json.loads(content[start : content.index(b"\0", start)])
    except ValueError:  # of another version
        return None
    return found


def _write_tables(writer: TableWriter, row: object, snapshot: Snapshot) -> None:
    def array(kind: str, name: str, count: str, values: Sequence[object], fields: Sequence[str]) -> None:
        rows, at = writer.reserve(kind, len(values))
        for each, value in zip(rows, values, strict=False):
            for field, member in zip(fields, _members(value), strict=True):
                setattr(each, field, member)
        writer.fill(rows, at)
        setattr(row, name, writer.point(f"{kind} *", at))
        setattr(row, count, len(values))

    def words(name: str, count: str, values: Sequence[int]) -> None:
        content = b"".join((value & (1 << 64) - 1).to_bytes(8, "little") for value in values)
        setattr(row, name, writer.point("uint64_t *", writer.place(content)))
        setattr(row, count, len(values))

    words("kept_words", "kept_word_count", snapshot.kept_words)
    words("number_words", "number_word_count", snapshot.number_words)
    words("count_words", "count_word_count", snapshot.count_words)
    words("generators", "generator_count", snapshot.generators)
    words("thread_words", "thread_word_count", snapshot.thread_words)
    row.thread_block = writer.point("unsigned char *", writer.place(snapshot.block))  # type: ignore[attr-defined]
    row.thread_block_size = len(snapshot.block)  # type: ignore[attr-defined]
    row.objects = writer.numbers(snapshot.objects)  # type: ignore[attr-defined]
    row.object_count = len(snapshot.objects)  # type: ignore[attr-defined]
    row.replaced = writer.numbers([index in snapshot.replaced for index in snapshot.objects])  # type: ignore[attr-defined]
    row.constructed = writer.numbers(snapshot.constructed)  # type: ignore[attr-defined]
    row.constructed_count = len(snapshot.constructed)  # type: ignore[attr-defined]
    rows_of_words = [(index, patch, index in snapshot.replaced) for index, patch in snapshot.system_words]
    fields = ("object", "patch", "is_replaced")
    array("struct bundle_system_word", "system_words", "system_word_count", rows_of_words, fields)
    array("struct bundle_key", "keys", "key_count", snapshot.keys, ("key", "is_early", "destructor", "value"))
    array(
        "struct bundle_library_word",
        "library_words",
        "library_word_count",
        snapshot.library_words,
        ("address", "number"),
    )
    named = [(address, writer.text(name)) for address, name in snapshot.symbol_words]
    array("struct bundle_symbol_word", "symbol_words", "symbol_word_count", named, ("address", "symbol"))
    members = ("kind", "is_argument_local", "function", "argument", "child", "object")
    array("struct bundle_call", "calls", "call_count", snapshot.calls, members)
    signal = ("number", "flags", "handler", "mask")
    array("struct bundle_signal", "signals", "signal_count", snapshot.signals, signal)
    rows, at = writer.reserve("struct bundle_feature", len(snapshot.features))
    for each, feature in zip(rows, snapshot.features, strict=False):
        each.leaf, each.subleaf = feature.leaf, feature.subleaf
        each.masks, each.values = feature.masks, feature.values
    writer.fill(rows, at)
    row.features = writer.point("struct bundle_feature *", at)  # type: ignore[attr-defined]
    row.feature_count = len(snapshot.features)  # type: ignore[attr-defined]
    if snapshot.conditions is not None:
        condition = ("address", "clock", "is_shared", "is_intact")
        array("struct bundle_condition", "conditions", "condition_count", snapshot.conditions, condition)
    row.condition = writer.point("unsigned char *", writer.place(snapshot.condition))  # type: ignore[attr-defined]
    row.variables = writer.text_list(snapshot.variables)  # type: ignore[attr-defined]
    row.guarded_variables = writer.text_list(snapshot.guarded)  # type: ignore[attr-defined]


def _members(value: object) -> Sequence[object]:
    if isinstance(value, tuple):
        return value
    return [getattr(value, name) for name in value.__slots__]  # type: ignore[attr-defined]
