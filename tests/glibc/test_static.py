"""The C library of this machine as archives, beside the shared one."""

from __future__ import annotations

from pathlib import Path

import pytest
import tomli

import bundler.glibc
from bundler.elf import X86_64
from bundler.errors import BundleError
from bundler.glibc import StaticLibrary, find_static_library
from bundler.toolchain import Toolchain
from tests.glibc.here import read_c_library

_NAMES = Path(bundler.glibc.__file__).with_name("names.toml")


@pytest.fixture(scope="module")
def static(toolchain: Toolchain) -> StaticLibrary:
    """That of this machine."""
    try:
        return find_static_library(toolchain)
    except BundleError as error:
        pytest.skip(error.diagnostic.message)


def test_functions_have_a_definition(static: StaticLibrary):
    """A function of the shared library is the same in the archives, also where these are linker scripts (libm.a)."""
    for name in ("strlen", "pow", "pthread_create", "dlopen", "forkpty", "shm_open", "environ", "ns_initparse"):
        assert static.definition(name) == name


def test_old_names(static: StaticLibrary):
    """A name that only the shared library has stands for the function that does the same."""
    assert static.definition("__exp_finite") == "exp"
    assert static.definition("__lgammaf_r_finite") == "lgammaf_r"
    assert static.definition("cfree") == "free"
    assert static.definition("xdr_int") is None
    assert static.definition("__no_such_finite") is None


def test_table_of_old_names(static: StaticLibrary):
    """Each row is needed: the shared library has the name, the archives do not, and what stands for it is a function there."""
    shared = {symbol.name for library in read_c_library(X86_64).values() for symbol in library.symbols}
    renamed = tomli.loads(_NAMES.read_text())["renamed"]

    assert {name for name in renamed if name not in shared} == set()
    assert {name for name in renamed if name in static.names} == set()
    assert {name for name in renamed.values() if name not in static.names} == set()


def test_every_archive_is_linked(static: StaticLibrary):
    """The options name all archives but that of the C library itself, which the compiler names."""
    assert "-lm" in static.options
    assert "-lresolv" in static.options
    assert "-lc" not in static.options
