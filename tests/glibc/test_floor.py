"""The C library of an older system, as this machine's own tells it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from bundler.cache import Cache
from bundler.elf import SharedObject, read_shared_object
from bundler.glibc import Floor, beyond, make_stubs, polyfill_names, read_floor
from bundler.settings import OLDEST_GLIBC
from bundler.target import TargetPython
from bundler.toolchain import Toolchain
from tests.glibc.here import read_c_library

# Names with versions newer than the oldest C library that CPython 3.11 to 3.15, their extension modules, and wheels of the
# compatibility list were seen to need, on Debian 12 to sid: `python -m tests.glibc.used FOLDER ...` writes it.
USED = Path(__file__).with_name("used.txt")

# Nobody can supply these; who needs them says what becomes of it.
LACKING = {
    "_dl_find_object": "the launcher's is called instead, and searches where the system has none",
    **dict.fromkeys(("__rseq_offset", "__rseq_size"), "parts of the C library use them among themselves"),
    **dict.fromkeys(
        ("fsconfig", "fsmount", "fsopen", "fspick", "mount_setattr", "move_mount", "open_tree"),
        "libmount alone uses them, which no wheel brings",
    ),
}


@pytest.fixture(scope="module")
def libraries(newest_target: TargetPython) -> Mapping[str, SharedObject]:
    """The C library of this machine."""
    return read_c_library(newest_target.machine)


@pytest.fixture(scope="module", params=[OLDEST_GLIBC, "2.28", "2.31"])
def floor(request: pytest.FixtureRequest, libraries: Mapping[str, SharedObject]) -> Floor:
    """The C library at a version."""
    return read_floor(request.param, libraries, polyfill_names())


def test_symbols_are_those_of_this_machine_up_to_the_floor(floor: Floor, libraries: Mapping[str, SharedObject]):
    """Every symbol with a version up to the floor is there, and of newer ones only what has neither that nor a polyfill."""
    every = {
        (symbol.name, symbol.version)
        for library in libraries.values()
        for symbol in library.symbols
        if symbol.is_exported and beyond(symbol.version, "0")
    }
    found = {(symbol.name, symbol.version) for symbol in floor.symbols}
    old = {(name, version) for name, version in every if version and not beyond(version, floor.version)}

    marks = {name for name, _ in every if name.startswith("GLIBC_") or name.endswith("_version_placeholder")}
    assert {each for each in old - found if each[0] not in marks} == set()
    named = {name for name, _ in old}
    assert not {name for name, _ in found - old} & (named | floor.polyfilled)


def test_a_name_has_one_default(floor: Floor):
    """A reference without a version is bound to the newest that the floor has, or to the polyfill."""
    defaults = [symbol.name for symbol in floor.symbols if symbol.is_default]

    assert len(defaults) == len(set(defaults))
    assert not floor.polyfilled.intersection(defaults)
    assert {symbol.name for symbol in floor.symbols} <= {*defaults, *floor.polyfilled}


@pytest.mark.parametrize(
    ("name", "version", "bound"),
    [
        ("memcpy", "GLIBC_2.14", "GLIBC_2.14"),
        ("memcpy", "GLIBC_2.2.5", "GLIBC_2.2.5"),
        ("hypot", "GLIBC_2.35", "GLIBC_2.2.5"),
        ("pthread_create", "GLIBC_2.34", "GLIBC_2.2.5"),
        ("clock_gettime", "GLIBC_2.2.5", "GLIBC_2.17"),  # was in librt, which need not be loaded for it
        ("_dl_find_object", "GLIBC_2.35", None),
        ("close_range", "GLIBC_2.34", None),
        ("malloc", "GLIBC_2.2.5", "GLIBC_2.2.5"),
        ("other", "LIBRARY_1.0", "LIBRARY_1.0"),
        ("other", None, None),
    ],
)
def test_references_are_bound_to_what_is_there(
    libraries: Mapping[str, SharedObject], name: str, version: str | None, bound: str | None
):
    """A reference keeps its version, or gets the newest of the floor."""
    floor = read_floor(OLDEST_GLIBC, libraries, polyfill_names())

    assert floor.bound_version(name, version) == bound


def test_polyfills_stand_for_what_is_not_there(libraries: Mapping[str, SharedObject]):
    """A polyfill is taken where the C library of that version has no such function, or only in a library of its own."""
    floors = {version: read_floor(version, libraries, polyfill_names()) for version in ("2.17", "2.28", "2.34")}
    polyfilled = {
        (name, version)
        for version, floor in floors.items()
        for name in ("getrandom", "gettid", "close_range", "openpty", "cfgetospeed", "strlcpy")
        if name in floor.polyfilled
    }

    assert polyfilled >= {("getrandom", "2.17"), ("gettid", "2.17"), ("gettid", "2.28"), ("openpty", "2.28")}
    assert not polyfilled & {("getrandom", "2.28"), ("close_range", "2.34"), ("openpty", "2.34")}
    assert {("strlcpy", version) for version in floors} <= polyfilled


def test_stubs_have_the_symbols_of_the_floor(floor: Floor, toolchain: Toolchain, cache: Cache):
    """The libraries that the linker is given have exactly these symbols, under these names of libraries."""
    found = set()
    for soname, path in make_stubs(floor, toolchain, cache).items():
        library = read_shared_object(path)
        assert library.name == soname
        assert not library.needed
        found |= {
            (soname, symbol.name, symbol.version, not symbol.is_hidden, symbol.type)
            for symbol in library.symbols
            if symbol.is_exported and not symbol.name.startswith("GLIBC_")
        }

    # An IFUNC is a function to those that are bound to it.
    expected = {
        (each.library, each.name, each.version, each.is_default, min(each.kind, 2 if each.kind == 10 else each.kind))
        for each in floor.symbols
    }
    assert found == expected


def test_what_is_used_is_there(libraries: Mapping[str, SharedObject]):
    """What CPython and wheels need of newer C libraries has an older version or a polyfill, or it is known why not."""
    floor = read_floor(OLDEST_GLIBC, libraries, polyfill_names())
    used = [line.split() for line in USED.read_text().splitlines()]

    for name, version in used:
        is_there = floor.is_polyfilled(name, version) or floor.bound_version(name, version) is not None
        assert is_there or name in LACKING, f"{name} of {version} has neither an older version nor a polyfill"
    assert LACKING.keys() <= {name for name, _ in used}
