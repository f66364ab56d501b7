"""`bundle --self-check`: what is frozen is compared with what the interpreter makes of the sources."""

from __future__ import annotations

import marshal
import re
from pathlib import Path

import pytest

from bundler.analyze import analyze
from bundler.cache import Cache
from bundler.context import BuildContext
from bundler.freeze import freeze
from bundler.report import Reporter
from bundler.selfcheck import Fresh, compare
from bundler.selfcheck.check import fresh_results
from bundler.settings import Settings
from bundler.target import TargetPython
from bundler.toolchain import Toolchain
from tests.support import bundle, run
from tests.target.pythons import cache, newest_target, toolchain

__all__ = ["cache", "newest_target", "toolchain"]

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


@pytest.mark.proof
def test_self_check_fails_on_a_difference(app: Path, newest_target: TargetPython, tmp_path: Path):
    """A single wrong byte in a module's object file fails the build, says where it is, and writes no binary."""
    options = ("--python", newest_target.executable, "-o", tmp_path / "app")
    assert bundle(app, *options, BUNDLER_CACHE_DIR=str(tmp_path / "cache")).status == 0
    (tmp_path / "app").unlink()
    (entry,) = (p for p in (tmp_path / "cache").rglob("*.o") if b"text of the program" in p.read_bytes())
    damaged = tmp_path / "damaged.o"
    damaged.write_bytes(entry.read_bytes().replace(b"text of the program", b"test of the program"))
    cache, key = Cache(tmp_path / "cache"), entry.parent.name + entry.stem
    # With a checksum that fits: a damaged entry would be made again.
    cache.put("frozen", key, cache.get("frozen", key), {".o": damaged})

    done = bundle(app, *options, "--self-check", BUNDLER_CACHE_DIR=str(tmp_path / "cache"))

    assert done.status == 1
    assert b"error[self-check]: the static code of 1 module differs from what Python" in done.stderr
    assert re.search(rb"__main__\.co_consts\[\d\]\.co_consts", done.stderr)
    assert not (tmp_path / "app").exists()


def test_results_are_compared(newest_target: TargetPython, toolchain: Toolchain, cache: Cache, tmp_path: Path):
    """Results of compiling are held against fresh ones: one that differs, or is not there, is told by its key."""
    script = tmp_path / "app.py"
    script.write_text("import functools, json.decoder\n")
    settings = Settings(target=str(script), python=newest_target.executable, cache_dir=cache.root)
    context = BuildContext(toolchain, cache, Reporter(quiet=True))
    image = freeze(analyze(newest_target, settings, context), newest_target, settings, context)
    fresh = fresh_results(image, newest_target, settings, tmp_path / "results")
    (text, *_), (pattern, *_) = ([k for k, _ in fresh if k.startswith(kind)] for kind in ("eval", "str"))
    known = dict(fresh)
    wrong = [
        (text, marshal.dumps(compile("1 + x", "<string>", "eval"))),
        (pattern, known[pattern].replace(b"\0\0\0", b"\0\0\1", 1)),
        ("str0:nowhere", marshal.dumps((0, b"", 0, (), (None,)))),
    ]

    assert sorted(known) == sorted(image.precompiled.keys)
    found = compare(image, Fresh([], [*fresh, *wrong]), newest_target, settings, context)

    assert list(found.differences) == ["results"]
    differing = found.differences["results"]
    assert all(any(repr(key[:60]) in line for line in differing) for key, _ in wrong)
    assert all(any(repr(key[:60]) in line for key, _ in wrong) for line in differing)
    assert found.compared["code"] >= 1
