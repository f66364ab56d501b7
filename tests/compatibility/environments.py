"""Virtual environments of the lanes: made once, and kept in `.venvs/`."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.support import ROOT, Interpreter, find_interpreter

ENVIRONMENTS = ROOT / ".venvs"


def environment_with(name: str, python: str, requirements: Sequence[str]) -> Interpreter:
    """A virtual environment with these requirements, made now unless an earlier run has made it.

    `name` is for whoever looks into the folder; `python` is a version, such as "3.13".
    """
    base = find_interpreter(python)
    assert base is not None, f"there is no Python {python}"
    key = hashlib.sha256("\n".join((str(base), *requirements)).encode()).hexdigest()[:8]
    folder = ENVIRONMENTS / f"{name}-{python}-{key}"
    if not (folder / "finished").exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([base, "-m", "venv", folder], check=True)
        env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        pip: list[str | Path] = [folder / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *requirements], check=True, env=env)
        (folder / "finished").touch()
    return Interpreter(python, base, folder)
