"""The compiler of the package `ziglang`, for machines that have no other: clang, lld, and a C library to link with.

zig's driver passes no `--dynamic-list` on to the linker, and takes no linker script among the inputs. So the linker is
called without it, with the start files and the C library that the driver itself would name.
"""

from __future__ import annotations

import importlib.util
import platform
import shlex
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from bundler.process import CommandError, run

OPTIONS = (
    # Else every undefined behaviour is a trap, also in Python's headers.
    "-fno-sanitize=undefined",
    # Else code is for the processor of the machine that builds.
    "-mcpu=baseline",
)

# Parts of the C library: the driver names their files.
_C_LIBRARY = ("-lc", "-ldl", "-lm", "-lpthread", "-lrt", "-lutil")
_LINKER = "ld.lld"


def find_zig() -> Path | None:
    """The program that the package `ziglang` holds, of the Python that runs bundler; None when it is not installed."""
    spec = importlib.util.find_spec("ziglang")
    folders = spec.submodule_search_locations if spec else None
    programs = (Path(folder) / "zig" for folder in folders or ())
    return next((program for program in programs if program.is_file()), None)


def linker_command(zig: Path) -> tuple[str, ...]:
    """The command of zig's linker, which takes the arguments of GNU ld."""
    return (str(zig), _LINKER)


def linker_arguments(driver: Sequence[str], arguments: Sequence[str], glibc: str | None) -> tuple[str, ...]:
    """Arguments for the linker, from those for a compiler that drives it; CommandError when zig links nothing.

    `glibc`: the version of the C library that is linked with; None: one like this machine's. zig knows all of them.
    """
    target = ("-target", f"{platform.machine()}-linux-gnu.{glibc}") if glibc else ()
    before, after = _surroundings((*driver, *target))
    return (*before, *_own(arguments), *after)


def _own(arguments: Sequence[str]) -> Iterator[str]:
    for argument in arguments:
        if argument.startswith("-Wl,"):
            yield from argument.removeprefix("-Wl,").split(",")
        elif argument not in _C_LIBRARY:
            yield argument


def _surroundings(driver: Sequence[str]) -> tuple[list[str], list[str]]:
    """The words that the driver gives to the linker before a program's object files, and after them: -v shows them."""
    with tempfile.TemporaryDirectory(prefix="bundler-") as folder:
        (Path(folder) / "empty.c").write_text("int main(void) { return 0; }\n")
        command = [*driver, "-v", "-no-pie", "empty.c", "-o", "empty", "-lm", "-ldl", "-lpthread"]
        shown = run(command, cwd=Path(folder)).stderr.decode(errors="replace").splitlines()
    # The first time it links its C library too.
    lines = [shlex.split(line) for line in shown if line.startswith(f"{_LINKER} ")]
    try:
        words = lines[-1][1:]
        place, output = next(n for n, word in enumerate(words) if word.endswith("empty.o")), words.index("-o")
    except (IndexError, StopIteration, ValueError) as error:
        raise CommandError(command, "did not tell how it links", "\n".join(shown)) from error
    return [word for n, word in enumerate(words[:place]) if n not in (output, output + 1)], words[place + 1 :]
