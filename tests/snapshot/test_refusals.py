"""Where a snapshot cannot be taken, the build goes on without one, and says why."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bundler.cli import main
from bundler.snapshot import record
from tests.support import Interpreter, run


def test_a_folder_from_which_nothing_runs(
    one_interpreter: Interpreter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    """On a file system without programs (`mount -o noexec`), the binary is built without a snapshot."""
    start = subprocess.Popen

    def refuse(command: list[Path], *arguments: object, **options: object) -> object:
        if ".recording-" in str(command[0]):
            raise PermissionError(13, "Permission denied")
        return start(command, *arguments, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "Popen", refuse)
    (tmp_path / "app.py").write_text("import json\nprint(json.dumps(1))\n")
    options = ["--python", str(one_interpreter.python), "-o", str(tmp_path / "app")]

    assert main([str(tmp_path / "app.py"), *options, "--snapshot", "auto"]) == 0
    assert "snapshot: none, for it cannot be run where it is built: Permission denied" in capfd.readouterr().err
    assert main([str(tmp_path / "app.py"), *options, "--snapshot", "require"]) == 1
    monkeypatch.undo()
    assert run([tmp_path / "app"]).stdout == b"1\n"


@pytest.mark.parametrize("body", ["import os\nos.read(os.pipe()[0], 1)\n", "while True:\n    pass\n"])
def test_imports_that_do_not_end(
    one_interpreter: Interpreter,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    body: str,
):
    """A module that works for longer than the limit, or waits for so long, ends the recording, not the build."""
    monkeypatch.setattr(record, "LONGEST", 1)
    (tmp_path / "endless.py").write_text(body)
    (tmp_path / "app.py").write_text("import endless\n")
    options = ["--python", str(one_interpreter.python), "-o", str(tmp_path / "app")]

    assert main([str(tmp_path / "app.py"), *options, "--snapshot", "auto"]) == 0
    assert "snapshot: none, for its imports take longer than 1 seconds" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("option", "reason"),
    [("--static", "a binary that is built with `--static` has none"), ("--no-run", "no code of the program is run")],
)
def test_options_without_snapshots(
    one_interpreter: Interpreter, tmp_path: Path, capfd: pytest.CaptureFixture[str], option: str, reason: str
):
    """Where no program can have a snapshot, asking for one is an error that names the option, before anything is built."""
    (tmp_path / "app.py").write_text("print(1)\n")
    options = ["--python", str(one_interpreter.python), "-o", str(tmp_path / "app"), "--snapshot", "require"]

    assert main([str(tmp_path / "app.py"), *options, option]) == 1
    told = capfd.readouterr().err
    assert "error[no-snapshot]: the program cannot start from a snapshot: " in told
    assert reason in told
    assert "analyzing" not in told
