"""Code of installed packages that runs during a build: kept from the user's things, given a limit, and left out on demand."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest

from bundler.errors import BundleError
from bundler.link.publish import check_output
from bundler.process import CommandError, Service
from bundler.target.workers import ForeignCode
from tests.analyze.trees import install, write
from tests.support import Interpreter, bundle, run, share_cache

NOTES = """
import os
with open({note!r}, "a") as file:
    file.write(repr((os.environ.get("SECRET"), os.path.expanduser("~"), os.getcwd(), {what!r})) + "\\n")
"""


def _noting(folder: Path) -> Path:
    """A program whose installed package notes where it runs, in a hook and in the rehearsal."""
    note = folder / "noted"
    entry_points = "[pyinstaller40]\nhook-dirs = noting:folders\n"
    files = {
        "noting/__init__.py": NOTES.format(note=str(note), what="package"),
        "noting/hook-noting.py": NOTES.format(note=str(note), what="hook"),
    }
    install(folder / "site", "noting", files, entry_points=entry_points)
    write(folder / "app", {"app.py": "import noting\nprint('done')\n"})
    return note


# Entries of the cache that are answers of code which is not ours.
_OF_FOREIGN_CODE = ("entry", "extension", "facts", "hook", "rehearsal", "snapshot")


def _build(one_interpreter: Interpreter, folder: Path, *options: str) -> None:
    share_cache(folder / "cache", without=_OF_FOREIGN_CODE)
    done = bundle(
        folder / "app" / "app.py",
        *options,
        *("--python", one_interpreter.python, "-o", folder / "binary"),
        cwd=folder / "app",
        PYTHONPATH=str(folder / "site"),
        BUNDLER_CACHE_DIR=str(folder / "cache"),
        SECRET="secret",
    )
    assert done.status == 0, done.stderr


def test_it_runs_apart(one_interpreter: Interpreter, tmp_path: Path):
    """Hooks and the rehearsal see neither the user's home nor folder, nor variables that are none of their business."""
    note = _noting(tmp_path)

    _build(one_interpreter, tmp_path)

    noted = [eval(line) for line in note.read_text().splitlines()]
    assert {what for *_, what in noted} == {"hook", "package"}
    assert {secret for secret, *_ in noted} == {None}
    for _, home, folder, _ in noted:
        assert home not in (str(Path.home()), str(tmp_path / "app"))
        assert folder not in (str(Path.cwd()), str(tmp_path / "app"))


def test_it_does_not_run_at_all(one_interpreter: Interpreter, tmp_path: Path):
    """With --no-run nothing of it runs, and the program is built all the same."""
    note = _noting(tmp_path)

    _build(one_interpreter, tmp_path, "--no-run")

    assert not note.exists()
    found = run([tmp_path / "binary"])
    assert found.stdout == b"done\n"


def test_an_answer_that_takes_too_long(one_interpreter: Interpreter):
    """A worker that does not answer is ended, and the error says so."""
    foreign = ForeignCode()
    service = foreign.service([one_interpreter.python, "-c", "import time; time.sleep(60)"], seconds=0.5)

    with pytest.raises(CommandError, match="did not answer in"):
        service.ask("?")
    with pytest.raises(CommandError, match="did not end in"):
        foreign.run([one_interpreter.python, "-c", "import time; time.sleep(60)"], b"", 0.5)

    service.close()
    foreign.close()


def test_an_answer_in_time(one_interpreter: Interpreter):
    """A limit does nothing to a worker that answers."""
    echo = "import sys\nfor line in sys.stdin: print(line.upper(), end='', flush=True)"
    service = Service([one_interpreter.python, "-c", echo], seconds=60)

    assert service.ask("a") == "A\n"
    service.close()


def test_an_output_that_is_a_device_is_refused():
    """The check before any work refuses a device, and touches nothing: a build would go on to replace it."""
    device = Path("/dev/null")
    before = device.lstat()

    with pytest.raises(BundleError, match="it is a device, a pipe or a socket"):
        check_output(device)

    assert stat.S_ISCHR(before.st_mode)
    assert (device.lstat().st_mode, device.lstat().st_rdev) == (before.st_mode, before.st_rdev)


@pytest.mark.parametrize("kind", ["pipe", "socket"])
def test_an_output_that_is_no_file_is_refused(one_interpreter: Interpreter, tmp_path: Path, kind: str):
    """A pipe, a socket or a device in the output's place stays what it is."""
    output = tmp_path / "output"
    (tmp_path / "app.py").write_text("print(1)\n")
    if kind == "pipe":
        os.mkfifo(output)
    else:
        subprocess.run(
            [one_interpreter.python, "-c", "import socket, sys; socket.socket(1).bind(sys.argv[1])", output], check=True
        )
    before = stat.S_IFMT(output.stat().st_mode)

    done = bundle(tmp_path / "app.py", "--python", one_interpreter.python, "-o", output)

    assert done.status == 1
    assert b"cannot be written: it is a device, a pipe or a socket" in done.stderr
    assert stat.S_IFMT(output.stat().st_mode) == before
