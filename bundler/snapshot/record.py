"""Runs copies of the linked executable that record themselves."""

from __future__ import annotations

import mmap
import os
import shutil
import signal
import subprocess
import time
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

from bundler.elf import Machine, fill_section
from bundler.link.script import SNAPSHOT_SECTION
from bundler.snapshot.model import Graph, Recording, Refusal
from bundler.snapshot.recording import LEFT_OPEN, read_recording
from bundler.snapshot.request import request_content
from bundler.snapshot.run import Run, Subject
from bundler.target import System

# The longest that imports may take, in seconds of the processor's time: others may be busy. So long they may also wait.
LONGEST = 60

# Seconds of the processor's time by which somebody who works, and does not wait, is known.
_WORK = 0.1


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of the executable that records itself. `output`: a descriptor of the memory that it writes to; `command`: starts it."""

    path: Path
    output: int
    command: tuple[str | Path, ...]
    longest: float  # seconds that its imports may take


def make_copy(subject: Subject, run: Run, path: Path, work: bytes) -> Copy:
    """Write a copy of the executable with a request in it. `work`: that of the run, compiled.

    All copies are made before one is started: a process that is started meanwhile would hold them open for writing.
    """
    path = path.absolute()  # it runs in a folder of its own
    path.parent.mkdir(parents=True)
    shutil.copyfile(subject.linked.path, path)
    path.chmod(0o700)
    output = os.memfd_create("recording", 0)
    machine, system = subject.linked.layout.plan.machine, subject.target.system
    fill_section(path, SNAPSHOT_SECTION, request_content(subject, run, work, output), machine.page_size)
    return Copy(path, output, _command(path, machine, system), LONGEST * system.patience)


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
    environment = {"LANG": "C.UTF-8", "LD_BIND_NOW": "1", "PADDING": "x" * padding(copy.path.parent.name)}
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


def padding(run: str) -> int:
    """Bytes of the environment by which the stack of a run lies elsewhere than those of others; stacks are aligned to 16."""
    return zlib.crc32(run.encode()) % 1024 * 16


def processor_time(process: int) -> float:
    """The seconds that a process has worked: proc_pid_stat(5), fields 14 and 15. 0 if it has ended."""
    try:
        text = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return 0
    fields = text.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
