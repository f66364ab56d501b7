"""Wheels with compiled code do in a binary what they do in Python.

Costs one binary for each Python, with up to 1,300 modules to compile when the cache is empty; by default only one Python,
without pandas and coverage.py (see the package's docstring).
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bundler import elf
from tests.conftest import make_environment
from tests.support import VERSIONS, Interpreter, Program, bundle, find_interpreter, inspect
from tests.wheels import EVERYTHING

HERE = Path(__file__).parent
PROGRAM = HERE / "program.py"
REQUIREMENTS = HERE / "requirements.txt"

USES = re.findall(r"^def use_(\w+)\(\)", PROGRAM.read_text(), re.MULTILINE)
STDLIB = ("ssl", "sqlite3", "ctypes", "decimal", "lzma", "zoneinfo")

_is_everything = bool(os.environ.get(EVERYTHING))

# What only the slow lane uses.
LEFT_OUT = frozenset() if _is_everything else frozenset({"pandas", "coverage"})
# PyYAML and others have no wheels for 3.15 yet.
_versions = [version for version in VERSIONS if version < "3.15" and find_interpreter(version) is not None]

# Linux before 6.17 refuses more than 73.
MOST_PROGRAM_HEADERS = 60


@pytest.fixture(scope="module", params=_versions if _is_everything else _versions[-1:])
def wheels(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Program:
    """The program with all wheels, in its two forms."""
    version: str = request.param
    base = find_interpreter(version)
    assert base is not None
    interpreter = Interpreter(version, base, make_environment(version, base, (REQUIREMENTS,)))
    binary = tmp_path_factory.mktemp(f"wheels-{version}") / PROGRAM.name
    options = [f"--exclude-module={name}" for name in sorted(LEFT_OUT)]
    done = bundle(PROGRAM, "--python", interpreter.python, "-o", binary, *options)
    assert done.status == 0, done.stderr.decode()
    return Program(interpreter, PROGRAM, binary)


@pytest.mark.parametrize("name", USES)
def test_use(wheels: Program, name: str):
    """A real use, an error raised in compiled code, and threads: the same output as in Python."""
    if name in LEFT_OUT:
        pytest.skip(f"part of `python -m {__package__}`")

    found = wheels.check_same(name)

    assert (found.status, found.stderr) == (0, b"")
    assert found.stdout


def test_together(wheels: Program):
    """All wheels of the list work in one process as under Python."""
    names = [name for name in USES if name not in LEFT_OUT]

    found = wheels.check_same(*names)

    assert (found.status, found.stderr) == (0, b"")


def test_everything_is_prelinked(wheels: Program):
    """No wheel of the list brings anything that must be carried as a file."""
    found = inspect(wheels.binary)

    assert found["carried"] == []
    assert {"numpy._core._multiarray_umath", "cryptography.hazmat.bindings._rust"} <= set(found["modules"]["prelinked"])
    assert any("openblas" in path for path in found["libraries"])


def test_threads_get_little(wheels: Program):
    """What libraries need for each thread is made when it is used: threads start with less than a page more."""
    assert inspect(wheels.binary)["thread_local_bytes"] < 4096


def test_few_program_headers(wheels: Program):
    """However many prelinked objects there are, old kernels start the binary."""
    executable = elf.read_executable(wheels.binary, with_symbols=False)

    assert len(executable.segments) <= MOST_PROGRAM_HEADERS


@pytest.fixture
def stdlib(interpreter: Interpreter, build: Callable[..., Path]) -> Program:
    """The program with what each Python brings itself."""
    excluded = [f"--exclude-module={name}" for name in USES if name not in STDLIB]
    return Program(interpreter, PROGRAM, build(PROGRAM.name, PROGRAM, *excluded))


@pytest.mark.parametrize("name", STDLIB)
def test_standard_library(stdlib: Program, name: str):
    """Compiled modules of each Python, with the libraries of the system that they need."""
    found = stdlib.check_same(name)

    assert (found.status, found.stderr) == (0, b"")
