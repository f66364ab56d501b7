"""A compiler cache in CC serves every compile of a build that it has seen, wherever the cache of bundle is.

Costs a build of a small program with an empty cache.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from bundler.errors import BundleError
from bundler.toolchain import find_toolchain
from tests.conftest import ENVIRONMENTS
from tests.support import EXAMPLES, Interpreter, bundle

PLACES = ("cache", "deep/er")  # of bundle's cache


def statistics(folder: Path) -> dict[str, int]:
    """The counters of ccache since they were last asked for."""
    command = ("ccache", "--print-stats", "--zero-stats")
    printed = subprocess.run(
        command, env={**os.environ, "CCACHE_DIR": str(folder)}, capture_output=True, text=True, check=True
    ).stdout
    rows = (line.split("\t") for line in printed.splitlines() if line.count("\t") == 1)
    return {
        name: int(value) for name, value in rows if name not in ("stats_updated_timestamp", "stats_zeroed_timestamp")
    }


@pytest.mark.skipif(shutil.which("ccache") is None, reason="`ccache` is not installed")
def test_every_compile_is_found_again(one_interpreter: Interpreter, tmp_path: Path):
    """A build with an empty cache elsewhere compiles nothing that was compiled before; it keeps the limit of its cache.

    What ccache keeps is kept between runs. Only if something has changed since, a first build compiles it.
    """
    kept = ENVIRONMENTS / "ccache"
    for place in PLACES:
        old = tmp_path / place / "frozen" / "aa" / "old.o"
        old.parent.mkdir(parents=True)
        old.write_bytes(bytes(10))
        os.utime(old, (time.time() - 86400,) * 2)

    for place in PLACES:
        statistics(kept)
        done = bundle(
            *("-q", EXAMPLES / "hello" / "hello.py", "--python", one_interpreter.python, "-o", tmp_path / "hello"),
            CC="ccache cc",
            CCACHE_DIR=str(kept),
            BUNDLER_CACHE_DIR=str(tmp_path / place),
            BUNDLER_CACHE_SIZE="1k",
        )
        assert (done.status, done.stderr) == (0, b"")
        found = {name for name, count in statistics(kept).items() if count}
        assert not (tmp_path / place / "frozen" / "aa" / "old.o").exists()
        if "cache_miss" not in found:
            break

    assert "direct_cache_hit" in found
    # Linking and questions to the compiler do not pass through the cache at all.
    assert {
        "cache_miss",
        "called_for_link",
        "multiple_source_files",
        "no_input_file",
        "could_not_find_compiler",
    } & found == set()


@pytest.mark.parametrize(
    ("words", "rest"), [(("ccache", "cc"), ("cc",)), (("sccache", "cc", "-m64"), ("cc", "-m64")), (("cc",), ("cc",))]
)
def test_the_cache_stands_apart_from_the_compiler(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: Sequence[str], rest: Sequence[str]
):
    """A compiler is the same with and without a cache before it: so are the entries of bundle's own cache."""
    for name in ("ccache", "sccache"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    found, plain = find_toolchain(" ".join(words)), find_toolchain(" ".join(rest))

    assert (found.command, found.identity, found.linker) == (plain.command, plain.identity, plain.linker)
    assert found.compiler_cache == ((str(tmp_path / words[0]),) if words != rest else ())


def test_a_cache_that_is_not_there():
    """A compiler cache that is not there is an error that names the cache, not the compiler."""
    with pytest.raises(BundleError, match="`/nowhere/ccache`, which CC names, was not found"):
        find_toolchain("/nowhere/ccache cc")
