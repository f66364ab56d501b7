"""Binaries run with glibc 2.17, the calls of Linux 3.10, and nothing else; and without any C library.

The first run downloads that C library (50 MB, a minute); after that, each test costs a link. `python -m tests.systems` tries
more programs on more systems.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bundler.elf import X86_64
from bundler.settings import OLDEST_GLIBC
from tests.conftest import make_environment
from tests.glibc.here import read_c_library
from tests.support import EXAMPLES, ROOT, Interpreter, Program, bundle, run
from tests.systems.facts import wrong_facts
from tests.systems.roots import EMPTY, RootError, make_root
from tests.systems.system import System

_WHEELS = ROOT / "tests" / "wheels"
_OLDEST = System("glibc-2.17", is_bare=True, is_old=True)
_EMPTY = System(EMPTY, is_old=True)


@pytest.fixture(scope="module", autouse=True)
def root() -> Path:
    """The folder with the C library."""
    try:
        return make_root("glibc-2.17")
    except RootError as error:
        pytest.skip(str(error))


def _check(
    interpreter: Interpreter,
    folder: Path,
    source: Path,
    *arguments: str,
    leave_out: tuple[str, ...] = (),
    system: System = _OLDEST,
) -> None:
    """Bundle a program, run it on another system, and compare it with Python here."""
    program = Program(interpreter, source, folder / source.name)
    options = [f"--exclude-module={name}" for name in leave_out]
    if system is _EMPTY:
        options.append("--static")
    done = bundle(source, "--python", interpreter.python, "-o", program.binary, *options)
    assert done.status == 0, done.stderr.decode()

    found = run(system.command([program.binary, *arguments], seen=[folder]), cwd=folder)
    if found.status == 77:
        pytest.skip("this machine lets no other system be entered")

    program.compare(found, run([*program.original, *arguments], cwd=folder))
    assert found.status == 0


def test_hello(one_interpreter: Interpreter, tmp_path: Path):
    """The smallest program."""
    _check(one_interpreter, tmp_path, EXAMPLES / "hello" / "hello.py", "you")


def test_hello_without_a_c_library(one_interpreter: Interpreter, tmp_path: Path):
    """The smallest program, linked statically, with the calls of Linux 3.10."""
    _check(one_interpreter, tmp_path, EXAMPLES / "hello" / "hello.py", "you", system=_EMPTY)


def test_daemon_threads(one_interpreter: Interpreter, tmp_path: Path):
    """Threads that run at the end are stopped without libgcc_s.so.1, for which the C library's `pthread_exit` asks."""
    _check(one_interpreter, tmp_path, ROOT / "tests" / "systems" / "programs" / "daemons.py")


def test_wheel(one_interpreter: Interpreter, tmp_path: Path):
    """Numpy is written in C++ and for a newer C library, with threads and libraries of its own."""
    environment = make_environment(one_interpreter.version, one_interpreter.base, (_WHEELS / "requirements.txt",))
    interpreter = Interpreter(one_interpreter.version, one_interpreter.base, environment)
    others = ("PIL", "coverage", "cryptography", "lxml", "pandas", "pydantic")

    _check(interpreter, tmp_path, _WHEELS / "program.py", "numpy", leave_out=others)


def test_facts_about_the_old_library():
    """What `bundler/glibc` knows of glibc 2.17 from a newer one, and of which library had what, is so."""
    assert list(wrong_facts(read_c_library(X86_64), make_root(f"glibc-{OLDEST_GLIBC}") / "lib64")) == []
