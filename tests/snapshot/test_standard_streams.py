"""The standard streams belong to whoever has started the process: what modules ask of them, and do to them, happens at each start."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.snapshot.conftest import Recorded, check_late

CHANGES = "it changes or copies a standard stream"
INPUT = "it reads its standard input"

# Modules, each with a name VALUE, and why they are late; None: they are recorded.
MODULES = {
    "asks_flags": ("import fcntl\nVALUE = fcntl.fcntl(0, fcntl.F_GETFL)", None),
    "asks_inheritable": ("import os\nVALUE = os.get_inheritable(0), os.get_blocking(1)", None),
    "asks_more": (
        "import ctypes\nread = ctypes.CDLL(None).preadv\nVALUE = read(0, None, 0, ctypes.c_long(0))",
        INPUT,
    ),
    "selects": ("import select\nVALUE = bool(select.select([0], [], [], 0)[0])", INPUT),
    "polls": ("import select\nPOLL = select.poll()\nPOLL.register(0)\nVALUE = len(POLL.poll(0))", INPUT),
    "reads_at": (
        "import os\ntry:\n    VALUE = os.pread(0, 2, 0)\nexcept OSError as error:\n    VALUE = error.errno",
        INPUT,
    ),
    "reads_parts": ("import os\nPART = bytearray(3)\nVALUE = os.readv(0, [PART])", INPUT),
    "waits_for_no_stream": (
        "import os, select\nENDS = os.pipe()\nos.set_blocking(ENDS[0], False)\n"
        "VALUE = len(select.select([ENDS[0]], [], [], 0)[0]), os.get_blocking(ENDS[0])\n"
        "os.dup2(ENDS[0], ENDS[1])\nos.close(ENDS[0])\nos.close(ENDS[1])",
        None,
    ),
    "replaces": ("import os\nVALUE = os.dup2(2, 1)", CHANGES),
    "copies": ("import os\nCOPY = os.dup(0)\nVALUE = os.close(COPY)", CHANGES),
    "sets_flags": (
        "import fcntl, os\nVALUE = fcntl.fcntl(0, fcntl.F_SETFL, os.O_NONBLOCK)",
        CHANGES,
    ),
    "wraps": (
        "import io, sys\nsys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding='latin-1', write_through=True)\n"
        "VALUE = sys.stdout.encoding",
        "it asks for a terminal",  # as does whoever opens a file; then it changes a stream
    ),
    "sets_blocking": ("import os\nVALUE = os.set_blocking(1, True)", CHANGES),
    "keeps_from_children": ("import os\nVALUE = os.set_inheritable(2, False)", CHANGES),
}

SHOWN = "os.fstat(1)[:3] == os.fstat(2)[:3], os.get_blocking(0), os.get_inheritable(2), ascii(sys.stdin.read())"


@pytest.mark.one_python
def test_streams(recorded: Callable[[Path], Recorded], tmp_path_factory: pytest.TempPathFactory):
    """Who asks how a stream was opened, or reads it in whatever way, finds this start's; what is changed in it is changed again."""
    folder = tmp_path_factory.mktemp("streams")
    for name, (source, _) in MODULES.items():
        (folder / f"{name}.py").write_text(f"{source}\n")
    imports = "".join(f"import {name}\n" for name in MODULES)
    values = ", ".join(f"{name}.VALUE" for name in MODULES)
    (folder / "main.py").write_text(
        f"{imports}import os, sys\nprint({values}, file=sys.stderr)\nprint({SHOWN}, file=sys.stderr)\n"
    )
    program = recorded(folder / "main.py")
    check_late(program.binary, MODULES)
    done = program.check_same(stdin=b"some words")
    assert b"True False False" in done.stderr, done.stderr
