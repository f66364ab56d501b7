"""Compiles the launcher: for a target it is the same in every binary, so it need not wait for the program."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from bundler.cache import digest
from bundler.context import BuildContext
from bundler.contract import launcher_folder
from bundler.elf import MACHINES, Machine
from bundler.glibc import polyfill_sources
from bundler.link.model import LauncherFiles
from bundler.process import jobs
from bundler.target import Linkage, TargetPython

_POLYFILL_FLAGS = (
    "-c",
    "-std=gnu11",
    "-O2",
    "-D_GNU_SOURCE",
    "-Wall",
    "-Wextra",
    "-Werror",
    # Variables of the C library through the GOT: a copy relocation would give it and us two of them.
    "-fPIC",
    "-g0",
)
FLAGS = (
    *_POLYFILL_FLAGS,
    "-D_FILE_OFFSET_BITS=64",
    # Asserts of Python's headers would bring the path of those headers along.
    "-DNDEBUG",
)

_STATIC_FOLDER = "static_libc"


def is_for(path: Path, machine: Machine) -> bool:
    """True if a file of the launcher is not named after another machine."""
    return not path.stem.endswith(tuple(f"_{each.python_name}" for each in MACHINES.values() if each != machine))


def sources(linkage: Linkage, machine: Machine, *, is_static: bool = False) -> tuple[Path, ...]:
    """The launcher's files for a libpython of this kind and a machine, in a fixed order, without polyfills.

    A folder named after the other kind is left out, and one for executables without a dynamic linker unless `is_static`.
    So are files whose names end with another machine's.
    """
    others = {"polyfill", *(each.value for each in Linkage)} - {linkage.value}
    if not is_static:
        others.add(_STATIC_FOLDER)
    files = (path for path in sorted(launcher_folder().rglob("*")) if path.suffix in {".c", ".S"})
    return tuple(path for path in files if path.parent.name not in others and is_for(path, machine))


@contextmanager
def launcher_objects(
    target: TargetPython, context: BuildContext, *, is_static: bool = False
) -> Iterator[Callable[[], LauncherFiles]]:
    """Compile the launcher while the block runs; yields a function that waits for its object files.

    They come from the cache where nothing they depend on has changed. CommandError from that function when the compiler
    fails. `is_static`: for an executable without a dynamic linker.
    """
    toolchain, cache = context.toolchain, context.cache
    folder = launcher_folder()
    headers = digest(*(path.read_bytes() for path in sorted(folder.rglob("*.h"))))
    # As system headers: warnings about Python's own headers are not ours to mend.
    flags = (*FLAGS, *(f"-isystem{include}" for include in target.include_dirs), *target.system.include_options)
    python = f"{target.hexversion:x} {target.layout.digest}"  # the version of the headers that they include

    def compiled(source: Path, flags: Sequence[str], *conditions: str) -> Path:
        key = digest(source.read_bytes(), headers, toolchain.identity, *conditions, *flags)
        if cache.get("launcher", key, (".o",)) is None:
            with cache.workplace("launcher") as work:
                # Named relative to the launcher: a compiler cache then serves every installation of bundler.
                toolchain.compile(*flags, "-I.", source.relative_to(folder), "-o", work / "launcher.o", cwd=folder)
                cache.put("launcher", key, source.name, {".o": work / "launcher.o"})
        return cache.path("launcher", key, ".o")

    # One processor is left to what the block does.
    with ThreadPoolExecutor(max(1, jobs() - 1)) as pool:
        files = sources(target.libpython.linkage, target.machine, is_static=is_static)
        objects = [pool.submit(compiled, source, flags, python) for source in files]
        polyfills = {path.stem: pool.submit(compiled, path, _POLYFILL_FLAGS) for path in polyfill_sources()}
        try:
            yield lambda: LauncherFiles(
                tuple(each.result() for each in objects), {stem: each.result() for stem, each in polyfills.items()}
            )
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
