"""What imports compile is learned when the binary is built, and found when it runs."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bundler.process import CommandError
from bundler.process import run as run_program
from bundler.target.workers import worker_command
from tests.support import APPS, VERSIONS, Interpreter, bundle, find_interpreter, run

PROGRAM = APPS / "results" / "results.py"

Rehearse = Callable[..., dict[str, Any]]


@pytest.fixture
def rehearse(interpreter: Interpreter, tmp_path: Path) -> Rehearse:
    """Rehearses the import of modules with these sources; the worker's answer."""

    def rehearse(*, seconds: float = 20, grace: float = 10, **sources: str) -> dict[str, Any]:
        for name, source in sources.items():
            (tmp_path / f"{name}.py").write_text(source)
        path = [str(tmp_path), str(interpreter.stdlib)]
        job = {"modules": sorted(sources), "path": path, "seconds": seconds, "grace": grace}
        done = run_program(worker_command([interpreter.python], "freeze", "profiler"), stdin=json.dumps(job).encode())
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    return rehearse


@pytest.mark.one_python
def test_texts_are_noted(rehearse: Rehearse):
    """Every text that is compiled, how, under which name, and what it inherits from the code that has it compiled."""
    answer = rehearse(
        a="exec('x = 1'); eval('x + 1'); compile('x', '<here>', 'exec'); eval(compile('x', '', 'eval'))",
        b="from __future__ import annotations\nexec('y = 1')",
    )

    noted = {(mode, name, text): flags for mode, name, flags, text in answer["texts"]}
    assert list(noted)[:2] == [("exec", "<string>", "x = 1"), ("eval", "<string>", "x + 1")]
    assert {("exec", "<here>", "x"), ("eval", "", "x"), ("exec", "<string>", "y = 1")} <= set(noted)
    assert noted["exec", "<string>", "x = 1"] == 0
    assert noted["exec", "<string>", "y = 1"] != 0


def test_what_only_eval_takes_is_not_noted(rehearse: Rehearse):
    """`eval` leaves out blanks that are an error for `compile`: their results must not be taken for each other."""
    answer = rehearse(
        a="assert eval(' 1 + 1') == 2\ntry: compile(' 1 + 1', '<string>', 'eval')\nexcept IndentationError: exec('z = 1')"
    )

    assert [text for *_, text in answer["texts"]] == ["z = 1"]


def test_code_runs_where_it_would(rehearse: Rehearse):
    """While it is watched, a text sees the variables that it would see otherwise."""
    answer = rehearse(
        a="def f(inner):\n    return eval('inner'), [eval('outer', globals(), {'outer': 3})]\n"
        "outer = 2\nexec('outer += 5')\nassert outer == 7\nassert f(1) == (1, [3])\nexec('done = 1')"
    )

    assert [text for *_, text in answer["texts"]][-1] == "done = 1"


def test_patterns_are_noted(rehearse: Rehearse):
    """The rehearsal tells regular expressions with their flags, patterns of bytes as text."""
    answer = rehearse(a="import re\nre.compile('a[b]', re.I)\nre.match(b'\\xff', b'')")

    assert ["str", "a[b]", 2] in answer["patterns"]
    assert ["bytes", "\xff", 0] in answer["patterns"]


@pytest.mark.parametrize(
    "source",
    [
        "raise SystemExit(3)",
        "1 / 0",
        "print('x' * 100)",
        "import threading, time\nthreading.Thread(target=time.sleep, args=(600,)).start()",
        "import atexit, os\natexit.register(os._exit, 7)",
        "import sys\nsys.stdin.read(); sys.stdout.close()",
    ],
)
def test_whatever_modules_do(rehearse: Rehearse, source: str):
    """The rehearsal goes on, and ends, whatever a module does when it is imported."""
    answer = rehearse(a=source, b="exec('after = 1')")

    assert [text for *_, text in answer["texts"]] == ["after = 1"]


def test_endless_import(rehearse: Rehearse):
    """A rehearsal that takes too long ends, and its results until then are kept."""
    started = time.monotonic()

    answer = rehearse(a="exec('before = 1')\nwhile True: pass", seconds=0.5)

    assert [text for *_, text in answer["texts"]] == ["before = 1"]
    assert time.monotonic() - started < 15


def test_hanging_compiled_code(rehearse: Rehearse):
    """Compiled code that keeps the interpreter's lock ends with the worker."""
    started = time.monotonic()

    with pytest.raises(CommandError, match="signal 14"):
        rehearse(a="sum(range(10**15))", seconds=0.2, grace=0.5)

    assert time.monotonic() - started < 15


def test_a_rehearsal_that_dies(tmp_path: Path):
    """A module that ends the worker costs what would have been learned, and a warning, not the build."""
    python = tmp_path / "env" / "bin" / "python"
    base = find_interpreter("3.13") or find_interpreter(VERSIONS[-1])
    assert base is not None
    subprocess.run([base, "-m", "venv", "--without-pip", tmp_path / "env"], check=True)
    [packages] = (tmp_path / "env" / "lib").glob("python*/site-packages")
    (packages / "deadly.py").write_text("import os\nos.kill(os.getpid(), 9)\n")
    (tmp_path / "app.py").write_text("import sys\nif len(sys.argv) > 1:\n    import deadly\nprint('alive')\n")

    done = bundle(tmp_path / "app.py", "--python", python, "-o", tmp_path / "app")

    assert done.status == 0, done.stderr.decode()
    assert b"warning[rehearsal]: the rehearsal of the program's imports was ended by signal 9" in done.stderr
    assert run([tmp_path / "app"]).stdout == b"alive\n"


@pytest.fixture(scope="module")
def compiling(interpreter: Interpreter, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Path]]:
    """The program's binary, and the command that runs its source, in an environment with its package.

    Beside the binary is `unprepared`, built without a rehearsal.
    """
    folder = tmp_path_factory.mktemp("results")
    python = folder / "env" / "bin" / "python"
    subprocess.run([interpreter.base, "-m", "venv", "--without-pip", folder / "env"], check=True)
    [packages] = (folder / "env" / "lib").glob("python*/site-packages")
    shutil.copytree(PROGRAM.parent / "installed", packages, dirs_exist_ok=True)
    for name, options in (("binary", []), ("unprepared", ["--no-rehearse"])):
        done = bundle(PROGRAM, "--python", python, "-o", folder / name, *options)
        assert done.status == 0, done.stderr.decode()
    return folder / "binary", [python, PROGRAM]


def test_results_are_what_compiling_gives(compiling: tuple[Path, list[Path]]):
    """A program cannot tell whether a text was compiled when the binary was built or when it ran."""
    binary, original = compiling

    expected = run([*original])
    assert expected.status == 0, expected.stderr.decode()
    assert run([binary]).stdout.decode() == expected.stdout.decode()


def test_results_are_used(compiling: tuple[Path, list[Path]]):
    """Only code that was there before is one object for two calls."""
    binary, original = compiling

    assert run([binary, "shared"]).stdout.splitlines()[-1] == b"True"
    assert run([*original, "shared"]).stdout.splitlines()[-1] == b"False"


def test_rehearsal_can_be_left_out(compiling: tuple[Path, list[Path]]):
    """With `--no-rehearse` nothing is imported at build time, and everything compiled at run time."""
    binary, original = compiling

    assert run([binary.with_name("unprepared"), "shared"]).stdout.splitlines()[-1] == b"False"
    assert run([binary.with_name("unprepared")]).stdout == run([*original]).stdout
