"""Compare every module of the standard library, or of ten large packages, with what the interpreter makes of it.

    python -m tests.freeze.compare_everything [--packages] [--chunk N] [PYTHON ...]

Takes some minutes for each Python (all that are found, unless some are named), most of it the first time, for compiled
modules are kept in the user's cache. Ends with status 1 when anything differs. The last result is in docs/proofs.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from bundler.target import TargetPython, probe
from tests.conftest import ENVIRONMENTS
from tests.freeze.comparison_bench import Bench
from tests.support import VERSIONS, find_interpreter
from tests.target.pythons import quiet_context, shared_cache, shared_toolchain

# Runs under the target: of the files that are named on standard input, those that it can compile.
_COMPILABLE = """
import json, sys, warnings
warnings.simplefilter("ignore")
def compiles(path):
    try:
        compile(open(path, "rb").read(), path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
print(json.dumps([path for path in json.load(sys.stdin) if compiles(path)]))
"""


PACKAGES = Path(__file__).with_name("large-packages.txt")


def packages(python: Path) -> Path:
    """A folder with the large packages, installed now unless an earlier run has done it; no Python need run them."""
    key = hashlib.sha256(PACKAGES.read_bytes()).hexdigest()[:12]
    folder = ENVIRONMENTS / f"large-packages-{key}"
    finished = folder / "finished"
    if not finished.exists():
        pip: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        subprocess.run([*pip, "--target", folder, "--requirement", PACKAGES], check=True)
        finished.touch()
    return folder


def sources(target: TargetPython, root: Path) -> list[Path]:
    """Every source file below the folder, tests included, that the interpreter can compile."""
    every = sorted(path for path in root.rglob("*.py") if "site-packages" not in path.relative_to(root).parts)
    done = subprocess.run(
        [target.executable, "-IS", "-c", _COMPILABLE],
        input=json.dumps([str(path) for path in every]),
        capture_output=True,
        text=True,
        check=True,
    )
    return [Path(name) for name in json.loads(done.stdout)]


def check(target: TargetPython, root: Path, size: int) -> bool:
    """Compare all of it, chunk by chunk; was everything equal?"""
    every = sources(target, root)
    compared: Counter[str] = Counter()
    differences = 0
    for start in range(0, len(every), size):
        with tempfile.TemporaryDirectory(prefix="bundler-") as folder:
            bench = Bench(target, shared_toolchain(), shared_cache(), Path(folder), root)
            result = bench.compare(every[start : start + size], with_changes=False)
        compared.update(result.compared)
        differences += len(result.differences)
        print(*result.differences, sep="\n", end="" if not result.differences else "\n")
        print(f"{target.version_text}: {min(start + size, len(every))} of {len(every)} modules", flush=True)
    print(f"{target.version_text}: {differences} differences in {sum(compared.values())} objects: {dict(compared)}")
    return not differences


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.freeze.compare_everything", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("pythons", metavar="PYTHON", nargs="*", type=Path)
    parser.add_argument("--packages", action="store_true", help="large packages instead of the standard library")
    parser.add_argument("--chunk", metavar="N", type=int, default=150, help="modules in one binary (default: 150)")
    given = parser.parse_args(arguments)
    pythons = given.pythons or [path for version in VERSIONS if (path := find_interpreter(version))]
    targets = [probe(path, quiet_context()) for path in pythons]
    results = [
        check(target, packages(pythons[-1]) if given.packages else target.stdlib, given.chunk) for target in targets
    ]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
