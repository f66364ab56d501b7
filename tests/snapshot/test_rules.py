"""Rules for single modules (`rules.toml`), tried on what they are for or on a stand-in of the same name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.snapshot.conftest import Recorded, told
from tests.support import APPS, inspect, run

TABLES = APPS / "snapshot" / "tables"


@pytest.fixture(scope="module")
def tables(recorded_with: Callable[[Path, Path], Recorded]) -> Recorded:
    """A program in an environment with the stand-ins."""
    return recorded_with(TABLES / "installed", TABLES / "tables.py")


@pytest.mark.one_python
def test_tables_without_order(tables: Recorded):
    """Tables of the standard library, of Pygments and of NumPy whose order nobody can tell end no snapshot, though a module that is
    imported late fills them in a usual start before others do.
    """
    snapshot = inspect(tables.binary)["snapshot"]
    assert list(snapshot["late"]) == ["prints"]
    assert {"kept", "fills", "numpy", "pygments.lexers", "scipy"} <= set(snapshot["modules"])
    tables.check_same()


@pytest.mark.one_python
def test_part_named_by_a_file(tables: Recorded, tmp_path: Path):
    """SciPy names a part of its own where the current folder has a file of that name, and not elsewhere."""
    (tmp_path / "odr").touch()
    (tmp_path / "other").mkdir()
    found = set()
    for folder in (tmp_path, tmp_path / "other"):
        restored = run([tables.binary], environment=tables.environment({"BUNDLE_TRACE": "snapshot"}), cwd=folder)
        assert told(restored) == "restored"
        assert tables.program.check_same(environment=tables.environment({}), cwd=folder).stdout == restored.stdout
        found.add(b"odr" in restored.stdout)
    assert found == {True, False}


@pytest.mark.one_python
def test_own_modules_with_names_of_others(recorded: Callable[[Path], Recorded]):
    """A rule is about the module that it was written for: the app's own of that name is recorded like any other."""
    program = recorded(APPS / "snapshot" / "namesakes" / "namesakes.py")
    assert {"platform", "tqdm.std"} <= set(inspect(program.binary)["snapshot"]["modules"])
    program.check_same()
    assert told(program.start(OWN_STYLE="x")) == "OWN_*"
    assert program.start("secret").stdout != program.start("secret").stdout, "random bytes of the app are the build's"
