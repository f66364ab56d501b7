"""A polyfill does what the C library's function does, its errors included.

One program is linked twice: with this machine's C library, and with that of the oldest system, in which polyfills stand
for all that it lacks. Both run here.
"""

from __future__ import annotations

import json
import re
import subprocess
import termios
from collections.abc import Sequence
from pathlib import Path

import pytest

from bundler import link
from bundler.cache import Cache
from bundler.contract import launcher_folder
from bundler.glibc import polyfill_names, polyfill_sources, read_floor
from bundler.link.script import c_library_options, c_library_texts
from bundler.settings import OLDEST_GLIBC
from bundler.target import TargetPython
from bundler.toolchain import Toolchain
from tests.glibc.here import read_c_library
from tests.support import Outcome, on_old_kernel, run
from tests.target.pythons import quiet_context

PROGRAM = Path(__file__).with_name("compare.c")

# How polyfills look for the C library's own functions.
_FINDING = """
#define _GNU_SOURCE
#include <dlfcn.h>
void *__real_dlsym(void *handle, const char *name) {{ return {dlsym}; }}
void *__real_dlvsym(void *handle, const char *name, const char *version) {{ return {dlvsym}; }}
"""

TRIED = sorted(
    set(re.findall(r"\b(?:FUNCTION|NAME_CHECK|CONVERTER|SCANNER)\((\w+)", PROGRAM.read_text())) - {"name", "NAME"}
)

NEWER = Path(__file__).with_name("newer.json")
"""What the program prints with glibc 2.43, for functions that older ones lack: newer.py writes it."""

LACKS = 77
"""The status of the program where the C library has no such function."""

SPEEDS = ("cfgetispeed", "cfgetospeed", "cfsetispeed", "cfsetospeed", "cfsetspeed")

NOT_COMPARED = {
    "__libc_single_threaded": "a variable that is never changed",
    "__signgam": "a variable",
    "strfromf128": "ends the program where the C library has none",
    "strtof128": "ends the program where the C library has none",
    **dict.fromkeys(SPEEDS, "mean something else in older versions: see `test_speeds_are_numbers`"),
}

NEED_NO_CALL = ("getentropy",)
"""Polyfills that work on old kernels, where the C library's functions fail."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the program is linked: as `system`, and as `floor`."""
    folder = tmp_path_factory.mktemp("polyfills")
    (folder / "floor.c").write_text(_FINDING.format(dlsym="0", dlvsym="0"))
    (folder / "own.c").write_text(_FINDING.format(dlsym="dlsym(handle, name)", dlvsym="dlvsym(handle, name, version)"))
    subprocess.run(["cc", "-c", "-std=gnu11", "-w", PROGRAM, "floor.c", "own.c"], cwd=folder, check=True)
    subprocess.run(["cc", "compare.o", "-lresolv", "-o", "system"], cwd=folder, check=True)
    return folder


@pytest.fixture(scope="module")
def programs(newest_target: TargetPython, folder: Path, toolchain: Toolchain, cache: Cache) -> tuple[Path, ...]:
    """The program with this machine's C library, with polyfills, and with polyfills that find the functions of this one."""
    floor = read_floor(OLDEST_GLIBC, read_c_library(newest_target.machine), polyfill_names())
    context = quiet_context(toolchain, cache)
    with link.launcher_objects(newest_target, context) as launcher:
        c_library = link.find_c_library(floor, launcher(), context)
    for name, text in c_library_texts(c_library).items():
        (folder / name).write_text(text)
    wanted = [f"-Wl,-u,{name}" for name in sorted(floor.polyfilled)]
    for name in ("floor", "own"):
        toolchain.link(["-o", name, *wanted, "compare.o", f"{name}.o", *c_library_options(c_library)], folder)
    return folder / "system", folder / "floor", folder / "own"


def try_out(program: Path, name: str, place: Path, start: Sequence[str | Path] = ()) -> Outcome:
    """Use the function in a new folder. `start`: the start of the command."""
    place.mkdir()
    return run([*start, program, name], cwd=place)


def test_every_polyfill_is_tried():
    """Each polyfill is compared with the C library, or listed with the reason why not."""
    assert {*TRIED, *NOT_COMPARED} == {path.stem for path in polyfill_sources()} - {"__libc_start_main"}


@pytest.mark.parametrize("name", TRIED)
def test_as_the_c_library(programs: tuple[Path, ...], tmp_path: Path, name: str):
    """A polyfill gives what the C library's function gives, also on a system that has that."""
    system, floor, own = (try_out(program, name, tmp_path / program.name) for program in programs)

    if system.status == LACKS:
        status, output = json.loads(NEWER.read_text())[name]
        system = Outcome(status, output.encode(), system.stderr)
        # Which text is told on the standard error stream of what was ended is not known.
        floor, own = (Outcome(each.status, each.stdout, b"") for each in (floor, own))
    assert floor == system
    assert own == system


@pytest.mark.parametrize("name", sorted({*TRIED} - {*NEED_NO_CALL}))
def test_on_an_old_kernel(programs: tuple[Path, ...], tmp_path: Path, name: str):
    """Where the kernel lacks newer calls too, a polyfill does what the C library's function does there."""
    start = on_old_kernel(tmp_path)
    system, floor, own = (try_out(program, name, tmp_path / program.name, start) for program in programs)
    if system.status == LACKS:
        pytest.skip("this machine's C library has no such function, or its calls cannot be filtered")

    assert floor == system
    assert own == system


@pytest.mark.parametrize("name", NEED_NO_CALL)
def test_works_on_an_old_kernel(programs: tuple[Path, ...], tmp_path: Path, name: str):
    """What programs cannot do without works on old kernels as on new ones."""
    system, floor, _ = programs
    start = on_old_kernel(tmp_path)
    found = try_out(floor, name, tmp_path / "old", start)
    if found.status == LACKS:
        pytest.skip("this machine's calls cannot be filtered")

    assert found == try_out(system, name, tmp_path / "new")


def test_speeds_are_numbers(tmp_path: Path):
    """Speeds of lines are numbers of bits, whatever the C library's own functions take; the kernel is given its codes."""
    sources = [path for path in polyfill_sources() if path.stem in SPEEDS]
    command = ("cc", "-std=gnu11", "-D_GNU_SOURCE", "-w", f"-I{launcher_folder()}")
    subprocess.run([*command, Path(__file__).with_name("speeds.c"), *sources, "-o", tmp_path / "speeds"], check=True)
    codes = {int(name[1:]): getattr(termios, name) for name in dir(termios) if re.fullmatch(r"B\d+", name)}
    # 134.5 bits, which are called 134; and the codes of glibc 2.42 are the numbers themselves.
    speeds = {bits: code for bits, code in codes.items() if bits != code or bits == 0}
    if len(speeds) < 10:
        pytest.skip("this machine's C library has numbers in place of codes")

    lines = run([tmp_path / "speeds", *map(str, speeds), "12345"]).stdout.decode().splitlines()

    for number, (bits, code) in enumerate(speeds.items()):
        assert lines[2 * number] == f"{bits} 0 0 {code} {bits} {bits}"
        assert lines[2 * number + 1] == f"0 {bits}"
    assert lines[-2:] == ["12345 -1 -1 0 0 0", "-1 0"]
