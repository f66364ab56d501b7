"""`bundle --self-check`: what is frozen is compared with what the interpreter makes of the sources."""

from __future__ import annotations

from pathlib import Path

import pytest

from bundler.target import TargetPython
from tests.support import bundle, run
from tests.target.pythons import newest_target

__all__ = ["newest_target"]

SOURCE = """
import helper
def show(): return "text of the program", {1000, 1008}, 1 << 70, helper.number
if __name__ == "__main__":
    print(show())
"""


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A script and a module."""
    (tmp_path / "helper.py").write_text("number = 2.5\nname = 'a word', lambda: {b'x'}\n")
    script = tmp_path / "app.py"
    script.write_text(SOURCE)
    return script


def test_self_check_of_a_program(app: Path, newest_target: TargetPython, tmp_path: Path):
    """A build with the check says how much was compared, and writes the same binary as one without."""
    plain, checked = tmp_path / "plain" / "app", tmp_path / "checked" / "app"
    bundle(app, "--python", newest_target.executable, "-o", plain)
    done = bundle(app, "--python", newest_target.executable, "-o", checked, "--self-check")

    assert done.status == 0, done.stderr.decode()
    assert b"objects in all are as they should be" in done.stderr
    assert checked.read_bytes() == plain.read_bytes()
    assert run([checked]).status == 0


def test_self_check_fails_on_a_difference(app: Path, newest_target: TargetPython, tmp_path: Path):
    """A single wrong byte in a module's object file fails the build, says where it is, and writes no binary."""
    options = ("--python", newest_target.executable, "-o", tmp_path / "app")
    assert bundle(app, *options, BUNDLER_CACHE_DIR=str(tmp_path / "cache")).status == 0
    (tmp_path / "app").unlink()
    (damaged,) = (p for p in (tmp_path / "cache").rglob("*.o") if b"text of the program" in p.read_bytes())
    damaged.write_bytes(damaged.read_bytes().replace(b"text of the program", b"test of the program"))

    done = bundle(app, *options, "--self-check", BUNDLER_CACHE_DIR=str(tmp_path / "cache"))

    assert done.status == 1
    assert b"error[self-check]: the static code of 1 module differs from what Python" in done.stderr
    assert b"__main__.co_consts[2].co_consts" in done.stderr
    assert not (tmp_path / "app").exists()
