"""A program with data files of its own: read by path, as a resource, through a map, and by another program."""

import importlib.resources
import mmap
import os
import pkgutil
import subprocess
import sys

import kept

FOLDER = os.path.dirname(kept.__file__)
TEXT = os.path.join(FOLDER, "text.txt")


def main() -> None:
    print(importlib.resources.files(kept).joinpath("text.txt").read_text(encoding="utf-8"), end="")
    print(pkgutil.get_data("kept", "text.txt"))
    print(sorted(name for name in os.listdir(FOLDER) if name.endswith(".txt")), os.stat(TEXT).st_size)
    with open(TEXT, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        print(content[:4], len(content), os.pread(file.fileno(), 3, 5))
    with importlib.resources.as_file(importlib.resources.files(kept) / "text.txt") as path:
        print(subprocess.run(["cat", path], capture_output=True, check=True).stdout)
    try:
        open(os.path.join(FOLDER, "nowhere.txt"), "rb")
    except FileNotFoundError as error:
        print(error.errno, os.path.basename(error.filename))
    sys.exit(3)


if __name__ == "__main__":
    main()
