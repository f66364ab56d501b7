"""What the linker made: properties that it must have are errors for users where they lack."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bundler.errors import BundleError
from bundler.link.linker import check_executable

SOURCE = """\
#ifdef ODD
__asm__(".section .odd,\\"awx\\"\\n .long 1\\n .text");
#endif
extern char **environ; int main(void) { return environ == 0; }
"""


def made(folder: Path, *flags: str) -> Path:
    """A small executable that uses a variable of the C library."""
    (folder / "main.c").write_text(SOURCE)
    subprocess.run(["cc", "main.c", "-o", "main", *flags], cwd=folder, check=True)
    return folder / "main"


def test_executable_at_a_fixed_address(tmp_path: Path):
    """One that reaches the C library's variables through its table of addresses is good."""
    check_executable(made(tmp_path, "-no-pie", "-fPIC"))


def test_copies_of_variables_are_refused(tmp_path: Path):
    """A libpython that was compiled without -fPIC makes the linker copy variables of the C library: the error names one."""
    with pytest.raises(BundleError, match=r"a copy of the C library's `\w*environ`") as raised:
        check_executable(made(tmp_path, "-no-pie", "-fno-pie"))

    assert "--libpython" in (raised.value.diagnostic.hint or "")


def test_all_problems_are_told(tmp_path: Path):
    """One error names everything that is wrong with an executable."""
    with pytest.raises(BundleError, match="it is position-independent") as raised:
        check_executable(made(tmp_path, "-pie", "-fPIC", "-DODD"))

    assert raised.value.diagnostic.notes == ("a segment is both writable and executable",)
