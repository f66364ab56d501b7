"""The system of an interpreter for another processor: where its files are, what runs it, and what is said when something lacks."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from bundler.doctor import cross_check
from bundler.elf import AARCH64, X86_64, Machine
from bundler.errors import BundleError
from bundler.target import System
from bundler.target.system import find_emulator, find_system, foreign_machine, this_machine
from bundler.toolchain import Toolchain, find_toolchain

FOREIGN = next(machine for machine in (AARCH64, X86_64) if machine != this_machine())
LINKER = f"lib/{FOREIGN.dynamic_linker}"


def make_program(path: Path, machine: Machine) -> Path:
    """The beginning of an executable: its header, and the name of its dynamic linker."""
    linker = f"/lib/{machine.dynamic_linker}\0".encode()
    header = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\2\1\1", 3, machine.number, 1, 0, 64, 0, 0, 64, 56, 1, 64, 0, 0)
    segment = struct.pack("<IIQQQQQQ", 3, 4, 120, 0, 0, len(linker), len(linker), 1)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(header + segment + linker)
    return path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with a system, and in it an interpreter at usr/bin/python3."""
    make_program(tmp_path / "root/usr/bin/python3.13", FOREIGN)
    (tmp_path / "root/usr/bin/python3").symlink_to("python3.13")
    (tmp_path / "root/usr/lib").mkdir()
    (tmp_path / "root/lib").symlink_to("usr/lib")
    (tmp_path / "root" / LINKER).touch()
    return tmp_path / "root"


@pytest.fixture
def emulator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program with the name of the emulator, the only one on PATH."""
    program = tmp_path / "bin" / f"qemu-{FOREIGN.python_name}"
    program.parent.mkdir()
    program.touch(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    return program


def code_of(error: pytest.ExceptionInfo[BundleError]) -> str:
    return error.value.diagnostic.code


def test_a_root_folder_is_found_above_the_interpreter(root: Path, emulator: Path, toolchain: Toolchain):
    """The folder that has a dynamic linker is `/` of the system; /usr is a part of it. An environment may lie elsewhere."""
    environment = root.parent / "environment"
    environment.mkdir()
    (environment / "python").symlink_to(root / "usr/bin/python3")

    for python in (root / "usr/bin/python3", environment / "python"):
        system = find_system(python, FOREIGN, toolchain)
        assert system == System(root, (str(emulator), "-L", str(root)))
        assert system.command(python) == (str(emulator), "-L", str(root), python)
    assert system.file("/usr/lib") == root / "usr/lib"


def test_this_machines_programs_are_run_as_they_are(tmp_path: Path, toolchain: Toolchain):
    """Without `--target`, and for a script in front of an interpreter, there is no emulator."""
    here = this_machine()
    assert here is not None
    shim = tmp_path / "shim"
    shim.write_text("#!/bin/sh\n")

    assert find_system(make_program(tmp_path / "python", here), None, toolchain) == System()
    assert find_system(shim, None, toolchain) == System()
    assert foreign_machine(here.system_name) is None
    assert foreign_machine(FOREIGN.system_name) is FOREIGN


def test_an_interpreter_for_another_processor(root: Path, tmp_path: Path, toolchain: Toolchain):
    """Is refused, with the option that builds for it; so is one of this machine where another is asked for."""
    here = this_machine()
    assert here is not None
    with pytest.raises(BundleError) as error:
        find_system(root / "usr/bin/python3", None, toolchain)
    assert code_of(error) == "other-processor"
    assert f"`--target {FOREIGN.system_name}`" in str(error.value.diagnostic.hint)

    with pytest.raises(BundleError) as error:
        find_system(make_program(tmp_path / "python", here), FOREIGN, toolchain)
    assert code_of(error) == "other-processor"


def test_what_lacks_is_named(root: Path, tmp_path: Path, toolchain: Toolchain, monkeypatch: pytest.MonkeyPatch):
    """Without a system, an emulator or a cross compiler the error names the package to install."""
    alone = make_program(tmp_path / "alone" / "python", FOREIGN)
    with pytest.raises(BundleError) as error:
        find_system(alone, FOREIGN, toolchain)
    assert (code_of(error), f"libc6-dev-{FOREIGN.debian_name}-cross" in str(error.value.diagnostic.hint)) == (
        "no-foreign-system",
        True,
    )
    with pytest.raises(BundleError, match="compiles for .*, not for") as error:
        find_toolchain("gcc", FOREIGN)
    assert code_of(error) == "no-compiler"

    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BundleError) as error:
        find_system(root / "usr/bin/python3", FOREIGN, toolchain)
    assert (code_of(error), "qemu-user-static" in str(error.value.diagnostic.hint)) == ("no-emulator", True)
    with pytest.raises(BundleError) as error:
        find_toolchain(None, FOREIGN)
    assert (code_of(error), FOREIGN.debian_compiler in str(error.value.diagnostic.hint)) == ("no-compiler", True)


@pytest.mark.parametrize(
    ("machine", "compiler", "emulator"),
    [
        (X86_64, "gcc-x86-64-linux-gnu", "qemu-user-static-x86"),
        (AARCH64, "gcc-aarch64-linux-gnu", "qemu-user-static-aarch64"),
    ],
    ids=["x86-64", "aarch64"],
)
def test_packages_are_those_of_the_distributions(
    machine: Machine, compiler: str, emulator: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Debian's names of packages hold no `_`, and Fedora's emulator for x86-64 is named after all x86; errors and `doctor` agree."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BundleError) as no_compiler:
        find_toolchain(None, machine)
    with pytest.raises(BundleError) as no_emulator:
        find_emulator(machine)

    assert f"`apt install {compiler}`" in str(no_compiler.value.diagnostic.hint)
    assert f"`dnf install {emulator}`" in str(no_emulator.value.diagnostic.hint)
    assert cross_check(machine, "debian").install == (
        f"apt install {compiler} libc6-dev-{machine.debian_name}-cross qemu-user-static"
    )
