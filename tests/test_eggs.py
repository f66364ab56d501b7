"""Eggs: packages with their metadata in one folder or zip file, as setuptools installed them in old ways."""

from __future__ import annotations

import zipfile
from pathlib import Path

from tests.analyze.trees import write
from tests.support import Interpreter, bundle, plain_environment, run

_METADATA = "Metadata-Version: 1.1\nName: other-name-{0}\nVersion: {0}.0\n"

_PROGRAM = """\
from importlib.metadata import PackageNotFoundError, metadata, version

import boxed

print(boxed.value, version("tool_box"), metadata("tool_box")["Name"], version("zipped"), metadata("zipped")["Name"])
try:
    version("nothing")
except PackageNotFoundError as error:
    print(error.name)
"""


def test_metadata_of_eggs(one_interpreter: Interpreter, tmp_path: Path):
    """Metadata in eggs is found by the eggs' names, as under Python, of more than one and of zipped ones."""
    folder, archive = tmp_path / "tool_box-1.0-py3.egg", tmp_path / "zipped.egg"
    write(folder, {"EGG-INFO/PKG-INFO": _METADATA.format(1), "boxed.py": "value = 'boxed'\n"})
    with zipfile.ZipFile(archive, "w") as contents:
        contents.writestr("EGG-INFO/PKG-INFO", _METADATA.format(2))
        contents.writestr("packed.py", "")
    (tmp_path / "app.py").write_text(_PROGRAM)
    path = f"{folder}:{archive}"
    done = bundle(tmp_path / "app.py", "--python", one_interpreter.python, "-o", tmp_path / "app", PYTHONPATH=path)
    assert done.status == 0, done.stderr.decode()

    expected = run([one_interpreter.python, tmp_path / "app.py"], environment=plain_environment(PYTHONPATH=path))
    found = run([tmp_path / "app"])

    assert expected.stdout == b"boxed 1.0 other-name-1 2.0 other-name-2\nnothing\n"
    assert found.stdout.startswith(expected.stdout.rstrip())
    assert found.status == 0, found.stderr.decode()
