"""PyInstaller's source distribution, and an environment with what its tests use."""

from __future__ import annotations

import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

from tests.compatibility.environments import ENVIRONMENTS, environment_with
from tests.support import Interpreter, find_interpreter

VERSION = "6.22.3"

# Requirements of the tests, in the folder `tests` of the distribution.
_REQUIREMENTS = ("requirements-base.txt", "requirements-tools.txt", "requirements-libraries.txt")

# Patterns of names that are not installed; tests that want them are skipped.
NOT_INSTALLED = {
    "PyQt.*|PySide.*|QScintilla": "three Qts of 300 libraries each; `python -m tests.compatibility` tries each of them",
    "PyGObject": "needs the development files of GLib",
}

# Installed besides: what PyInstaller's own modules import, and libraries that tests use where they are installed.
_ALSO = (
    *("altgraph", "packaging"),
    *("pyexcelerate==0.13.0", "pyusb==1.3.1", "scapy==2.7.0", "six==1.17.0", "twisted==25.5.0", "zeep==4.3.2"),
    "setuptools==80.9.0",  # instead of theirs, which has no pkg_resources any more
)


def unpacked_source() -> Path:
    """The folder of the source distribution, downloaded now unless an earlier run has done it."""
    folder = ENVIRONMENTS.resolve() / f"pyinstaller-{VERSION}"
    if not folder.exists():
        ENVIRONMENTS.mkdir(exist_ok=True)
        base = find_interpreter("3.13") or find_interpreter("3.11")
        assert base is not None, "there is no Python to download with"
        download = ENVIRONMENTS / "pyinstaller-download"
        shutil.rmtree(download, ignore_errors=True)
        subprocess.run(
            [
                *(base, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"),
                *("--no-binary=pyinstaller", f"--dest={download}", f"pyinstaller=={VERSION}"),
            ],
            check=True,
        )
        (archive,) = download.glob("*.tar.gz")
        with tarfile.open(archive) as opened:
            opened.extractall(download, filter="data")
        (download / archive.name.removesuffix(".tar.gz")).rename(folder)
        shutil.rmtree(download)
    return folder


def environment(source: Path, python: str) -> Interpreter:
    """An environment in which the tests run, without PyInstaller itself; `python` is a version, such as "3.13"."""
    return environment_with("pyinstaller-tests", python, tuple(_requirements(source)))


def _requirements(source: Path) -> Iterator[str]:
    replaced = {_name(each) for each in _ALSO}
    for file in _REQUIREMENTS:
        for line in (source / "tests" / file).read_text().splitlines():
            requirement = line.partition(" #")[0].strip()
            if requirement.startswith(("#", "-")) or not requirement or _name(requirement) in replaced:
                continue
            if not any(re.fullmatch(pattern, _name(requirement), re.IGNORECASE) for pattern in NOT_INSTALLED):
                yield requirement
    yield from _ALSO


def _name(requirement: str) -> str:
    return re.split("[=<>!~;@ [\\[]", requirement)[0]
