"""Small programs do in a binary what they do under Python, and what cannot be bundled is refused.

Costs a small binary for each case, with the newest Python by default (see the package's docstring).
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.analyze.trees import install, write
from tests.cases.elsewhere import ELSEWHERE
from tests.cases.programs import PROGRAMS, REFUSED
from tests.support import ROOT, Interpreter, Program, bundle, plain_environment, run


@pytest.mark.parametrize("case", PROGRAMS)
def test_as_under_python(one_interpreter: Interpreter, tmp_path: Path, case: str):
    """Both forms print what the case says, the binary far from its source; their error output and status are equal."""
    asked = PROGRAMS[case]
    folder, site, empty = tmp_path / "app", tmp_path / "site", tmp_path / "elsewhere"
    write(folder, asked.files)
    for name, files in asked.installed.items():
        install(site, name, files)
    empty.mkdir()
    binary = tmp_path / "binary" / "app.py"
    made = ("--python", one_interpreter.python, "-o", binary)
    done = bundle(*asked.flags, *asked.options, *asked.target, *made, cwd=folder, PYTHONPATH=str(site))
    assert done.status == 0, done.stderr

    environment = plain_environment(PYTHONPATH=str(site))
    original = (*asked.flags, *asked.target, *asked.arguments)
    expected = run([one_interpreter.python, *original], stdin=asked.stdin, environment=environment, cwd=folder)
    found = run([binary, *asked.arguments], stdin=asked.stdin, environment=environment, cwd=empty)

    assert (expected.stdout.decode(), found.stdout.decode()) == (asked.prints, asked.prints)
    Program(one_interpreter, folder / "app.py", binary).compare(found, expected)


@pytest.mark.parametrize("case", REFUSED)
def test_no_program(one_interpreter: Interpreter, tmp_path: Path, case: str):
    """A target that cannot be bundled is one error of a known kind that shows the way on, and no output."""
    asked = REFUSED[case]
    for name, content in asked.files.items():
        (tmp_path / name).write_bytes(content)

    done = bundle(asked.target, "--python", one_interpreter.python, "-o", "made", cwd=tmp_path)

    text = done.stderr.decode()
    assert done.status == 1
    assert f"error[{asked.code}]: " in text
    assert asked.says in text
    assert "Traceback" not in text
    assert not (tmp_path / "made").exists()


def test_nothing_runs_when_nothing_may(one_interpreter: Interpreter, tmp_path: Path):
    """With `--no-run` no module of an editable install is imported during the build, only by the binary."""
    environment, imported = tmp_path / "environment", tmp_path / "imported"
    subprocess.run([one_interpreter.base, "-m", "venv", "--without-pip", environment], check=True)
    write(
        tmp_path / "project" / "src" / "stall",
        {
            "__init__.py": f"open({str(imported)!r}, 'w').close()\n",
            "__main__.py": "print('open for trade')\n",
        },
    )
    site = environment / "lib" / f"python{one_interpreter.version}" / "site-packages"
    # As pip installs a project with a folder of sources.
    where = f'{{"url": "{(tmp_path / "project").as_uri()}", "dir_info": {{"editable": true}}}}'
    editable = {"stall.pth": f"{tmp_path / 'project' / 'src'}\n", "stall-1.0.dist-info/direct_url.json": where}
    install(site, "stall", editable)

    binary = tmp_path / "stall"
    done = bundle("--no-run", "-m", "stall", "--python", environment / "bin" / "python", "-o", binary, cwd=tmp_path)

    assert done.status == 0, done.stderr
    assert not imported.exists()
    assert run([binary]).stdout == b"open for trade\n"
    assert imported.exists()


def test_cases_that_are_elsewhere_are_there():
    """The tests that cover the other cases exist, with the parametrisations that are named."""
    places = [place for each in ELSEWHERE.values() for place in each]
    files = sorted({place.test.partition("::")[0] for place in places})
    command = [sys.executable, "-m", "pytest", "--collect-only", "--quiet", "--proofs", *files]
    collected = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()

    assert [place for place in places if not any(place.covers(test) for test in collected)] == []
