"""Finds the shared objects that extension modules need, as the dynamic linker of this machine would (ld.so(8))."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bundler.errors import BundleError
from bundler.link.elf import ElfError, SharedObject, read_shared_object
from bundler.process import CommandError, run

# Part of the C library: present wherever the binary runs at all, and inseparable from its dynamic linker.
LINKED_HOST_LIBRARIES = frozenset(
    {"libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2", "librt.so.1", "libutil.so.1", "ld-linux-x86-64.so.2"}
)

# Never part of the binary either, but not needed by every program: loaded from the system when an image needs them.
# The C++ and unwinder run-times exist once per process (exceptions cross libraries); the rest belongs to the system's
# C library, graphics drivers or authentication.
HOST_LIBRARIES = LINKED_HOST_LIBRARIES | {
    "libgcc_s.so.1",
    "libstdc++.so.6",
    "libresolv.so.2",
    "libanl.so.1",
    "libnsl.so.1",
    "libthread_db.so.1",
    "libGL.so.1",
    "libEGL.so.1",
    "libGLX.so.0",
    "libOpenGL.so.0",
    "libvulkan.so.1",
    "libcuda.so.1",
    "libpam.so.0",
}

_DEFAULT_FOLDERS = ("/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib")

_LDCONFIG_LINE = re.compile(r"^\s+(\S+) \(libc6,x86-64[^)]*\) => (\S+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Library:
    """A shared object that becomes part of the binary; `path` is where it appears there."""

    path: str
    object: SharedObject


@dataclass(frozen=True, slots=True)
class Closure:
    """Extension modules and everything they need. `hosts`: libraries of the system, by soname."""

    libraries: tuple[Library, ...]
    hosts: Mapping[str, SharedObject]


def find_closure(roots: Iterable[tuple[Path, str]], root_folder: str) -> Closure:
    """The shared objects at `roots` (file, path in the binary) with all that they need.

    Needed libraries appear directly under `root_folder`. BundleError when one is not found.
    """
    system = _system_libraries()
    found: dict[str, Library] = {}
    hosts: dict[str, SharedObject] = {}
    by_file: dict[Path, Library] = {}
    queue: list[tuple[Library, tuple[str, ...]]] = []

    def add(file: Path, path: str, inherited: tuple[str, ...]) -> Library:
        real = file.resolve()
        if real not in by_file:
            try:
                library = Library(path, read_shared_object(file))
            except (ElfError, OSError) as error:
                raise BundleError("bad-library", f"`{file}` cannot be read as a shared object: {error}") from error
            by_file[real] = library
            queue.append((library, inherited))
        return by_file[real]

    for file, path in roots:
        found[path] = add(file, path, ())
    while queue:
        library, inherited = queue.pop(0)
        object_ = library.object
        runpath = tuple(_expand(folder, object_.path) for folder in object_.runpath)
        below = (*runpath, *inherited) if object_.is_rpath else inherited
        for name in object_.needed:
            if name in hosts or name in found:
                continue
            file = _find(name, (*runpath, *inherited), system)
            if name in HOST_LIBRARIES:
                if file is not None:
                    hosts[name] = read_shared_object(file)
            elif file is None:
                raise BundleError(
                    "missing-library",
                    f"the shared library `{name}` was not found",
                    notes=(f"`{object_.path}` needs it",),
                    hint="install it on this machine: it becomes part of the binary",
                )
            else:
                found[name] = add(file, f"{root_folder}/{name}", below)
    for name in sorted(LINKED_HOST_LIBRARIES):
        file = _find(name, (), system)
        if name not in hosts and file is not None:
            hosts[name] = read_shared_object(file)
    libraries = {library.path: library for library in by_file.values()}
    return Closure(tuple(libraries[path] for path in sorted(libraries)), hosts)


def _system_libraries() -> dict[str, Path]:
    """The dynamic linker's own cache."""
    program = shutil.which("ldconfig") or "/sbin/ldconfig"
    try:
        listing = run([program, "-p"]).stdout.decode(errors="replace")
    except CommandError:
        return {}
    libraries: dict[str, Path] = {}
    for name, path in _LDCONFIG_LINE.findall(listing):
        libraries.setdefault(name, Path(path))
    return libraries


def _expand(folder: str, object_path: Path) -> str:
    origin = str(object_path.resolve().parent)
    return folder.replace("$ORIGIN", origin).replace("${ORIGIN}", origin)


def _find(name: str, folders: Iterable[str], system: Mapping[str, Path]) -> Path | None:
    candidates = [Path(name)] if "/" in name else [Path(folder) / name for folder in folders]
    if name in system:
        candidates.append(system[name])
    candidates += [Path(folder) / name for folder in _DEFAULT_FOLDERS]
    return next((path for path in candidates if path.is_file()), None)
