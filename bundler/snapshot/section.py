"""Writes and reads the executable's section that holds a snapshot: `struct bundle_snapshot` of launcher/bundle.h."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from bundler.contract import Struct, bundle_constant, bundle_ffi
from bundler.elf import Machine, read_executable
from bundler.link.model import Tables
from bundler.link.payload import bound_tables
from bundler.link.script import SNAPSHOT_BASE, SNAPSHOT_SECTION
from bundler.link.table_writer import TableWriter
from bundler.schema import SnapshotDocument
from bundler.snapshot.model import Call, Condition, Feature, Key, Memory, PageRun, SignalAction, Snapshot


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
    _write_words(writer, row, snapshot)
    _write_objects(writer, row, snapshot)
    row.thread_block = writer.point("unsigned char *", writer.place(snapshot.block))
    row.thread_block_size = len(snapshot.block)
    row.condition = writer.point("unsigned char *", writer.place(snapshot.condition))
    row.variables = writer.text_list(snapshot.variables)
    row.guarded_variables = writer.text_list(snapshot.guarded)
    for table in _tables(writer, snapshot, machine.page_size):
        _write_table(writer, row, table)
    return section_bytes(writer.finish(head))


def _write_words(writer: TableWriter, row: Struct, snapshot: Snapshot) -> None:
    """Write the arrays of words: addresses, and distances from the thread pointer."""
    for pointer, count, words in (
        ("kept_words", "kept_word_count", snapshot.kept_words),
        ("number_words", "number_word_count", snapshot.number_words),
        ("count_words", "count_word_count", snapshot.count_words),
        ("generators", "generator_count", snapshot.generators),
        ("thread_words", "thread_word_count", snapshot.thread_words),
    ):
        content = b"".join((word & (1 << 64) - 1).to_bytes(8, "little") for word in words)
        setattr(row, pointer, writer.point("uint64_t *", writer.place(content)))
        setattr(row, count, len(words))


def _write_objects(writer: TableWriter, row: Struct, snapshot: Snapshot) -> None:
    """Write the numbers of objects, and facts about each."""
    row.objects, row.object_count = writer.numbers(snapshot.objects), len(snapshot.objects)
    row.replaced = writer.numbers([index in snapshot.replaced for index in snapshot.objects])
    row.constructed, row.constructed_count = writer.numbers(snapshot.constructed), len(snapshot.constructed)


@dataclass(frozen=True, slots=True)
class _Table:
    """An array of structs: which, the members of `struct bundle_snapshot` that point to it and count it, and values by members."""

    struct: str
    pointer: str
    count: str
    rows: Sequence[Mapping[str, object]]


def _tables(writer: TableWriter, snapshot: Snapshot, page_size: int) -> Iterator[_Table]:
    """The arrays of structs. What they point to is placed before them."""
    system_words = [
        {"object": index, "patch": patch, "is_replaced": index in snapshot.replaced}
        for index, patch in snapshot.system_words
    ]
    library_words = [{"address": address, "number": number} for address, number in snapshot.library_words]
    symbol_words = [{"address": address, "symbol": writer.text(name)} for address, name in snapshot.symbol_words]
    copies = [_content(writer, each) for each in snapshot.copies]
    runs = [_content(writer, each, page_size) for each in snapshot.runs]
    yield _Table("bundle_system_word", "system_words", "system_word_count", system_words)
    yield _Table("bundle_library_word", "library_words", "library_word_count", library_words)
    yield _Table("bundle_symbol_word", "symbol_words", "symbol_word_count", symbol_words)
    yield _Table("bundle_key", "keys", "key_count", [*map(_members, snapshot.keys)])
    yield _Table("bundle_call", "calls", "call_count", [*map(_members, snapshot.calls)])
    yield _Table("bundle_signal", "signals", "signal_count", [*map(_members, snapshot.signals)])
    yield _Table("bundle_feature", "features", "feature_count", [*map(_members, snapshot.features)])
    if snapshot.conditions is not None:
        yield _Table("bundle_condition", "conditions", "condition_count", [*map(_members, snapshot.conditions)])
    yield _Table("bundle_copy", "copies", "copy_count", copies)
    yield _Table("bundle_run", "runs", "run_count", runs)


def _members(noun: Key | Call | SignalAction | Feature | Condition) -> Mapping[str, object]:
    """The values of a struct whose members have the names of a noun's fields."""
    return {each.name: getattr(noun, each.name) for each in fields(noun)}


def _content(writer: TableWriter, memory: Memory | PageRun, alignment: int = 8) -> Mapping[str, object]:
    content = writer.point("void *", writer.place(memory.content, alignment))
    return {"address": memory.address, "size": len(memory.content), "content": content}


def _write_table(writer: TableWriter, row: Struct, table: _Table) -> None:
    structs, at = writer.reserve(f"struct {table.struct}", len(table.rows))
    for struct, members in zip(structs, table.rows, strict=False):
        for name, value in members.items():
            setattr(struct, name, value)
    writer.fill(structs, at)
    setattr(row, table.pointer, writer.point(f"struct {table.struct} *", at))
    setattr(row, table.count, len(table.rows))


def section_bytes(tables: Tables) -> bytes:
    """Tables as the content of the section."""
    data = bytearray()
    for offset, chunk in bound_tables(tables, SNAPSHOT_BASE, {}):
        data[offset : offset + len(chunk)] = chunk
    return bytes(data)


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
    rows = zip(machine.feature_registers, feature.masks, feature.values, strict=True)
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
