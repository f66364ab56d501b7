"""What freezing costs: at build time, and when a program starts.

    python -m benchmarks.freezing [PYTHON]

Compiles the first 100 top-level modules of the standard library with an empty cache, then again with one of them changed;
links a program, and looks at how it gets its code and which memory it writes to. Processor time is that of all processes
together; measure on a machine that does nothing else.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bundler.analyze.graph import APP, ModuleGraph, SourceModule
from bundler.cache import Cache
from bundler.context import BuildContext
from bundler.elf import read_executable
from bundler.freeze import FrozenImage, freeze
from bundler.pipeline import bundle
from bundler.report import Reporter
from bundler.settings import Settings
from bundler.target import TargetPython, probe
from bundler.toolchain import find_toolchain
from bundler.values import default_cache_dir

COUNT = 100

T = TypeVar("T")

# What a command-line tool may import.
IMPORTS = (
    "argparse, collections, dataclasses, datetime, enum, functools, inspect, json, logging, os, pathlib, re, typing"
)

# In the binary: get the code of everything that was imported; then the same from marshalled data. In nanoseconds.
_HANDING_OUT = f"""
import {IMPORTS}
import _bundle, marshal, sys, time
names = [name for name, module in sys.modules.items() if (_bundle.find(name) or [0])[0] == 1 and name != "__main__"]
data = [marshal.dumps(_bundle.code(name)) for name in names]

def took(function, arguments):
    start = time.perf_counter_ns()
    for argument in arguments:
        function(argument)
    return time.perf_counter_ns() - start

out = min(took(_bundle.code, names) for _ in range(20))
print(len(names), out, min(took(marshal.loads, data) for _ in range(20)), sum(map(len, data)))
"""

_DIRTY = f"import {IMPORTS}\nimport sys; print(flush=True); sys.stdin.read()\n"


@dataclass(frozen=True)
class Cost:
    """What a piece of work took: seconds of processors and of the clock, and MB of the largest process it started."""

    processor: float
    clock: float
    memory: float


def cost_of(work: Callable[[], T]) -> tuple[T, Cost]:
    """Do it, and count what it took, child processes included."""
    start, before = time.monotonic(), _processor_time()
    result = work()
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return result, Cost(_processor_time() - before, time.monotonic() - start, peak)


def _processor_time() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def first_modules(stdlib: Path, folder: Path) -> ModuleGraph:
    """The first top-level modules of the standard library, copied to a folder."""
    files = {path.stem: path for path in stdlib.glob("*.py")}
    files |= {path.parent.name: path for path in stdlib.glob("*/__init__.py") if path.parent.name != "test"}
    modules = {}
    for name in sorted(files)[:COUNT]:
        copy = folder / f"{name}.py"
        copy.write_bytes(files[name].read_bytes())
        modules[name] = SourceModule(name, copy, f"/__bundle__/{name}.py", is_package=False, origin=APP)
    return ModuleGraph("benchmark", modules, (), (), (), (), (), "")


def build_time(target: TargetPython, work: Path) -> Iterator[str]:
    """Freeze from nothing, and after one change."""
    (work / "src").mkdir()
    graph = first_modules(target.stdlib, work / "src")
    context = BuildContext(find_toolchain(None), Cache(work / "cache"), Reporter(quiet=True))

    def run() -> FrozenImage:
        return freeze(graph, target, Settings(python=target.executable), context)

    _, cold = cost_of(run)
    yield f"freezing {COUNT} modules: {cold.processor:.1f} s of processors, {cold.clock:.1f} s, {cold.memory:.0f} MB in a process"
    changed = work / "src" / "argparse.py"
    changed.write_text(changed.read_text() + "\nchanged = True\n")
    image, warm = cost_of(run)
    yield f"after a change in one: {image.compiled} compiled, {warm.processor:.2f} s of processors"


def run_time(target: TargetPython, work: Path) -> Iterator[str]:
    """What a start costs."""
    binary = _bundled("handing_out", _HANDING_OUT, target, work)
    output = subprocess.run([binary], capture_output=True, text=True, check=True).stdout
    count, static, unmarshalled, _ = map(int, output.split())
    yield (
        f"code of {count} modules: {static / 1e6:.3f} ms handed out, {unmarshalled / 1e6:.2f} ms unmarshalled: "
        f"{unmarshalled / static:.0f} times less"
    )
    sections = read_executable(binary, with_symbols=False).sections
    frozen = sum(section.size for name, section in sections.items() if name.startswith(".frozen"))
    marshalled = _marshalled_size(binary, target)
    yield f"static data: {frozen / 1e6:.2f} MB, {frozen / marshalled:.2f} times the marshalled {marshalled / 1e6:.2f} MB"
    binary = _bundled("dirty", _DIRTY, target, work)
    _write_back(binary)
    for what, command in (("binary", [binary]), ("python", [target.executable, binary.with_suffix(".py")])):
        yield f"{what}: {_dirty(command)} of memory written to"


def _bundled(name: str, source: str, target: TargetPython, work: Path) -> Path:
    script = work / f"{name}.py"
    script.write_text(source)
    settings = Settings(target=str(script), python=target.executable, output=work / name, cache_dir=work / "cache")
    return bundle(settings, Reporter(quiet=True)).path


def _write_back(path: Path) -> None:
    """Have the file on the disk: what of it is only in memory would count as written to, whoever did that."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _marshalled_size(binary: Path, target: TargetPython) -> int:
    """Bytes of the marshalled code of all modules in a binary, as their .pyc files would hold it."""
    manifest = subprocess.run(
        [Path(sys.executable).with_name("bundle"), "inspect", binary, "--json"], capture_output=True, check=True
    )
    names = json.loads(manifest.stdout)["modules"]["frozen"]
    code = """
import importlib.util, json, marshal, sys
specs = [importlib.util.find_spec(name) for name in json.load(sys.stdin)]
print(sum(len(marshal.dumps(spec.loader.get_code(spec.name))) for spec in specs if spec and hasattr(spec.loader, "get_code")))
"""
    known = [name for name in names if name != "__main__" and not name.startswith("_bundle")]
    done = subprocess.run(
        [target.executable, "-I", "-X", "frozen_modules=off", "-c", code],
        input=json.dumps(known),
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


def _dirty(command: list[Path]) -> str:
    """Private memory that a program has written to, when it has imported everything: of its file, and in all."""
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        own, whole, of_file = 0, 0, False
        executable = str(Path(f"/proc/{process.pid}/exe").readlink())
        for line in Path(f"/proc/{process.pid}/smaps").read_text().splitlines():
            words = line.split()
            if "-" in words[0] and not words[0].endswith(":"):
                of_file = words[-1] == executable
            elif words[0] == "Private_Dirty:":
                whole += int(words[1])
                own += int(words[1]) if of_file else 0
        process.communicate(b"")
    return f"{own / 1000:.1f} MB of the executable's, {whole / 1000:.1f} MB in all"


def main() -> None:
    """Measure, and print as it goes."""
    python = Path(sys.argv[1] if len(sys.argv) > 1 else sys.executable)
    target = probe(python, BuildContext(find_toolchain(None), Cache(default_cache_dir()), Reporter(quiet=True)))
    print(f"Python {target.version_text}")
    with tempfile.TemporaryDirectory(prefix="bundler-") as folder:
        for measure in (build_time, run_time):
            for line in measure(target, Path(folder)):
                print(line, flush=True)


if __name__ == "__main__":
    main()
