"""What the interpreter keeps of a process or a thread is the new process's in a restored start. Each test asserts that it was one."""

from __future__ import annotations

import runpy
from collections.abc import Callable, Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bundler.contract import launcher_folder
from bundler.link.model import Linked
from bundler.snapshot.model import Memory, Recording
from bundler.snapshot.passed_over import Instructions
from bundler.target.model import ObjectLayout
from tests.snapshot.conftest import Recorded
from tests.support import APPS, Interpreter, inspect

COMMANDS = ("stack", "collections", "monitoring", "others", "contexts", "state")


@pytest.fixture(scope="session")
def program(recorded: Callable[[Path], Recorded]) -> Recorded:
    """A program that tries what interpreters have."""
    return recorded(APPS / "snapshot" / "interpreter.py")


@pytest.mark.parametrize("command", COMMANDS)
def test_behaviour(program: Recorded, command: str):
    """Limits of the stack, the collector, tools, other interpreters, contexts and switches are Python's."""
    program.check_same(command)


def test_all_is_recorded(program: Recorded):
    """A collection while a module is imported, and types that differ by arguments alone, make no module late."""
    assert inspect(program.binary)["snapshot"]["late"] == {}


def test_lazy_imports(recorded: Callable[[Path], Recorded], interpreter: Interpreter):
    """A lazy import stays lazy."""
    if int(interpreter.version.partition(".")[2]) < 15:
        pytest.skip("lazy imports came with 3.15")
    assert b"shelf runs" in recorded(APPS / "lazily" / "lazily.py").check_same().stdout


def test_order_of_types():
    """Types in a set are described in an order that does not depend on where they lie."""
    order = runpy.run_path(str(launcher_folder() / "snapshot" / "graph.py"))["_order"]
    types = [tuple[str], tuple[int], tuple[str, Any], tuple[tuple[str], int], list[str], list[int]]

    assert len({order(each) for each in types}) == len(types)


TEXT_TYPE, CODE_TYPE, START = 0x500000, 0x500100, 0x10000
LAYOUT = {
    "code": (SimpleNamespace(name="co_filename", offset=24), SimpleNamespace(name="co_code_adaptive", offset=32)),
}


def words(values: Iterable[int]) -> bytes:
    return b"".join(value.to_bytes(8, "little") for value in values)


def test_instructions():
    """Code objects hold instructions; a table that names their type does not, whatever follows there."""
    text = (1, TEXT_TYPE)
    code = (1, CODE_TYPE, 8, START, 0x1111, 0x2222)  # of eight units
    table = (CODE_TYPE, 0x600000, 0x600100, 0x600200, 0, 0)
    near = (CODE_TYPE, 16, 0, 0, 0, 0)
    region = Memory(START, words((*text, *code, *table, *near)))
    recording = SimpleNamespace(executable=(), region=region)
    linked = SimpleNamespace(
        executable=SimpleNamespace(symbols={"PyCode_Type": CODE_TYPE, "PyUnicode_Type": TEXT_TYPE})
    )

    found = Instructions(
        cast(Recording, recording), cast(Linked, linked), cast(ObjectLayout, SimpleNamespace(structs=LAYOUT))
    )

    held = [at for at in range(START, START + len(region.content), 8) if found.hold(at)]
    assert held == [START + 8 * 6, START + 8 * 7]
