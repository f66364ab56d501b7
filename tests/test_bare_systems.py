"""Programs on systems that have next to nothing: what Python finds on others comes along."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support import APPS, Interpreter, Program, bundle, plain_environment, run

SOURCE = APPS / "bare" / "bare.py"


@pytest.fixture(scope="module")
def bare(one_interpreter: Interpreter, tmp_path_factory: pytest.TempPathFactory) -> Program:
    """The program under test."""
    binary = tmp_path_factory.mktemp("bare") / SOURCE.name
    done = bundle(SOURCE, "--python", one_interpreter.python, "-o", binary)
    assert done.status == 0, done.stderr
    return Program(one_interpreter, SOURCE, binary)


@pytest.mark.parametrize("terminal", ["xterm-256color", "linux"])
def test_in_an_empty_root(bare: Program, empty_root: Path, terminal: str):
    """Time zones of `tzdata`, terminals of terminfo, catalogues and the C locale, where the system has no file of these."""
    chroot = shutil.which("chroot")
    assert chroot is not None
    shutil.copy(bare.binary, empty_root / bare.binary.name)
    home = plain_environment(HOME="/", LC_ALL="C")

    found = run([chroot, empty_root, f"/{bare.binary.name}", terminal], environment=home)

    bare.compare(found, run([*bare.original, terminal], environment={**home, "PYTHONTZPATH": ""}))
    assert found.status == 0


def test_the_system_comes_first(bare: Program, tmp_path: Path):
    """A terminal that the system describes is what it says there."""
    description = tmp_path / "own"
    description.write_text("xterm-256color|own,\n\tcolors#7, cup=[%i%p1%d!%p2%dH, am,\n")
    tic = shutil.which("tic")
    if tic is None:
        pytest.skip("`tic` is not installed")
    assert run([tic, "-o", tmp_path, description]).status == 0

    assert (
        b"\n7 b'[%i%p1%d!%p2%dH'"
        in run([bare.binary, "xterm-256color"], environment=plain_environment(TERMINFO=str(tmp_path))).stdout
    )


def test_without_a_description(bare: Program, empty_root: Path):
    """A terminal that neither the system nor the binary knows is the same error as under Python."""
    chroot = shutil.which("chroot")
    assert chroot is not None
    shutil.copy(bare.binary, empty_root / bare.binary.name)

    found = run([chroot, empty_root, f"/{bare.binary.name}", "unheard-of"])

    bare.compare(found, run([*bare.original, "unheard-of"]))
    assert b"could not find terminal" in found.stderr
