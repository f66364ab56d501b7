"""Runs copies of the linked executable that record themselves."""

from __future__ import annotations

import mmap
import os
import shutil
import signal
import subprocess
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bundler.contract import bundle_constant, bundle_ffi
from bundler.elf import Machine, SectionFlag, SectionType, SegmentType, fill_section
from bundler.link.model import Linked
from bundler.link.payload import bound_tables
from bundler.link.script import SNAPSHOT_BASE, SNAPSHOT_SECTION
from bundler.link.table_writer import TableWriter
from bundler.snapshot.model import Answers, Graph, Heat, Range, Recording, Refusal
from bundler.snapshot.recording import LEFT_OPEN, read_recording
from bundler.snapshot.rules import Steady
from bundler.target import System

# The longest that imports may take, in seconds of the processor's time: others may be busy. So long they may also wait.
LONGEST = 60

# Seconds of the processor's time by which somebody who works, and does not wait, is known.
_WORK = 0.1


def recorded_ranges(linked: Linked) -> tuple[Range, ...]:
    """The executable's variables that a snapshot holds: writable sections, but for those of the process and of the linker."""
    executable = linked.executable
    constant = [each for each in executable.segments if each.type == SegmentType.GNU_RELRO]
    found: list[Range] = []
    sections = sorted(executable.sections.values(), key=lambda each: each.address)
    for section in sections:
        is_variable = section.flags & SectionFlag.ALLOC and section.flags & SectionFlag.WRITE
        if not is_variable or section.flags & SectionFlag.TLS or not section.size:
            continue
        if section.name in (".got.plt", "bundle_process") or any(
            each.address <= section.address < each.address + each.memory_size for each in constant
        ):
            continue
        if found and section.address - found[-1].end < section_gap(section):
            found[-1] = Range(found[-1].address, section.address + section.size - found[-1].address)
        else:
            found.append(Range(section.address, section.size))
    return tuple(found)


def section_gap(section: Any) -> int:
    """Bytes between two sections that are there for alignment only."""
    return 64 if section.type != SectionType.NOBITS else 4096


@dataclass(frozen=True, slots=True)
class HiddenProcessor:
    """Another processor answers: one of a micro-architecture level, at the instructions at these places."""

    level: int
    places: tuple[int, ...]


def request_content(  # noqa: PLR0913 - what makes one recording another
    answers: Answers,
    ranges: Sequence[Range],
    work: bytes,
    descriptor: int,
    seed: int,
    *,
    wants_graph: bool,
    collects: bool,
    shift: int,
    hidden: HiddenProcessor | None,
    hot: Sequence[Heat] | None,
    fresh: Sequence[int],
    steady: Steady,
) -> bytes:
    """The section's content in a copy that is recorded."""
    ffi = bundle_ffi()
    writer = TableWriter(int(ffi.sizeof("struct bundle_snapshot")))
    head = ffi.new("struct bundle_snapshot[]", 1)
    head[0].state = bundle_constant("BUNDLE_RECORDING")
    rows, at = writer.reserve("struct bundle_request", 1)
    row = rows[0]
    row.time, row.entropy, row.process, row.user = answers.time, answers.entropy, answers.process, answers.user
    row.processors, row.is_terminal = answers.processors, answers.is_terminal
    row.own_path, row.folder, row.host = map(writer.text, (answers.own_path, answers.folder, answers.host))
    row.steady = writer.text_list(steady.modules)
    row.steady_objects, row.steady_object_count = writer.numbers(steady.objects), len(steady.objects)
    row.environment = writer.text_list(answers.environment)
    row.hash_seed = seed
    pieces, place = writer.reserve("struct bundle_range", len(ranges))
    for piece, each in zip(pieces, ranges, strict=False):
        piece.address, piece.size = each.address, each.size
    writer.fill(pieces, place)
    row.ranges = writer.point("struct bundle_range *", place)
    row.range_count = len(ranges)
    row.work = writer.point("unsigned char *", writer.place(work))
    row.work_size = len(work)
    row.output = descriptor
    row.wants_graph, row.wants_heat = wants_graph, hot is None
    row.collects, row.shift = collects, shift
    row.fresh, row.fresh_count = writer.numbers(fresh), len(fresh)
    _write_hot(writer, row, hot or ())
    if hidden is not None:
        places = b"".join(each.to_bytes(8, "little") for each in hidden.places)
        row.hidden, row.hidden_count = writer.point("uint64_t *", writer.place(places)), len(hidden.places)
        row.hidden_level = hidden.level
    writer.fill(rows, at)
    head[0].request = writer.point("struct bundle_request *", at)
    return joined(writer.finish(head))


def _write_hot(writer: TableWriter, row: Any, hot: Sequence[Heat]) -> None:
    """Write which blocks are to lie together: read ones, and written ones."""
    numbers = sorted(2 * each.number + each.is_written for each in hot)
    content = b"".join(number.to_bytes(8, "little") for number in numbers)
    row.hot, row.hot_count = writer.point("uint64_t *", writer.place(content)), len(numbers)
    for kind in (False, True):
        row.hot_sizes[kind] = sum(each.size for each in hot if each.is_written == kind)


def joined(tables: Any) -> bytes:
    """Tables as the content of the snapshot's section."""
    data = bytearray()
    for offset, chunk in bound_tables(tables, SNAPSHOT_BASE, {}):
        data[offset : offset + len(chunk)] = chunk
    return bytes(data)


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of the executable that records itself. `output`: a descriptor of the memory that it writes to; `command`: starts it."""

    path: Path
    output: int
    answers: Answers
    command: tuple[str | Path, ...]
    longest: float  # seconds that its imports may take


def make_copy(  # noqa: PLR0913 - what makes one recording another
    linked: Linked,
    path: Path,
    answers: Answers,
    ranges: Sequence[Range],
    work: bytes,
    seed: int,
    system: System,
    steady: Steady,
    *,
    wants_graph: bool = False,
    collects: bool = False,
    shift: int = 0,
    hidden: HiddenProcessor | None = None,
    hot: Sequence[Heat] | None = (),
    fresh: Sequence[int] = (),
) -> Copy:
    """Write a copy of the executable with a request in it. `hot`: blocks of the heap that are to lie together; None asks which a
    start touches. `shift`: a number other than 0 puts what the program makes at other addresses.

    All copies are made before one is started: a process that is started meanwhile would hold them open for writing.
    """
    path = path.absolute()  # it runs in a folder of its own
    path.parent.mkdir(parents=True)
    shutil.copyfile(linked.path, path)
    path.chmod(0o700)
    output = os.memfd_create("recording", 0)
    content = request_content(
        answers,
        ranges,
        work,
        output,
        seed,
        wants_graph=wants_graph,
        collects=collects,
        shift=shift,
        hidden=hidden,
        hot=hot,
        fresh=fresh,
        steady=steady,
    )
    fill_section(path, SNAPSHOT_SECTION, content, linked.layout.plan.machine.page_size)
    machine = linked.layout.plan.machine
    return Copy(path, output, answers, _command(path, machine, system), LONGEST * system.patience)


def _command(path: Path, machine: Machine, system: System) -> tuple[str | Path, ...]:
    """The words that start a copy, whose folder has the name of the run. An emulator puts everything at the same addresses, unless
    stacks have other sizes.
    """
    if system.is_own:
        return (path,)
    stack = (8 << 20) + (zlib.crc32(path.parent.name.encode()) % 1024 << 16)
    return (*system.emulator, "-cpu", machine.emulated_processor, "-s", str(stack), path)


def record(copy: Copy) -> Recording | Graph | Refusal:
    """Run a copy; its recording or graph, or why there is none."""
    try:
        status = _run(copy)
        if status is None:
            return Refusal(f"its imports take longer than {copy.longest:.0f} seconds")
        size = os.fstat(copy.output).st_size
        if not size and status == -signal.SIGSYS:
            return Refusal("it makes a system call while all signals are blocked")
        if not size:
            return Refusal(f"the recorded program ended with status {status} before it wrote anything")
        with mmap.mmap(copy.output, size, access=mmap.ACCESS_READ) as data, memoryview(data) as view:
            found = read_recording(view)
        if isinstance(found, Refusal) and not found.place and found.reason not in LEFT_OPEN.values():
            ending = f"signal {-status}" if status < 0 else f"status {status}"
            return replace(found, reason=f"{found.reason} ({ending})")
        return found
    finally:
        os.close(copy.output)


def _run(copy: Copy) -> int | None:
    """Run a copy; its status, or None if it took too long. Folder and environment size differ on purpose."""
    # What the dynamic linker leaves on the stack when it binds a function late would lie in padding, elsewhere each time.
    environment = {"LANG": "C.UTF-8", "LD_BIND_NOW": "1", "PADDING": "x" * (hash(copy.path) % 5000)}
    with subprocess.Popen(
        copy.command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd=copy.path.parent,
        pass_fds=(copy.output,),
        umask=0o022,
    ) as process:
        used, working = 0.0, time.monotonic()
        while True:
            try:
                return process.wait(1)
            except subprocess.TimeoutExpired:
                now = processor_time(process.pid)
            if now - used > _WORK:
                used, working = now, time.monotonic()
            if now > copy.longest or time.monotonic() - working > copy.longest:
                process.kill()
                return None


def processor_time(process: int) -> float:
    """The seconds that a process has worked: proc_pid_stat(5), fields 14 and 15. 0 if it has ended."""
    try:
        text = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return 0
    fields = text.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
