"""What the tests with real binaries share: interpreters, programs that are run, and how their output is compared."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import subprocess
import sysconfig
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bundler.cli.arguments import Arguments
from bundler.cli.programs import only, read_programs
from bundler.glibc import beyond
from bundler.settings import OLDEST_GLIBC, Settings
from bundler.values import default_cache_dir

ROOT = Path(__file__).resolve().parent.parent
APPS = ROOT / "tests" / "apps"
EXAMPLES = ROOT / "examples"

# What `pytest --libpython KIND` asks for: binaries are built with `--libpython KIND`. A list, for it is set later.
LIBPYTHON: list[str] = []

# What `pytest --snapshot` asks for: binaries start from a snapshot where they can. Else only those of tests that ask for it do:
# taking one costs a build a few seconds.
SNAPSHOT: list[str] = []

# Where the modules of a binary appear to lie (BUNDLE_ROOT in launcher/bundle.h).
BUNDLE_ROOT = "/__bundle__"

# What belongs to the C library and its compiler's run-time. A binary may need nothing else of the system.
C_LIBRARY = (
    *("ld-linux-x86-64.so.2", "libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libutil.so.1"),
    "libgcc_s.so.1",
)
LIBRARY_FOLDERS = ("/lib64", "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib")

_SUITABLE = """
import ensurepip, os, sys, sysconfig, venv
assert "%d.%d" % sys.version_info[:2] == sys.argv[1]
assert os.path.isfile(os.path.join(sysconfig.get_path("include"), "internal", "pycore_code.h"))
print(os.path.realpath(sys.executable))
"""


def find_interpreter(version: str) -> Path | None:
    """A Python of this version that binaries can be built from: it runs and has `venv` and its C headers."""
    # By folder as well: pyenv's shims on PATH refuse versions that are installed but not chosen.
    on_path = shutil.which(f"python{version}")
    candidates = [Path(on_path)] if on_path else []
    candidates += sorted((Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python3"))
    candidates += [Path(f"/usr/local/bin/python{version}"), Path(f"/usr/bin/python{version}")]
    return suitable_interpreter(version, candidates)


def suitable_interpreter(version: str, candidates: Sequence[Path]) -> Path | None:
    """The first that is of this version and has what building takes."""
    for candidate in candidates:
        try:
            done = subprocess.run([candidate, "-c", _SUITABLE, version], capture_output=True, text=True, check=False)
        except OSError:
            continue
        if done.returncode == 0:
            return Path(done.stdout.strip())
    return None


# The tests tell when one of the first is not there; later ones are tested where they are.
VERSIONS = ("3.11", "3.12", "3.13", *(version for version in ("3.14", "3.15") if find_interpreter(version)))


@dataclass(frozen=True)
class Interpreter:
    """A Python that gets embedded: its version, and a virtual environment of it with everything pinned installed."""

    version: str
    base: Path
    environment: Path

    @property
    def python(self) -> Path:
        return self.environment / "bin" / "python"

    @property
    def stdlib(self) -> Path:
        return self.base.parent.parent / "lib" / f"python{self.version}"

    @property
    def packages(self) -> Path:
        return self.environment / "lib" / f"python{self.version}" / "site-packages"

    def script(self, name: str) -> Path:
        """A console script of the environment."""
        return self.environment / "bin" / name


@dataclass(frozen=True)
class Outcome:
    """How a program ended and what it wrote."""

    status: int
    stdout: bytes
    stderr: bytes


def plain_environment(**variables: str) -> dict[str, str]:
    """An environment that is the same on every machine, with some variables more."""
    # Without bytecode files: folders of the repository stay as they are.
    return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", **variables}


def run(
    command: Sequence[str | bytes | Path],
    *,
    stdin: bytes = b"",
    environment: Mapping[str, str] | Mapping[bytes, bytes] | None = None,
    cwd: Path | None = None,
    timeout: float = 120,
) -> Outcome:
    """Run a program to its end in the plain environment, or in the one given."""
    env = plain_environment() if environment is None else environment
    done = subprocess.run(command, input=stdin, capture_output=True, env=env, cwd=cwd, timeout=timeout, check=False)
    return Outcome(done.returncode, done.stdout, done.stderr)


# System calls of x86-64, by number: `memfd_create`, and all that are newer than Linux 3.10 (arch/x86/entry/syscalls/syscall_64.tbl).
_MEMORY_FILES = (errno.EPERM, 319, 319)
_NEWER_THAN_3_10 = (errno.ENOSYS, 314, 0xFFFFFFFF)


def without_memory_files(folder: Path) -> tuple[str | Path, ...]:
    """The start of a command that runs where the system makes no memory files; its program is made in a folder."""
    return _without_calls(folder, *_MEMORY_FILES)


def on_old_kernel(folder: Path) -> tuple[str | Path, ...]:
    """The start of a command that runs as if on Linux 3.10; its program is made in a folder."""
    return _without_calls(folder, *_NEWER_THAN_3_10)


def _without_calls(folder: Path, error: int, first: int, last: int) -> tuple[str | Path, ...]:
    source = ROOT / "tests" / "without_calls.c"
    program = folder / f"without_calls-{hashlib.sha256(source.read_bytes()).hexdigest()[:8]}"
    if not program.exists():
        with tempfile.TemporaryDirectory(dir=folder) as work:  # another thread may be at the same
            subprocess.run(["cc", source, "-o", Path(work, "program")], check=True)
            Path(work, "program").rename(program)
    return program, str(error), str(first), str(last)


def bundle(*arguments: str | Path, cwd: Path | None = None, **variables: str) -> Outcome:
    """Run the command line of the installed bundler, as a user would; `variables` are added to the environment."""
    command = Path(sysconfig.get_path("scripts"), "bundle")
    builds = "--python" in arguments and not {"plan", "why", "inspect", "trace", "doctor"} & {*arguments}
    forced = [
        *(
            ["--libpython", *LIBPYTHON]
            if LIBPYTHON and "--python" in arguments and "--libpython" not in arguments
            else []
        ),
        *(["--snapshot", *(SNAPSHOT or ["no"])] if builds and "--snapshot" not in arguments else []),
    ]
    # A first build compiles everything, on a machine that may be busy.
    return run([command, *forced, *arguments], environment={**os.environ, **variables}, cwd=cwd, timeout=900)


@dataclass(frozen=True)
class Program:
    """A program in its two forms, which must behave the same.

    `binary` has the same name as `source`, so that a program which prints its own name prints the same.
    """

    interpreter: Interpreter
    source: Path
    binary: Path

    @property
    def original(self) -> tuple[Path, Path]:
        """The command that runs the source."""
        return self.interpreter.python, self.source

    def normalise(self, text: bytes) -> str:
        """Take out the differences that are allowed: paths, addresses, source lines in tracebacks and warnings."""
        own = self.source if self.source.is_dir() else self.source.parent
        stdlib = self.interpreter.stdlib
        folders = (self.binary.parent, own, self.interpreter.packages, stdlib / "lib-dynload", stdlib)
        readable = text.decode(errors="backslashreplace")
        for folder in folders:
            readable = readable.replace(str(folder), BUNDLE_ROOT)
        # Since 3.14 faulthandler tells the name of a thread, which is that of its process, and the stack below Python's.
        readable = re.sub(r"(hread 0x[0-9a-f]+) \[[^]]*\]", r"\1", readable)
        readable = re.sub(r'^  (?:Binary file ".*|<truncated .*)\n', "", readable, flags=re.MULTILINE)
        readable = re.sub("0x[0-9a-f]{8,}", "0xADDRESS", readable)
        # What an import or a look-up that fails in a binary says more than Python.
        readable = re.sub("^.*the program was bundled without .*`.*\n", "", readable, flags=re.MULTILINE)
        return "".join(without_source_lines(readable.splitlines(keepends=True)))

    def check_same(
        self,
        *arguments: str | bytes,
        stdin: bytes = b"",
        environment: Mapping[str, str] | Mapping[bytes, bytes] | None = None,
        cwd: Path | None = None,
    ) -> Outcome:
        """Run both forms and assert that nothing tells them apart; what the binary did."""
        expected = run([*self.original, *arguments], stdin=stdin, environment=environment, cwd=cwd)
        found = run([self.binary, *arguments], stdin=stdin, environment=environment, cwd=cwd)
        self.compare(found, expected)
        return found

    def compare(self, found: Outcome, expected: Outcome) -> None:
        """Assert that the binary's outcome is the original's."""
        assert self.normalise(found.stderr) == self.normalise(expected.stderr)
        assert self.normalise(found.stdout) == self.normalise(expected.stdout)
        assert found.status == expected.status


def without_source_lines(lines: Sequence[str]) -> Iterator[str]:
    """Leave out what a traceback or a warning quotes from a source file: a binary carries no sources."""
    quoting = ""
    for line in lines:
        if quoting and line.startswith(quoting):
            continue
        frame = re.match(r'([ |]*)File "/', line)
        warning = re.match(r"/\S+:\d+: \w*Warning: ", line)
        quoting = f"{frame[1]}  " if frame else "  " if warning else ""
        yield line


def inspect(binary: Path) -> dict[str, Any]:
    """What `bundle inspect --json` says about a binary."""
    done = bundle("inspect", binary, "--json")
    assert done.status == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def needed_glibc(inspected: Mapping[str, Any]) -> str:
    """The newest glibc that a binary needs, by `bundle inspect --json`; and for which symbols, when that is too new."""
    newest = inspected["newest_versions"].get("GLIBC")
    version = newest["version"].removeprefix("GLIBC_") if newest else ""
    return f"{version}: {', '.join(newest['symbols'])}" if beyond(f"GLIBC_{version}", OLDEST_GLIBC) else version


def share_cache(folder: Path, *, without: Sequence[str]) -> None:
    """Make a folder a cache of its own that has what the tests' cache has, but for some kinds of entries."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind in default_cache_dir().iterdir():
        if kind.is_dir() and kind.name not in without:
            (folder / kind.name).symlink_to(kind)


def add_library(root: Path, name: str) -> None:
    """Copy a library of the system to where the dynamic linker finds it under another root."""
    found = next(path for folder in LIBRARY_FOLDERS if (path := Path(folder, name)).exists())
    place = root / found.relative_to("/")
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(found, place)


def read_settings(given: Arguments, variables: Mapping[str, str]) -> Settings:
    """The settings of the one program that arguments, the project's file and the environment mean."""
    return only(read_programs(given, variables))
