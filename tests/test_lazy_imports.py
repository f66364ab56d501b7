"""Lazy imports (PEP 810), which Python has since 3.15."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import APPS, VERSIONS, Interpreter, Program, run

FOLDER = APPS / "lazily"

pytestmark = pytest.mark.skipif("3.15" not in VERSIONS, reason="there is no Python 3.15 on this machine")


@pytest.fixture(scope="session")
def newest(interpreter: Interpreter) -> Interpreter:
    """One that has lazy imports."""
    if int(interpreter.version.partition(".")[2]) < 15:
        pytest.skip("lazy imports came with 3.15")
    return interpreter


@pytest.mark.usefixtures("newest")
def test_lazy_imports(program: Callable[[Path], Program]):
    """Modules run when their names are used, and what is missing is told then; `lazy import`, and lists of names."""
    assert b"shelf runs" in program(FOLDER / "lazily.py").check_same().stdout


@pytest.mark.parametrize("mode", ["all", "normal"])
def test_every_import_is_lazy(newest: Interpreter, build: Callable[..., Path], mode: str):
    """`-X lazy_imports` of the interpreter, fixed when the binary is built."""
    source = FOLDER / "everything.py"
    made = Program(newest, source, build(source.name, source, "-X", f"lazy_imports={mode}"))

    found = run([made.binary])
    made.compare(found, run([newest.python, "-X", f"lazy_imports={mode}", source]))
    assert found.stdout.startswith(mode.encode())
