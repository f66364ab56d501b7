"""What C++ keeps from the time when a module is imported is right in a restored start."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.snapshot.conftest import Recorded
from tests.support import Interpreter, inspect, run

SOURCE = Path(__file__).parent / "cxx" / "state.cc"


def _with_padding_set() -> tuple[str, ...]:
    """Options by which no object keeps bytes of padding that nobody has set: those are what the stack held, which differs between
    recordings. libstdc++ copies such a byte from the stack into the states of a regular expression.
    """
    option = "-ftrivial-auto-var-init=zero"  # since GCC 12
    known = subprocess.run(["g++", option, "-E", "-x", "c++", "/dev/null"], capture_output=True, check=False)
    return (option,) if known.returncode == 0 else ()


@pytest.mark.one_python
@pytest.mark.proof
def test_state_of_cxx(
    recorded: Callable[[Path], Recorded], interpreter: Interpreter, tmp_path_factory: pytest.TempPathFactory
):
    """Streams, locales, regular expressions, exceptions, `call_once` and variables of threads with destructors work after a restored start."""
    if shutil.which("g++") is None:
        pytest.skip("`g++` is not installed")
    folder = tmp_path_factory.mktemp("cxx")
    show = "import sysconfig; print(sysconfig.get_path('include'), sysconfig.get_config_var('EXT_SUFFIX'))"
    include, suffix = run([interpreter.python, "-c", show]).stdout.decode().split()
    options = ("-std=c++17", "-shared", "-fPIC", "-O1", f"-I{include}", *_with_padding_set())
    subprocess.run(["g++", *options, SOURCE, "-o", folder / f"state{suffix}"], check=True)
    (folder / "main.py").write_text("import state\nprint(state.use(), flush=True)\n")
    program = recorded(folder / "main.py")
    done = program.check_same()
    assert b"destroyed with 2 words" in done.stdout
    snapshot = inspect(program.binary)["snapshot"]
    assert "state" in snapshot["modules"]
