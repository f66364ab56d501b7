"""`bundle doctor`: every Python is listed, with what it lacks and the command that installs it."""

from __future__ import annotations

import json
import os
import platform
import sys
from pathlib import Path
from typing import Any

import pytest

from bundler import doctor
from bundler.elf import AARCH64
from bundler.interpreters import every_python
from bundler.packages import family_of_system
from bundler.process import run
from bundler.toolchain import Toolchain, find_toolchain
from tests.support import Interpreter, bundle
from tests.target.pythons import WITHOUT_HEADERS, make_pretender


@pytest.fixture(scope="session")
def toolchain() -> Toolchain:
    return find_toolchain(None)


def examined(*arguments: str | Path, **variables: Any) -> Any:
    done = bundle("doctor", *arguments, "--json", **variables)
    found = json.loads(done.stdout)
    assert done.status == (0 if found["can_build"] else 1)
    return found


def test_a_machine_that_can_build(one_interpreter: Interpreter):
    """The default Python is the first, with its version and libpython; a page says the same."""
    found = examined("--python", one_interpreter.python)
    first = found["pythons"][0]

    assert found["can_build"] is True
    assert first["name"] == f"{one_interpreter.python} (the default)"
    assert first["found"].startswith(one_interpreter.version)
    assert "libpython" in first["found"]
    assert first["problem"] is None
    page = bundle("doctor", "--python", one_interpreter.python).stdout.decode()
    assert first["found"] in page
    assert "can be embedded" in page.splitlines()[0]


def test_the_default_is_listed_once(one_interpreter: Interpreter, tmp_path: Path):
    """A Python that the default is a link to, as in a virtual environment, does not count as another."""
    for name in ("python", f"python{one_interpreter.version}"):
        (tmp_path / name).symlink_to(one_interpreter.python)
    found = examined("--python", tmp_path / "python", PATH=f"{tmp_path}:{os.environ['PATH']}")
    paths = [Path(each["name"].removesuffix(" (the default)")) for each in found["pythons"]]

    assert paths[0] == tmp_path / "python"
    assert [path for path in paths[1:] if path.resolve() == one_interpreter.python.resolve()] == []


def test_what_a_python_lacks(one_interpreter: Interpreter, tmp_path: Path):
    """A Python without headers is listed with the error of a build, the others are examined all the same."""
    stub = make_pretender(tmp_path / "pretender", one_interpreter.python, WITHOUT_HEADERS)
    found = examined("--python", stub)
    first, *others = found["pythons"]

    assert first["code"] == "no-headers"
    assert "has no C headers" in first["problem"]
    assert "python3-dev" in first["hint"]
    assert any(each["problem"] is None for each in others)


def test_a_machine_without_a_compiler(one_interpreter: Interpreter):
    """Without a compiler nothing can be embedded: status 1, and the command that installs one."""
    found = examined("--python", one_interpreter.python, CC="/nowhere/cc")

    assert found["can_build"] is False
    assert found["tools"][0]["code"] == "no-compiler"
    assert {each["code"] for each in found["pythons"]} == {"no-compiler"}


def test_a_compiler_that_does_not_compile(one_interpreter: Interpreter, tmp_path: Path):
    """A compiler that fails is named, with its words."""
    compiler = tmp_path / "cc"
    compiler.write_text(
        '#!/bin/sh\ncase "$*" in *version*) echo Free Software Foundation ;; *) echo broken >&2; exit 1 ;; esac\n'
    )
    compiler.chmod(0o755)
    found = examined("--python", one_interpreter.python, "--cache-dir", tmp_path / "cache", CC=str(compiler))

    assert found["can_build"] is False
    assert [each["problem"] for each in found["tools"][1:3]] == [f"`{compiler}` ended with status 1: broken"] * 2
    assert {each["code"] for each in found["tools"][1:3]} == {"no-compiler"}


def test_another_command_that_fails(toolchain: Toolchain, tmp_path: Path):
    """A program that fails and is not the compiler is named itself, and no compiler is to be installed."""
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho no such module >&2; exit 3\n")
    broken.chmod(0o755)

    check = doctor.checked(
        "Python", lambda: run([broken, "-V"]).stdout.decode(), family="debian", toolchain=toolchain, python=broken
    )

    assert check.problem is not None
    assert check.problem.code == "command-failed"
    assert check.problem.message == f"`{broken}` ended with status 3: no such module"
    assert check.problem.hint == f"run `{broken} -V` to see why it fails"
    assert check.install == ""


@pytest.mark.skipif(platform.machine() != "x86_64", reason="this machine is the other one")
def test_tools_for_another_processor(one_interpreter: Interpreter, tmp_path: Path):
    """What builds for another processor take is among the tools."""
    name = "`--target aarch64-linux`"
    for program in ("aarch64-linux-gnu-gcc", "qemu-aarch64-static"):
        (tmp_path / program).write_text(
            '#!/bin/sh\ncase "$*" in *dumpmachine*) echo aarch64-linux-gnu ;; *) gcc "$@" ;; esac\n'
        )
        (tmp_path / program).chmod(0o755)
    found = examined("--python", one_interpreter.python, PATH=f"{tmp_path}:{os.environ['PATH']}")
    row = next(each for each in found["tools"] if each["name"] == name)
    assert row["problem"] is None
    assert row["found"] == f"{tmp_path}/aarch64-linux-gnu-gcc {tmp_path}/qemu-aarch64-static"


def test_packages_for_another_processor(monkeypatch: pytest.MonkeyPatch):
    """All packages that are lacking are named in one command."""
    monkeypatch.setattr("shutil.which", lambda _: None)

    check = doctor.cross_check(AARCH64, "debian")

    assert check.problem is not None
    assert "`aarch64-linux-gnu-gcc` was not found; nothing here runs programs for aarch64" in check.problem.message
    assert check.install == "apt install gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user-static"
    assert doctor.cross_check(AARCH64, "fedora").install == ""  # it has no cross compiler with a C library


@pytest.mark.parametrize(
    ("facts", "code", "python", "expected"),
    [
        ({"ID": "debian"}, "no-compiler", None, "apt install gcc libc6-dev"),
        ({"ID": "ubuntu", "ID_LIKE": "debian"}, "no-headers", "python3.13", "apt install python3.13-dev"),
        ({"ID": "rocky", "ID_LIKE": "rhel centos fedora"}, "no-static-libc", None, "dnf install glibc-static"),
        ({"ID": "opensuse-tumbleweed", "ID_LIKE": "opensuse suse"}, "no-headers", "python3.12", "python312-devel"),
        ({"ID": "slackware"}, "no-compiler", None, ""),
        ({"ID": "debian"}, "unsupported-linker", None, ""),
    ],
)
def test_packages(monkeypatch: pytest.MonkeyPatch, facts: dict[str, str], code: str, python: str | None, expected: str):
    """The command is that of the distribution, and names packages for the version of Python."""
    monkeypatch.setattr("platform.freedesktop_os_release", lambda: facts)
    path = Path("/usr/bin", python) if python else None

    command = doctor.install_command(code, family_of_system(), path)

    assert command.endswith(expected)
    assert bool(command) == bool(expected)


def test_no_package_for_a_python_of_ones_own():
    """A Python that lies elsewhere than the system's is not mended by its packages."""
    assert doctor.install_command("no-headers", "debian", Path("/opt/python/bin/python3.13")) == ""


def test_pythons_are_listed_once(tmp_path: Path):
    """Links to one Python are one; folders of PATH are all searched, for shims do not count."""
    for folder in ("shims", "first", "second"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "python3.13").symlink_to(sys.executable)
    (tmp_path / "pyenv" / "versions" / "3.12.9" / "bin").mkdir(parents=True)
    (tmp_path / "pyenv" / "versions" / "3.12.9" / "bin" / "python3").write_text("")
    path = ":".join(str(tmp_path / folder) for folder in ("shims", "first", "second"))
    variables = {"PATH": path, "PYENV_ROOT": str(tmp_path / "pyenv"), "HOME": str(tmp_path)}

    found = list(every_python(variables, ("3.12", "3.13")))

    assert found == [tmp_path / "first" / "python3.13", tmp_path / "pyenv" / "versions" / "3.12.9" / "bin" / "python3"]
    assert os.access(found[0], os.X_OK)
