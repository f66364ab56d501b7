"""Windows of tkinter, on a display of their own (Xvfb): the binary brings Tcl's and Tk's libraries and scripts."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import APPS, Interpreter, Program, bundle, plain_environment, run

SOURCE = APPS / "window" / "window.py"
WHERE = "import tkinter; print(tkinter.Tcl().eval('info library'))"


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """The name of a display that nobody sees."""
    if shutil.which("Xvfb") is None:
        pytest.skip("`Xvfb` is not installed")
    with subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", "800x600x24", "-nolisten", "tcp"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as server:
        assert server.stdout is not None
        number = server.stdout.readline().decode().strip()
        if not number:
            pytest.skip("`Xvfb` does not start here")
        yield f":{number}"
        server.terminate()


@pytest.fixture(scope="module")
def scripts(one_interpreter: Interpreter) -> Path:
    """The folder of Tcl's scripts on this machine."""
    found = run([one_interpreter.python, "-c", WHERE])
    if found.status != 0:
        pytest.skip("this Python has no tkinter")
    return Path(found.stdout.decode().strip())


@pytest.fixture(scope="module")
def window(one_interpreter: Interpreter, scripts: Path, tmp_path_factory: pytest.TempPathFactory) -> Program:
    """The program under test."""
    assert scripts.is_dir()
    binary = tmp_path_factory.mktemp("window") / SOURCE.name
    done = bundle(SOURCE, "--python", one_interpreter.python, "-o", binary)
    assert done.status == 0, done.stderr
    return Program(one_interpreter, SOURCE, binary)


def test_window(window: Program, display: str):
    """Widgets, themes, pictures, events and failing callbacks are those of Python."""
    found = window.check_same(environment=plain_environment(DISPLAY=display))

    assert b"Exception in Tkinter callback" in found.stderr
    assert found.stdout.startswith(b"Shop True")


def test_without_scripts_on_the_host(window: Program, display: str, scripts: Path):
    """Where Tcl and Tk are not installed, those of the binary serve."""
    hidden = 'mount -t tmpfs none "$1" && exec "$0"'
    environment = plain_environment(DISPLAY=display)

    found = run(["unshare", "--mount", "sh", "-c", hidden, window.binary, scripts.parent], environment=environment)

    if b"unshare" in found.stderr or b"mount: " in found.stderr:
        pytest.skip("a mount of one's own is not permitted here")
    window.compare(found, run(window.original, environment=environment))


def test_without_a_display(window: Program):
    """The error is that of Python; its traceback has a line more, of what looks for the scripts."""
    found, expected = (run(command, environment=plain_environment()) for command in ([window.binary], window.original))

    assert found.stderr.splitlines()[-1] == expected.stderr.splitlines()[-1]
    assert b"no display name" in found.stderr
    assert found.status == expected.status
