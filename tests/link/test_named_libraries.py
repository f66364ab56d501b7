"""Libraries that a program opens by a literal name come along from the machine where it is bundled.

Costs three small compilations and one binary.
"""

from __future__ import annotations

import platform
import shutil
from pathlib import Path

import pytest

from bundler.analyze.graph import LibraryName
from bundler.elf import MACHINES
from bundler.link.libraries import Roots, find_closure
from bundler.link.library_search import LibrarySearch
from bundler.target import TargetPython
from tests.link.test_libraries import compile_library
from tests.support import bundle, inspect, run

[_MACHINE] = [machine for machine in MACHINES.values() if machine.python_name == platform.machine()]

_PROGRAM = """\
import ctypes
from ctypes import cdll

NAME = "libother.so"


def answer(library):
    library.which.restype = ctypes.c_char_p
    return library.which().decode()


def by_constant():
    return cdll.LoadLibrary(NAME)


print(answer(ctypes.CDLL("libnamed.so.3")), answer(by_constant()), ctypes.CDLL("libc.so.6").abs(-3))
"""


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a library that has a soname, one that is opened by another name than its own, and one that they need."""
    if shutil.which("gcc") is None:
        pytest.skip("there is no gcc to compile libraries with")
    made = tmp_path_factory.mktemp("named")
    compile_library(made / "libbelow.so.1", "which.c", '-DANSWER="below"', "-Wl,-soname,libbelow.so.1")
    compile_library(
        made / "libnamed.so.3", "which.c", '-DANSWER="named"', "-Wl,-soname,libnamed.so.3", "-l:libbelow.so.1"
    )
    compile_library(made / "libother.so.2", "which.c", '-DANSWER="other"', "-Wl,-soname,libother.so.2")
    (made / "libother.so").symlink_to("libother.so.2")
    return made


def test_they_come_along(folder: Path, newest_target: TargetPython, tmp_path: Path):
    """A program finds them by the same names without the folder, and what they need comes too; libc is the system's."""
    program = tmp_path / "app.py"
    program.write_text(_PROGRAM)
    done = bundle(program, "--python", newest_target.executable, "-o", tmp_path / "app", LD_LIBRARY_PATH=str(folder))
    assert done.status == 0, done.stderr.decode()

    found = run([tmp_path / "app"])

    assert (found.stdout.decode(), found.stderr, found.status) == ("named other 3\n", b"", 0)
    libraries = {Path(path).name for path in inspect(tmp_path / "app")["libraries"]}
    assert libraries >= {"libnamed.so.3", "libother.so", "libbelow.so.1"}
    assert not any(name.startswith("libc.so") for name in libraries)


def test_plan_says_why(folder: Path, newest_target: TargetPython, tmp_path: Path):
    """The plan says of a library that is opened by its name that this is why it is there."""
    program = tmp_path / "app.py"
    program.write_text("import ctypes\nctypes.CDLL('libother.so')\n")
    done = bundle("plan", program, "--python", newest_target.executable, LD_LIBRARY_PATH=str(folder))

    assert b"libother.so" in done.stdout
    assert b"is opened by its name" in done.stdout


def in_folder(folder: Path) -> LibrarySearch:
    """The search of a machine with this folder in LD_LIBRARY_PATH."""
    return LibrarySearch.of(_MACHINE, folders=(str(folder),))


@pytest.mark.parametrize(
    "name", ["libc.so.6", "libpython3.so", "libGL.so.1", "libX11.so.6", "libcuda.so", "libudev.so.1"]
)
def test_what_belongs_to_the_machine_stays(folder: Path, tmp_path: Path, name: str):
    """Libraries of drivers and services, and other interpreters, are those of the machine on which the program runs."""
    shutil.copy(folder / "libother.so.2", tmp_path / name)

    closure = find_closure(Roots(opened=[LibraryName(name, is_short=False)]), "/__bundle__", in_folder(tmp_path))

    assert closure.libraries == ()


def test_what_the_program_brings_is_taken(folder: Path, tmp_path: Path):
    """A library of the program's own with that name, or soname, is the one that is opened: the machine's does not come."""
    own = tmp_path / "own.so"
    shutil.copy(folder / "libother.so.2", own)
    names = [LibraryName("libother.so.2", is_short=False), LibraryName("own.so", is_short=False)]
    (tmp_path / "machine").mkdir()
    for name in ("own.so", "libother.so.2"):
        shutil.copy(folder / "libbelow.so.1", tmp_path / "machine" / name)

    roots = Roots(modules=[(own, "/__bundle__/own.so")], opened=names)
    closure = find_closure(roots, "/__bundle__", in_folder(tmp_path / "machine"))

    assert [library.object.path for library in closure.libraries] == [own]


def test_what_is_not_here_is_no_error(tmp_path: Path):
    """A name that means no library of this machine, or a text file, brings nothing: opening it fails as it does here."""
    (tmp_path / "libtext.so").write_text("INPUT(-lother)")
    names = [LibraryName("libnowhere.so.7", is_short=False), LibraryName("nowhere", is_short=True)]

    roots = Roots(opened=[*names, LibraryName("libtext.so", is_short=False)])
    closure = find_closure(roots, "/__bundle__", in_folder(tmp_path))

    assert closure.libraries == ()


def test_what_cannot_be_found_out_is_not_here(monkeypatch: pytest.MonkeyPatch):
    """`find_library` of some Pythons fails on names that it takes from an error message of the compiler: nothing comes."""

    def fail(_name: str) -> str:
        raise FileNotFoundError("libliblost.a")

    monkeypatch.setattr("ctypes.util.find_library", fail)

    roots = Roots(opened=[LibraryName("liblost", is_short=True)])
    assert find_closure(roots, "/__bundle__", LibrarySearch.of(_MACHINE)).libraries == ()
