"""The interpreters that the unit tests take facts from: found once, probed once, shared by the fixtures of each folder."""

from __future__ import annotations

import functools
import sys
from pathlib import Path

import pytest

from bundler.cache import Cache
from bundler.context import BuildContext
from bundler.errors import BundleError
from bundler.report import Reporter
from bundler.target import Linkage, TargetPython, probe
from bundler.toolchain import Toolchain, find_toolchain
from bundler.values import default_cache_dir
from tests.support import LIBPYTHON, VERSIONS, find_interpreter


@functools.cache
def shared_cache() -> Cache:
    """The user's cache: what one test compiles serves the next, and the next run."""
    return Cache(default_cache_dir())


@functools.cache
def shared_toolchain() -> Toolchain:
    return find_toolchain(None)


def quiet_context(toolchain: Toolchain | None = None, cache: Cache | None = None) -> BuildContext:
    """What stages work with, silent; the shared toolchain and cache unless others are given."""
    return BuildContext(toolchain or shared_toolchain(), cache or shared_cache(), Reporter(quiet=True))


@functools.cache
def probed(version: str) -> TargetPython | None:
    """Facts about a Python of this version, without any environment; None when there is none."""
    python = find_interpreter(version)
    linkage = Linkage(*LIBPYTHON) if LIBPYTHON else None
    return None if python is None else probe(python, quiet_context(), linkage)


def short_version(target: TargetPython) -> str:
    """Major and minor: "3.13"."""
    return ".".join(map(str, target.version[:2]))


@functools.cache
def running() -> TargetPython | None:
    """Facts about the Python that runs the tests; None when it has no C headers."""
    try:
        return probe(Path(sys.executable), quiet_context())
    except BundleError:
        return None


@pytest.fixture(scope="session", params=VERSIONS)
def target(request: pytest.FixtureRequest) -> TargetPython:
    """Each Python in turn, as installed."""
    found = probed(request.param)
    if found is None:
        pytest.skip(f"there is no Python {request.param} with venv and C headers on this machine")
    return found


@pytest.fixture(scope="session")
def newest_target() -> TargetPython:
    """One Python, for what does not depend on its version."""
    found = [target for version in VERSIONS if (target := probed(version)) is not None]
    if not found:
        pytest.skip("there is no Python with venv and C headers on this machine")
    return found[-1]


@pytest.fixture(scope="session")
def toolchain() -> Toolchain:
    return shared_toolchain()


@pytest.fixture(scope="session")
def cache() -> Cache:
    return shared_cache()


def make_pretender(folder: Path, python: Path, code: str) -> Path:
    """Make a Python in a folder that says untrue things about itself: the code runs before all else."""
    folder.mkdir()
    beginning = "import platform, sys, sysconfig\nvariables = sysconfig.get_config_vars()\n"
    (folder / "sitecustomize.py").write_text(beginning + code)
    made = folder / "python"
    made.write_text(f'#!/bin/sh\nPYTHONPATH={folder} exec {python} "$@"\n')
    made.chmod(0o755)
    return made


# Code for one without C headers.
WITHOUT_HEADERS = """
paths = {**sysconfig.get_paths(), 'include': '/nowhere', 'platinclude': '/nowhere'}
sysconfig.get_paths = lambda: paths
"""
