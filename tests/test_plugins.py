"""Programs that look for their own modules at run time. A case costs one small build for each Python."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.support import APPS, Program, run


def test_plugins(program: Callable[[Path], Program]):
    """A folder of a package lists its modules, which are there although no statement names them; so is what `sys.path` reaches,
    archives included.
    """
    made = program(APPS / "plugins")

    found = made.check_same()

    assert found.stdout.startswith(b"library ['apple', 'pear'] [1, 2]\n")


def test_sources_are_listed_but_not_carried(program: Callable[[Path], Program]):
    """What the folder shows of a module cannot be opened: no source is in the binary, and none pretends to be."""
    made = program(APPS / "plugins")

    assert run([made.binary]).stdout.splitlines()[1] == b"[('apple.py', True), ('pear.py', True)]"
    assert b"PRICE = 2" not in made.binary.read_bytes()
