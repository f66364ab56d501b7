"""Makes the content of the snapshot's section in a copy that records itself: `struct bundle_request` of launcher/bundle.h."""

from __future__ import annotations

from collections.abc import Sequence

from bundler.contract import Struct, bundle_constant, bundle_ffi
from bundler.link.table_writer import TableWriter
from bundler.snapshot import fresh
from bundler.snapshot.model import Answers, Heat, Range
from bundler.snapshot.rules import Steady
from bundler.snapshot.run import HiddenProcessor, Run, Subject
from bundler.snapshot.section import section_bytes


def request_content(subject: Subject, run: Run, work: bytes, descriptor: int) -> bytes:
    """The section's content in a copy. `work`: that of the run, compiled; `descriptor`: where the recording goes."""
    ffi = bundle_ffi()
    writer = TableWriter(int(ffi.sizeof("struct bundle_snapshot")))
    head = ffi.new("struct bundle_snapshot[]", 1)
    head[0].state = bundle_constant("BUNDLE_RECORDING")
    rows, at = writer.reserve("struct bundle_request", 1)
    row = rows[0]
    row.output, row.hash_seed = descriptor, subject.seed
    row.work, row.work_size = writer.point("unsigned char *", writer.place(work)), len(work)
    row.wants_graph, row.collects, row.shift = run.wants_graph, run.work.collects, run.shift
    row.answers = _write_answers(writer, run.answers)
    if run.restored is not None:
        row.restored = _write_answers(writer, run.restored)
    _write_ranges(writer, row, subject.ranges)
    _write_steady(writer, row, subject.steady)
    _write_hot(writer, row, run.hot)
    _write_hidden(writer, row, run.hidden)
    objects = fresh.indexes(subject.linked, run.work.fresh)
    row.fresh, row.fresh_count = writer.numbers(objects), len(objects)
    writer.fill(rows, at)
    head[0].request = writer.point("struct bundle_request *", at)
    return section_bytes(writer.finish(head))


def _write_answers(writer: TableWriter, answers: Answers) -> Struct:
    """Write answers; a pointer to them."""
    rows, at = writer.reserve("struct bundle_answers", 1)
    row = rows[0]
    row.time, row.entropy, row.process, row.user = answers.time, answers.entropy, answers.process, answers.user
    row.processors, row.is_terminal, row.is_tried = answers.processors, answers.is_terminal, answers.is_tried
    row.has_every_argument = answers.has_every_argument
    row.own_path, row.folder, row.host = map(writer.text, (answers.own_path, answers.folder, answers.host))
    row.arguments, row.environment = writer.text_list(answers.arguments), writer.text_list(answers.environment)
    writer.fill(rows, at)
    return writer.point("struct bundle_answers *", at)


def _write_ranges(writer: TableWriter, row: Struct, ranges: Sequence[Range]) -> None:
    pieces, place = writer.reserve("struct bundle_range", len(ranges))
    for piece, each in zip(pieces, ranges, strict=False):
        piece.address, piece.size = each.address, each.size
    writer.fill(pieces, place)
    row.ranges, row.range_count = writer.point("struct bundle_range *", place), len(ranges)


def _write_steady(writer: TableWriter, row: Struct, steady: Steady) -> None:
    row.steady = writer.text_list(steady.modules)
    row.steady_objects, row.steady_object_count = writer.numbers(steady.objects), len(steady.objects)


def _write_hot(writer: TableWriter, row: Struct, hot: Sequence[Heat] | None) -> None:
    """Write which blocks are to lie together: read ones, and written ones; or that the run is to show them."""
    row.wants_heat = hot is None
    numbers = sorted(2 * each.number + each.is_written for each in hot or ())
    row.hot, row.hot_count = _long_numbers(writer, numbers), len(numbers)
    for kind in (False, True):
        row.hot_sizes[kind] = sum(each.size for each in hot or () if each.is_written == kind)


def _write_hidden(writer: TableWriter, row: Struct, hidden: HiddenProcessor | None) -> None:
    if hidden is not None:
        row.hidden, row.hidden_count = _long_numbers(writer, hidden.places), len(hidden.places)
        row.hidden_level = hidden.level


def _long_numbers(writer: TableWriter, values: Sequence[int]) -> Struct:
    """An array of uint64_t."""
    return writer.point("uint64_t *", writer.place(b"".join(each.to_bytes(8, "little") for each in values)))
