"""The cache: what is damaged is made again, and nothing is kept under the name of what it was not made of."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from bundler.cache import Cache
from bundler.freeze import compiler as freezing
from tests.support import Interpreter, bundle, run

APP = "import json, decimal\nprint(json.dumps({'a': str(decimal.Decimal(1) / 7)}))\n"


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    """One of this test's own."""
    return Cache(tmp_path / "cache")


def test_values_and_files(cache: Cache, tmp_path: Path):
    """An entry is a JSON value with files; both come back as they were."""
    (tmp_path / "x").write_bytes(b"object")
    cache.put("kind", "0123", {"a": [1, None]}, {".o": tmp_path / "x"})

    assert cache.get("kind", "0123", (".o",)) == {"a": [1, None]}
    assert cache.path("kind", "0123", ".o").read_bytes() == b"object"
    assert cache.get("kind", "other") is None
    assert cache.get("kind", "0123", (".s",)) is None


@pytest.mark.parametrize("suffix", [".json", ".o"])
@pytest.mark.parametrize(
    "damage", [lambda data: b"", lambda data: data[:-1], lambda data: bytes(len(data)), lambda data: data[:-1] + b"!"]
)
def test_damage_is_noticed(cache: Cache, tmp_path: Path, suffix: str, damage: Callable[[bytes], bytes]):
    """An entry that is empty, cut off, zeroed or changed counts as absent."""
    (tmp_path / "x").write_bytes(b"object")
    cache.put("kind", "0123", [1, 2], {".o": tmp_path / "x"})
    file = cache.path("kind", "0123", suffix)
    file.write_bytes(damage(file.read_bytes()))

    assert cache.get("kind", "0123", (".o",)) is None


@pytest.mark.parametrize("suffix", [".json", ".o"])
@pytest.mark.parametrize("obstacle", ["folder", "no rights"])
def test_unreadable_entry_is_made_again(cache: Cache, tmp_path: Path, suffix: str, obstacle: str):
    """An entry of which a file cannot be read counts as absent, and is replaced by the one that is made then."""
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(b"old")
    new.write_bytes(b"new")
    cache.put("kind", "0123", "old", {".o": old})
    file = cache.path("kind", "0123", suffix)
    if obstacle == "folder":
        file.unlink()
        (file / "inside").mkdir(parents=True)
    else:
        file.chmod(0)
        if os.access(file, os.R_OK):
            pytest.skip("root may read everything")

    assert cache.get("kind", "0123", (".o",)) is None
    cache.put("kind", "0123", "new", {".o": new})

    assert cache.get("kind", "0123", (".o",)) == "new"
    assert cache.path("kind", "0123", ".o").read_bytes() == b"new"


def test_what_is_absent_is_made_once(cache: Cache):
    """`ask` makes a value when it is not there, and then no more."""
    made: list[int] = []

    def make() -> list[int]:
        made.append(len(made))
        return made

    assert cache.ask("kind", "0123", make) == [0]
    assert cache.ask("kind", "0123", make) == [0]


@pytest.mark.proof
def test_a_build_mends_its_cache(one_interpreter: Interpreter, tmp_path: Path):
    """When every entry is empty or cut off, a build makes the same binary without a word."""
    (tmp_path / "app.py").write_text(APP)
    binary = tmp_path / "app"
    arguments = ("-q", tmp_path / "app.py", "--python", one_interpreter.python, "-o", binary)
    first = bundle(*arguments, BUNDLER_CACHE_DIR=str(tmp_path / "cache"))
    before = binary.read_bytes()
    binary.unlink()
    files = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    for number, path in enumerate(sorted(files)):
        path.write_bytes(b"" if number % 2 else path.read_bytes()[: path.stat().st_size // 2])

    again = bundle(*arguments, BUNDLER_CACHE_DIR=str(tmp_path / "cache"))

    assert len(files) > 100
    assert (first.status, first.stderr, again.status, again.stderr) == (0, b"", 0, b"")
    assert binary.read_bytes() == before


def test_a_source_that_changes_while_it_is_built(
    one_interpreter: Interpreter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """What was compiled is kept under the name of what was read: when the old text is back, so is the old program."""
    from bundler.cli import main

    app = tmp_path / "app.py"
    binary = tmp_path / "app"
    arguments = ["-q", str(app), "--python", str(one_interpreter.python), "-o", str(binary)]
    # No other run has texts with this folder in them: the cache that all tests share has none of the file.
    old, new = (f"print({word!r})  # {tmp_path}\n" for word in ("old", "new"))
    build = freezing.Compiler.build
    changed = threading.Event()

    def change_and_build(self: freezing.Compiler, *rest: object) -> object:
        if not changed.is_set():
            app.write_text(new)
            changed.set()
        return build(self, *rest)  # type: ignore[arg-type]

    app.write_text(old)
    monkeypatch.setattr(freezing.Compiler, "build", change_and_build)
    assert main(arguments) == 0
    assert run([binary]).stdout == b"new\n"
    monkeypatch.setattr(freezing.Compiler, "build", build)
    app.write_text(old)

    assert main(arguments) == 0
    assert run([binary]).stdout == b"old\n"
