"""A compiler cache in CC serves every compile of a build that it has seen, wherever the cache of bundle is.

Costs two builds of a small program with empty caches.
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
from tests.support import EXAMPLES, Interpreter, bundle


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
    """A second build with an empty cache elsewhere compiles nothing; it writes the same bytes, and keeps the cache's limit."""
    binaries, counts = [], []
    old = tmp_path / "deep" / "er" / "cache" / "frozen" / "aa" / "old.o"
    old.parent.mkdir(parents=True)
    old.write_bytes(bytes(10))
    os.utime(old, (time.time() - 86400,) * 2)
    for place in ("cache", "deep/er/cache"):
        binaries.append(tmp_path / place.replace("/", "-") / "hello")
        done = bundle(
            *("-q", EXAMPLES / "hello" / "hello.py", "--python", one_interpreter.python, "-o", binaries[-1]),
            CC="ccache cc",
            CCACHE_DIR=str(tmp_path / "ccache"),
            BUNDLER_CACHE_DIR=str(tmp_path / place),
            BUNDLER_CACHE_SIZE="1k",
        )
        assert (done.status, done.stderr) == (0, b"")
        counts.append({name: count for name, count in statistics(tmp_path / "ccache").items() if count})

    first, second = counts
    hits = second["direct_cache_hit"] + second.get("preprocessed_cache_hit", 0)
    assert first["cache_miss"] > 50
    assert hits == first["cache_miss"] + first.get("preprocessed_cache_hit", 0) + first.get("direct_cache_hit", 0)
    assert second.get("cache_miss", 0) == 0
    # Linking and questions to the compiler do not pass through the cache at all.
    assert {"called_for_link", "multiple_source_files", "no_input_file", "unsupported_code_directive"} & {
        *first
    } == set()
    assert binaries[0].read_bytes() == binaries[1].read_bytes()
    assert not old.exists()


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
    """The error names the cache, not the compiler."""
    with pytest.raises(BundleError, match="`/nowhere/ccache`, which CC names, was not found"):
        find_toolchain("/nowhere/ccache cc")
