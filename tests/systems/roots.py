"""Root folders of other Linux systems, made once and kept in the user's cache. Verb: `make_root`.

glibc-2.17 is the C library that an npm package brings for cross compilers, with busybox for the commands; empty has those
commands alone; the others are Debian's, from the mirror of this machine. Names that end with a processor's are for that one:
nothing has run in them.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bundler-tests"

# Packages of npm with glibc 2.17, by processor.
_PACKAGES = {
    "x86_64": "@napi-rs/cross-toolchain-x64-target-x86_64@1.0.0",
    "aarch64": "@napi-rs/cross-toolchain-x64-target-aarch64@1.0.3",
}

_MIRROR = "http://deb.debian.org/debian"
# What building takes inside: a compiler, and what the static libraries of Debian's Pythons need.
_TO_BUILD = ("gcc", "g++", "libc6-dev", "git", "file", "zlib1g-dev", "libexpat1-dev", "ca-certificates")

_FILES = {
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n",
    "etc/group": "root:x:0:\nnogroup:x:65534:\n",
    "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\nservices: files\n",
}


EMPTY = "empty"
"""The root that has no C library: for binaries that are linked statically."""


class RootError(Exception):
    """A root that cannot be made here; its text says why."""


def make_root(name: str) -> Path:
    """The folder of a system, made now unless an earlier run has made it; RootError."""
    if os.geteuid() != 0:
        raise RootError("only root can enter another system")
    roots = CACHE / "roots"
    folder = roots / name
    roots.mkdir(parents=True, exist_ok=True)
    with (roots / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another process may be at the same
        if not folder.exists():
            with tempfile.TemporaryDirectory(prefix=f"{name}-", dir=roots) as work:
                made = Path(work, "root")
                try:
                    ROOTS[name](made, Path(work))
                except (OSError, subprocess.CalledProcessError) as error:
                    raise RootError(f"{name} is not made: {error}") from error
                made.rename(folder)
    return folder


def _old(processor: str) -> Callable[[Path, Path], None]:
    """Glibc 2.17 (Red Hat Enterprise Linux 7), without the parts that only compilers use."""
    archive = f"package/{processor}-unknown-linux-gnu.tar.xz"
    sysroot = f"./{processor}-unknown-linux-gnu/sysroot"
    large = ("*.a", f"{sysroot}/usr/include", f"{sysroot}/usr/share")  # what only compilers read

    def make(root: Path, work: Path) -> None:
        if shutil.which("npm") is None:
            raise RootError("npm, which fetches glibc 2.17, is not on PATH")
        _run("npm", "pack", "--silent", _PACKAGES[processor], cwd=work)
        package = next(work.glob("*.tgz"))
        _run("tar", "-xzf", package, archive, cwd=work)
        _run("tar", "-xJf", archive, *(f"--exclude={each}" for each in large), sysroot, cwd=work)
        (work / sysroot).rename(root)
        _write_files(root)

    return make


def _make_empty(root: Path, _: Path) -> None:
    """Nothing but files that name users and services."""
    (root / "etc").mkdir(parents=True)
    _write_files(root)


def _write_files(root: Path) -> None:
    for path, text in _FILES.items():
        (root / path).write_text(text)


def add_commands(root: Path) -> None:
    """Give a system without any commands those of busybox, linked statically; RootError."""
    if (root / "bin").exists():
        return
    with tempfile.TemporaryDirectory(dir=CACHE) as work:
        try:
            _run(
                "apt-get", "download", "--quiet=2", "--option=APT::Sandbox::User=root", "busybox-static", cwd=Path(work)
            )
            _run("dpkg-deb", "--extract", next(Path(work).glob("*.deb")), "unpacked", cwd=Path(work))
            made = Path(work, "bin")
            made.mkdir()
            shutil.copy(Path(work, "unpacked/bin/busybox"), made)
            names = subprocess.run([made / "busybox", "--list"], check=True, capture_output=True, text=True).stdout
        except (OSError, StopIteration, subprocess.CalledProcessError) as error:
            raise RootError(f"busybox is not there: {error}") from error
        for name in set(names.split()) - {"busybox"}:
            (made / name).symlink_to("busybox")
        made.rename(root / "bin")


def _debian(release: str, *packages: str) -> Callable[[Path, Path], None]:
    def make(root: Path, _: Path) -> None:
        if shutil.which("debootstrap") is None:
            raise RootError("debootstrap is not on PATH")
        include = [f"--include={','.join(packages)}"] if packages else []
        _run("debootstrap", "--variant=minbase", *include, release, root, _mirror())
        shutil.rmtree(root / "var/cache/apt/archives", ignore_errors=True)

    return make


def _foreign_debian(release: str, port: str, *packages: str) -> Callable[[Path, Path], None]:
    """Debian for another processor: its packages are unpacked, and none of their programs is run."""

    def make(root: Path, _: Path) -> None:
        if shutil.which("debootstrap") is None:
            raise RootError("debootstrap is not on PATH")
        options = ("--foreign", f"--arch={port}", "--variant=minbase", f"--include={','.join(packages)}")
        _run("debootstrap", *options, release, root, _mirror())
        archives = root / "var/cache/apt/archives"
        for package in sorted(archives.glob("*.deb")):
            _run("dpkg-deb", "--extract", package, root)
        shutil.rmtree(archives)

    return make


def _mirror() -> str:
    """The first mirror of Debian that apt uses here."""
    sources = Path("/etc/apt/sources.list.d/debian.sources")
    lines = sources.read_text().splitlines() if sources.exists() else []
    return next((line.split()[1] for line in lines if line.startswith("URIs:")), _MIRROR)


def _run(*command: str | Path, cwd: Path | None = None) -> None:
    subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.DEVNULL)


ROOTS: Mapping[str, Callable[[Path, Path], None]] = {
    EMPTY: _make_empty,
    "glibc-2.17": _old("x86_64"),
    "glibc-2.17-aarch64": _old("aarch64"),
    "bookworm-aarch64": _foreign_debian(
        *("bookworm", "arm64", "python3-dev", "libpython3-dev", "python3-venv", "ca-certificates", "tzdata")
    ),
    "bullseye": _debian("bullseye"),
    "trixie": _debian("trixie", *_TO_BUILD, "python3.13-dev", "python3.13-venv"),
    "sid": _debian("sid", *_TO_BUILD, "python3.14-dev", "python3.14-venv", "python3.15-dev", "python3.15-venv"),
}
"""Functions that make the systems, by name, of the folder to be and of a folder to work in."""
