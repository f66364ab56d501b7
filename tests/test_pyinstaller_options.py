"""What people who come from PyInstaller bring along: options of the same names, hooks and run-time hooks.

One binary for each Python; most of its modules are those of other tests.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import APPS, bundle

FOLDER = APPS / "moving"
OPTIONS = (
    "--runtime-hook", FOLDER / "first.py",
    "--collect-all", "extras",
    "--collect-data", "certifi",
    "--copy-metadata", "multidict",
)  # fmt: skip


def test_options_and_hooks_in_a_binary(build: Callable[..., Path], tmp_path: Path):
    """Hooks add, exclude, and carry sources, data and libraries; options collect; run-time hooks run before the program,
    the user's first.
    """
    (tmp_path / "answer.c").write_text("int answer(void) { return 42; }\n")
    hooks = shutil.copytree(FOLDER / "hooks", tmp_path / "hooks")
    library = hooks / "libanswer.so"
    subprocess.run(["gcc", "-shared", "-fPIC", tmp_path / "answer.c", "-o", library], check=True)
    binary = build("moving", FOLDER / "moving.py", "--additional-hooks-dir", hooks, *OPTIONS)
    library.unlink()
    done = subprocess.run([binary], capture_output=True, text=True, check=True, cwd="/")

    assert json.loads(done.stdout) == {
        "hidden": "plugins.secret",
        "unwanted": None,
        "data": "from a hook",
        "library": 42,
        "source": "def sourced():",
        "collected": ["extras.inner.deep", "more"],
        "only data": [None, True],
        "through a folder": ["deep", "deep", "deep.py"],
        "metadata": True,
        "runtime hooks": "mine module",
        "frozen": [True, True],
    }


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--collect-all", "absent"), "there is no package `absent` to collect"),
        (("--collect-submodules", "absent"), "there is no package `absent` to collect"),
        (("--copy-metadata", "absent"), "there is no distribution `absent` whose metadata"),
        (("--runtime-hook", "absent.py"), "there is no run-time hook `absent.py`"),
        (("--additional-hooks-dir", "absent"), "there is no folder `absent` with hooks"),
    ],
)
def test_what_is_not_there(tmp_path: Path, arguments: tuple[str, ...], words: str):
    """An option that names something that is not there is an error that names it."""
    (tmp_path / "app.py").write_text("")

    done = bundle("app.py", *arguments, cwd=tmp_path)

    assert done.status == 1
    assert words in done.stderr.decode()
