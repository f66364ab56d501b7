"""Data files in a binary are files: every way of reading them gives what it gives on disk, and nothing changes them.

Costs a binary for each interpreter.
"""

from __future__ import annotations

import ast
import io
import os
import re
import shutil
import sqlite3
import subprocess
import tarfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from bundler.target import TargetPython
from tests.support import Outcome, bundle, on_old_kernel, run, without_memory_files
from tests.target.pythons import short_version

HERE = Path(__file__).parent
PROGRAM = HERE / "files_program.py"

_READ_ONLY = "('OSError', 'EROFS', 'Read-only file system', 'VFS/data/{}')"
_EXISTS = "('FileExistsError', 'EEXIST', 'File exists', 'VFS/data/{}')"
_MISSING = "('FileNotFoundError', 'ENOENT', 'No such file or directory', 'VFS/data/{}')"
_FOLDER = "('IsADirectoryError', 'EISDIR', 'Is a directory', 'VFS/data/{}')"

# In a binary they have other results than on disk, where everything could be written.
OF_BINARIES = {
    "opened_to_write": [
        *(_READ_ONLY, _READ_ONLY, _READ_ONLY, _EXISTS),  # a file: w, a, r+, x
        *(_READ_ONLY, _READ_ONLY, _MISSING, _READ_ONLY),  # a new one
        *(_FOLDER, _FOLDER, _FOLDER, _EXISTS),  # a folder
    ],
    "opened_by_flags": [_READ_ONLY, _READ_ONLY, _EXISTS, _READ_ONLY],
    "new_folders": [_READ_ONLY, _READ_ONLY, "('FileExistsError', 'EEXIST', 'File exists', 'VFS/data/{}')", "None"],
    "changed": ["True", "True", "['deeper', 'other.txt']"],
    "order": ["True", "True"],
}


def _cases() -> list[str]:
    functions = [node for node in ast.parse(PROGRAM.read_text()).body if isinstance(node, ast.FunctionDef)]
    return [node.name for node in functions if not (node.args.args or node.args.vararg) and node.name != "main"]


# What a read-only file system answers to.
READ_ONLY = ("refused", "refused_in_folders", "refused_by_descriptors", "refused_to_libraries")

CASES = [name for name in _cases() if name not in (*OF_BINARIES, *READ_ONLY)]

# Those that write nothing but their results.
READING = ("text", "lines", "binary", "positions", "raw", "large", "empty", "mapped", "buffer", "descriptor_facts")
LIBRARIES = ("resources", "database", "certificates", "archives")


@dataclass(frozen=True)
class Files:
    """The program in its two forms, and what all its functions gave in each, by name."""

    target: TargetPython
    source: Path
    binary: Path
    originals: Mapping[str, str]
    bundled: Mapping[str, str]


def results(outcome: Outcome) -> dict[str, str]:
    """What the program printed; when it ended early, its last words stand for the next result."""
    found = dict(line.split(" ", 1) for line in outcome.stdout.decode().splitlines())
    return found if outcome.status == 0 else {**found, "ended": outcome.stderr.decode()}


def make_tree(folder: Path) -> Path:
    """The program, and a package with data files of every kind; the program's path."""
    data = folder / "vfs" / "data"
    (data / "sub" / "deeper").mkdir(parents=True)
    (folder / "vfs" / "__init__.py").touch()
    (data / "text.txt").write_bytes("first line\nsecond: ä漢\r\nlast".encode())
    (data / "bytes.bin").write_bytes(bytes(range(256)))
    (data / "large.bin").write_bytes(bytes(i * i % 251 for i in range(3_000_000)))
    (data / "empty").touch()
    (data / "ü ñ.txt").write_text("named strangely")
    (data / "sub" / "other.txt").write_text("other")
    (data / "sub" / "deeper" / "leaf").write_text("leaf")
    (data / "tool").write_text("#!/bin/sh\necho tool\n")
    (data / "tool").chmod(0o755)
    shutil.copy(HERE / "certificate.pem", data)
    library = folder / "vfs" / "libcalls.so"
    subprocess.run(["cc", "-D_GNU_SOURCE", "-shared", "-fPIC", HERE / "library_calls.c", "-o", library], check=True)
    with zipfile.ZipFile(data / "archive.zip", "w") as archive:
        archive.writestr("inside.txt", "in the archive")
    with tarfile.open(data / "archive.tar.gz", "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("inside.txt"), io.BytesIO())
    connection = sqlite3.connect(data / "names.db")
    connection.execute("create table names (name text)")
    connection.executemany("insert into names values (?)", [("two",), ("one",)])
    connection.commit()
    connection.close()
    return Path(shutil.copy(PROGRAM, folder / "program.py"))


@pytest.fixture(scope="session")
def files(target: TargetPython, tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The program for one interpreter."""
    source = make_tree(tmp_path_factory.mktemp(f"files-{short_version(target)}"))
    binary = source.parent / "program"
    done = bundle(source, "--python", target.executable, "-o", binary)
    assert done.status == 0, done.stderr.decode(errors="replace")
    originals = results(run([target.executable, source, *CASES]))
    return Files(target, source, binary, originals, results(run([binary, *CASES, *OF_BINARIES, *READ_ONLY])))


@pytest.mark.parametrize("case", CASES)
def test_as_on_disk(files: Files, case: str):
    """Reading, asking, listing and failing are the same in a binary as on disk."""
    assert case in files.originals, files.originals.get("ended")
    assert case in files.bundled, files.bundled.get("ended")
    assert files.bundled[case] == files.originals[case]


@pytest.mark.parametrize("case", OF_BINARIES)
def test_read_only(files: Files, case: str):
    """Files of a binary cannot be changed, and are listed in order."""
    assert case in files.bundled, files.bundled.get("ended")
    assert re.sub(r"VFS/data/[\w./]+", "VFS/data/{}", files.bundled[case]) == f"[{', '.join(OF_BINARIES[case])}]"


def _read_only(command: Sequence[str | Path], folder: Path) -> Outcome:
    """Run a command that finds a folder on a file system mounted read-only."""
    mount = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'
    return run(["unshare", "--mount", "sh", "-c", mount, folder, *command])


@pytest.mark.parametrize("case", READ_ONLY)
def test_as_on_a_read_only_file_system(files: Files, case: str):
    """What changes files, folders or descriptors fails as on a file system that is mounted read-only."""
    found = _read_only([files.target.executable, files.source, case], files.source.parent / "vfs")
    if b"unshare" in found.stderr or b"mount: " in found.stderr:
        pytest.skip("a mount of one's own is not permitted here")

    assert files.bundled.get(case, files.bundled.get("ended")) == results(found)[case]


@pytest.mark.parametrize("kind", ["-S", "-H -S"])
def test_small_files_only(files: Files, kind: str):
    """A limit of the size of files is no limit of what can be read, whether or not it may be raised again."""
    limited = [f'ulimit {kind} -f 1 && exec "$@"', "sh"]
    found = results(run(["sh", "-c", *limited, files.binary, *READING, *LIBRARIES]))

    assert found == {case: files.originals[case] for case in (*READING, *LIBRARIES)}


@pytest.mark.parametrize("system", [without_memory_files, on_old_kernel])
def test_system_without_memory_files(
    files: Files,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    system: Callable[[Path], tuple[str | Path, ...]],
):
    """Where memory files are forbidden, or not known yet, files without a name in a temporary folder serve; nothing is left
    there.
    """
    limited = system(tmp_path_factory.mktemp("tool"))
    environment = {"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path), "LC_ALL": "C.UTF-8"}
    found = run([*limited, files.binary, *READING, *LIBRARIES], environment=environment)
    if found.status == 77:
        pytest.skip("the system has no seccomp")

    assert results(found) == {case: files.originals[case] for case in (*READING, *LIBRARIES)}
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written(files: Files, tmp_path: Path):
    """Reading data files needs no place to write to: no file is left, and none is needed."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TMPDIR": str(tmp_path), "LC_ALL": "C.UTF-8"}
    found = run([files.binary, "resources"], environment=environment, cwd=tmp_path)

    assert found.status == 0, found.stderr.decode()
    assert list(tmp_path.iterdir()) == []
