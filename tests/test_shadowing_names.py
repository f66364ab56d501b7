"""A module's name says nothing of whose it is: programs with files named like Python's, the launcher's, and wheels' modules."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import APPS, Interpreter, Program, bundle, inspect, run

CASES = ("library", "own", "stop", "callback", "partial", "wrapped", "compiled")


@pytest.fixture(scope="session")
def names(interpreter: Interpreter, build: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Program:
    """The program under test, in a folder with its compiled module."""
    folder = tmp_path_factory.mktemp("names") / "names"
    shutil.copytree(APPS / "names", folder)
    include = _variable(interpreter, "INCLUDEPY")
    compiled = folder / "own" / f"_rust{_variable(interpreter, 'EXT_SUFFIX')}"
    subprocess.run(["cc", "-shared", "-fPIC", f"-I{include}", folder / "own" / "_rust.c", "-o", compiled], check=True)
    return Program(interpreter, folder / "names.py", build("names.py", folder / "names.py"))


def _variable(interpreter: Interpreter, name: str) -> str:
    code = f"import sysconfig; print(sysconfig.get_config_var({name!r}))"
    return subprocess.run([interpreter.python, "-c", code], capture_output=True, check=True, text=True).stdout.strip()


@pytest.mark.one_python
@pytest.mark.parametrize("case", CASES)
def test_is_whose_it_is(names: Program, case: str):
    """Output, error output and status are those of `python app.py`, whatever the program's files are called."""
    found = names.check_same(case)

    assert found.stdout or found.status == 3


@pytest.mark.one_python
def test_a_folder_runs_with_such_files(interpreter: Interpreter, build: Callable[..., Path], tmp_path: Path):
    """A folder with `__main__.py` and an `io.py` beside it, which nothing imports, starts."""
    app = tmp_path / "app"
    app.mkdir()
    for name in ("io", "abc", "os", "runpy"):
        (app / f"{name}.py").write_text("raise SystemExit('imported')\n")
    (app / "__main__.py").write_text("print('hi')\n")

    assert Program(interpreter, app, build("app", app)).check_same().stdout == b"hi\n"


def test_chains_tell_the_interpreter_from_a_package_named_python(one_interpreter: Interpreter):
    """The program's own package `python` is imported by the program, start-up modules by the interpreter."""
    arguments = ("--python", one_interpreter.python, APPS / "names" / "names.py")
    own = bundle("--why", "python", *arguments)
    start_up = bundle("--why", "codecs", *arguments)

    assert own.stdout.decode().startswith("__main__ imports, inside a function, python ")
    assert "the interpreter" not in own.stdout.decode()
    assert start_up.status == 0, start_up.stderr


@pytest.mark.one_python
@pytest.mark.parametrize("layout", ["src", "flat"])
def test_nothing_of_an_editable_install_runs_in_the_rehearsal(
    one_interpreter: Interpreter, tmp_path: Path, layout: str
):
    """The app's own modules are not imported when imports are rehearsed, installed editable or not."""
    project = tmp_path / "project"
    home = project / "src" if layout == "src" else project
    (home / "mine").mkdir(parents=True)
    marker = tmp_path / "ran"
    (home / "mine" / "__init__.py").write_text(f"import json\nopen({str(marker)!r}, 'a').write('x')\n")
    (home / "mine" / "__main__.py").write_text("import mine, rich\nprint('mine')\n")
    site = tmp_path / "environment" / "site-packages"
    info = site / "mine-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: mine\nVersion: 1.0\n")
    (info / "RECORD").write_text("mine.pth,,\n")
    (info / "direct_url.json").write_text(f'{{"url": "{project.as_uri()}", "dir_info": {{"editable": true}}}}')
    environment = {"PYTHONPATH": f"{home}:{site}"}
    binary = tmp_path / "mine"

    done = bundle("-m", "mine", "--python", one_interpreter.python, "-o", binary, cwd=tmp_path, **environment)

    assert done.status == 0, done.stderr
    assert not marker.exists()
    assert run([binary]).stdout == b"mine\n"
    assert {"name": "mine", "version": "1.0"} in inspect(binary)["distributions"]


def test_a_script_below_a_project_is_no_part_of_its_distribution(one_interpreter: Interpreter, tmp_path: Path):
    """A script in the folder of an editable install carries the distribution's metadata only if it imports from it."""
    project = tmp_path / "project"
    (project / "mine").mkdir(parents=True)
    (project / "mine" / "__init__.py").write_text("")
    (project / "tools").mkdir()
    (project / "tools" / "alone.py").write_text("print('alone')\n")
    (project / "tools" / "using.py").write_text("import mine\nprint('using')\n")
    site = tmp_path / "site-packages"
    info = site / "mine-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: mine\nVersion: 1.0\n")
    (info / "RECORD").write_text("")
    (info / "direct_url.json").write_text(f'{{"url": "{project.as_uri()}", "dir_info": {{"editable": true}}}}')
    held = {}
    for name in ("alone", "using"):
        binary = tmp_path / name
        done = bundle(
            project / "tools" / f"{name}.py",
            *("--python", one_interpreter.python, "-o", binary),
            PYTHONPATH=f"{project}:{site}",
        )
        assert done.status == 0, done.stderr
        held[name] = [each["name"] for each in inspect(binary)["distributions"]]

    assert held == {"alone": [], "using": ["mine"]}
