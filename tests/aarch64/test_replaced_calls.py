"""Where the kernel has no filter, system calls are stopped by replacing the instructions that make them (launcher/world/replaced_calls.h)."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bundler.contract import launcher_folder
from tests.aarch64.foreign import LARGE_PAGES, compilers, lacking, run_foreign

pytestmark = pytest.mark.skipif(lacking() != "", reason=lacking())

# The originals of functions in whose place the launcher's are called.
_REAL = ("mmap", "munmap", "fopen", "sigaction")


def test_calls_are_answered(tmp_path: Path):
    """A call is answered in every thread, with all signals blocked too; those that pass are made where they stand."""
    world = launcher_folder() / "world"
    sources = (Path(__file__).parent / "replaced/main.c", *sorted(world.glob("replaced_call*_aarch64.[cS]")))
    flags = (
        "-D_GNU_SOURCE",
        "-O2",
        "-w",
        "-no-pie",
        f"-I{launcher_folder()}",
        *(f"-D__real_{each}={each}" for each in _REAL),
    )
    subprocess.run([*compilers().c, *flags, *sources, "-o", tmp_path / "main"], check=True)

    found = [run_foreign([tmp_path / "main"], kernel=kernel) for kernel in ((), *LARGE_PAGES.values())]

    assert {(each.status, each.stdout, each.stderr) for each in found} == {(0, b"1 77 -1 1 0 77 1 0\n", b"")}
