"""Files of the binary that leave the process: as arguments and programs of children, and as current folders."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import APPS, Interpreter, Program, plain_environment, run

FOLDER = APPS / "outside"
DATA = ("notes.txt:.", "bin/helper:bin", "driver:driver")


@pytest.fixture(scope="session")
def outside(interpreter: Interpreter, build: Callable[..., Path]) -> Program:
    """The program under test."""
    source = FOLDER / "outside.py"
    options = [word for each in DATA for word in ("--add-data", f"{FOLDER}/{each}")]
    return Program(interpreter, source, build(source.name, source, "--hidden-import", "tables", *options))


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An environment with an empty home folder."""
    (tmp_path / "home").mkdir()
    return plain_environment(HOME=str(tmp_path / "home"), TMPDIR=str(tmp_path / "home"))


def cached(home: dict[str, str]) -> list[Path]:
    """Files below the home folder."""
    return sorted(path for path in Path(home["HOME"]).rglob("*") if path.is_file())


@pytest.mark.parametrize("case", ["arguments", "programs", "folders", "many", "neighbours", "links"])
def test_others_can_use_them(outside: Program, home: dict[str, str], case: str):
    """What other programs do with them is what they do with the files beside the source."""
    environment = {**home, "PYTHONDONTWRITEBYTECODE": "1"}
    found = run([outside.binary, case], environment=environment)
    expected = run([*outside.original, case], environment=environment)

    assert found == expected


def test_copies_are_private(outside: Program, home: dict[str, str]):
    """One copy for each content, that only its owner can look at, whole and read-only; none of what did not leave."""
    for _ in range(2):
        assert run([outside.binary, "one"], environment=home).stdout.startswith(b"0 some notes")
    files = cached(home)

    assert [path.name for path in files] == ["notes.txt"]
    assert files[0].read_bytes() == (FOLDER / "notes.txt").read_bytes()
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o444
    assert stat.S_IMODE((Path(home["HOME"]) / ".cache" / "bundler-files").stat().st_mode) == 0o700


def test_damaged_copies_are_made_again(outside: Program, home: dict[str, str]):
    """A copy that was cut off or is missing is replaced."""
    run([outside.binary, "one"], environment=home)
    (copy,) = cached(home)
    copy.chmod(0o600)
    for damage in (lambda: copy.write_text("x"), copy.unlink):
        damage()
        assert run([outside.binary, "one"], environment=home).stdout.startswith(b"0 some notes")


def test_folder_of_somebody_else_is_not_used(outside: Program, home: dict[str, str]):
    """A folder that others may write to, or a link planted in its place, is passed over for the next candidate."""
    cache = Path(home["HOME"]) / ".cache"
    cache.mkdir()
    (cache / "bundler-files").mkdir()
    (cache / "bundler-files").chmod(0o777)
    assert run([outside.binary, "one"], environment=home).stdout.startswith(b"0 some notes")
    assert not any((cache / "bundler-files").iterdir())

    (cache / "bundler-files").rmdir()
    (cache / "bundler-files").symlink_to(home["HOME"])
    assert run([outside.binary, "one"], environment=home).stdout.startswith(b"0 some notes")
    assert [path.parent.parent.name for path in cached(home)] == [f"bundler-files-{os.geteuid()}"]


@pytest.mark.parametrize(
    "variables", [{}, {"HOME": "/nonexistent"}, {"HOME": "/proc"}, {"HOME": ""}, {"HOME": "relative"}]
)
def test_without_a_home(outside: Program, tmp_path: Path, variables: dict[str, str]):
    """Where there is no home, or one that cannot be written to, a temporary folder serves."""
    environment = {"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path), **variables}

    assert run([outside.binary, "one"], environment=environment).stdout.startswith(b"0 some notes")
    assert list(tmp_path.rglob("notes.txt"))


def test_twenty_at_once(outside: Program, home: dict[str, str]):
    """Twenty processes that make the same copy at the same moment all get it whole."""
    started = [subprocess.Popen([outside.binary, "one"], env=home, stdout=subprocess.PIPE) for _ in range(20)]
    outputs = [process.communicate(timeout=60)[0] for process in started]

    assert {output.startswith(b"0 some notes\nof two lines\n") for output in outputs} == {True}
    assert len(cached(home)) == 1


def test_full_disk(outside: Program, home: dict[str, str], tmp_path: Path):
    """Where the cache lies on a full disk, a copy is not left in part: it is made in a temporary folder."""
    (tmp_path / "temporary").mkdir()
    small = 'mount -t tmpfs -o size=4k none "$HOME" && echo > "$HOME/full" && "$0" one; find "$HOME" -name "*.txt"'

    found = run(
        ["unshare", "--mount", "sh", "-c", small, outside.binary],
        environment={**home, "TMPDIR": f"{tmp_path}/temporary"},
    )

    if b"unshare" in found.stderr or b"mount: " in found.stderr:
        pytest.skip("a mount of one's own is not permitted here")
    assert found.stdout == b"0 some notes\nof two lines\n \n"
    assert list((tmp_path / "temporary").rglob("notes.txt"))
