"""Runs copies of the linked executable that record themselves."""

from __future__ import annotations

import json
import mmap
import os
import shutil
import signal
import subprocess
import time
import zlib
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bundler.analyze.tell.leading import LeadingPart
from bundler.contract import bundle_constant, bundle_ffi, bundle_root, launcher_folder
from bundler.elf import Machine, SectionFlag, SectionType, SegmentType, fill_section
from bundler.link.model import Linked
from bundler.link.payload import bound_tables
from bundler.link.script import SNAPSHOT_BASE, SNAPSHOT_SECTION
from bundler.link.table_writer import TableWriter
from bundler.settings import FunctionName
from bundler.snapshot.model import Answers, Graph, Heat, Range, Recording, Refusal, Rerun
from bundler.snapshot.recording import LEFT_OPEN, read_recording
from bundler.snapshot.rules import load_rules
from bundler.snapshot.worker.schema import AttributesRequest, Obstacle, Part, Request, RerunRequest
from bundler.snapshot.worker.schema import Rerun as RerunAnswer
from bundler.target import System, TargetPython
from bundler.target.workers import run_worker

# The longest that imports may take, in seconds of the processor's time: others may be busy. So long they may also wait.
LONGEST = 60

# Seconds of the processor's time by which somebody who works, and does not wait, is known.
_WORK = 0.1

# Variables that many people set, with the values in an environment, in one with other values, and in one where others are
# set; None: not set.
_VARIABLES: Mapping[str, tuple[str | None, str | None, str | None]] = {
    "CI": (None, None, "true"),
    "COLORTERM": (None, None, "truecolor"),
    "COLUMNS": (None, None, "123"),
    "DISPLAY": (None, None, ":3"),
    "EDITOR": (None, None, "ed"),
    "GITHUB_ACTIONS": (None, None, "true"),
    "HOME": ("/bundle-home-one", "/bundle-home-two", "/bundle-home"),
    "LANG": ("C.UTF-8", "C.UTF-8", None),
    "LANGUAGE": (None, None, "de:fr"),
    "LC_ALL": (None, None, "C.UTF-8"),
    "LC_CTYPE": (None, None, "C.UTF-8"),
    "LC_MESSAGES": (None, None, "C"),
    "LINES": (None, None, "45"),
    "LOGNAME": ("bundle-user-one", "bundle-user-two", None),
    "PAGER": (None, None, "cat"),
    "PATH": ("/usr/bin:/bin-one", "/usr/bin:/bin-two", "/usr/bin"),
    "PWD": ("/bundle-folder-one", "/bundle-folder-two", None),
    "SHELL": ("/bin/sh-one", "/bin/sh-two", None),
    "SSH_CONNECTION": (None, None, "192.0.2.1 50000 192.0.2.2 22"),
    "SSH_TTY": (None, None, "/dev/pts/1"),
    "TERM": ("dumb-one", "dumb-two", None),
    "TERM_PROGRAM": (None, None, "bundle-terminal"),
    "TMUX": (None, None, "/bundle-run/tmux,1,0"),
    "TZ": ("ABC1", "XYZ3", "KLM5"),
    "USER": ("bundle-user-one", "bundle-user-two", None),
    "VIRTUAL_ENV": (None, None, "/bundle-home/environment"),
    "VISUAL": (None, None, "ed"),
    "WAYLAND_DISPLAY": (None, None, "wayland-3"),
    "XDG_CACHE_HOME": (None, None, "/bundle-home/cache"),
    "XDG_CONFIG_DIRS": (None, None, "/bundle-etc/xdg"),
    "XDG_CONFIG_HOME": (None, None, "/bundle-home/config"),
    "XDG_CURRENT_DESKTOP": (None, None, "bundle"),
    "XDG_DATA_DIRS": (None, None, "/bundle-etc/share"),
    "XDG_DATA_HOME": (None, None, "/bundle-home/data"),
    "XDG_RUNTIME_DIR": (None, None, "/bundle-run"),
    "XDG_SESSION_TYPE": (None, None, "wayland"),
    "XDG_STATE_HOME": (None, None, "/bundle-home/state"),
}


def _environment(which: int) -> tuple[str, ...]:
    return tuple(f"{name}={values[which]}" for name, values in _VARIABLES.items() if values[which] is not None)


# No guard may ask for their values: other recordings have others.
VARIED_VARIABLES = frozenset(_VARIABLES)

# A process number that no process has: Linux gives out at most 2^22. In the end each recording has another one (answers.c), so
# generators of random numbers take each for a child of the one before.
_PROCESS = 0x3FFFFFC0

ANSWERS = Answers(
    time=1_500_000_000_000_000,
    entropy=1,
    process=_PROCESS,
    user=1_000_001,
    processors=2,
    is_terminal=False,
    own_path="/bundle-program-one",
    folder="/bundle-folder-one",
    host="bundle-host-one",
    environment=_environment(0),
)
# Other values of the same sizes: whatever is made of them lies where it lies in the first recording. So both days are early ones of
# their years: Python keeps integers up to 256.
OTHER_ANSWERS = Answers(
    time=1_684_000_123_456_789,
    entropy=2,
    process=_PROCESS - 16,
    user=1_000_002,
    processors=3,
    is_terminal=False,
    own_path="/bundle-program-two",
    folder="/bundle-folder-two",
    host="bundle-host-two",
    environment=_environment(1),
)
# All others at once; what lies where cannot be compared.
OPPOSITE_ANSWERS = Answers(
    time=1_600_000_000_000_001,
    entropy=3,
    process=_PROCESS - 32,
    user=0,
    processors=64,
    is_terminal=True,
    own_path="/bundle-program",
    folder="/",
    host="host",
    environment=_environment(2),
)


@dataclass(frozen=True, slots=True)
class Work:
    """The work of a run: imports of the modules `names`, then what the program does first, if that is recorded too, then `wishes`.

    `again`: modules, and source text that is run in them at each start.

    `rerun`: statements of modules that are run at each start, as `again` is. `fresh`: objects, by their paths, that each start
    constructs itself. `collects`: garbage is collected in the end, unless the program has switched that off.
    """

    names: tuple[str, ...]
    parts: tuple[LeadingPart, ...] | None
    again: tuple[tuple[str, str], ...]
    rerun: tuple[Rerun, ...]
    wishes: tuple[FunctionName | str, ...]
    optimize: int
    fresh: frozenset[str] = frozenset()
    collects: bool = False

    def of_modules(self, names: tuple[str, ...], late: Container[str]) -> Work:
        """The part of this work that imports these modules alone; wishes that are late are left out too."""
        calls = (each for each in self.wishes if isinstance(each, FunctionName))
        wishes = tuple(each for each in calls if each.module in names and str(each) not in late)
        return replace(self, names=names, parts=None, wishes=wishes)


def compiled_work(work: Work, target: TargetPython) -> bytes:
    """The work as the recorder reads it."""
    sources = launcher_folder() / "snapshot"
    request: Request = {
        "recorder": (sources / "recorder.py").read_text(),
        "graph": (sources / "graph.py").read_text(),
        "names": list(work.names),
        "parts": None if work.parts is None else [_part(each) for each in work.parts],
        "calls": list(map(_call, work.wishes)),
        "again": [*work.again, *((each.module, each.text) for each in work.rerun)],
        "optimize": work.optimize,
    }
    return run_worker(target.command, "snapshot", "main", job=json.dumps(request).encode()).stdout


def _call(wish: FunctionName | str) -> tuple[str, str]:
    """A function that is called, or a module that is imported."""
    if isinstance(wish, str):
        return "", f"import {wish}"
    return str(wish), f"import {wish.module}\n{wish.module}.{wish.name}()"


@dataclass(frozen=True, slots=True)
class Found:
    """Statements to run at each start, none where an obstacle is in the way. `copied`: modules and names of which the first module
    has copies itself.
    """

    rerun: tuple[Rerun, ...]
    obstacle: Obstacle | None
    copied: tuple[tuple[str, str], ...]


def find_rerun(request: RerunRequest, target: TargetPython) -> Found:
    """Find statements to run at each start, so that names of the first module, and copies of them in the others, get their values."""
    return _found(run_worker(target.command, "snapshot", "rerun", job=json.dumps(request).encode()).stdout)


def find_uses_of_attributes(request: AttributesRequest, target: TargetPython) -> Found:
    """Find statements to run at each start, so that what uses attributes of the interpreter uses this start's."""
    return _found(run_worker(target.command, "snapshot", "attributes", job=json.dumps(request).encode()).stdout)


def _found(content: bytes) -> Found:
    answer: RerunAnswer = json.loads(content)
    rerun = tuple(
        Rerun(each["module"], each["text"], tuple(zip(each["lines"][::2], each["lines"][1::2], strict=True)))
        for each in answer["pieces"]
    )
    return Found(rerun, answer["obstacle"], tuple((module, name) for module, name in answer["copied"]))


def _part(part: LeadingPart) -> Part:
    return {
        "path": str(part.path),
        "filename": part.filename,
        "lines": list(part.lines),
        "module": part.module,
        "function": part.function,
    }


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
    steady: Sequence[int],
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
    row.steady = writer.text_list(load_rules().steady)
    row.steady_objects, row.steady_object_count = writer.numbers(steady), len(steady)
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


def _steady_objects(linked: Linked) -> tuple[int, ...]:
    """The numbers of objects of modules that are steady by a rule."""
    beginnings = tuple(f"{bundle_root()}/{name.replace('.', '/')}." for name in load_rules().steady)
    return tuple(each.index for each in linked.layout.plan.prelinked.objects if each.path.startswith(beginnings))


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
        steady=_steady_objects(linked),
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
