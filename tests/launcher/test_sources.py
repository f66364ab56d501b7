"""The launcher's C compiles without a warning with every Python's headers, and agrees with the linker about names."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

import pytest

from bundler.contract import launcher_folder
from bundler.elf import MACHINES, archive_symbols
from bundler.glibc import polyfill_sources
from bundler.link.interposed import INTERPOSED_FUNCTIONS, INTERPOSED_IN_OBJECTS, INTERPOSED_IN_STATIC_PYTHON
from bundler.link.launcher import FLAGS, is_for, sources
from bundler.target import Linkage, TargetPython
from bundler.target.system import this_machine

LAUNCHER = launcher_folder()
HERE = this_machine()
assert HERE is not None
SOURCES = sorted(path for path in LAUNCHER.rglob("*.c") if is_for(path, HERE))
# Rooms that know nothing of Python.
PLAIN = [path for path in SOURCES if path.parent.name in {"world", "executable", "files", "loader"}]
HEADERS = sorted(path for path in LAUNCHER.rglob("*.h") if is_for(path, HERE))
WARNINGS = ("-Wall", "-Wextra", "-Wshadow", "-Werror")


def name_of(path: Path) -> str:
    return str(path.relative_to(LAUNCHER))


def compile_source(source: Path, include_dirs: Iterable[Path], *flags: str) -> None:
    """Compile without keeping the result; the compiler's words when it fails."""
    kept = [flag for flag in FLAGS if not flag.startswith(("-O", "-W"))]
    headers = [f"-I{LAUNCHER}", *(f"-isystem{folder}" for folder in include_dirs)]
    command: list[str | Path] = ["cc", *kept, *flags, *headers, source, "-o", "/dev/null"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_compiles_without_warnings(target: TargetPython, source: Path):
    """No version's headers make a warning."""
    compile_source(source, target.include_dirs, "-fsyntax-only", "-Wall", "-Wextra", "-Werror")


@pytest.mark.skipif(shutil.which("clang") is None, reason="`clang` is not installed")
@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_clang_compiles_without_warnings(newest_target: TargetPython, source: Path):
    """With the flags of a build, the compiler that is not usual here has nothing to say either."""
    headers = [f"-I{LAUNCHER}", *(f"-isystem{folder}" for folder in newest_target.include_dirs)]
    command: list[str | Path] = ["clang", *FLAGS, *headers, source, "-o", "/dev/null"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("level", ["-O0", "-O3"])
@pytest.mark.parametrize("source", PLAIN, ids=name_of)
def test_plain_c_compiles_at_every_level(source: Path, level: str):
    """What does not need Python is clean with more warnings too, and with what the optimiser finds out."""
    compile_source(source, (), level, *WARNINGS)


# Names that headers define since a version, by header. The C library's begin with 2.28 here, the kernel's with 3.10.
NEWER = {
    "linux/seccomp.h": ("SECCOMP_RET_KILL_PROCESS", "SECCOMP_RET_USER_NOTIF", "SECCOMP_RET_LOG"),
    "sched.h": ("CLONE_PIDFD", "CLONE_CLEAR_SIGHAND", "CLONE_NEWTIME"),
    "sys/mman.h": ("MADV_COLD", "MADV_PAGEOUT", "MADV_POPULATE_READ", "MADV_POPULATE_WRITE", "MREMAP_DONTUNMAP"),
    "sys/random.h": ("GRND_INSECURE",),
}
NEWER_HEADERS = {"linux/rseq.h", "stdbit.h", "sys/ifunc.h", "sys/pidfd.h", "sys/rseq.h", "sys/single_threaded.h"}


@pytest.fixture(scope="module")
def old_headers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of headers in front of the system's, which take away what those of old build machines lack."""
    folder = tmp_path_factory.mktemp("headers")
    command = ["cc", "-E", "-dM", "-include", "sys/syscall.h", "-x", "c", "/dev/null"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    numbers = {name: int(number) for name, number in re.findall(r"^#define __NR_(\w+) (\d+)$", text, re.MULTILINE)}
    newest = numbers["finit_module"]  # of Linux 3.10
    calls = tuple(
        f"{prefix}_{name}" for name, number in numbers.items() if number > newest for prefix in ("SYS", "__NR")
    )
    for header, names in {**NEWER, "sys/syscall.h": calls}.items():
        (folder / header).parent.mkdir(exist_ok=True)
        (folder / header).write_text(
            "\n".join((f"#include_next <{header}>", *(f"#undef {name}" for name in names), ""))
        )
    return folder


@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_compiles_with_headers_of_old_systems(newest_target: TargetPython, old_headers: Path, source: Path):
    """Numbers and names that the headers of glibc 2.28 and Linux 3.10 lack are the launcher's own."""
    compile_source(
        source, newest_target.include_dirs, f"-I{old_headers}", "-fsyntax-only", "-Wall", "-Wextra", "-Werror"
    )


def test_headers_are_those_of_old_systems():
    """No file, for whatever processor, includes a header that glibc 2.28 and Linux 3.10 lack."""
    texts = {name_of(path): path.read_text() for path in LAUNCHER.rglob("*.[chS]")}
    included = {(name, header) for name, text in texts.items() for header in re.findall(r"#include <(.+?)>", text)}

    assert [each for each in included if each[1] in NEWER_HEADERS] == []


@pytest.mark.parametrize("header", HEADERS, ids=name_of)
def test_headers_stand_alone(target: TargetPython, tmp_path: Path, header: Path):
    """A header includes what it needs, and may be included twice."""
    source = tmp_path / "alone.c"
    source.write_text(f'#include "{name_of(header)}"\n#include "{name_of(header)}"\nint unused;\n')

    compile_source(source, target.include_dirs, "-fsyntax-only", "-Wall", "-Wextra", "-Werror")


def test_every_source_is_linked():
    """No file of the launcher is left out with both kinds of libpython, without a dynamic linker, on every machine."""
    every = {path for path in LAUNCHER.rglob("*") if path.suffix in {".c", ".S"}}

    launcher = chain.from_iterable(
        sources(linkage, machine, is_static=True) for linkage in Linkage for machine in MACHINES.values()
    )
    assert {*launcher, *polyfill_sources()} == every


def defined_functions(source: Path, include_dirs: Iterable[Path], output: Path) -> set[str]:
    """The names of functions that a source file gives to other files."""
    headers = [f"-I{LAUNCHER}", *(f"-isystem{folder}" for folder in include_dirs)]
    subprocess.run(["cc", *FLAGS, *headers, source, "-o", output], check=True)
    listing = subprocess.run(["nm", "--defined-only", output], capture_output=True, text=True, check=True).stdout
    return set(re.findall(r" T (\w+)", listing))


def test_interposed_functions_are_there(tmp_path: Path):
    """Every function that the linker sends to the launcher is defined there, and no other has such a name."""
    interposing = (*PLAIN, LAUNCHER / "process" / "children.c")
    defined = set[str]().union(*(defined_functions(path, (), tmp_path / "file.o") for path in interposing))

    wraps = {name.removeprefix("__wrap_") for name in defined if name.startswith("__wrap_")}
    assert wraps == INTERPOSED_FUNCTIONS | INTERPOSED_IN_OBJECTS


def test_functions_interposed_in_libpython_are_there(target: TargetPython, tmp_path: Path):
    """What the linker wraps in a static libpython, the launcher has if this version does, and wraps nothing else."""
    if target.libpython.linkage is not Linkage.STATIC:
        pytest.skip("the shared library is not wrapped")
    room = LAUNCHER / "interpreter"
    interposing = (room / "frozen.c", room / "thread_end.c", room / "static" / "lookup.c")
    files = (defined_functions(path, target.include_dirs, tmp_path / "file.o") for path in interposing)

    wraps = {name.removeprefix("__wrap_") for name in set[str]().union(*files) if name.startswith("__wrap_")}
    assert wraps == INTERPOSED_IN_STATIC_PYTHON & set(archive_symbols(target.libpython.path))
