"""Static code objects can be used like any others: by debuggers, profilers, and code that changes code."""

from __future__ import annotations

import shutil
from pathlib import Path

from bundler.target import TargetPython
from tests.support import bundle, run

HERE = Path(__file__).parent


def test_code_can_be_used_like_any_other(target: TargetPython, tmp_path: Path):
    """Attributes, copies, tracing, monitoring, weak references, specialisation and the end are as in Python."""
    program = Path(shutil.copy(HERE / "code_program.py", tmp_path / "program.py"))
    shutil.copy(HERE / "subject.txt", tmp_path / "subject.py")
    done = bundle(program, "--python", target.executable, "-o", tmp_path / "program")
    assert done.status == 0, done.stderr.decode()

    expected, found = run([target.executable, program]), run([tmp_path / "program"])

    assert expected.status == 0, expected.stderr.decode()
    assert found.stdout.decode().splitlines() == expected.stdout.decode().splitlines()
    assert found == expected
