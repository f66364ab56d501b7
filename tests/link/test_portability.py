"""Limits to how new a system the binary may need."""

from __future__ import annotations

from pathlib import Path

import pytest

from bundler.errors import BundleError
from bundler.link.portability import check_limits
from bundler.target import TargetPython
from tests.support import EXAMPLES, bundle

NEEDS = {
    "executable": (("GLIBC_2.9", ("a",)), ("GLIBC_2.34", ("b", "c"))),
    "/here/a.so": (("GLIBC_2.4", ("a",)), ("GLIBCXX_3.4.29", ("d",))),
    "/here/b.so": (("GLIBC_2.38", ()), ("GLIBC_2.36", ("e",)), ("GCC_3.0", ("f",))),
}


@pytest.mark.parametrize("limits", [{}, {"GLIBC": "2.38"}, {"GLIBC": "2.100", "GCC": "3"}, {"CXXABI": "1.0"}])
def test_within_limits(limits: dict[str, str]):
    """Versions are compared as numbers; families without a limit may need anything."""
    check_limits(NEEDS, limits)


def test_beyond_limits():
    """Everybody who needs too new a version is named, with the newest and a symbol of that version, family by family."""
    with pytest.raises(BundleError, match=r"`--max-glibc 2\.31`, `--max-glibcxx 3\.4\.9` allows") as raised:
        check_limits(NEEDS, {"GLIBC": "2.31", "GLIBCXX": "3.4.9", "GCC": "3.0"})

    assert raised.value.diagnostic.notes == (
        "GLIBC_2.34 is needed by the executable (launcher and libpython), for `b`",
        "GLIBC_2.38 is needed by `b.so`",
        "GLIBCXX_3.4.29 is needed by `a.so`, for `d`",
    )


def test_long_lists_end():
    """A list of all who need a version does not fill the screen."""
    needs = {f"/here/{number:03}.so": (("GLIBC_2.34", ("a",)),) for number in range(50)}
    with pytest.raises(BundleError) as raised:
        check_limits(needs, {"GLIBC": "2.31"})

    assert raised.value.diagnostic.notes[-1] == "and 30 more"


def test_build_fails(newest_target: TargetPython, tmp_path: Path):
    """A binary that would need too new a system is not written."""
    binary = tmp_path / "hello"
    hello = EXAMPLES / "hello" / "hello.py"
    done = bundle(hello, "--python", newest_target.executable, "--max-glibc=2.2.5", "-o", binary)

    assert done.status == 1
    assert b"error[too-new]" in done.stderr
    assert b"is needed by the executable" in done.stderr
    assert b"hint: let `--glibc` be no newer than the limit" in done.stderr
    assert not binary.exists()
