"""Compiles the launcher: for a target it is the same in every binary, so it need not wait for the program."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from bundler.cache import Cache, digest
from bundler.contract import launcher_folder
from bundler.process import jobs
from bundler.target import Linkage, TargetPython
from bundler.toolchain import Toolchain

SOURCES = (
    "main.c",
    "command.c",
    "children.c",
    "outside.c",
    "inflate.c",
    "self.c",
    "importer.c",
    "collector.c",
    "interpreters.c",
    "ending.c",
    "results.c",
    "frozen.c",
    "images.c",
    "carried.c",
    "threads.c",
    "unwind.c",
    "files.c",
    "interning.c",
    "openssl.c",
    "tables.c",
    "thread_local.S",
)

LINKAGE_SOURCES = {Linkage.STATIC: ("frozen_static.c", "lookup.c"), Linkage.SHARED: ("frozen_shared.c",)}

FLAGS = (
    "-c",
    "-std=gnu11",
    "-O2",
    "-D_GNU_SOURCE",
    "-D_FILE_OFFSET_BITS=64",
    # Asserts of Python's headers would bring the path of those headers along.
    "-DNDEBUG",
    "-Wall",
    "-Wextra",
    "-Werror",
    # Variables of the C library through the GOT: a copy relocation would give it and us two of them.
    "-fPIC",
    "-g0",
)


@contextmanager
def launcher_objects(target: TargetPython, toolchain: Toolchain, cache: Cache) -> Iterator[Callable[[], list[Path]]]:
    """Compile the launcher while the block runs; yields a function that waits for its object files, in a fixed order.

    They come from the cache where nothing they depend on has changed. CommandError from that function when the compiler
    fails.
    """
    folder = launcher_folder()
    headers = digest(*(path.read_bytes() for path in sorted(folder.glob("*.h"))))
    # As the system's headers: what the compiler would warn of in Python's is not ours.
    flags = (*FLAGS, *(f"-isystem{include}" for include in target.include_dirs))
    python = f"{target.hexversion:x} {target.layout.digest}"  # the version of the headers that they include

    def compiled(source: Path) -> Path:
        key = digest(source.read_bytes(), headers, toolchain.identity, python, *flags)
        output = cache.path("launcher", key, ".o")
        if not output.is_file():
            with cache.building(output) as unfinished:
                toolchain.run(*flags, source, "-o", unfinished)
        return output

    sources = (*SOURCES, *LINKAGE_SOURCES[target.libpython.linkage])
    # One processor is left to what the block does.
    with ThreadPoolExecutor(max(1, jobs() - 1)) as pool:
        futures = [pool.submit(compiled, folder / name) for name in sources]
        try:
            yield lambda: [future.result() for future in futures]
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
