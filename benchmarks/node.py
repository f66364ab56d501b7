"""How a start from a snapshot compares with node's, which has them too: `python -m benchmarks.node`.

Node is the one that is on PATH; npm installs TypeScript's compiler, a program in one file of nine megabytes. Its snapshots are
those of `node --build-snapshot`, made from the same code. Writes a section of docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import datetime
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.sections import PAGE, make_section, with_section
from benchmarks.startup.apps import APPS
from benchmarks.startup.clock import Timing, build_starter, side_by_side
from benchmarks.startup.tools import BUNDLE, PYTHON, TOOLS, WITHOUT_SNAPSHOT, build_floor, make_environments, remembered

_NAME = "node"
_TYPESCRIPT = "typescript@5.9.3"

# Columns of the table: how a program starts in each of the two.
USUAL, RESTORED = "usual start", "from a snapshot"

_GREETING = 'console.log("Hello, world!");'
_VERSION = "console.log(ts.version);"


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.node")
    parser.add_argument("--python", type=Path, required=True, help="the interpreter that is embedded")
    parser.add_argument("--rounds", type=int, default=50, help="starts of each that are timed")
    parser.add_argument("--work", type=Path, help="a folder for environments and builds, kept for the next time")
    parser.add_argument("--output", type=Path, default=PAGE, help="the page with the section")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = options.work or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        commands = {**_node(work), **_ours(options.python, work)}
        floor = {("C", USUAL): build_floor(work).command}
        commands = {**floor, **commands}
        timed = side_by_side({str(key): each for key, each in commands.items()}, options.rounds, build_starter(work))
    version = subprocess.check_output(["node", "--version"], text=True).strip()
    head = f"Medians of {options.rounds} starts; node {version}, {_TYPESCRIPT}; {datetime.datetime.now(datetime.UTC):%Y-%m-%d}."
    page = options.output.read_text()
    options.output.write_text(with_section(page, _NAME, section(head, {key: timed[str(key)] for key in commands})))


def _node(work: Path) -> Mapping[tuple[str, str], Sequence[str]]:
    """The commands of node's programs, which are made now."""
    folder = work / "node"
    folder.mkdir(exist_ok=True)
    subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", _TYPESCRIPT], cwd=folder, check=True)
    compiler = (folder / "node_modules" / "typescript" / "lib" / "typescript.js").read_text()
    return {
        **_both(folder, "node: hello", "", _GREETING),
        **_both(folder, "node: TypeScript's version", compiler, _VERSION),
    }


def _both(folder: Path, name: str, before: str, main: str) -> Mapping[tuple[str, str], Sequence[str]]:
    """A program that runs `before`, then `main`; and one that begins behind `before`, from a snapshot."""
    usual, entry, blob = (
        folder / f"{name.rpartition(': ')[2].replace(' ', '-')}{suffix}" for suffix in (".js", "-entry.js", ".blob")
    )
    usual.write_text(f"{before}\n{main}\n")
    restored = f"require('node:v8').startupSnapshot.setDeserializeMainFunction(() => {{ {main} }});"
    entry.write_text(f"{before}\n{restored}\n")
    subprocess.run(
        ["node", "--snapshot-blob", blob, "--build-snapshot", entry], capture_output=True, check=True, cwd=folder
    )
    node = shutil.which("node") or "node"
    return {(name, USUAL): [node, str(usual)], (name, RESTORED): [node, "--snapshot-blob", str(blob)]}


def _ours(python: Path, work: Path) -> Mapping[tuple[str, str], Sequence[str]]:
    """The same of Python's programs: those of the start-up benchmark."""
    made: dict[tuple[str, str], Sequence[str]] = {}
    tools = {tool.name: tool for tool in TOOLS}
    for app in APPS:
        if app.name in ("hello", "black"):
            name, arguments = next(iter(app.starts.items()))
            for column, tool in ((PYTHON, PYTHON), (USUAL, WITHOUT_SNAPSHOT), (RESTORED, BUNDLE)):
                print(f"{app.name}: {tool}", flush=True)
                built = remembered(tools[tool], app, make_environments(app, python, work, tool))
                made[f"bundle: {name}", column] = [*built.command, *arguments]
    return made


def section(head: str, found: Mapping[tuple[str, str], Timing]) -> str:
    """The section, of timings by program and column."""
    return make_section(_NAME, "python -m benchmarks.node", _lines(head, found))


def _lines(head: str, found: Mapping[tuple[str, str], Timing]) -> Iterator[str]:
    yield "## Beside node's snapshots, ms"
    yield ""
    yield "Node starts from a snapshot of a program's heap, too (`--snapshot-blob`). Its hello is its own start alone; the other"
    yield f"loads TypeScript's compiler, as black loads its own modules. {head}"
    yield ""
    columns = (PYTHON, USUAL, RESTORED)
    yield f"| | {' | '.join((*columns, 'of the usual start'))} |"
    yield "|---" * (len(columns) + 2) + "|"
    for name in dict.fromkeys(name for name, _ in found):
        times = {column: found[name, column].time for column in columns if (name, column) in found}
        ratio = f"{times[RESTORED] / times[USUAL]:.2f}" if RESTORED in times else ""
        cells = (name, *(f"{times[column]:.1f}" if column in times else "" for column in columns), ratio)
        yield f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
