"""A binary in trouble: it does what it should, or says why it cannot; it never hangs or crashes."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support import APPS, Interpreter, Program, plain_environment, run

SOURCE = APPS / "stress" / "stress.py"


@pytest.fixture(scope="session")
def stressed(interpreter: Interpreter, build: Callable[..., Path]) -> Program:
    """The program under test."""
    notes = APPS / "outside" / "notes.txt"
    return Program(interpreter, SOURCE, build(SOURCE.name, SOURCE, "--add-data", f"{notes}:."))


def test_two_hundred_at_once(stressed: Program):
    """Many starts of one file do not disturb each other."""
    with ThreadPoolExecutor(32) as pool:
        outcomes = set(pool.map(lambda _: run([stressed.binary, "a"]), range(200)))

    assert len(outcomes) == 1
    assert outcomes.pop().status == 0


def test_a_megabyte_of_arguments(stressed: Program):
    """Arguments arrive whole, however many or long they are."""
    stressed.check_same(*["x" * 100_000] * 10)
    stressed.check_same(*["y" * 10] * 50_000)


def test_ten_thousand_variables(stressed: Program):
    """Variables of the environment arrive, however many there are."""
    stressed.check_same(environment={f"VARIABLE_{number}": "value" for number in range(10_000)})


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-", "2>/dev/full"])
def test_closed_and_full_streams(stressed: Program, closed: str):
    """With standard streams closed, or errors that nobody can see, a program ends as under Python."""
    found = run(["sh", "-c", f'"$0" {closed}', stressed.binary])
    expected = run(["sh", "-c", f'"$0" "$1" {closed}', *stressed.original])

    stressed.compare(found, expected)


@pytest.mark.parametrize("name", ["with spaces", "mit ä und €", "--help", "-c", "new\nline", "*", "x" * 250])
@pytest.mark.parametrize("locale", ["C.UTF-8", "C"])
def test_odd_names(stressed: Program, tmp_path: Path, name: str, locale: str):
    """The file may have any name, and be reached through a link."""
    folder = tmp_path / "ordner ü"
    folder.mkdir()
    (folder / name).hardlink_to(stressed.binary)
    (tmp_path / "link").symlink_to(folder / name)

    for path in (folder / name, tmp_path / "link"):
        found = run([path, "wait"], stdin=b"\n", environment=plain_environment(LC_ALL=locale))
        assert (found.status, found.stderr) == (0, b"")
        assert found.stdout.endswith(b"some notes\nof two lines\n\n")


def test_name_that_is_no_text(stressed: Program, tmp_path: Path):
    """The name of the file need not be UTF-8."""
    path = os.fsencode(tmp_path) + b"/\xff\xfe"
    os.link(stressed.binary, path)

    assert run([path, "wait"], stdin=b"\n").stdout.endswith(b"of two lines\n\n")


@pytest.mark.parametrize("change", ["replaced", "removed", "renamed", "folder renamed"])
def test_file_that_changes_while_running(stressed: Program, tmp_path: Path, change: str):
    """What a running program still needs of its file is there, though the file has another name or none."""
    folder = tmp_path / "folder"
    folder.mkdir()
    path = folder / "program"
    shutil.copy(stressed.binary, path)
    pipe = subprocess.PIPE
    with subprocess.Popen([path, "wait"], stdin=pipe, stdout=pipe, stderr=pipe, env=plain_environment()) as process:
        assert process.stdout is not None
        process.stdout.readline()
        match change:
            case "replaced":
                (folder / "new").write_bytes(b"#!/bin/sh\n")
                (folder / "new").rename(path)
            case "removed":
                path.unlink()
            case "renamed":
                path.rename(folder / "other")
            case _:
                folder.rename(tmp_path / "other")
        stdout, stderr = process.communicate(b"\n", timeout=60)

    assert (process.returncode, stderr) == (0, b"")
    assert stdout.endswith(b"of two lines\n\n")


def test_little_memory(stressed: Program):
    """With too little address space it fails with a message, from wherever; never silently, never by a bad access."""
    outcomes = {}
    least = (stressed.binary.stat().st_size >> 10) + (4 << 10)  # below, the kernel cannot even map the file
    for kilobytes in range(least, least + (28 << 10), 1 << 10):
        found = run(["bash", "-c", f'ulimit -v {kilobytes}; exec "$0" wait', stressed.binary], stdin=b"\n")
        outcomes[kilobytes] = found.status, bool(found.stderr)

    assert set(outcomes.values()) <= {(0, False), (1, True), (127, True)}
    assert (0, False) in outcomes.values()


@pytest.mark.parametrize("count", [5, 6, 8])
def test_few_descriptors(stressed: Program, count: int):
    """A handful of descriptors is enough."""
    limited = f'ulimit -n {count}; exec "$0" wait'

    assert run(["bash", "-c", limited, stressed.binary], stdin=b"\n").stdout.endswith(b"of two lines\n\n")


def test_read_only_container(stressed: Program, empty_root: Path):
    """With a root folder that cannot be written to, and neither /proc, /dev nor /tmp, a program does the same."""
    shutil.copy(stressed.binary, empty_root / "program")
    read_only = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec chroot "$0" /program wait'

    found = run(["unshare", "--mount", "sh", "-c", read_only, empty_root], stdin=b"\n")

    if b"unshare" in found.stderr or b"mount: " in found.stderr:
        pytest.skip("a mount of one's own is not permitted here")
    assert (found.status, found.stderr) == (0, b"")
    assert found.stdout.endswith(b"of two lines\n\n")
