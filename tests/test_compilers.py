"""Compilers and linkers other than the usual ones build programs that do the same, or are refused at once.

Costs a small binary for each pair that is installed, and one with all wheels; the first run compiles each program once
for each compiler.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from bundler.elf import drop_symbols
from bundler.errors import BundleError
from bundler.freeze.compiler import FLAGS
from bundler.freeze.split import parts_of
from bundler.freeze.worker.ctext import BORDER_LINE
from bundler.target import Linkage, probe
from bundler.toolchain import Toolchain, find_toolchain
from bundler.zig import find_zig
from tests.conftest import make_environment
from tests.support import EXAMPLES, ROOT, Interpreter, Program, bundle
from tests.target.pythons import quiet_context
from tests.wheels.test_wheels import LEFT_OUT, PROGRAM, REQUIREMENTS, USES

COMPILERS = ("gcc", "clang")
LINKERS = ("bfd", "lld")
UNFIT_LINKERS = ("gold", "mold")  # neither understands a linker script that gives sections addresses
NOWHERE = "/nowhere"  # as PATH: no program is found
ZIG = "zig"  # of the package ziglang, which is used where no other compiler is
STANDARD_LIBRARY = ROOT / "tests" / "systems" / "programs" / "standard_library.py"
# gcc with GNU ld is what all other tests build with.
PAIRS = [
    f"{compiler} -fuse-ld={linker}"
    for compiler in COMPILERS
    for linker in LINKERS
    if (compiler, linker) != ("gcc", "bfd")
]


def toolchain_or_skip(command: str) -> Toolchain:
    """The toolchain that CC would name; skips the test where a part of it is not installed."""
    if command == ZIG:
        if find_zig() is None:
            pytest.skip("`ziglang` is not installed")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PATH", NOWHERE)
            return find_toolchain(None)
    compiler, *options = command.split()
    linkers = [f"ld.{option.removeprefix('-fuse-ld=')}" for option in options]
    for name in (compiler, *linkers):
        if shutil.which(name) is None:
            pytest.skip(f"`{name}` is not installed")
    return find_toolchain(command)


def build(interpreter: Interpreter, source: Path, folder: Path, command: str, *options: str) -> Program:
    """A program bundled by a toolchain."""
    binary = folder / source.name
    path, named = (NOWHERE, "") if command == ZIG else (os.environ["PATH"], command)
    done = bundle(source, "--python", interpreter.python, "-o", binary, *options, PATH=path, CC=named)
    assert done.status == 0, done.stderr.decode()
    return Program(interpreter, source, binary)


def skip_without(libpython: Linkage, interpreter: Interpreter, toolchain: Toolchain) -> None:
    """Skip the test where the Python has no such libpython that can be embedded."""
    try:
        probe(interpreter.base, quiet_context(toolchain), libpython)
    except BundleError:
        pytest.skip(f"that Python has no {libpython.value} libpython")


@pytest.mark.parametrize("libpython", Linkage)
@pytest.mark.parametrize("command", [*PAIRS, ZIG])
def test_small_programs(one_interpreter: Interpreter, tmp_path: Path, command: str, libpython: Linkage):
    """A script and a program with packages do what they do in Python, with either kind of libpython."""
    skip_without(libpython, one_interpreter, toolchain_or_skip(command))
    hello = build(one_interpreter, EXAMPLES / "hello" / "hello.py", tmp_path, command, f"--libpython={libpython.value}")
    greet = build(one_interpreter, EXAMPLES / "greet" / "greet.py", tmp_path, command, f"--libpython={libpython.value}")

    assert hello.check_same().status == 0
    assert greet.check_same("--help").status == 0


@pytest.mark.proof
def test_linker_for_the_static_libpython_only(one_interpreter: Interpreter, tmp_path: Path):
    """Gold links what needs no sections at addresses."""
    command = "gcc -fuse-ld=gold"
    skip_without(Linkage.STATIC, one_interpreter, toolchain_or_skip(command))
    hello = build(one_interpreter, EXAMPLES / "hello" / "hello.py", tmp_path, command, "--libpython=static")

    assert hello.check_same().status == 0


@pytest.mark.parametrize("command", [*PAIRS, pytest.param("gcc -fuse-ld=gold", marks=pytest.mark.proof)])
def test_without_a_dynamic_linker(one_interpreter: Interpreter, tmp_path: Path, command: str):
    """The C library is linked in as well, and looked up by name (`ctypes`)."""
    skip_without(Linkage.STATIC, one_interpreter, toolchain_or_skip(command))
    program = build(one_interpreter, STANDARD_LIBRARY, tmp_path, command, "--static", "--libpython=static")

    assert program.check_same("ctypes", "threads", "name_service", "descriptors").status == 0


def test_no_static_c_library(one_interpreter: Interpreter, tmp_path: Path):
    """The compiler of the package index brings no C library that can be linked in: that is said, with what serves."""
    toolchain_or_skip(ZIG)
    source = EXAMPLES / "hello" / "hello.py"

    done = bundle(source, "--static", "--python", one_interpreter.python, "-o", tmp_path / "app", PATH=NOWHERE, CC="")

    assert done.stderr.startswith(b"error[no-static-libc]")
    assert b"install gcc or clang" in done.stderr


@pytest.mark.parametrize("command", PAIRS)
def test_wheels(one_interpreter: Interpreter, tmp_path: Path, command: str):
    """With each compiler, wheels with compiled code work in one process as under Python."""
    toolchain_or_skip(command)
    environment = make_environment(one_interpreter.version, one_interpreter.base, (REQUIREMENTS,))
    interpreter = Interpreter(one_interpreter.version, one_interpreter.base, environment)
    program = build(interpreter, PROGRAM, tmp_path, command, *(f"--exclude-module={name}" for name in sorted(LEFT_OUT)))

    found = program.check_same(*(name for name in USES if name not in LEFT_OUT))

    assert (found.status, found.stderr) == (0, b"")


@pytest.mark.parametrize("command", COMPILERS)
def test_empty_modules(one_interpreter: Interpreter, tmp_path: Path, command: str):
    """Modules without a byte of source are compiled one by one where the compiler cannot take several."""
    toolchain_or_skip(command)
    source = tmp_path / "source" / "main.py"
    source.parent.mkdir()
    source.write_text("import first, second\nprint(first.__name__, second.__name__)\n")
    for name in ("first", "second"):
        (source.parent / f"{name}.py").touch()

    assert build(one_interpreter, source, tmp_path, command).check_same().stdout == b"first second\n"


@pytest.mark.parametrize("linker", UNFIT_LINKERS)
def test_linker_that_cannot_do_it(one_interpreter: Interpreter, tmp_path: Path, linker: str):
    """The linker's name and words, and what to use instead, before anything is compiled."""
    command = f"gcc -fuse-ld={linker}"
    toolchain = toolchain_or_skip(command)
    try:
        probe(one_interpreter.base, quiet_context(toolchain), Linkage.SHARED)
    except BundleError:
        pytest.skip("that Python has no shared libpython")
    source = EXAMPLES / "hello" / "hello.py"
    done = bundle(
        source,
        "--python",
        one_interpreter.python,
        "--libpython=shared",
        "-o",
        tmp_path / "hello",
        CC=command,
        NO_COLOR="1",
    )
    lines = done.stderr.decode().splitlines()

    assert done.status == 1
    assert lines[0].startswith("error[unsupported-linker]: ")
    assert linker in lines[0]
    assert "-fuse-ld=lld" in lines[-1]


@pytest.mark.parametrize("command", COMPILERS)
def test_order_is_kept_as_the_family_says(command: str, tmp_path: Path):
    """Borders between modules come out where they stand, or the family is known not to do that."""
    toolchain = toolchain_or_skip(command)
    names = ("first", "second")
    source = tmp_path / "order.c"
    source.write_text("".join(f"{BORDER_LINE} int {name} = 1;\n" for name in names) + BORDER_LINE + "\n")
    toolchain.run("-S", *FLAGS, *toolchain.ordering_flags, source, "-o", tmp_path / "order.s")
    parts = list(parts_of((tmp_path / "order.s").read_bytes()))

    kept = [[name for name in names if f"{name}:".encode() in part] for part in parts] == [[name] for name in names]
    assert kept == toolchain.keeps_asm_order


def test_neither_gcc_nor_clang(tmp_path: Path):
    """Another compiler is refused by the words in which it tells its version."""
    compiler = tmp_path / "tcc"
    compiler.write_text("#!/bin/sh\necho tcc version 0.9.27\n")
    compiler.chmod(0o755)

    with pytest.raises(BundleError, match="neither gcc nor clang") as raised:
        find_toolchain(str(compiler))

    assert raised.value.diagnostic.notes == ("tcc version 0.9.27",)


def test_compiler_without_a_linker():
    """A linker that is named and not there is an error of its own."""
    with pytest.raises(BundleError, match="finds no linker") as raised:
        find_toolchain("gcc -fuse-ld=lld -B/nowhere -Wl,--no-such-option")

    assert raised.value.diagnostic.code == "no-linker"


@pytest.mark.parametrize("linker", ["bfd", "lld", "gold", "mold"])
def test_symbols_are_dropped(linker: str, tmp_path: Path):
    """In whichever order a linker writes symbol table and names: the functions stay, and other programs can read them."""
    command = f"gcc -fuse-ld={linker}"
    toolchain_or_skip(command)
    source, binary = tmp_path / "a.c", tmp_path / "a"
    source.write_text(
        'int gone __attribute__((section(".frozen.a"))) = 1; int stays = 2;\nint main(void) { return stays - 2; }\n'
    )
    subprocess.run([*command.split(), "-no-pie", source, "-o", binary], check=True)
    size = binary.stat().st_size

    drop_symbols(binary, ".frozen")

    names = subprocess.run(["nm", binary], capture_output=True, text=True, check=True).stdout.split()
    assert {"main", "stays"} <= set(names)
    assert "gone" not in names
    assert binary.stat().st_size < size
    assert subprocess.run([binary], check=False).returncode == 0
