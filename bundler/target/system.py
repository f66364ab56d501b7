"""Finds the system that an interpreter of another processor belongs to, and what runs its programs here. Verb: `find_system`."""

from __future__ import annotations

import platform
import shutil
from pathlib import Path

from bundler.elf import ElfError, Machine, SegmentType, machine_for_python, machine_for_system, read_executable
from bundler.errors import BundleError
from bundler.target.model import System
from bundler.toolchain import Toolchain


def this_machine() -> Machine | None:
    """The machine that runs bundler; None when binaries for it cannot be built."""
    return machine_for_python(platform.machine())


def foreign_machine(system_name: str | None) -> Machine | None:
    """The machine of the system that `--target` names; None when it is this one, or when none is named."""
    named = machine_for_system(system_name) if system_name is not None else None
    return None if named == this_machine() else named


def find_system(executable: Path, foreign: Machine | None, toolchain: Toolchain) -> System:
    """The system of the interpreter at `executable`. `foreign`: the machine that it is to be for; None: this one.

    Where the interpreter lies in no folder with a whole system, it is that of the cross compiler's C library. BundleError when
    it is for another machine, or when nothing here can run its programs.
    """
    found = _program(executable)
    wanted = foreign or this_machine()
    if found is not None and wanted is not None and found[0] != wanted:
        raise other_machine(executable, found[0], wanted)
    if foreign is None or found is None:
        return System()
    _, dynamic_linker = found
    of_compiler = toolchain.find_file(Path(dynamic_linker).name)
    places = (executable.resolve(), *([of_compiler.resolve()] if of_compiler is not None else []))
    root = next((root for place in places if (root := _root_of(place, dynamic_linker)) is not None), None)
    if root is None:
        raise BundleError(
            "no-foreign-system",
            f"`{executable}` cannot run: there is no C library of {foreign.name}",
            notes=(f"no folder above it has `{dynamic_linker}`",),
            hint="name the interpreter of a root folder of the other system; or install the cross compiler's C library (Debian, "
            f"Ubuntu: `apt install libc6-dev-{foreign.debian_name}-cross`)",
        )
    return System(root, (*find_emulator(foreign), "-L", str(root)))


def _root_of(place: Path, dynamic_linker: str) -> Path | None:
    """The nearest folder above a place in which programs of a system find their dynamic linker; None when there is none.

    `/usr` is part of the folder above it: since /lib is a link to /usr/lib, both have it.
    """
    for folder in place.parents:
        if (folder / dynamic_linker.lstrip("/")).exists() and folder.name != "usr":
            return folder if folder != Path("/") else None
    return None


def _program(executable: Path) -> tuple[Machine, str] | None:
    """The machine and the dynamic linker of an executable; None of a script in front of one, and of a file that is not there."""
    try:
        read = read_executable(executable, with_symbols=False)
    except (ElfError, OSError):
        return None
    segment = next((each for each in read.segments if each.type == SegmentType.INTERP), None)
    if segment is None:
        return None
    with executable.open("rb") as file:
        file.seek(segment.offset)
        return read.machine, file.read(segment.file_size).rstrip(b"\0").decode()


def find_emulator(machine: Machine) -> tuple[str, ...]:
    """The words that run a program of another processor here; BundleError when nothing does."""
    names = (f"qemu-{machine.python_name}-static", f"qemu-{machine.python_name}")
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        raise BundleError(
            "no-emulator",
            f"nothing here runs programs for {machine.name}: {' or '.join(f'`{name}`' for name in names)} was not found",
            hint="install QEMU's user emulation (Debian, Ubuntu: `apt install qemu-user-static`; Fedora: `dnf install "
            f"{machine.fedora_emulator}`)",
        )
    return (found,)


def other_machine(executable: Path, found: Machine, wanted: Machine) -> BundleError:
    """The error that an interpreter is for another machine than the binary is to be."""
    here = this_machine()
    hint = (
        "name an interpreter for this machine with `--python PYTHON`"
        if found == here
        else f"to build for it, add `--target {found.system_name}`"
    )
    if wanted != here:
        hint = f"name the interpreter of a root folder for {wanted.name} with `--python PYTHON`"
    return BundleError("other-processor", f"`{executable}` is for {found.name}, not for {wanted.name}", hint=hint)
