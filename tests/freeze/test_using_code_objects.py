"""Static code objects can be used like any others, whatever is in them: by debuggers, profilers, code that changes code."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from bundler.contract import bundle_root
from bundler.target import TargetPython
from tests.freeze import odd_modules
from tests.support import bundle, plain_environment, run

ROOT = str(bundle_root())
HERE = Path(__file__).parent


def test_code_can_be_used_like_any_other(target: TargetPython, tmp_path: Path):
    """Attributes, copies, tracing, breakpoints, threads, forks, other interpreters and the end are as in Python."""
    program = Path(shutil.copy(HERE / "code_program.py", tmp_path / "program.py"))
    shutil.copy(HERE / "subject.txt", tmp_path / "subject.py")
    # Debuggers show sources, which are not carried by themselves.
    sources = f"{tmp_path / 'subject.py'}:."
    done = bundle(program, "--python", target.executable, "-o", tmp_path / "program", "--add-data", sources)
    assert done.status == 0, done.stderr.decode()

    expected, found = run([target.executable, program]), run([tmp_path / "program"])

    assert expected.status == 0, expected.stderr.decode()
    assert found.stdout.decode().splitlines() == expected.stdout.decode().replace(str(tmp_path), ROOT).splitlines()
    assert (found.status, found.stderr) == (expected.status, expected.stderr)


def test_with_a_jit_compiler(target: TargetPython, tmp_path: Path):
    """Where libpython has a JIT compiler (since 3.13), code that runs often does the same as in Python when it is switched on."""
    jit = "import sys; print(hasattr(sys, '_jit') and sys._jit.is_available())"
    if run([target.executable, "-c", jit]).stdout != b"True\n":
        pytest.skip("this Python has no JIT compiler")
    shutil.copy(HERE / "hot.txt", tmp_path / "hot.py")
    (tmp_path / "program.py").write_text("import hot\n")
    options = ("--python-command", "-o", tmp_path / "program")
    done = bundle(tmp_path / "program.py", "--python", target.executable, *options)
    assert done.status == 0, done.stderr.decode()

    # Only as Python a binary takes this variable from its environment.
    environment = plain_environment(PYTHON_JIT="1", BUNDLE_AS_PYTHON="1")
    command = ["-c", "import hot; hot.main()"]
    expected = run([target.executable, *command], environment=environment, cwd=tmp_path)

    assert expected.stdout.startswith(b"True True\n")
    assert run([tmp_path / "program", *command], environment=environment) == expected


def test_a_script_whose_name_is_no_text(newest_target: TargetPython, tmp_path: Path):
    """Names of files are bytes: one that is not UTF-8 is what Python makes of it."""
    program = tmp_path / os.fsdecode(b"m\xe9in.py")
    program.write_text("def f(): return 1 / 0\nprint(ascii(__file__[-8:]), ascii(f.__code__.co_filename[-8:]))\n")
    done = bundle(program, "--python", newest_target.executable, "-o", tmp_path / "program")
    assert done.status == 0, done.stderr.decode()

    assert run([tmp_path / "program"]) == run([newest_target.executable, program])


def test_odd_modules_do_the_same(target: TargetPython, tmp_path: Path):
    """Modules under any name, in any encoding, with anything in them, are what they are in Python."""
    modules = odd_modules.modules(target.version)
    for name, content in modules.items():
        path = tmp_path / "source" / f"{name.replace('.', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    program = tmp_path / "source" / "program.py"
    program.write_text(odd_modules.program(list(modules)))
    named = [f"--hidden-import={name}" for name in modules]
    done = bundle(program, "--python", target.executable, "-o", tmp_path / "program", *named)
    assert done.status == 0, done.stderr.decode()

    assert run([tmp_path / "program"]) == run([target.executable, program])
