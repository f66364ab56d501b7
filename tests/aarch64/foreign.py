"""A root folder of Debian for aarch64, its Python, and programs that QEMU runs. Noun: `ForeignPython`; verb: `run_foreign`."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bundler.elf import AARCH64
from tests.link.natives import Compilers
from tests.support import Interpreter, Outcome, plain_environment, run
from tests.systems.roots import CACHE, make_root

DEBIAN, OLD = "bookworm-aarch64", "glibc-2.17-aarch64"
"""Roots: that of the Python, and one with the oldest C library."""

VERSION = "3.11"
QEMU = f"qemu-{AARCH64.python_name}-static"

LARGE_PAGES = {f"{size} KiB": ("-p", str(size << 10)) for size in (16, 64)}
"""Options for kernels with pages of other sizes than 4 KiB: those of Asahi Linux, and of Red Hat's servers."""

FEW_ADDRESSES = ("-R", str(1 << 39))
"""Options for a kernel with addresses of 39 bits: Raspberry Pi OS has such."""

_FOLDER = CACHE / "aarch64"
_PATIENCE = 1200  # seconds
_MANYLINUX = ("manylinux2014", "manylinux_2_17", "manylinux_2_28", "manylinux_2_34")

# /proc/sys/fs/binfmt_misc: programs of this machine by their ELF headers, run by QEMU, which is opened now (F) and learns what
# a program is called (P).
_BINFMT = Path("/proc/sys/fs/binfmt_misc")
_MAGIC = r"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00"
_MASK = r"\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff"


def lacking() -> str:
    """The thing without which this machine builds and runs nothing for aarch64, in words; "" if all is there."""
    programs = (QEMU, f"{AARCH64.gnu_name}-gcc", f"{AARCH64.gnu_name}-g++")
    missing = next((name for name in programs if shutil.which(name) is None), None)
    if missing is not None:
        return f"{missing} is not on PATH"
    is_made = (CACHE / "roots" / DEBIAN).exists()
    return "" if is_made else "there is no root folder of Debian for aarch64: `python -m tests.aarch64` makes it"


def root() -> Path:
    """The folder of Debian's files, made now unless an earlier run has made it; RootError."""
    return make_root(DEBIAN)


def compilers() -> Compilers:
    """The cross compilers, with the headers that Debian's Python needs."""
    headers = ("-idirafter", str(root() / "usr/include"))
    c, cpp = (f"{AARCH64.gnu_name}-{name}" for name in ("gcc", "g++"))
    return Compilers((c, *headers), (cpp, *headers), "-mtls-dialect=desc", "-mtls-dialect=trad")


def headers() -> Path:
    """The folder of Python.h."""
    return root() / f"usr/include/python{VERSION}"


def environment(requirements: Sequence[Path] = ()) -> Interpreter:
    """A virtual environment with wheels for aarch64, made now unless an earlier run has made it; nothing of it is run."""
    base = root() / f"usr/bin/python{VERSION}"
    pins = b"".join(path.read_bytes() for path in requirements)
    folder = _FOLDER / f"environment-{hashlib.sha256(pins).hexdigest()[:8]}"
    packages = folder / f"lib/python{VERSION}/site-packages"
    if not (folder / "pyvenv.cfg").exists():
        shutil.rmtree(folder, ignore_errors=True)
        packages.mkdir(parents=True)
        (folder / "bin").mkdir()
        (folder / "bin/python").symlink_to(base)
        if requirements:
            platforms = (f"--platform={each}_{AARCH64.python_name}" for each in _MANYLINUX)
            target = (f"--python-version={VERSION}", "--implementation=cp", "--only-binary=:all:", *platforms)
            listed = (f"--requirement={path}" for path in requirements)
            command = [sys.executable, "-m", "pip", "install", "--quiet", f"--target={packages}", *target, *listed]
            subprocess.run(command, check=True)
        (folder / "pyvenv.cfg").write_text(f"home = {base.parent}\ninclude-system-site-packages = false\n")
    return Interpreter(VERSION, base, folder)


def bundle_foreign(python: Path, output: Path, *arguments: str | Path) -> Outcome:
    """Build for aarch64, as a user would."""
    command = Path(sysconfig.get_path("scripts"), "bundle")
    target = ("--target", AARCH64.system_name, "--python", python, "-o", output)
    return run([command, *arguments, *target], environment=os.environ, timeout=3 * _PATIENCE)


def run_foreign(
    command: Sequence[str | Path],
    *,
    prefix: Path | None = None,
    cwd: Path | None = None,
    kernel: Sequence[str] = (),
    **variables: str,
) -> Outcome:
    """Run a program for aarch64 with the libraries of Debian, or of the system in the folder `prefix`.

    `kernel`: options of QEMU for another kernel, such as one with large pages. A program that hangs has the status -1.
    """
    own = {"QEMU_LD_PREFIX": str(prefix or root()), **variables}
    try:
        return run([QEMU, *kernel, *command], environment=plain_environment(**own), cwd=cwd, timeout=_PATIENCE)
    except subprocess.TimeoutExpired as error:
        return Outcome(-1, error.stdout or b"", (error.stderr or b"") + b"\nhangs\n")


@contextlib.contextmanager
def children() -> Iterator[None]:
    """While the block runs, programs for aarch64 can start others, and themselves: the kernel knows what runs them."""
    if not (_BINFMT / "register").exists():
        subprocess.run(["mount", "-t", "binfmt_misc", "binfmt_misc", _BINFMT], check=True)
    entry = _BINFMT / "qemu-aarch64"
    is_ours = not entry.exists()
    if is_ours:
        (_BINFMT / "register").write_text(f":qemu-aarch64:M::{_MAGIC}:{_MASK}:{shutil.which(QEMU)}:PF")
    try:
        yield
    finally:
        if is_ours:
            entry.write_text("-1")


def work_folder(name: str, files: Mapping[str, str] | None = None) -> Path:
    """An empty folder, with files."""
    folder = _FOLDER / "work" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for file, text in (files or {}).items():
        (folder / file).write_text(text)
    return folder
