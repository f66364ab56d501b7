"""The launcher's C compiles without a warning with every Python's headers, and agrees with the linker about names."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

import pytest

from bundler.contract import launcher_folder
from bundler.elf import archive_symbols
from bundler.link.launcher import FLAGS, LINKAGE_SOURCES
from bundler.link.launcher import SOURCES as LINKED
from bundler.link.replaced import REPLACED_FUNCTIONS, REPLACED_IN_IMAGES, WRAPPED_IN_PYTHON
from bundler.target import Linkage, TargetPython

SOURCES = sorted(launcher_folder().glob("*.c"))
PLAIN = [
    path
    for path in SOURCES
    if not {"importer.h", "compat.h", "ending.h"} & set(re.findall(r'"(\w+\.h)"', path.read_text()))
]
HEADERS = sorted(launcher_folder().glob("*.h"))
WARNINGS = ("-Wall", "-Wextra", "-Wshadow", "-Werror")


def compile_source(source: Path, include_dirs: Iterable[Path], *flags: str) -> None:
    """Compile without keeping the result; the compiler's words when it fails."""
    kept = [flag for flag in FLAGS if not flag.startswith(("-O", "-W"))]
    headers = [f"-I{launcher_folder()}", *(f"-isystem{folder}" for folder in include_dirs)]
    command: list[str | Path] = ["cc", *kept, *flags, *headers, source, "-o", "/dev/null"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_compiles_without_warnings(target: TargetPython, source: Path):
    """No version's headers make a warning."""
    compile_source(source, target.include_dirs, "-fsyntax-only", "-Wall", "-Wextra", "-Werror")


@pytest.mark.parametrize("level", ["-O0", "-O3"])
@pytest.mark.parametrize("source", PLAIN, ids=lambda path: path.name)
def test_plain_c_compiles_at_every_level(source: Path, level: str):
    """What does not need Python is clean with more warnings too, and with what the optimiser finds out."""
    compile_source(source, (), level, *WARNINGS)


@pytest.mark.parametrize("header", HEADERS, ids=lambda path: path.name)
def test_headers_stand_alone(target: TargetPython, tmp_path: Path, header: Path):
    """A header includes what it needs, and may be included twice."""
    source = tmp_path / "alone.c"
    source.write_text(f'#include "{header.name}"\n#include "{header.name}"\nint unused;\n')

    compile_source(source, target.include_dirs, "-fsyntax-only", "-Wall", "-Wextra", "-Werror")


def test_every_source_is_linked():
    """No file of the launcher is forgotten by the linker."""
    every = {path.name for path in launcher_folder().iterdir() if path.suffix in {".c", ".S"}}

    assert {*LINKED, *chain.from_iterable(LINKAGE_SOURCES.values())} == every


def test_replaced_functions_are_there(tmp_path: Path):
    """Every function that the linker sends to the launcher is defined there, and no other has such a name."""
    defined = set()
    for name in ("children.c", "files.c", "images.c", "openssl.c", "threads.c", "unwind.c"):
        output = tmp_path / f"{name}.o"
        command: list[str | Path] = [
            "cc",
            "-c",
            "-D_GNU_SOURCE",
            "-D_FILE_OFFSET_BITS=64",
            "-w",
            launcher_folder() / name,
            "-o",
            output,
        ]
        subprocess.run(command, check=True)
        listing = subprocess.run(["nm", "--defined-only", output], capture_output=True, text=True, check=True).stdout
        defined |= set(re.findall(r" T __wrap_(\w+)", listing))

    assert defined == REPLACED_FUNCTIONS | REPLACED_IN_IMAGES


def test_functions_wrapped_in_libpython_are_there(target: TargetPython, tmp_path: Path):
    """What the linker wraps in a static libpython, the launcher has if this version does, and wraps nothing else."""
    if target.libpython.linkage is not Linkage.STATIC:
        pytest.skip("the shared library is not wrapped")
    headers = [f"-isystem{folder}" for folder in target.include_dirs]
    defined = set()
    for name in ("frozen.c", "lookup.c"):
        output = tmp_path / f"{name}.o"
        subprocess.run(["cc", *FLAGS, *headers, launcher_folder() / name, "-o", output], check=True)
        listing = subprocess.run(["nm", "--defined-only", output], capture_output=True, text=True, check=True).stdout
        defined |= set(re.findall(r" T __wrap_(\w+)", listing))

    assert defined == set(WRAPPED_IN_PYTHON) & set(archive_symbols(target.libpython.path))
