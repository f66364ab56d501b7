"""Programs that are built for aarch64 and run by QEMU, where all is there that this takes.

Costs three builds, in which the emulator compiles the modules of a start: a minute the first time.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bundler.elf import AARCH64, ThreadPointer, read_executable
from tests.aarch64.alignment import misaligned
from tests.aarch64.foreign import (
    FEW_ADDRESSES,
    LARGE_PAGES,
    bundle_foreign,
    compilers,
    environment,
    headers,
    lacking,
    run_foreign,
)
from tests.link.natives import SOURCES
from tests.support import EXAMPLES, inspect
from tests.test_project_builds import make_wheel

pytestmark = pytest.mark.skipif(lacking() != "", reason=lacking())

_THREADS = """
import os
import threading

import thread_large

threading.stack_size(os.sysconf("SC_THREAD_STACK_MIN"))
for _ in range(2):
    thread = threading.Thread(target=lambda: print(thread_large.run()))
    thread.start()
    thread.join()
print(thread_large.run())
"""


def test_a_line_is_printed(tmp_path: Path):
    """A binary for another processor is one: it does there what it should, whatever the kernel's pages and addresses, and needs no newer
    C library than any.
    """
    done = bundle_foreign(environment().python, tmp_path / "hello", EXAMPLES / "hello" / "hello.py")
    assert done.status == 0, done.stderr

    kernels = ((), *LARGE_PAGES.values(), FEW_ADDRESSES)
    found = [run_foreign([tmp_path / "hello", "you"], kernel=kernel) for kernel in kernels]

    assert {(each.status, each.stdout, each.stderr) for each in found} == {(0, b"Hello, you!\n", b"")}
    assert list(misaligned(tmp_path / "hello")) == []
    assert read_executable(tmp_path / "hello").machine == AARCH64
    assert inspect(tmp_path / "hello")["newest_versions"]["GLIBC"]["version"] == AARCH64.first_glibc


@pytest.mark.proof
def test_a_script_gets_what_its_header_requires(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Markers are those of the other processor, and so are wheels; they are installed before the program is built."""
    make_wheel(tmp_path / "wheels", "frobnicate", "VALUE = 'found'\n")
    source = tmp_path / "one.py"
    requirement = "frobnicate; platform_machine == 'aarch64'"
    source.write_text(
        f'# /// script\n# dependencies = ["{requirement}"]\n# ///\nimport frobnicate\nprint(frobnicate.VALUE)\n'
    )
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    done = bundle_foreign(environment().base, tmp_path / "one", source)
    assert done.status == 0, done.stderr

    found = run_foreign([tmp_path / "one"])

    assert (found.status, found.stdout, found.stderr) == (0, b"found\n", b"")


def test_threads_have_variables_of_their_own(tmp_path: Path):
    """Storage of a module that is much for every thread is made when one asks for it, by a descriptor's function."""
    assert AARCH64.thread_pointer is ThreadPointer.BEFORE_BLOCK
    source = tmp_path / "threads.py"
    source.write_text(_THREADS)
    made = tmp_path / "thread_large.abi3.so"
    flags = (
        "-shared",
        "-fPIC",
        "-O1",
        "-w",
        "-DNAME=thread_large",
        "-DSIZE=70000",
        "-DALIGNMENT=4096",
        f"-I{headers()}",
    )
    subprocess.run([*compilers().c, *flags, SOURCES / "thread_large.c", "-o", made], check=True)
    python = environment().python
    done = bundle_foreign(python, tmp_path / "binary", source)
    assert done.status == 0, done.stderr

    expected, found = run_foreign([python, source]), run_foreign([tmp_path / "binary"])

    assert list(misaligned(tmp_path / "binary")) == []
    assert expected.stdout.count(b"\n") == 3
    assert (found.status, found.stdout, found.stderr) == (expected.status, expected.stdout, expected.stderr)
