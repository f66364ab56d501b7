"""Shared objects that are no modules: a package opens them by their path or name (ctypes, cffi, dlopen).

They come along with the package they are in, as its data files do. Extension modules among a package's files come when
they are imported, and what those need is found when the binary is linked.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Container, Iterable, Iterator
from pathlib import Path, PurePosixPath

from bundler.analyze.graph import DataFile, OpenedLibrary
from bundler.analyze.installed.distributions import Installed
from bundler.contract import bundle_root
from bundler.elf import Machine, is_shared_object

_NAME = re.compile(r".\.so(\.\d+)*$")
# Suffixes for some version and platform, be it another one than the target's.
_MODULE_TAG = re.compile(r"\.(cpython-|abi3|pypy|graalpy)")

# The folder, beside a distribution's packages, in which tools that repair wheels put the libraries that its modules need.
_GRAFTED = re.compile(r".\.libs$")


def split_libraries(
    files: Iterable[DataFile], machine: Machine, added: Container[PurePosixPath] = ()
) -> tuple[tuple[DataFile, ...], tuple[OpenedLibrary, ...]]:
    """Data files, and the libraries among them; modules that nothing imports are left out.

    What only has the name of a library, or is one for another processor, stays a data file; so does a module that the user
    `added`, by destination.
    """
    data, libraries = [], []
    for file in files:
        name = file.destination.name
        if not _NAME.search(name):
            data.append(file)
        elif _MODULE_TAG.search(name):
            if file.destination in added:
                data.append(file)
        elif not is_shared_object(file.source, machine):
            data.append(file)
        elif not _mentions(file.source, f"PyInit_{name.partition('.')[0]}\0".encode()):
            libraries.append(OpenedLibrary(file.source, str(bundle_root() / file.destination)))
        elif file.destination in added:
            data.append(file)
    return tuple(data), tuple(libraries)


def auditwheel_libraries(owner: Installed) -> Iterator[DataFile]:
    """Libraries beside the packages of a distribution that are loaded by name: none of its files needs them."""
    root = owner.metadata.parent
    libraries = [path for path in owner.files if _NAME.search(path.name) and path.is_file()]
    beside = [
        path for path in libraries if path.is_relative_to(root) and _GRAFTED.search(path.relative_to(root).parts[0])
    ]
    for path in beside:
        if not any(_mentions(other, path.name.encode() + b"\0") for other in libraries if other != path):
            yield DataFile(path, PurePosixPath(path.relative_to(root)))


def _mentions(path: Path, text: bytes) -> bool:
    """True if the file's bytes hold this text."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return data.find(text) >= 0
