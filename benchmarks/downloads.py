"""How much a program weighs when it is downloaded: `python -m benchmarks.downloads`.

Builds each program of the start-up benchmark with bundle and as PyInstaller's one file, packs both with the function behind
`--archive`, and writes the sizes into docs/benchmarks.md, between marks that `python -m benchmarks.startup` leaves there. With
names of programs, only these are built, and the other rows stay.
"""

from __future__ import annotations

import argparse
import datetime
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from benchmarks.sections import PAGE, kept_section, make_section, with_section
from benchmarks.startup.apps import APPS, App
from benchmarks.startup.tools import BUNDLE, TOOLS, make_environments, remembered
from bundler.release.archive import write_archive
from bundler.release.delivery import Member

KINDS = ("tar.gz", "tar.zst")
_THEIRS = "PyInstaller onefile"

_NAME = "downloads"


@dataclass(frozen=True, slots=True)
class Download:
    """Sizes of a program in bytes: of its file, and of an archive of each kind that holds nothing else."""

    file: int
    archives: Mapping[str, int]


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.downloads")
    names = [app.name for app in APPS]
    parser.add_argument("apps", nargs="*", type=_app, metavar="NAME", help=f"one of {', '.join(names)} (default: all)")
    parser.add_argument("--python", type=Path, required=True, help="the interpreter that is embedded")
    parser.add_argument("--work", type=Path, help="a folder for environments and builds, kept for the next time")
    parser.add_argument("--output", type=Path, default=PAGE, help="the page with the section")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        found = measure(options.apps or APPS, options.python, options.work or Path(temporary))
    page = options.output.read_text()
    date = datetime.datetime.now(datetime.UTC).date()
    rows = kept_rows(page) | {app: row(app, each, date) for app, each in found.items()}
    options.output.write_text(with_section(page, _NAME, section([rows[name] for name in names if name in rows])))


def _app(name: str) -> App:
    for app in APPS:
        if app.name == name:
            return app
    raise argparse.ArgumentTypeError(f"there is no program `{name}`")


def measure(apps: Sequence[App], python: Path, work: Path) -> Mapping[str, Mapping[str, Download]]:
    """Sizes by app and tool."""
    tools = [tool for tool in TOOLS if tool.name in (BUNDLE, _THEIRS)]
    found: dict[str, dict[str, Download]] = {}
    for app in apps:
        found[app.name] = {}
        for tool in tools:
            print(f"{app.name}: {tool.name}", flush=True)
            built = remembered(tool, app, make_environments(app, python, work, tool.name))
            found[app.name][tool.name] = weigh(Path(built.command[0]))
    return found


def weigh(program: Path) -> Download:
    """The sizes of a program that is one file."""
    member = Member(PurePosixPath(program.name), program, is_executable=True)
    sizes = {}
    with tempfile.TemporaryDirectory() as folder:
        for kind in KINDS:
            archive = Path(folder) / f"{program.name}.{kind}"
            write_archive(archive, [member], None)
            sizes[kind] = archive.stat().st_size
    return Download(program.stat().st_size, sizes)


def row(app: str, each: Mapping[str, Download], date: datetime.date) -> str:
    """The row of the table for an app, from the sizes by tool."""
    ours, theirs = each[BUNDLE], each[_THEIRS]
    sizes = (ours.file, *ours.archives.values(), theirs.file, *theirs.archives.values())
    ratios = (ours.archives[kind] / theirs.archives[kind] for kind in KINDS)
    cells = (app, *(f"{size / 1e6:.1f}" for size in sizes), *(f"{ratio:.2f}" for ratio in ratios), f"{date:%Y-%m-%d}")
    return f"| {' | '.join(cells)} |"


def section(rows: Iterable[str]) -> str:
    """The section of the page, with its marks."""
    return make_section(_NAME, "python -m benchmarks.downloads", _lines(rows))


def kept_rows(page: str) -> dict[str, str]:
    """The rows of the section in a page, by app."""
    return {found[1]: found[0] for found in re.finditer(r"^\| (\w+) \|.*$", kept_section(page, _NAME), re.MULTILINE)}


def _lines(rows: Iterable[str]) -> Iterator[str]:
    yield "## What a download weighs, MB"
    yield ""
    yield "The file, and an archive with nothing else in it, as `--archive` packs it. PyInstaller's one file is compressed"
    yield "already, and unpacks itself at every start; bundle's is not, so that its pages are used as they lie in the file."
    yield "The last two numbers are what bundle's archive weighs of PyInstaller's."
    yield ""
    kinds = [f".{kind}" for kind in KINDS]
    yield f"| | {' | '.join((BUNDLE, *kinds, _THEIRS, *kinds, *kinds, 'date'))} |"
    yield "|---" * (4 + 3 * len(KINDS)) + "|"
    yield from rows


if __name__ == "__main__":
    main()
