"""Tries whether the linker can do what the executable needs, on a small program, before anything is compiled for it.

Linkers differ in which linker scripts they understand, and in how they lay out the file. Verb: `check_linker`.
"""

from __future__ import annotations

from pathlib import Path

from bundler.cache import digest
from bundler.context import BuildContext
from bundler.elf import ElfError, FileType, drop_symbols, read_executable
from bundler.errors import BundleError
from bundler.link.bind import RESIDENT_BASE
from bundler.link.script import FROZEN_SECTIONS, OPTIONS, placing_script
from bundler.process import CommandError
from bundler.target import Linkage
from bundler.toolchain import Toolchain

_OFFSET = 8  # of the defined symbol from another
_SOURCE = f"""\
int _Py_data[4] = {{1}};
extern int defined;
static int *const refers __attribute__((section("{FROZEN_SECTIONS}.trial"), used)) = &defined;
static int placed __attribute__((section(".resident.0.0"), used)) = 1;
int __wrap_abs(int number) {{ return number; }}
int abs(int number);
int main(int count, char **words) {{ return abs(count) + *refers + placed + !words; }}
"""
_TEXTS = {
    "trial.c": _SOURCE,
    "definitions.ld": f"defined = _Py_data + {_OFFSET};\n",
    "exports.txt": "{ _Py*; };\n",
    "placed.ld": "\n".join((*placing_script([(RESIDENT_BASE, ".resident.0.0", False)]), "")),
}


def check_linker(linkage: Linkage, context: BuildContext) -> None:
    """Link a small program, once for each toolchain, in the way that a libpython of this kind needs.

    BundleError when the linker cannot do it; CommandError when the compiler fails.
    """
    toolchain, cache = context.toolchain, context.cache

    def try_out() -> bool:
        with cache.workplace("linker") as folder:
            for name, text in _TEXTS.items():
                (folder / name).write_text(text)
            toolchain.run("-c", "-fno-builtin", "-fPIC", "trial.c", cwd=folder)
            try:
                _try(toolchain, linkage, folder)
            except CommandError as error:
                raise _unfit(toolchain, linkage, tuple(error.output.strip().splitlines()[:5])) from error
            except ElfError as error:
                raise _unfit(toolchain, linkage, (str(error),)) from error
        return True

    texts = (text for item in _TEXTS.items() for text in item)
    key = digest(toolchain.identity, toolchain.linker, *toolchain.command, linkage.value, *texts, *OPTIONS)
    cache.ask("linker", key, try_out)


def places_sections(context: BuildContext) -> bool:
    """True if the linker puts sections at addresses of their own, as a shared libpython and a snapshot need."""
    try:
        check_linker(Linkage.SHARED, context)
    except BundleError:
        return False
    return True


def _try(toolchain: Toolchain, linkage: Linkage, folder: Path) -> None:
    """Link the small program; CommandError when that fails, ElfError when the result lacks a property."""
    # Only a shared libpython has sections with addresses of their own.
    scripts = ("-T", "placed.ld") if linkage is Linkage.SHARED else ()
    toolchain.link(("-o", "trial", "trial.o", "definitions.ld", *scripts, "-Wl,--wrap=abs", *OPTIONS), folder)
    made = read_executable(folder / "trial")
    drop_symbols(folder / "trial", FROZEN_SECTIONS)
    placed = made.sections[".resident.0.0"].address
    if {"main", "defined", "_Py_data"} - made.symbols.keys():
        raise ElfError("global symbols are missing")
    if made.symbols["defined"] != made.symbols["_Py_data"] + _OFFSET:
        raise ElfError("a symbol that a linker script defines has another value")
    if made.type != FileType.EXECUTABLE:
        raise ElfError("the executable is position-independent")
    if linkage is Linkage.SHARED and placed != RESIDENT_BASE:
        raise ElfError(f"a section lies at {placed:#x} instead of {RESIDENT_BASE:#x}")


def _unfit(toolchain: Toolchain, linkage: Linkage, notes: tuple[str, ...]) -> BundleError:
    return BundleError(
        "unsupported-linker",
        f"the linker cannot make an executable with a {linkage.value} libpython: {toolchain.linker}",
        notes=notes,
        hint="use GNU ld or lld: `-fuse-ld=bfd` or `-fuse-ld=lld` in the variable CC",
    )
