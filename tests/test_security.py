"""The running program as the system sees it: memory, libraries, environment.

Costs one binary.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bundler.target import TargetPython
from tests.link.conftest import newest_target
from tests.support import bundle, plain_environment, run

__all__ = ["newest_target"]

# Images lie below it (FIRST_BASE in bundler/link/bind.py), what the kernel places somewhere lies above.
_FIXED_END = 1 << 40

_PROGRAM = """
import ctypes
import decimal
import json
import os
import sqlite3
import ssl
import subprocess
import sys
import threading

called = []
thread = threading.Thread(target=lambda: called.append(ctypes.CDLL(None).abs(-7)))
thread.start()
thread.join()
ssl.create_default_context()
sqlite3.connect(":memory:")
with open("/proc/self/maps") as maps:
    lines = maps.read().splitlines()
child = subprocess.run(["env"], stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
json.dump({"maps": lines, "child": child, "called": called}, sys.stdout)
"""


@pytest.fixture(scope="module")
def seen(newest_target: TargetPython, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a program with many prelinked objects sees of itself."""
    folder = tmp_path_factory.mktemp("security")
    (folder / "look.py").write_text(_PROGRAM)
    done = bundle(folder / "look.py", "--python", newest_target.executable, "-o", folder / "look")
    assert done.status == 0, done.stderr
    found: dict[str, Any] = json.loads(run([folder / "look"], environment=plain_environment(WORD="x")).stdout)
    return {"binary": folder / "look", **found}


def _mappings(seen: dict[str, Any]) -> list[tuple[int, str, str]]:
    """Start, permissions and file of each mapping."""
    rows = [line.split(None, 5) for line in seen["maps"]]
    return [(int(row[0].partition("-")[0], 16), row[1], row[5] if len(row) > 5 else "") for row in rows]


def test_no_memory_is_writable_and_executable(seen: dict[str, Any]):
    """No memory is writable and executable: no segment of the executable or of a prelinked object, and no stack."""
    mappings = _mappings(seen)

    assert seen["called"] == [7]
    assert [row for row in mappings if "w" in row[1] and "x" in row[1]] == []
    assert any(file == "[stack]" for _, _, file in mappings)
    assert len([row for row in mappings if row[0] >= 64 << 30 and "x" in row[1] and row[2] == str(seen["binary"])]) > 5


def test_only_the_system_is_mapped(seen: dict[str, Any]):
    """Code comes from the binary's own file and the C library, and from nowhere else."""
    files = {Path(file).name for _, permissions, file in _mappings(seen) if "x" in permissions and file}
    # Before glibc 2.34, threads and dlopen were libraries of their own.
    beginnings = ("libc.so", "libm.so", "libdl.so", "libpthread.so", "ld-linux")
    system = {name for name in files if name.startswith(beginnings)}

    assert files - system - {"[vdso]", "[vsyscall]"} == {"look"}


def test_libraries_and_stacks_are_randomised(seen: dict[str, Any]):
    """Only what the binary brings lies at fixed addresses; the C library, heap and stack move from run to run."""
    again = json.loads(run([seen["binary"]]).stdout)
    if Path("/proc/sys/kernel/randomize_va_space").read_text().strip() != "2":
        pytest.skip("this system does not randomise addresses")

    def starts(found: dict[str, Any], word: str) -> set[int]:
        return {start for start, _, file in _mappings(found) if word in file}

    # libffi maps a page of its code once more, anywhere: its closures need no memory that is writable and executable.
    fixed, fixed_again = ({start for start in starts(each, "look") if start < _FIXED_END} for each in (seen, again))
    assert fixed == fixed_again
    assert len(starts(seen, "look") - fixed) <= 1
    for word in ("libc.so", "[stack]", "[heap]"):
        assert not starts(seen, word) & starts(again, word)


def test_children_get_the_same_environment(seen: dict[str, Any]):
    """Nothing is added that would tell a child where to look for libraries."""
    expected = {f"{name}={value}" for name, value in plain_environment(WORD="x").items()}

    assert {line for line in seen["child"] if not line.startswith("_=")} == expected
