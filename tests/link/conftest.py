"""Fixtures of the linker's tests."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.link import natives
from tests.support import VERSIONS
from tests.target.pythons import cache, newest_target, probed, target, toolchain

__all__ = ["cache", "natives_folder", "newest_target", "target", "toolchain"]


@pytest.fixture(scope="session")
def natives_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with small libraries, modules of the stable ABI, and `program.py`, which runs them."""
    if shutil.which("gcc") is None:
        pytest.skip("there is no gcc to compile libraries with")
    oldest = next((found for version in VERSIONS if (found := probed(version)) is not None), None)
    if oldest is None:
        pytest.skip("there is no Python with C headers on this machine")
    folder = tmp_path_factory.mktemp("natives")
    natives.build(folder, oldest.include_dirs[0])
    return folder
