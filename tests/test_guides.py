"""The tutorial, the how-to pages and others that have something to follow: their files are written, their commands run.

Commands begin with `$`, and write what the pages show: to standard output, or to standard error where that is all. Those without it take what not every machine has, such as another
processor's system; `tests/test_docs.py` only has them parsed. Costs one to five small binaries for each page.
"""

from __future__ import annotations

import fnmatch
import os
import re
import subprocess
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support import ROOT, Interpreter

DOCS = ROOT / "docs"
GUIDES = (
    *(
        DOCS / f"{name}.md"
        for name in ("tutorial", "migration", "portability", "cli", "environment", "natives", "report")
    ),
    DOCS / "snapshot.md",
    *sorted((DOCS / "howto").glob("*.md")),
)

_FENCE = re.compile(r'^```\w+ title="([^"]+)"( append)?$')


@dataclass(frozen=True)
class File:
    """A file that a page shows, or lines that are added to one."""

    name: str
    text: str
    is_added: bool


@dataclass(frozen=True)
class Command:
    """A command, and the lines that it prints."""

    line: str
    output: tuple[str, ...]


def steps(page: Path) -> Iterator[File | Command]:
    """Files and commands of a page, in their order."""
    lines = iter([*page.read_text().splitlines(), ""])
    command: tuple[str, list[str]] | None = None
    for line in lines:
        fence = _FENCE.match(line)
        block = re.match(r"( {4}(?: {4})?)(.*)$", line)
        if block and block[2].startswith("$ "):
            if command:
                yield Command(command[0], tuple(command[1]))
            command = (block[2][2:], [])
            continue
        if command and (block or (not line and command[1])):
            command[1].append(block[2] if block else "")
            continue
        if command:
            while command[1] and not command[1][-1]:
                command[1].pop()
            yield Command(command[0], tuple(command[1]))
            command = None
        if fence:
            text = "".join(f"{each}\n" for each in iter(lambda: next(lines), "```"))
            yield File(fence[1], text, bool(fence[2]))


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
def test_what_a_page_shows_is_true(page: Path, tmp_path: Path, one_interpreter: Interpreter):
    """Whoever follows the page sees what it shows; the page has something to follow."""
    folder = tmp_path / "work"
    folder.mkdir()
    scripts = sysconfig.get_path("scripts")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PYTHON")},
        "PATH": f"{scripts}:/usr/local/bin:/usr/bin:/bin",
        "VIRTUAL_ENV": str(one_interpreter.environment),
        "LC_ALL": "C.UTF-8",
        "HOME": str(tmp_path),
    }
    # What commands about the cache show, and remove, is not the tests' own.
    empty_cache = {"BUNDLER_CACHE_DIR": str(tmp_path / "bundler")}
    count = 0
    for step in steps(page):
        match step:
            case File(name, text, is_added):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                before = (folder / name).read_text() + "\n" if is_added else ""
                (folder / name).write_text(before + text)
            case Command(line, output):
                variables = environment | (empty_cache if line.startswith("bundle cache") else {})
                done = subprocess.run(
                    ["bash", "-c", line], cwd=folder, env=variables, capture_output=True, text=True, check=False
                )
                found = (done.stdout or (done.stderr if output else "")).splitlines()
                assert done.returncode == 0, f"{line}\n{done.stderr}"
                assert len(found) == len(output), f"{line}\n{done.stdout}{done.stderr}"
                assert all(map(fnmatch.fnmatchcase, found, map(_pattern, output))), f"{line}\n{done.stdout}"
                count += 1

    assert count >= 2


def _pattern(shown: str) -> str:
    """A pattern for a line that a page shows: `...` stands for anything."""
    return "*".join(map(_literal, shown.split("...")))


def _literal(text: str) -> str:
    return re.sub(r"([*?[])", r"[\1]", text)


def test_steps_are_found(tmp_path: Path):
    """Files, commands and their output are read as they stand."""
    page = tmp_path / "page.md"
    page.write_text(
        '```python title="a.py"\nx = 1\n```\n\n    $ first\n    out\n\n    more\n    $ second\n\ntext\n\n        $ third\n'
    )

    assert list(steps(page)) == [
        File("a.py", "x = 1\n", is_added=False),
        Command("first", ("out", "", "more")),
        Command("second", ()),
        Command("third", ()),
    ]
