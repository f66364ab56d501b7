"""System calls that no function of the C library shows: by an extension module's own instructions, or within the C library."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.snapshot.conftest import Recorded, told
from tests.support import Interpreter, inspect, run

SOURCE = Path(__file__).parent / "calls" / "beneath.c"

# Functions of calls/beneath.c, and why their modules are late; None: the module is recorded.
LATE = {
    "ask_process": "`VALUE` depends on the machine",
    "ask_path": "it looks for `/etc/passwd`",
    "make_folder": "it makes system call 83",
    "write_text": "it prints or writes",
    "start_process": "it starts a process",
    "ask_group": "it opens a socket",
    "keep_in_pages": "it keeps an answer (process)",
    "keep_thread_number": None,
    "sort": None,
    "look_through": "it looks through all variables of the environment",
    "look_no_further": None,
}


@pytest.mark.one_python
@pytest.mark.proof
def test_calls(
    recorded: Callable[[Path], Recorded],
    interpreter: Interpreter,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
):
    """What a module asks or does beneath the C library's functions is noticed; it happens at each start, not in the build."""
    folder = tmp_path_factory.mktemp("beneath")
    show = "import sysconfig; print(sysconfig.get_path('include'), sysconfig.get_config_var('EXT_SUFFIX'))"
    include, suffix = subprocess.check_output([interpreter.python, "-c", show], text=True).split()
    for name in LATE:
        options = ("-shared", "-fPIC", "-O1", f"-I{include}", f"-DWHAT={name}")
        subprocess.run(["cc", *options, SOURCE, "-o", folder / f"{name}{suffix}"], check=True)
    imports = "".join(f"import {name}\n" for name in ("json", *LATE))
    values = ", ".join(f"{name}.VALUE" for name in LATE if name != "ask_process")
    (folder / "main.py").write_text(
        f"{imports}import os\nprint(ask_process.VALUE == os.getpid(), {values}, keep_thread_number.kept() == os.getpid())\n"
    )
    made = folder / "made"
    monkeypatch.setenv("FOLDER", str(made))
    program = recorded(folder / "main.py")
    assert not made.exists()
    late = inspect(program.binary)["snapshot"]["late"]
    # Whether loading a module takes a lock, and so asks for the time, differs between versions.
    assert {name: late[name].replace(", time", "") if name in late else None for name in LATE} == LATE
    done = run([program.binary], environment=program.environment({"BUNDLE_TRACE": "snapshot", "FOLDER": str(made)}))
    assert told(done) == "restored"
    assert done.stdout == b"beneath\nTrue 1 0 8 3 0 5 6 500 1 7 True\n"
    assert made.is_dir()
