"""Uses the data files of the package `vfs` in every way that a program may; prints what each way gives.

The arguments are names of functions below. Results must not depend on whether the files are on disk or in a binary.
"""

from __future__ import annotations

import contextlib
import errno
import glob
import os
import shutil
import stat
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import vfs  # type: ignore[import-not-found]  # is made by the test

DATA = os.path.join(os.path.dirname(vfs.__file__), "data")


def data(*parts: str) -> str:
    return os.path.join(DATA, *parts)


def short(value: Any) -> Any:
    """A result without the folder in which the package lies."""
    return str(value).replace(os.path.dirname(DATA), "VFS")


def attempt(function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """What a call gives, or the error that it ends with."""
    try:
        return function(*arguments, **named)
    except OSError as error:
        return type(error).__name__, errno.errorcode[error.errno or 0], error.strerror, short(error.filename)


# --- Reading ----------------------------------------------------------------------------------------------------------


def text() -> Any:
    with open(data("text.txt"), encoding="utf-8") as file:
        return file.read(), file.name == data("text.txt"), file.mode, file.encoding


def lines() -> Any:
    with open(data("text.txt"), newline="", encoding="utf-8") as file:
        return list(file)


def binary() -> Any:
    with open(data("bytes.bin"), "rb") as file:
        return (
            file.read(3),
            file.tell(),
            file.seek(-2, os.SEEK_END),
            file.read(),
            file.seek(10),
            file.read(2),
            file.peek(2),
        )


def positions() -> Any:
    """Seeking past the end is allowed; each open file has a position of its own."""
    with open(data("bytes.bin"), "rb") as one, open(data("bytes.bin"), "rb") as other:
        return one.seek(1000), one.read(), one.seek(5), other.read(2), one.read(2), attempt(one.seek, -1)


def raw() -> Any:
    fd = os.open(data("bytes.bin"), os.O_RDONLY)
    found = os.read(fd, 4), os.pread(fd, 4, 100), os.lseek(fd, 0, os.SEEK_CUR), os.fstat(fd).st_size
    more = stat.S_ISREG(os.fstat(fd).st_mode), os.get_inheritable(fd), os.isatty(fd)
    os.close(fd)
    return *found, *more, attempt(os.read, fd, 1)


def other_names() -> Any:
    """A path may be bytes, a path object, or go through a descriptor."""
    with open(os.fsencode(data("text.txt")), "rb") as file:
        first = file.read()
    with open(Path(data("text.txt")), "rb") as file, open(os.dup(file.fileno()), "rb") as again:
        return first == again.read() == Path(data("text.txt")).read_bytes()


def large() -> Any:
    content = Path(data("large.bin")).read_bytes()
    with open(data("large.bin"), "rb") as file:
        file.seek(2_000_001)
        return len(content), content[2_000_001:2_000_005] == file.read(4), sum(content)


def empty() -> Any:
    return Path(data("empty")).read_bytes(), os.path.getsize(data("empty"))


def mapped() -> Any:
    import mmap

    with open(data("bytes.bin"), "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as memory:
        return len(memory), memory[250:], memory.find(b"\x10")


def buffer() -> Any:
    target = bytearray(6)
    with open(data("bytes.bin"), "rb", buffering=0) as file:
        return file.readinto(target), bytes(target), file.readall() == bytes(range(6, 256))


def opener() -> Any:
    def open_relative(path: str, flags: int) -> int:
        return os.open(data(path), flags)

    with open("text.txt", opener=open_relative, encoding="utf-8") as file:
        return file.readline()


# --- What is there ----------------------------------------------------------------------------------------------------

PATHS = ("text.txt", "empty", "sub", "sub/deeper", "sub/deeper/leaf", "tool", "missing", "sub/missing", "ü ñ.txt", "")


def facts() -> Any:
    found = {}
    for path in map(data, PATHS):
        tests = (os.path.exists, os.path.lexists, os.path.isfile, os.path.isdir, os.path.islink, os.path.ismount)
        found[short(path)] = [test(path) for test in tests]
    return found


def sizes() -> Any:
    return [attempt(os.path.getsize, data(path)) for path in PATHS if not os.path.isdir(data(path))]


def kinds() -> Any:
    found = []
    for path in PATHS:
        for function in (os.stat, os.lstat):
            with contextlib.suppress(OSError):
                mode = function(data(path)).st_mode
                found.append((path, stat.S_ISREG(mode), stat.S_ISDIR(mode), mode & 0o500 == 0o500))
    return found


def stat_errors() -> Any:
    return [
        attempt(os.stat, data(path)) for path in ("missing", "sub/missing", "missing/file", "text.txt/", "text.txt/x")
    ]


def identity() -> Any:
    """Each file has an identity of its own, under every name."""
    paths = [data(path) for path in PATHS if os.path.exists(data(path))]
    numbers = {os.stat(path).st_ino for path in paths}
    return len(numbers) == len(paths), os.path.samefile(data("text.txt"), data("sub", "..", "text.txt"))


def access() -> Any:
    modes = (os.F_OK, os.R_OK)
    found = [[os.access(data(path), mode) for mode in modes] for path in PATHS]
    return found, [os.access(data(path), os.X_OK) for path in ("tool", "sub", "missing")]


def listing() -> Any:
    return [sorted(os.listdir(path)) for path in (DATA, data("sub"), data("sub/deeper"))], sorted(
        os.listdir(os.fsencode(DATA))
    )


def listing_errors() -> Any:
    return [attempt(os.listdir, data(path)) for path in ("missing", "text.txt", "sub/missing")]


def scanning() -> Any:
    found = []
    with os.scandir(DATA) as entries:
        for entry in entries:
            known = entry.is_dir(), entry.is_file(), entry.is_symlink(), stat.S_ISDIR(entry.stat().st_mode)
            found.append((entry.name, short(entry.path), *known, entry.inode() == os.stat(entry.path).st_ino))
    return sorted(found)


def walking() -> Any:
    walked = [(short(folder), sorted(folders), sorted(names)) for folder, folders, names in os.walk(DATA)]
    return sorted(walked), len(list(os.walk(DATA, topdown=False))), list(os.walk(data("missing")))


def globbing() -> Any:
    patterns = ("*.txt", "*", "**/leaf", "sub/*", "[bt]*", "missing/*", "sub/../*.bin")
    found = [sorted(map(short, glob.glob(data(pattern), recursive=True))) for pattern in patterns]
    return found, sorted(glob.glob("**", root_dir=DATA, recursive=True))


def paths() -> Any:
    root = Path(DATA)
    found = sorted(str(path.relative_to(root)) for path in root.rglob("*"))
    return found, sorted(path.name for path in root.iterdir()), (root / "sub").is_dir(), (root / "nope").exists()


def spellings() -> Any:
    """Names with empty parts, dots, and slashes at their ends."""
    names = (
        *("/text.txt", "./text.txt", "sub/../text.txt", "sub//deeper///leaf", "sub/./deeper/../deeper/leaf", "sub/"),
        *("../data/text.txt", "text.txt/", "text.txt/.", "missing/../text.txt", "text.txt/../text.txt", "sub/.", "."),
        *("..", "sub/..", "sub/deeper/", "sub/deeper//", "text.txt/.."),
    )
    found = {name: (os.path.exists(f"{DATA}/{name}"), os.path.isdir(f"{DATA}/{name}")) for name in names}
    return (
        found,
        os.path.exists("/" + data("text.txt")),
        [attempt(os.stat, f"{DATA}/{n}") for n in ("text.txt/.", "x/..")],
    )


def links() -> Any:
    return [attempt(os.readlink, data(path)) for path in ("text.txt", "sub", "missing")]


def real() -> Any:
    names = ("text.txt", "sub/../text.txt", "sub//deeper/", "missing", ".")
    found = [short(os.path.realpath(os.path.join(os.path.realpath(DATA), name))) for name in names]
    return (
        found,
        attempt(os.path.realpath, data("missing"), strict=True),
        short(Path(DATA, "sub", "..").resolve()) == "VFS/data",
    )


def descriptor_facts() -> Any:
    """A descriptor has the facts of its file, and is the same file however often that is opened."""
    known = ("st_mode", "st_ino", "st_dev", "st_nlink", "st_uid", "st_size", "st_mtime")
    with open(data("text.txt"), "rb") as one, open(data("text.txt"), "rb") as same, open(data("empty"), "rb") as other:
        copy = os.dup(one.fileno())
        facts = [os.stat(path) for path in (data("text.txt"), one.fileno(), same.fileno(), copy)]
        os.close(copy)
        return (
            [[getattr(each, name) == getattr(facts[0], name) for name in known] for each in facts],
            os.path.sameopenfile(one.fileno(), same.fileno()),
            os.path.sameopenfile(one.fileno(), other.fileno()),
            os.path.samestat(os.stat(data("empty")), os.fstat(other.fileno())),
        )


def folder_descriptors() -> Any:
    """Names may be relative to an open folder."""
    folder = os.open(DATA, os.O_RDONLY | os.O_DIRECTORY)
    sub = os.open("sub", os.O_RDONLY, dir_fd=folder)
    with open("other.txt", opener=lambda path, flags: os.open(path, flags, dir_fd=sub), encoding="utf-8") as file:
        text = file.read()
    with os.scandir(sub) as entries:
        scanned = sorted(entry.name for entry in entries if entry.is_file() or entry.is_dir())
    found = (
        text,
        scanned,
        sorted(os.listdir(folder)),
        stat.S_ISDIR(os.fstat(sub).st_mode),
        os.path.samestat(os.fstat(sub), os.stat(data("sub"))),
        os.stat("deeper/leaf", dir_fd=sub).st_size,
        os.stat("../text.txt", dir_fd=sub, follow_symlinks=False).st_size,
        os.access("deeper", os.R_OK, dir_fd=sub),
        [attempt(function, "none", dir_fd=sub) for function in (os.stat, os.readlink)],
        attempt(os.readlink, "other.txt", dir_fd=sub),
        attempt(os.open, "deeper", os.O_WRONLY, dir_fd=sub),
        attempt(os.listdir, file.fileno() if not file.closed else -1),
    )
    os.close(sub)
    os.close(folder)
    return found


def asked_by_libraries() -> Any:
    """Compiled code has calls of its own for facts."""
    import ctypes

    size = ctypes.CDLL(os.path.join(os.path.dirname(vfs.__file__), "libcalls.so")).size_by_statx
    size.argtypes, size.restype = [ctypes.c_int, ctypes.c_char_p], ctypes.c_longlong
    with open(data("text.txt"), "rb") as file:
        return [size(-100, os.fsencode(data(path))) for path in PATHS if path not in {"sub", "sub/deeper", ""}], size(
            file.fileno(), b""
        )


def walking_by_descriptors() -> Any:
    return sorted((short(top), sorted(folders), sorted(names)) for top, folders, names, _ in os.fwalk(DATA))


def usage() -> Any:
    return shutil.disk_usage(DATA).total > 0, os.statvfs(DATA).f_namemax, attempt(os.statvfs, data("missing"))


# --- Errors -----------------------------------------------------------------------------------------------------------


def open_errors() -> Any:
    found = [attempt(open, data(path)) for path in ("missing", "sub/missing", "missing/x", "sub", "text.txt/", "")]
    return *found, attempt(os.open, data("text.txt"), os.O_RDONLY | os.O_DIRECTORY)


def opened_to_write() -> Any:
    """Nothing under the root can be written (in a binary; on disk it could, so this and what follows runs only there)."""
    return [attempt(open, data(path), mode) for path in ("text.txt", "new", "sub") for mode in ("w", "a", "r+", "x")]


def opened_by_flags() -> Any:
    flags = (os.O_WRONLY, os.O_RDWR, os.O_RDONLY | os.O_CREAT | os.O_EXCL, os.O_RDONLY | os.O_TRUNC)
    return [attempt(os.open, data("text.txt"), flag) for flag in flags]


def new_folders() -> Any:
    makings = (os.mkdir, "made"), (os.makedirs, "made/deep"), (os.mkdir, "sub")
    return [*(attempt(make, data(path)) for make, path in makings), attempt(os.makedirs, data("sub"), exist_ok=True)]


def changed() -> Any:
    """Nor removed, renamed or linked to."""
    changes: list[Callable[[], Any]] = [
        lambda: os.unlink(data("text.txt")),
        lambda: os.rmdir(data("sub")),
        lambda: os.rename(data("text.txt"), data("other")),
        lambda: os.replace(data("text.txt"), data("other")),
        lambda: os.symlink("text.txt", data("link")),
        lambda: os.chmod(data("text.txt"), 0o600),
        lambda: os.utime(data("text.txt")),
        lambda: os.truncate(data("text.txt"), 0),
        lambda: tempfile.mkdtemp(dir=DATA),
    ]
    failed = 0
    for change in changes:
        try:
            change()
        except OSError:
            failed += 1
    is_whole = Path(data("text.txt")).read_bytes().startswith(b"first") and not os.access(data("text.txt"), os.W_OK)
    return [failed == len(changes), is_whole, sorted(os.listdir(data("sub")))]


TARGETS = ("text.txt", "sub", "missing", "missing/x", "text.txt/x")


def outcome(function: Callable[..., Any], *arguments: Any, **named: Any) -> str:
    try:
        function(*arguments, **named)
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    return "done"


def refused() -> Any:
    """What a read-only file system says to whoever wants to change it, for each of TARGETS."""
    with tempfile.TemporaryDirectory() as folder:
        there, fresh = os.path.join(folder, "there"), os.path.join(folder, "fresh")
        Path(there).touch()
        changes: dict[str, Callable[[str], Any]] = {
            "unlink": os.unlink,
            "rmdir": os.rmdir,
            "mkdir": os.mkdir,
            "mknod": os.mknod,
            "mkfifo": os.mkfifo,
            "symlink": lambda path: os.symlink("anything", path),
            "link out": lambda path: os.link(path, fresh),
            "link in": lambda path: os.link(there, path),
            "link within": lambda path: os.link(data("bytes.bin"), path),
            "rename out": lambda path: os.rename(path, fresh),
            "rename in": lambda path: os.rename(there, path),
            "rename from": lambda path: os.rename(path, data("new")),
            "rename to": lambda path: os.rename(data("bytes.bin"), path),
            "chmod": lambda path: os.chmod(path, 0o600),
            "chown": lambda path: os.chown(path, -1, -1),
            "lchown": lambda path: os.lchown(path, -1, -1),
            "utime": os.utime,
            "truncate": lambda path: os.truncate(path, 0),
            "setxattr": lambda path: os.setxattr(path, "user.name", b"value"),
            "create": lambda path: os.open(path, os.O_WRONLY | os.O_CREAT),
            "write": lambda path: os.open(path, os.O_WRONLY),
            "create anew": lambda path: os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL),
        }
        found = {name: [outcome(change, data(path)) for path in TARGETS] for name, change in changes.items()}
        return found, os.listdir(folder)


def refused_in_folders() -> Any:
    """The same by way of an open folder."""
    folder = os.open(DATA, os.O_RDONLY)
    changes: dict[str, Callable[[str], Any]] = {
        "unlink": lambda path: os.unlink(path, dir_fd=folder),
        "rmdir": lambda path: os.rmdir(path, dir_fd=folder),
        "mkdir": lambda path: os.mkdir(path, dir_fd=folder),
        "mknod": lambda path: os.mknod(path, dir_fd=folder),
        "symlink": lambda path: os.symlink("anything", path, dir_fd=folder),
        "link": lambda path: os.link("bytes.bin", path, src_dir_fd=folder, dst_dir_fd=folder),
        "rename": lambda path: os.rename(path, "new", src_dir_fd=folder, dst_dir_fd=folder),
        "chmod": lambda path: os.chmod(path, 0o600, dir_fd=folder),
        "chown": lambda path: os.chown(path, -1, -1, dir_fd=folder),
        "utime": lambda path: os.utime(path, dir_fd=folder),
        "create": lambda path: os.open(path, os.O_WRONLY | os.O_CREAT, dir_fd=folder),
    }
    found = {name: [outcome(change, path) for path in TARGETS] for name, change in changes.items()}
    os.close(folder)
    return found


def refused_by_descriptors() -> Any:
    with open(data("text.txt"), "rb") as file:
        fd = file.fileno()
        return outcome(os.fchmod, fd, 0o600), outcome(os.fchown, fd, -1, -1), outcome(os.utime, fd)


def refused_to_libraries() -> Any:
    """Compiled code opens streams, in modes of C."""
    import ctypes

    opened = ctypes.CDLL(os.path.join(os.path.dirname(vfs.__file__), "libcalls.so")).open_stream
    modes = (
        b"r",
        b"rb",
        b"rbe",
        b"r,ccs=latin1",
        b"w",
        b"wx",
        b"ax",
        b"a+",
        b"r+",
        b"rb+",
        b"",
        b"q",
        b"rrrrrr+",
        b"rrrrrrr+",
    )
    return {mode: [opened(os.fsencode(data(path)), mode) for path in TARGETS] for mode in modes}


# --- Libraries --------------------------------------------------------------------------------------------------------


def resources() -> Any:
    import importlib.resources
    import pkgutil

    files = importlib.resources.files("vfs")
    names = sorted(entry.name for entry in (files / "data").iterdir())
    with importlib.resources.as_file(files / "data" / "text.txt") as path:
        read = path.read_text(encoding="utf-8")
    missing = (files / "data" / "missing").is_file()
    return (
        names,
        read == (files / "data/text.txt").read_text(encoding="utf-8"),
        missing,
        pkgutil.get_data("vfs", "data/empty"),
    )


def database() -> Any:
    """SQLite opens files by itself."""
    import sqlite3

    found = []
    for query in ("mode=ro&immutable=1", "mode=ro"):
        connection = sqlite3.connect(f"file:{data('names.db')}?{query}", uri=True)
        found.append(connection.execute("select name from names order by name").fetchall())
        connection.close()
    return found, _refused(sqlite3.connect, f"file:{data('missing.db')}?mode=ro")


def _refused(connect: Any, name: str) -> str:
    try:
        connect(name, uri=True).execute("select 1 from names")
    except Exception as error:  # noqa: BLE001
        return f"{type(error).__name__}: {error}"
    return "no error"


def certificates() -> Any:
    """So does OpenSSL, through the C library's streams."""
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(data("certificate.pem"))
    subjects = [each["subject"] for each in context.get_ca_certs()]
    return subjects, attempt(context.load_verify_locations, data("missing.pem"))


def archives() -> Any:
    import gzip
    import tarfile
    import zipfile

    with zipfile.ZipFile(data("archive.zip")) as archive, tarfile.open(data("archive.tar.gz")) as other:
        names = archive.namelist(), other.getnames(), archive.read("inside.txt")
    with gzip.open(data("archive.tar.gz")) as file:
        return *names, len(file.read()) % 512


def copying() -> Any:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(data("tool"), folder)
        shutil.copytree(DATA, os.path.join(folder, "tree"))
        copied = sorted(str(path.relative_to(folder)) for path in Path(folder).rglob("*"))
        same = Path(folder, "tree", "large.bin").read_bytes() == Path(data("large.bin")).read_bytes()
        return copied, same, os.access(os.path.join(folder, "tool"), os.X_OK)


def child() -> Any:
    """A descriptor outlives exec: the contents can be another program's input."""
    import subprocess

    with open(data("text.txt"), "rb") as file:
        return subprocess.run(["cat"], stdin=file, capture_output=True, check=True).stdout


# --- Many at once -----------------------------------------------------------------------------------------------------


def threads() -> Any:
    failures = []

    def use() -> None:
        for _ in range(20):
            with open(data("bytes.bin"), "rb") as file:
                if file.read() != bytes(range(256)):
                    failures.append("contents")
            if len(os.listdir(DATA)) != count or not os.path.isdir(data("sub")):
                failures.append("listing")
            if sum(1 for _ in os.walk(DATA)) != 3:
                failures.append("walk")

    count = len(os.listdir(DATA))
    running = [threading.Thread(target=use) for _ in range(8)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return failures


def nested() -> Any:
    """Several folders may be open at once, and closed in any order, or left to the garbage collector."""
    one, other, same = os.scandir(DATA), os.scandir(data("sub")), os.scandir(DATA)
    first = next(one).name
    names = sorted(entry.name for entry in other)
    one.close()
    rest = sorted(entry.name for entry in same)
    del one, other, same
    return first in rest, names, len(rest)


def descriptors() -> Any:
    """Nothing is left open."""

    def count() -> int:
        return len(os.listdir("/proc/self/fd"))

    before = count()
    for _ in range(200):
        with open(data("text.txt"), "rb") as file:
            file.read(1)
        os.listdir(DATA)
        attempt(open, data("missing"))
        attempt(open, data("sub"))
    return count() - before


def order() -> Any:
    """In a binary, names come in order; on disk in any."""
    return [os.listdir(path) == sorted(os.listdir(path)) for path in (DATA, data("sub"))]


def outside() -> Any:
    """Files of the system are as ever."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "__bundle__", "file")
        path.parent.mkdir()
        path.write_text("text")
        return (
            path.read_text(),
            os.listdir(path.parent),
            Path("/__bundle__x").exists(),
            os.path.isdir("/"),
            os.path.exists("/usr/"),
        )


def main() -> None:
    """Run functions, and show what each gives."""
    for name in sys.argv[1:]:
        print(name, short(ascii(globals()[name]())), flush=True)


if __name__ == "__main__":
    main()
