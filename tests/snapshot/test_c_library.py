"""What the C library keeps, or answers without a call of the kernel, is that of each start. Each test asserts that it was a restored one."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.snapshot.conftest import Recorded, check_late, told
from tests.support import inspect, run

CHANGES = "it changes what the C library keeps"
AGAIN = ", and line 3 cannot be run again"
MEMBARRIER = {"x86_64": 324, "aarch64": 283}[platform.machine()]


def calling(call: str) -> str:
    return f"import ctypes\nLIBRARY = ctypes.CDLL(None)\nVALUE = LIBRARY.{call}"


def keeping(importing: str, value: str) -> str:
    """A module that keeps a value in a way that cannot be done again."""
    return f"import {importing}\nVALUE = 1\nif {value}:\n    KEPT = 1"


# Modules, each with a name VALUE, and why they are late; None: they are recorded.
STATE = {
    "sets_domain": ("import locale\nlocale.bindtextdomain('app', '/tmp')\nVALUE = locale.textdomain('app')", CHANGES),
    "asks_domain": ("import locale\nVALUE = locale.textdomain(None)", None),
    "sets_mask": ("import syslog\nVALUE = syslog.setlogmask(syslog.LOG_UPTO(syslog.LOG_ERR))", CHANGES),
    "seeds": (calling("srand(42)"), CHANGES),
    "draws": (calling("random()"), CHANGES),
    "tunes": (calling("mallopt(-8, 1)"), CHANGES),
    "buffers": (calling("setvbuf(ctypes.c_void_p.in_dll(LIBRARY, 'stderr'), None, 2, 0)"), CHANGES),
}
SHOWN = "locale.textdomain(None), locale.bindtextdomain('app', None), syslog.setlogmask(0), ctypes.CDLL(None).rand()"


def program_of(
    recorded: Callable[[Path], Recorded], folder: Path, modules: dict[str, tuple[str, str | None]], shown: str
) -> Recorded:
    """A program that imports modules, and shows what they keep; they are late for these reasons."""
    for name, (source, _) in modules.items():
        (folder / f"{name}.py").write_text(f"{source}\n")
    imports = "".join(f"import {name}\n" for name in modules)
    values = ", ".join(f"{name}.VALUE" for name in modules)
    (folder / "main.py").write_text(f"{imports}import ctypes, locale, syslog\nprint({values})\nprint({shown})\n")
    program = recorded(folder / "main.py")
    check_late(program.binary, modules)
    return program


@pytest.mark.one_python
@pytest.mark.proof
def test_state(recorded: Callable[[Path], Recorded], tmp_path_factory: pytest.TempPathFactory):
    """Who changes what the C library keeps, changes it at each start."""
    program_of(recorded, tmp_path_factory.mktemp("state"), STATE, SHOWN).check_same()


ANSWERS = {
    "keeps_version": (
        keeping("os", "os.confstr('CS_GNU_LIBC_VERSION')"),
        f"it asks for the C library's version{AGAIN}",
    ),
    "keeps_size": (keeping("os", "os.sysconf('SC_MINSIGSTKSZ')"), "it asks the kernel about the machine"),
    "keeps_user": (
        "import os\nVALUE = 1\ntry:\n    USER = os.getlogin()\nexcept OSError:\n    pass",
        "it asks who runs it, and line 3 cannot be run again",
    ),
    "asks_kernel": (calling(f"syscall({MEMBARRIER}, 0, 0)"), "it asks the kernel to treat it in another way"),
    "keeps_processor": (
        keeping("ctypes", "ctypes.CDLL(None).sched_getcpu() >= 0"),
        f"it counts processors{AGAIN}",
    ),
    "asks_zone": (
        "import ctypes\nNAMES = ctypes.CDLL(None).ctime\nNAMES.restype = ctypes.c_char_p\n"
        "VALUE = NAMES(ctypes.byref(ctypes.c_long(0)))",
        None,
    ),
    "uses_subprocess": ("import subprocess\nVALUE = subprocess._USE_POSIX_SPAWN", None),
}


@pytest.mark.one_python
@pytest.mark.proof
def test_answers(recorded: Callable[[Path], Recorded], tmp_path_factory: pytest.TempPathFactory):
    """Who asks the C library for its version, the user or a time zone finds those of this start."""
    program = program_of(recorded, tmp_path_factory.mktemp("answers"), ANSWERS, "None")
    assert b"09:00:00 1970" in program.check_same(TZ="Asia/Tokyo").stdout


@pytest.mark.one_python
@pytest.mark.proof
def test_encoding(recorded: Callable[[Path], Recorded], tmp_path_factory: pytest.TempPathFactory):
    """Who asks for the encoding of the locale finds UTF-8 or has a usual start, in which nothing tells of the guard that failed."""
    folder = tmp_path_factory.mktemp("encoding")
    (folder / "asks.py").write_text("import locale\nVALUE = locale.getencoding()\n")
    shown = "asks.VALUE, sys.flags.utf8_mode, os.environ.get('LC_CTYPE'), locale.setlocale(locale.LC_CTYPE)"
    (folder / "main.py").write_text(f"import asks\nimport locale, os, sys\nprint({shown})\n")
    program = recorded(folder / "main.py")
    assert inspect(program.binary)["snapshot"]["late"] == {}
    path = {"PATH": "/usr/bin:/bin"}
    for variables in ({"LC_ALL": "C.UTF-8"}, {"LANG": "C"}):
        program.check_same(whole={**path, **variables})
    for variables in ({"LC_ALL": "C"}, {"LC_ALL": "POSIX"}):
        environment = {**path, **variables}
        assert told(run([program.binary], environment={**environment, "BUNDLE_TRACE": "snapshot"})) == "the locale"
        program.program.check_same(environment=environment)


# Takes more keys of threads than the recording has left free, so that a guard fails.
_TAKING = """
#include <pthread.h>
static pthread_key_t keys[9];
__attribute__((constructor)) static void take(void)
{
    for (int i = 0; i < 9; i++) {
        pthread_key_create(&keys[i], NULL);
    }
}
"""


@pytest.mark.one_python
def test_locale_of_usual_starts(
    recorded: Callable[[Path], Recorded], tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
):
    """In the C locale, a start that was nearly restored and became a usual one finds the locale and the environment as they were."""
    folder = tmp_path_factory.mktemp("usual")
    (folder / "asks.py").write_text("import os\nHERE = os.getcwd()\n")
    (folder / "handles.py").write_text("try:\n    import asks\nexcept OSError:\n    asks = None\n")
    shown = (
        "handles.asks is None, sys.flags.utf8_mode, os.environ.get('LC_CTYPE'), locale.setlocale(locale.LC_ALL, None)"
    )
    (folder / "main.py").write_text(f"import handles\nimport locale, os, sys\nprint({shown})\n")
    program = recorded(folder / "main.py")
    (tmp_path / "taking.c").write_text(_TAKING)
    taking = tmp_path / "taking.so"
    subprocess.run(["cc", "-shared", "-fPIC", tmp_path / "taking.c", "-o", taking], check=True)
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C"}
    refused = {**environment, "LD_PRELOAD": str(taking)}
    done = run([program.binary], environment={**refused, "BUNDLE_TRACE": "snapshot"})
    assert told(done) == "keys of threads"
    assert done.stdout == program.program.check_same(environment=environment).stdout

    gone = tmp_path / "gone"
    command = ("sh", "-c", 'mkdir "$0" && cd "$0" && rmdir "$0" && exec "$@"', gone)
    restored = run([*command, program.binary], environment={**environment, "BUNDLE_TRACE": "snapshot"})
    expected = run([*command, *program.program.original], environment=environment)
    assert b": snapshot: restored\n" in restored.stderr
    assert restored.stdout == expected.stdout
    assert expected.stdout.startswith(b"True 1 C.UTF-8")


@pytest.mark.one_python
@pytest.mark.proof
def test_switches_that_are_kept(recorded: Callable[[Path], Recorded], tmp_path_factory: pytest.TempPathFactory):
    """Who keeps what PYTHONUNBUFFERED and PYTHONFAULTHANDLER switch on finds those of the start."""
    folder = tmp_path_factory.mktemp("switches")
    (folder / "writes.py").write_text("import sys\nVALUE = sys.stdout.write_through\n")
    (folder / "faults.py").write_text("import faulthandler\nVALUE = faulthandler.is_enabled()\n")
    (folder / "main.py").write_text("import faults, writes\nprint(faults.VALUE, writes.VALUE)\n")
    program = recorded(folder / "main.py")
    assert inspect(program.binary)["snapshot"]["late"] == {}
    assert program.check_same(PYTHONUNBUFFERED="1").stdout == b"False True\n"
    assert program.check_same().stdout == b"False False\n"
    assert told(program.start(PYTHONFAULTHANDLER="1")) == "PYTHONFAULTHANDLER"
    program.program.check_same(environment=program.environment({"PYTHONFAULTHANDLER": "1"}))
