"""The launcher's rooms: arrows between them point one way, and each offers what its header says.

Costs a compilation of the launcher for each interpreter; object files come from the build's cache.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path, PurePosixPath

import pytest
from elftools.elf.constants import SH_FLAGS
from elftools.elf.elffile import ELFFile

from bundler.cache import Cache
from bundler.contract import launcher_folder
from bundler.glibc import polyfill_names
from bundler.link.launcher import launcher_objects, sources
from bundler.target import TargetPython
from bundler.toolchain import Toolchain
from tests.target.pythons import quiet_context

LAUNCHER = launcher_folder()

# Each may use the rooms above it; main.c uses all of them.
ROOMS = ("compat", "polyfill", "world", "executable", "files", "loader", "interpreter", "process", "snapshot")

# What stands in place of members of a static library, under their names.
IN_PLACE_OF_OTHERS = {
    "interpreter/static/frozen_static.c",
    "loader/static_libc/dlfcn.c",
}

# What stands in place of the C library's functions, under their names: who calls them means those.
POLYFILLS = "polyfill"


def name_of(path: Path) -> str:
    return str(path.relative_to(LAUNCHER))


def room_of(name: str) -> str:
    """The room of a file; that of main.c is ""."""
    return name.split("/")[0] if "/" in name else ""


FILES = {name_of(path): path.read_text() for path in sorted(LAUNCHER.rglob("*")) if path.suffix in {".c", ".h", ".S"}}


def included(name: str) -> list[str]:
    """The launcher's headers that a file includes."""
    return [header for header in re.findall(r'^#include "(.+)"$', FILES[name], re.MULTILINE) if header in FILES]


def may_use(room: str) -> set[str]:
    """The rooms that a room may use, itself included."""
    return {*ROOMS[: ROOMS.index(room) + 1]} if room in ROOMS else {"", *ROOMS}


def declared(headers: Iterator[str]) -> set[str]:
    """The names in headers, those of comments aside."""
    text = "\n".join(re.sub(r"/\*.*?\*/", "", FILES[header], flags=re.DOTALL) for header in headers)
    return set(re.findall(r"\w+", text))


def test_exceptions_name_files():
    """A file that may define other people's names is there."""
    assert set(FILES) >= IN_PLACE_OF_OTHERS


def test_every_room_is_known():
    """A folder of the launcher has a place in the order of rooms, and a header of its name."""
    assert {room_of(name) for name in FILES} == {"", *ROOMS}
    assert {f"{room}/{room}.h" for room in ROOMS} <= set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_includes_point_one_way(name: str):
    """A file includes headers of its own room, those that rooms below offer, and those that belong to no room."""
    room = room_of(name)
    for header in included(name):
        home = room_of(header)
        assert home in {room, ""} or header == f"{home}/{home}.h", f"{header} is that room's own"
        assert home in may_use(room) or not home, f"{header} is above"


@pytest.fixture(scope="session")
def objects(target: TargetPython, toolchain: Toolchain, cache: Cache) -> Mapping[str, Path]:
    """The object file of each source."""
    with launcher_objects(target, quiet_context(toolchain, cache), is_static=True) as compiled:
        files = compiled()
        polyfills = {f"polyfill/{stem}.c": path for stem, path in files.polyfills.items()}
        names = map(name_of, sources(target.libpython.linkage, target.machine, is_static=True))
        return {**dict(zip(names, files.objects, strict=True)), **polyfills}


@dataclass(frozen=True)
class Symbols:
    """What an object file defines for others, and what it uses of theirs."""

    defined: frozenset[str]
    used: frozenset[str]


def read_symbols(path: Path) -> Symbols:
    lines = subprocess.run(["nm", path], capture_output=True, text=True, check=True).stdout.splitlines()
    kinds = [line.split()[-2:] for line in lines]
    return Symbols(
        frozenset(name for kind, name in kinds if kind.isupper() and kind not in "UWV"),
        frozenset(name for kind, name in kinds if kind in "UW"),
    )


@pytest.fixture(scope="session")
def symbols(objects: Mapping[str, Path]) -> Mapping[str, Symbols]:
    return {source: read_symbols(path) for source, path in objects.items() if room_of(source) != POLYFILLS}


def users(symbols: Mapping[str, Symbols]) -> Mapping[str, set[str]]:
    """The files that each file uses."""
    homes = {name: source for source, each in symbols.items() for name in each.defined}
    # The linker makes a call of an interposed function one of what interposes it.
    homes |= {name.removeprefix("__wrap_"): source for name, source in homes.items() if name.startswith("__wrap_")}
    return {source: {homes[name] for name in each.used if name in homes} - {source} for source, each in symbols.items()}


def test_uses_point_one_way(symbols: Mapping[str, Symbols]):
    """What a file calls is in its own room or below, and no files use each other in a circle."""
    uses = users(symbols)

    for source, others in uses.items():
        assert {room_of(other) for other in others} <= may_use(room_of(source)), source
    assert list(TopologicalSorter(uses).static_order())


def test_symbols_are_declared(symbols: Mapping[str, Symbols]):
    """What a file gives to others stands in a header of its room or in interposed.h; all else is static."""
    for source, each in symbols.items():
        if source in IN_PLACE_OF_OTHERS or source == "main.c":
            continue
        room = room_of(source)
        names = declared(header for header in FILES if header.endswith(".h") and room_of(header) in {room, ""})
        for name in each.defined:
            plain = re.sub(r"^(__wrap_|extension_)", "", name)
            assert plain in names, f"{source} does not declare {name}"


def test_rooms_offer_what_others_use(symbols: Mapping[str, Symbols]):
    """A function that another room uses stands in the header of its own room."""
    homes = {name: source for source, each in symbols.items() for name in each.defined}
    for source, each in symbols.items():
        for name in each.used & set(homes):
            room = room_of(homes[name])
            if room != room_of(source):
                assert name in declared(iter([f"{room}/{room}.h"])), f"{source} uses {name} of {homes[name]}"


def test_polyfills_are_found_by_name(objects: Mapping[str, Path]):
    """A file of the room of polyfills defines the function that it is named after, and names that are told of it."""
    told = set(polyfill_names())
    for source, path in objects.items():
        if room_of(source) == POLYFILLS:
            found = read_symbols(path).defined
            assert {name.removeprefix("__wrap_") for name in found} >= {PurePosixPath(source).stem}, source
            assert found <= told | {"__wrap___libc_start_main"}, source
            told -= found
    assert not told


def test_prototypes_stand_in_headers():
    """No file declares a function of another one for itself."""
    for name, text in FILES.items():
        if PurePosixPath(name).suffix == ".c":
            assert not re.findall(r"^\w[\w *]*\b(?:__real_|__wrap_|bundle_)\w+\(.*\);$", text, re.MULTILINE), name


def test_every_variable_has_a_lifetime(objects: Mapping[str, Path]):
    """A variable that changes says whether it belongs to the process or to the program (lifetime.h)."""
    for source, path in objects.items():
        with path.open("rb") as file:
            for section in ELFFile(file).iter_sections():
                flags = section["sh_flags"]
                is_relocated_once = section.name.startswith(".data.rel.ro")
                if flags & SH_FLAGS.SHF_WRITE and not flags & SH_FLAGS.SHF_TLS and not is_relocated_once:
                    has_lifetime = section.name in {"bundle_process", ".data.program"}
                    assert has_lifetime or section["sh_size"] == 0, f"{source} has variables in {section.name}"
