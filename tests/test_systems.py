"""Binaries run with glibc 2.17, the calls of Linux 3.10, and nothing else; and without any C library.

The first run downloads that C library (50 MB, a minute); after that, each test costs a link. `python -m tests.systems` tries
more programs on more systems.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from bundler.elf import X86_64, read_shared_object
from bundler.settings import OLDEST_GLIBC
from tests.conftest import make_environment
from tests.glibc.here import read_c_library
from tests.link.natives import SOURCES as NATIVE
from tests.support import EXAMPLES, ROOT, Interpreter, Program, bundle, run
from tests.systems.facts import wrong_facts
from tests.systems.pythons import find_pythons
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


def _add_module(interpreter: Interpreter, folder: Path, source: Path, name: str) -> None:
    """Compile an extension module of the tests of prelinking into a new folder."""
    folder.mkdir()
    compiler = shutil.which("g++" if source.suffix == ".cpp" else "gcc")
    if compiler is None:
        pytest.skip(f"there is no compiler for {source.name}")
    asking = "import sysconfig; print(sysconfig.get_path('include'))"
    include = run([interpreter.base, "-c", asking]).stdout.decode().strip()
    options = ("-O2", "-shared", "-fPIC", f"-I{include}", f"-DNAME={name}")
    subprocess.run([compiler, *options, source, "-o", folder / f"{name}.abi3.so"], check=True)


def test_hello(one_interpreter: Interpreter, tmp_path: Path):
    """The example hello prints on the system what Python prints here."""
    _check(one_interpreter, tmp_path, EXAMPLES / "hello" / "hello.py", "you")


def test_hello_without_a_c_library(one_interpreter: Interpreter, tmp_path: Path):
    """The example hello, linked statically, runs without a C library and with the calls of Linux 3.10 only."""
    _check(one_interpreter, tmp_path, EXAMPLES / "hello" / "hello.py", "you", system=_EMPTY)


def test_daemon_threads(one_interpreter: Interpreter, tmp_path: Path):
    """Threads that run at the end are stopped without libgcc_s.so.1, for which the C library's `pthread_exit` asks."""
    _check(one_interpreter, tmp_path, ROOT / "tests" / "systems" / "programs" / "daemons.py")


@pytest.mark.parametrize("system", [_OLDEST, System("glibc-2.17")], ids=str)
@pytest.mark.parametrize("kind", ["cpp", "c"])
def test_threads_of_modules(one_interpreter: Interpreter, tmp_path: Path, kind: str, system: System):
    """`pthread_exit` and `pthread_cancel` run the destructors of a thread's stack, and `backtrace` sees the callers, also where
    the C library finds no libgcc_s.so.1.
    """
    source = tmp_path / "source" / "threads.py"
    _add_module(one_interpreter, source.parent, NATIVE / f"unwound.{kind}", "unwound")
    source.write_text("import unwound\nprint(unwound.run())\n")

    _check(one_interpreter, tmp_path, source, system=system)


def test_function_that_nobody_has(one_interpreter: Interpreter, tmp_path: Path):
    """Importing a module fails that needs a function which the system lacks, with its name and version; the program goes on."""
    source = tmp_path / "source" / "lacking.py"
    _add_module(one_interpreter, source.parent, NATIVE / "newer.c", "newer")
    source.write_text(
        "try:\n    import newer\nexcept ImportError as error:\n    print(error)\nelse:\n    print(newer.run())\n"
    )
    done = bundle(source, "--python", one_interpreter.python, "-o", tmp_path / "lacking")
    assert done.status == 0, done.stderr.decode()

    here = run([tmp_path / "lacking"])
    found = run(_OLDEST.command([tmp_path / "lacking"], seen=[tmp_path]), cwd=tmp_path)
    if found.status == 77:
        pytest.skip("this machine lets no other system be entered")

    assert here.stdout == b"5 1.500\n"
    assert found.status == 0
    assert b"strfromd" in found.stdout
    assert b"GLIBC_2.25" in found.stdout


def test_wheel(one_interpreter: Interpreter, tmp_path: Path):
    """Numpy is written in C++ and for a newer C library, with threads and libraries of its own."""
    environment = make_environment(one_interpreter.version, one_interpreter.base, (_WHEELS / "requirements.txt",))
    interpreter = Interpreter(one_interpreter.version, one_interpreter.base, environment)
    others = ("PIL", "coverage", "cryptography", "lxml", "pandas", "pydantic")

    _check(interpreter, tmp_path, _WHEELS / "program.py", "numpy", leave_out=others)


@pytest.mark.proof
def test_static_library_of_debian(tmp_path: Path):
    """Debian's static libpython is linked with libz and libexpat of the system: they are part of the binary as well."""
    python = next((each for each in find_pythons() if str(each) == "3.11 Debian static"), None)
    if python is None:
        pytest.skip("this is no Debian 12 with `libpython3.11-dev`")
    binary = tmp_path / "hello"
    hello = EXAMPLES / "hello" / "hello.py"
    done = bundle(hello, "--python", python.base, "--libpython", "static", "-o", binary)
    assert done.status == 0, done.stderr.decode()
    found = run(_OLDEST.command([binary, "you"], seen=[tmp_path]), cwd=tmp_path)
    if found.status == 77:
        pytest.skip("this machine lets no other system be entered")

    assert found.stdout == b"Hello, you!\n"
    needed = {name.partition(".")[0] for name in read_shared_object(binary).needed}
    assert needed <= {"libc", "libm", "libdl", "libpthread", "ld-linux-x86-64"}


def test_facts_about_the_old_library():
    """What `bundler/glibc` knows of glibc 2.17 from a newer one, and of which library had what, is so."""
    assert list(wrong_facts(read_c_library(X86_64), make_root(f"glibc-{OLDEST_GLIBC}") / "lib64")) == []
