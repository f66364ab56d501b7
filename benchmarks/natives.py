"""What prelinking gains at run time and costs when building.

    python benchmarks/natives.py [PYTHON]

Run time: opening all extension modules of the standard library, with the libraries that they need, in one process: in
Python by dlopen, in a binary as prelinked objects; the median of some runs, in CPU time. Build time: prelinking all of
them, and numpy with its OpenBLAS if PYTHON has it, in this process.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

from bundler.elf import X86_64
from bundler.link.interposed import INTERPOSED_FOR_EXTENSIONS, INTERPOSED_FUNCTIONS, INTERPOSED_IN_OBJECTS
from bundler.link.libraries import Roots, find_closure
from bundler.link.library_search import LibrarySearch
from bundler.link.objects import Offer
from bundler.link.place import library_rules, place
from bundler.link.relocated import contents

RUNS = 15

_LIST = """
import json, os, sysconfig
folder = sysconfig.get_config_var("DESTSHARED")
try:
    import numpy
    numpy = os.path.dirname(numpy.__file__)
except ImportError:
    numpy = None
names = sorted(n for n in os.listdir(folder) if n.endswith(".so") and not n.startswith(("_test", "_xx", "xx", "_ctypes_test")))
print(json.dumps([folder, names, numpy]))
"""

_PROGRAM = """
import _ctypes
import importlib.util
import json
import time


def every():
    import {names}


paths = [importlib.util.find_spec(name).origin for name in {listed}]
start = time.process_time_ns()
for path in paths:
    _ctypes.dlopen(path, 2)
print(json.dumps((time.process_time_ns() - start) / 1e6))
"""


def run_time(python: Path, names: list[str]) -> tuple[float, float]:
    """Milliseconds to open all of them: by dlopen, and prelinked."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "program.py")
        program.write_text(_PROGRAM.format(names=", ".join(names), listed=names))
        bundle = Path(sysconfig.get_path("scripts"), "bundle")
        subprocess.run([bundle, program, "-q", "--python", python, "-o", Path(folder, "binary")], check=True)
        found: list[float] = []
        commands: list[list[str | Path]] = [[python, "-I", "-S", program], [Path(folder, "binary")]]
        for command in commands:
            times = [float(json.loads(subprocess.check_output(command))) for _ in range(RUNS)]
            found.append(statistics.median(times))
    return found[0], found[1]


def build_time(files: list[Path]) -> float:
    """Seconds of CPU to find, read, bind and write out shared objects."""
    start = time.process_time()
    closure = find_closure(Roots([(file, f"/here/{file}") for file in files]), "/here", LibrarySearch.of(X86_64))
    interposed = INTERPOSED_FUNCTIONS | INTERPOSED_IN_OBJECTS | INTERPOSED_FOR_EXTENSIONS
    placement = place(closure, Offer(frozenset(), interposed), library_rules())
    for dso in placement.prelinked.objects:
        list(contents(dso, lambda _: 0))
    return time.process_time() - start


def main() -> None:
    """Print both."""
    python = Path(sys.argv[1] if len(sys.argv) > 1 else sys.executable)
    folder, files, numpy = json.loads(subprocess.check_output([python, "-I", "-c", _LIST]))
    names = [name.partition(".")[0] for name in files]
    wheel = sorted(Path(numpy).rglob("*.so")) if numpy else []
    seconds = build_time([*(Path(folder, file) for file in files), *wheel])
    print(f"prelinking {len(files)} extension modules of Python and {len(wheel)} of numpy: {seconds:.1f} s of CPU")
    by_dlopen, prelinked = run_time(python, names)
    print(f"opening {len(names)} extension modules: dlopen {by_dlopen:.2f} ms, prelinked {prelinked:.2f} ms", end=", ")
    print(f"{prelinked / by_dlopen:.2f} of it")


if __name__ == "__main__":
    main()
