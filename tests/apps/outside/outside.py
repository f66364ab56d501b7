"""Hands its own files to other programs: `outside.py CASE`."""

import importlib.resources
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    print(done.returncode, done.stdout.replace(str(HERE), "HERE"), done.stderr.replace(str(HERE), "HERE"))


def arguments():
    """Files and folders as arguments, whole, behind an equals sign, in a shell's command line."""
    run("cat", HERE / "notes.txt")
    run("cat", str(HERE / "bin/../notes.txt"), HERE / "tables" / "one.csv")
    run("grep", "-c", "", f"--include={HERE}/x", HERE / "notes.txt")
    run("grep", f"--file={HERE / 'notes.txt'}", HERE / "notes.txt")
    run(f"wc -c < '{HERE}/notes.txt'; ls {HERE}/tables|sort", shell=True)
    run("ls", "-1", HERE / "tables")
    run("cat", HERE / "tables" / "missing", env={"LC_ALL": "C", "PATH": os.environ["PATH"]})
    with importlib.resources.as_file(importlib.resources.files("tables") / "one.csv") as path:
        run("cat", path)


def many():
    """More arguments than one would think of."""
    words = [str(HERE / "notes.txt"), f"--x={HERE / 'tables' / 'one.csv'}"] * 400
    done = subprocess.run(["printf", "%s\n", *words], capture_output=True, text=True)
    lines = done.stdout.splitlines()
    print(len(lines), all(os.path.exists(line.removeprefix("--x=")) for line in lines))
    run("cat", *[HERE / "notes.txt"] * 100)


def neighbours():
    """Scripts and programs that read what lies beside them."""
    run("sh", HERE / "driver" / "main.sh", "one")
    run(HERE / "driver" / "run", "two")
    run(HERE / "driver" / "run", "with settings", HERE / "driver" / "settings.conf")
    run(f"sh {HERE}/driver/main.sh three; '{HERE}/driver/run' four", shell=True)


def programs():
    """A helper program that comes with a package."""
    helper = HERE / "bin" / "helper"
    run(helper, "a", "b")
    run("name", "a", executable=helper)
    print(shutil.which("helper", path=HERE / "bin") == str(helper), os.access(helper, os.X_OK))
    sys.stdout.flush()
    os.waitpid(os.posix_spawn(helper, [helper, "spawned"], os.environ), 0)
    if os.fork() == 0:
        os.execv(helper, ["helper", "replaced"])
    os.wait()
    try:
        run(HERE / "notes.txt")
    except PermissionError as error:
        print(error.strerror)
    try:
        run(HERE / "bin" / "nothing")
    except FileNotFoundError as error:
        print(error.strerror)


def folders():
    """The current folder, of this process and of others."""
    run("cat", "notes.txt", cwd=HERE)
    run("ls", cwd=HERE / "tables")
    os.chdir(HERE / "tables")
    print(Path("one.csv").read_text(), sorted(os.listdir()))
    run("cat", "one.csv")
    try:
        os.chdir(HERE / "notes.txt")
    except NotADirectoryError as error:
        print(error.strerror)


def links():
    """A link of the system's that leads to a file or folder."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("notes.txt", "tables"):
            os.symlink(HERE / name, Path(folder, name))
        run("cat", Path(folder, "notes.txt"))
        run("cat", Path(folder, "tables", "one.csv"))


def one():
    run("cat", HERE / "notes.txt")


if __name__ == "__main__":
    globals()[sys.argv[1]]()
