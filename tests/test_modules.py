"""What the import system says and does inside a binary, and what lies beside modules: as under python.

One small binary for each Python; every case is a part of one run.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import APPS, Interpreter, Program, plain_environment, run

SOURCE = APPS / "modules" / "modules.py"
HIDDEN = ("shelf.broken", "shelf.circular", "shelf.task", "shelf.__main__", "twice.twice", "shelf.fickle", "shelf.slow")
# In this order: later ones leave traces.
CASES = (
    *("attributes", "loaders", "listing", "resources", "metadata", "culture", "running", "imports", "archives"),
    *("plugins", "carried", "extensions", "old_resources", "unruly", "intervening"),
)


@pytest.fixture(scope="session")
def modules(interpreter: Interpreter, build: Callable[..., Path]) -> Program:
    """The program under test."""
    options = [f"--hidden-import={name}" for name in HIDDEN]
    options += [f"--add-data={SOURCE.parent}/{pair}" for pair in ("carried:carried", "shelf/extra.py:shelf")]
    return Program(interpreter, SOURCE, build(SOURCE.name, SOURCE, *options))


def test_as_under_python(modules: Program, tmp_path: Path):
    """Attributes, imports and their errors, listings, resources, metadata, pkg_resources, catalogues; plug-ins on the disk."""
    shutil.copytree(modules.interpreter.packages / "multidict", tmp_path / "extensions" / "multidict")
    outcomes = []
    for name, command in (("python", modules.original), ("binary", (modules.binary,))):
        folder = tmp_path / name
        folder.mkdir()
        environment = plain_environment(EXTENSIONS=str(tmp_path / "extensions"))
        outcomes.append(run([*command, *CASES, folder], environment=environment))

    modules.compare(outcomes[1], outcomes[0])
    assert outcomes[0].status == 0, outcomes[0].stderr
