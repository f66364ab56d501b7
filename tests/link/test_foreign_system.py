"""What is taken of a system of another processor, which is a folder: its libraries and locales, never this machine's.

Costs two small compilations. Libraries are this machine's, for what is read of them does not depend on the processor.
"""

from __future__ import annotations

import subprocess
from pathlib import Path, PurePosixPath
from types import SimpleNamespace
from typing import cast

import pytest

from bundler.contract import bundle_spare
from bundler.elf import MACHINES
from bundler.link.library_search import system_libraries
from bundler.link.static import static_files
from bundler.snapshot.snapshot import machine_facts
from bundler.target import System, TargetPython
from bundler.target.system import this_machine

HERE = next(machine for machine in MACHINES.values() if machine == this_machine())


@pytest.fixture
def system(tmp_path: Path) -> System:
    """A folder with the C library and an emulator."""
    root = tmp_path / "root"
    (root / "usr/lib").mkdir(parents=True)
    (root / "lib").symlink_to("usr/lib")
    emulator = tmp_path / "emulator"
    emulator.write_text("version 7")
    make_library(root / "usr/lib/libc.so.6", "libc.so.6")
    return System(root, (str(emulator), "-L", str(root)))


def make_library(path: Path, soname: str) -> None:
    """A shared object without contents."""
    path.parent.mkdir(parents=True, exist_ok=True)
    command = ("cc", "-shared", "-nostdlib", "-x", "c", "/dev/null", f"-Wl,-soname,{soname}", "-o", path)
    subprocess.run(command, check=True)


def test_libraries_are_known_by_their_sonames(system: System):
    """As ldconfig does: scripts of the linker are left out, files of ld.so.conf come first, links end within the folder."""
    root = system.root
    make_library(root / "opt/lib/libown-1.2.so", "libown.so.1")
    make_library(root / "usr/lib/libown.so.1", "libown.so.1")
    (root / "usr/lib/libncurses.so").write_text("INPUT(libncurses.so.6 -ltinfo)")
    (root / "etc/ld.so.conf.d").mkdir(parents=True)
    (root / "etc/ld.so.conf").write_text("# folders\ninclude ld.so.conf.d/*.conf /etc/ld.so.conf\n")
    (root / "etc/ld.so.conf.d/own.conf").write_text("/opt/link # of a link\n")
    (root / "opt/link").symlink_to("/opt/lib")
    (root / "usr/lib/libabsolute.so.5").symlink_to("/opt/lib/libown-1.2.so")
    (root / "usr/lib/libround.so").symlink_to("libround.so")
    (root / "usr/lib/libaway.so").symlink_to("/nowhere/libaway.so.1")

    found = system_libraries(HERE, system)

    own = root / "opt/lib/libown-1.2.so"
    assert found == {
        "libabsolute.so.5": own,
        "libc.so.6": root / "usr/lib/libc.so.6",
        "libown-1.2.so": own,
        "libown.so.1": own,
    }


def test_locales_are_those_of_the_system(system: System):
    """A static binary carries the locale files that belong to its C library, under their usual paths."""
    assert [*static_files(system)] == []
    folder = system.root / "usr/lib/locale/C.utf8"
    (folder / "LC_MESSAGES").mkdir(parents=True)
    for name in ("LC_CTYPE", "LC_MESSAGES/SYS_LC_MESSAGES"):
        (folder / name).write_text(name)

    found = {entry.path: entry for entry in static_files(system)}

    place = PurePosixPath(f"{bundle_spare()}/usr/lib/locale/C.utf8")
    assert found.keys() == {place / "LC_CTYPE", place / "LC_MESSAGES"}
    assert {entry.size for entry in found.values()} == {len("LC_CTYPE"), len("LC_MESSAGES/SYS_LC_MESSAGES")}


def test_recordings_depend_on_the_system(system: System, tmp_path: Path):
    """A snapshot of another system is taken anew with another C library or emulator; this machine's processor does not count."""
    target = cast(TargetPython, SimpleNamespace(system=system, machine=HERE))
    facts = [tuple(machine_facts(target))]
    with (system.root / "usr/lib/libc.so.6").open("ab") as file:
        file.write(b"newer")
    facts.append(tuple(machine_facts(target)))
    (tmp_path / "emulator").write_text("version 8")
    facts.append(tuple(machine_facts(target)))

    assert len({*facts}) == 3
    assert all(isinstance(each, bytes) for fact in facts for each in fact)
