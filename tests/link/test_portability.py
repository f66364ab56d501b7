"""Limits to how new a system the binary may need."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from packaging.version import Version

from bundler.errors import BundleError
from bundler.link.portability import above_floor, check_limits
from bundler.settings import OLDEST_GLIBC
from bundler.target import TargetPython
from tests.support import EXAMPLES, bundle, inspect, run

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


def test_who_raises_the_floor():
    """Who needs a newer C library than the floor is named, with the functions; needs of the floor and of others do not count."""
    needs = {
        "/usr/lib/libpython3.13.a": (("GLIBC_2.17", ("a",)), ("GLIBC_2.36", ("c", "b")), ("GLIBC_2.38", ("d",))),
        "/__bundle__/libz.so.1": (("GLIBC_2.2.5", ("e",)),),
        "executable": (("GLIBC_2.34", ()), ("GCC_3.0", ("f",))),
    }
    (found,) = above_floor({"/usr/lib/libpython3.13.a": needs["/usr/lib/libpython3.13.a"]}, "2.17")

    assert found.message == (
        "the binary needs glibc 2.38 or newer instead of 2.17: `libpython3.13.a` uses functions that older ones lack"
    )
    assert found.notes == ("of which there is no older form: `b`, `c`, `d`",)
    assert found.hint == "build with a Python that was made on an older system, or ask for that version: `--glibc 2.38`"
    assert not list(above_floor(needs, "2.38"))
    (found,) = above_floor(needs, "2.28")
    assert "`libpython3.13.a` and code that the compiler or the launcher adds use functions" in found.message
    (found,) = above_floor({"/__bundle__/libz.so.1": (("GLIBC_2.38", ("e",)),)}, "2.36")
    assert "`libz.so.1` uses" in found.message
    assert found.hint is not None
    assert found.hint.startswith("build on an older system")


def test_build_fails(newest_target: TargetPython, tmp_path: Path):
    """A binary that would need too new a system is not written."""
    binary = tmp_path / "hello"
    hello = EXAMPLES / "hello" / "hello.py"
    done = bundle(hello, "--python", newest_target.executable, "--max-glibc=2.2.5", "-o", binary)

    assert done.status == 1
    assert b"error[too-new]" in done.stderr
    assert b"is needed by the executable" in done.stderr
    assert b"hint: set `--glibc` no newer than the limit" in done.stderr
    assert not binary.exists()


@pytest.fixture(scope="module")
def floors(newest_target: TargetPython, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """The smallest program for several floors: binaries by what `--glibc` was given, "" for the usual one."""
    folder = tmp_path_factory.mktemp("floors")
    hello = EXAMPLES / "hello" / "hello.py"
    for floor in ("", "2.28", "host"):
        options = ("--glibc", floor) if floor else ()
        done = bundle(hello, "--python", newest_target.executable, *options, "-o", folder / f"hello-{floor}")
        assert done.status == 0, done.stderr.decode()
        assert b"newer-glibc" not in done.stderr
    return {floor: folder / f"hello-{floor}" for floor in ("", "2.28", "host")}


def test_floor_is_what_is_needed(floors: Mapping[str, Path]):
    """`bundle inspect` tells of a binary no newer C library than the floor; without a floor, this machine's is used."""
    needed = {
        floor: Version(inspect(path)["newest_versions"]["GLIBC"]["version"].removeprefix("GLIBC_"))
        for floor, path in floors.items()
    }
    here = Version(os.confstr("CS_GNU_LIBC_VERSION").split()[1])  # type: ignore[union-attr]

    assert needed[""] <= Version(OLDEST_GLIBC)
    assert needed["2.28"] <= min(Version("2.28"), here)
    assert needed[""] <= needed["2.28"] <= needed["host"] <= here
    if here >= Version("2.34"):
        assert needed["host"] >= Version("2.34")  # start files ask for it
    for path in floors.values():
        assert run([path]).stdout == b"Hello, world!\n"


def test_floor_costs_few_system_calls(floors: Mapping[str, Path], tmp_path: Path):
    """A start with the oldest C library's libraries takes at most twenty system calls more than without a floor."""
    if shutil.which("strace") is None:
        pytest.skip("there is no strace")
    calls = {}
    for floor, path in floors.items():
        log = tmp_path / f"calls-{floor}"
        done = run(["strace", "-f", "-o", log, path])
        if done.status:
            pytest.skip("this machine lets no process be traced")
        calls[floor] = len(log.read_text().splitlines())

    assert calls[""] - calls["host"] <= 20, calls
