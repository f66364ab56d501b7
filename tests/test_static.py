"""Binaries without a dynamic linker (`--static`) run in a root where nothing else is, and do there what Python does here.

Costs three binaries, and one of `hello` for each Python.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme

from bundler.elf import SegmentType, read_executable
from bundler.inspection import document, inspect
from bundler.link.finished import is_static
from tests.conftest import make_environment
from tests.support import APPS, EXAMPLES, ROOT, Interpreter, Outcome, Program, bundle, plain_environment, run
from tests.tls import serving

_SOURCE = APPS / "static" / "uses.py"
_CPLUSPLUS = ROOT / "tests" / "systems" / "programs" / "cpp"
_WHEELS = ROOT / "tests" / "wheels" / "requirements.txt"

# What a program may read that says who and where it is; the rest of the root is empty.
_ETC = {
    "passwd": "root:x:0:0:root:/root:/bin/sh\n",
    "hosts": "127.0.0.1 localhost\n",
    # Services of names that are files of the system: the binary does without them.
    "nsswitch.conf": "passwd: compat systemd files\nhosts: mymachines mdns4_minimal files dns\n",
}


@pytest.fixture
def nothing(tmp_path: Path) -> Path:
    """A root folder without anything: no C library, no /proc, /dev, /tmp or /usr."""
    if os.geteuid() != 0 or shutil.which("chroot") is None:
        pytest.skip("`chroot` is for root alone")
    (tmp_path / "etc").mkdir()
    for name, text in _ETC.items():
        (tmp_path / "etc" / name).write_text(text)
    return tmp_path


@pytest.fixture(scope="module")
def uses(one_interpreter: Interpreter, tmp_path_factory: pytest.TempPathFactory) -> Program:
    """The program with all uses, in both forms."""
    folder = tmp_path_factory.mktemp("static")
    environment = make_environment(one_interpreter.version, one_interpreter.base, (_WHEELS,))
    interpreter = Interpreter(one_interpreter.version, one_interpreter.base, environment)
    include = run([interpreter.python, "-c", "import sysconfig; print(sysconfig.get_path('include'))"]).stdout.decode()
    for name in ("catcher", "thrower"):
        options = ("-std=c++17", "-O1", "-shared", "-fPIC", f"-I{include.strip()}")
        subprocess.run(["c++", *options, _CPLUSPLUS / f"{name}.cpp", "-o", folder / f"{name}.abi3.so"], check=True)
    source = Path(shutil.copy(_SOURCE, folder))
    binary = folder / "binary" / source.name
    done = bundle(source, "--static", "--python", interpreter.python, "-o", binary)
    assert done.status == 0, done.stderr.decode()
    return Program(interpreter, source, binary)


def run_in(root: Path, binary: Path, *arguments: str, **variables: str) -> Outcome:
    """Run a binary that was copied into another root."""
    chroot = shutil.which("chroot")
    assert chroot is not None
    shutil.copy(binary, root / binary.name)
    return run([chroot, root, f"/{binary.name}", *arguments], environment=plain_environment(**variables))


@pytest.mark.parametrize(
    "use",
    ["threads", "processes", "signals", "hosts", "users", "ctypes", "locale", "cplusplus", "numpy"],
)
def test_use(uses: Program, nothing: Path, use: str):
    """Threads, processes, names of hosts and users, `ctypes`, locales, C++ and numpy work as in Python."""
    found = run_in(nothing, uses.binary, use, TMPDIR="/")

    uses.compare(found, run([*uses.original, use], environment=plain_environment(TMPDIR="/")))
    assert found.status == 0


def test_tls(uses: Program, nothing: Path):
    """A connection is made, and its certificate checked."""
    authority = trustme.CA()
    with serving(authority) as port:
        arguments = ("tls", str(port), authority.cert_pem.bytes().decode())

        uses.compare(run_in(nothing, uses.binary, *arguments), run([*uses.original, *arguments]))


def test_nothing_of_the_system_is_loaded(uses: Program):
    """A shared object on the disk is an OSError that says why, also where the system has it."""
    library = next(path for path in Path("/usr/lib/x86_64-linux-gnu").glob("libz.so.*") if path.is_file())

    told = run([uses.binary, "file", str(library)]).stdout.decode()

    assert told.startswith(f"{library}: cannot open shared object file: the program is linked statically")


@pytest.mark.parametrize("libpython", ["static", "shared"])
def test_hello(interpreter: Interpreter, nothing: Path, tmp_path: Path, libpython: str):
    """The smallest program runs, with each Python and either libpython. It has no snapshot, and the build says so."""
    binary = tmp_path / "built" / "hello.py"
    source = EXAMPLES / "hello" / "hello.py"

    options = ("--static", "--snapshot", "auto", "--libpython", libpython, "--python", interpreter.python)
    done = bundle(source, *options, "-o", binary)

    if b"no-libpython" in done.stderr or b"broken-libpython" in done.stderr:
        pytest.skip("this Python has no such library")
    assert done.status == 0, done.stderr.decode()
    assert b"snapshot: none, for a binary that is built with `--static` has none" in done.stderr
    assert run_in(nothing, binary, "you") == run([interpreter.python, source, "you"])


def test_no_dynamic_linker(uses: Program):
    """The executable names no interpreter, has nothing for one to do, and cannot load what others would."""
    executable = read_executable(uses.binary)

    kinds = {segment.type for segment in executable.segments}
    assert not kinds & {SegmentType.DYNAMIC, SegmentType.INTERP}
    assert is_static(uses.binary)
    assert "_dl_open" not in executable.symbols
    found = document(inspect(uses.binary))
    assert found["static_glibc"] == (os.confstr("CS_GNU_LIBC_VERSION") or "").removeprefix("glibc ")
    assert "executable" not in found["symbol_versions"] or not found["symbol_versions"]["executable"]


def test_told_before_it_is_built(one_interpreter: Interpreter, tmp_path: Path):
    """`bundle plan` says that the C library is linked in, and its version."""
    done = bundle("plan", EXAMPLES / "hello" / "hello.py", "--static", "--python", one_interpreter.python, cwd=tmp_path)

    assert b"linked statically with glibc 2." in done.stdout.splitlines()[0]


# --- Refusals ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def module(one_interpreter: Interpreter, tmp_path: Path) -> Callable[..., Path]:
    """`module(SOURCE, *FLAGS)` is a program that imports an extension module which is compiled like that."""

    def module(source: str, *flags: str | Path) -> Path:
        (tmp_path / "native.c").write_text(source)
        options = ("-shared", "-fPIC", "-O1", *flags)
        subprocess.run(["cc", tmp_path / "native.c", *options, "-o", tmp_path / "native.abi3.so"], check=True)
        (tmp_path / "app.py").write_text("import native\n")
        return tmp_path / "app.py"

    return module


_MODULE = "void *PyInit_native(void) { return 0; }\n"


def test_library_of_the_system(module: Callable[..., Path], one_interpreter: Interpreter, tmp_path: Path):
    """A library that belongs to the system is refused, with who needs it and what to do."""
    stub = tmp_path / "libGL.so.1"
    subprocess.run(["cc", "-shared", "-xc", "/dev/null", "-Wl,-soname,libGL.so.1", "-o", stub], check=True)
    app = module(_MODULE, "-Wl,--no-as-needed", stub, f"-Wl,-rpath,{tmp_path}")

    done = bundle(app, "--static", "--python", one_interpreter.python, "-o", tmp_path / "app")

    told = done.stderr.decode()
    assert "error[not-static]" in told
    assert "`libGL.so.1`, which `native.abi3.so` needs, belongs to the system" in told
    assert "--exclude-module" in told


def test_library_that_would_be_carried(module: Callable[..., Path], one_interpreter: Interpreter, tmp_path: Path):
    """A library that cannot be prelinked is refused, with the reason."""
    app = module(_MODULE, "-Wl,-z,execstack")

    done = bundle(app, "--static", "--python", one_interpreter.python, "-o", tmp_path / "app")

    told = done.stderr.decode()
    assert "error[not-static]" in told
    assert "native.abi3.so` cannot be linked in: it asks for an executable stack" in told


def test_function_that_nothing_has(module: Callable[..., Path], one_interpreter: Interpreter, tmp_path: Path):
    """Importing a module fails, as in Python, when it needs a function that does not exist; the error names it."""
    app = module("void no_such_function(void);\n" + _MODULE.replace("return 0", "no_such_function(); return 0"))

    done = bundle(app, "--static", "--python", one_interpreter.python, "-o", tmp_path / "app")

    assert done.status == 0, done.stderr.decode()
    assert b"undefined symbol: no_such_function" in run([tmp_path / "app"]).stderr


def test_function_of_old_programs(module: Callable[..., Path], one_interpreter: Interpreter, tmp_path: Path):
    """A function that only the shared C library still has is noted by the build, and importing its user fails."""
    old = '__asm__(".symver old, sysctl@GLIBC_2.2.5"); int old(void);\n'
    app = module(old + _MODULE.replace("return 0", "old(); return 0"))

    done = bundle(app, "--static", "--python", one_interpreter.python, "-o", tmp_path / "app")

    assert "note[lacking-function]: `native.abi3.so` needs the function `sysctl`" in done.stderr.decode()
    assert b"ImportError: /__bundle__/native.abi3.so: undefined symbol: sysctl" in run([tmp_path / "app"]).stderr


def test_without_the_archive(one_interpreter: Interpreter, tmp_path: Path):
    """A compiler without a static C library is refused before anything is analysed, with the package to install."""
    compiler = tmp_path / "cc"
    compiler.write_text('#!/bin/sh\ncase "$*" in *print-file-name=lib*) echo none ;; *) exec cc "$@" ;; esac\n')
    compiler.chmod(0o755)
    source = EXAMPLES / "hello" / "hello.py"

    done = bundle(source, "--static", "--python", one_interpreter.python, "-o", tmp_path / "app", CC=str(compiler))

    told = done.stderr.decode()
    assert "error[no-static-libc]" in told
    assert "libc6-dev" in told
    assert "analyzing" not in told


def test_floor_has_no_meaning(tmp_path: Path):
    """`--glibc` chooses between versions of a C library that the binary does not take from the system."""
    done = bundle(EXAMPLES / "hello" / "hello.py", "--static", "--glibc", "2.28", "-o", tmp_path / "app")

    assert done.status == 2
    assert b"`--static` and `--glibc` exclude each other" in done.stderr
