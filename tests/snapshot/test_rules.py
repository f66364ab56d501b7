"""Rules for single modules (`rules.toml`), tried on what they are for or on a stand-in of the same name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.snapshot.conftest import Recorded, told
from tests.support import APPS, inspect, run

TABLES = APPS / "snapshot" / "tables" / "tables.py"


@pytest.mark.one_python
def test_tables_without_order(recorded: Callable[[Path], Recorded]):
    """Tables of the standard library, of Pygments and of NumPy whose order nobody can tell end no snapshot, though a module that is
    imported late fills them in a usual start before others do.
    """
    program = recorded(TABLES)
    snapshot = inspect(program.binary)["snapshot"]
    assert list(snapshot["late"]) == ["prints"]
    assert {"kept", "fills", "numpy", "pygments.lexers", "scipy"} <= set(snapshot["modules"])
    program.check_same()


@pytest.mark.one_python
def test_part_named_by_a_file(recorded: Callable[[Path], Recorded], tmp_path: Path):
    """SciPy names a part of its own where the current folder has a file of that name, and not elsewhere."""
    program = recorded(TABLES)
    (tmp_path / "odr").touch()
    (tmp_path / "other").mkdir()
    found = set()
    for folder in (tmp_path, tmp_path / "other"):
        restored = run([program.binary], environment=program.environment({"BUNDLE_TRACE": "snapshot"}), cwd=folder)
        assert told(restored) == "restored"
        assert program.program.check_same(environment=program.environment({}), cwd=folder).stdout == restored.stdout
        found.add(b"odr" in restored.stdout)
    assert found == {True, False}
