"""How long an analysis takes, beside modulegraph alone: `python benchmarks/analysis.py PYTHON`.

PYTHON is an interpreter whose environment holds rich, typer and requests, and numpy, IPython, pytest and setuptools that
these can do without; it must be of the version that runs this script, for modulegraph parses with its own grammar. The
program is `import rich, typer, requests`. Times are seconds of the processor, children included, and seconds that pass:
the first do not show that files are read on all processors, the second suffer from other load.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROGRAM = "import rich, typer, requests\n"

OURS = """
import sys
from pathlib import Path
from bundler.analyze import analyze
from bundler.cache import Cache
from bundler.context import BuildContext
from bundler.report import Reporter
from bundler.settings import Settings
from bundler.target import probe
from bundler.toolchain import find_toolchain
python, program, folder = map(Path, sys.argv[1:])
context = BuildContext(find_toolchain(None), Cache(folder), Reporter(quiet=True))
graph = analyze(probe(python, context), Settings(target=str(program)), context)
tops = {name.partition(".")[0] for name in graph.modules}
assert tops.isdisjoint({"numpy", "IPython", "pytest", "setuptools"}), tops
print(len(graph.modules))
"""

MODULEGRAPH = """
import subprocess, sys
sys.setrecursionlimit(100_000)
path = subprocess.run([sys.argv[1], "-c", "import sys; print(chr(10).join(sys.path[1:]))"], capture_output=True, text=True)
from modulegraph.modulegraph import ModuleGraph
graph = ModuleGraph(path.stdout.split())
graph.run_script(sys.argv[2])
print(sum(1 for _ in graph.flatten()))
"""


def timed(code: str, *arguments: str | Path) -> tuple[float, float, str]:
    """Processor seconds of a program and its children, seconds that passed, and what it printed."""
    started = time.perf_counter()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, *arguments], capture_output=True, text=True, check=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used, time.perf_counter() - started, done.stdout.strip()


def main() -> None:
    """Print one line for each way."""
    python = Path(os.path.abspath(sys.argv[1]))  # noqa: PTH100  # a virtual environment's link is not to be followed
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "program.py"
        program.write_text(PROGRAM)
        cache = Path(folder) / "cache"
        program.with_name("empty.py").write_text("")
        timed(OURS, python, program.with_name("empty.py"), cache / "probe")  # the interpreter's bytecode files
        cold, cold_passed, count = timed(OURS, python, program, cache)
        warm, warm_passed, _ = timed(OURS, python, program, cache)
        theirs, theirs_passed, every = timed(MODULEGRAPH, python, program)
    print("                      processor  passed")
    print(f"bundler, empty cache   {cold:6.2f} s  {cold_passed:6.2f} s  {count} modules")
    print(f"bundler, warm cache    {warm:6.2f} s  {warm_passed:6.2f} s")
    print(f"modulegraph alone      {theirs:6.2f} s  {theirs_passed:6.2f} s  {every} modules")
    print(
        f"modulegraph takes {theirs / cold:.1f} times the processor time, {theirs_passed / cold_passed:.1f} times as long"
    )


if __name__ == "__main__":
    main()
