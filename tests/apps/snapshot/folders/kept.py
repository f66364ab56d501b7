"""Keeps a folder of the user in many ways; another that was a key, and one that some users do not have."""

import functools
import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

FOLDER = Path.home() / ".cache"
ALIAS = FOLDER
PURE = PurePosixPath(os.environ.get("HOME", "/")) / "pure"


class Plain:
    """A class with attributes."""

    folder = FOLDER
    name = "shelf"
    shelf = os.path.join(os.path.expanduser("~"), name)
    user: str = os.environ.get("LOGNAME", "nobody")

    def place(self, shelf=shelf):
        return shelf


@dataclass
class Table:
    """A class with fields."""

    folder: Path = FOLDER


@functools.wraps(print)
def decorated(folder=FOLDER, *, pure=PURE):
    return folder, pure


PARTIAL = functools.partial(str, FOLDER)


def show():
    print(Plain.shelf, Plain.user, Plain().place())
    print(FOLDER, ALIAS, PURE, Plain.folder, Table(), decorated(), PARTIAL())
    print(FOLDER is ALIAS is Plain.folder is Table().folder, FOLDER == Path.home() / ".cache", FOLDER.parts[-1])
    print({FOLDER: 1}[Path.home() / ".cache"], sorted([PURE, PurePosixPath("/a")])[0] == PurePosixPath("/a"))
