"""Facts about an interpreter: they are those that it tells of itself, and what cannot be embedded is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from bundler.cache import Cache
from bundler.errors import BundleError
from bundler.target import TargetPython, probe
from bundler.target import probe as probing
from bundler.target.buildvars import portable_variables
from bundler.target.versions import BOOTSTRAP_MODULES, core_modules, core_names
from bundler.target.workers import run_worker
from bundler.toolchain import Toolchain
from tests.support import VERSIONS
from tests.target.pythons import probed, quiet_context, short_version

ROOT = "/__bundle__"

probe_module = sys.modules["bundler.target.probe"]


def ask(target: TargetPython, expression: str) -> Any:
    """What the interpreter itself says."""
    script = f"import importlib.machinery, json, os, sys, sysconfig; print(json.dumps({expression}))"
    done = subprocess.run([target.executable, "-c", script], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


# --- Probing ----------------------------------------------------------------------------------------------------------


def test_facts_are_the_interpreters(target: TargetPython):
    """Version, paths and names are those of the interpreter that was asked."""
    assert list(target.version) == ask(target, "sys.version_info[:3]")
    assert target.hexversion == ask(target, "sys.hexversion")
    assert sorted(target.builtin_modules) == sorted(ask(target, "sys.builtin_module_names"))
    assert list(target.extension_suffixes) == ask(target, "importlib.machinery.EXTENSION_SUFFIXES")
    assert str(target.stdlib) == ask(target, "sysconfig.get_path('stdlib')")
    assert [str(path) for path in target.search_path] == ask(target, "[p for p in sys.path if p]")


def test_libraries_and_headers_are_there(target: TargetPython):
    """What a build needs exists, and belongs to this version."""
    assert target.libpython.path.is_file()
    assert (target.include_dirs[0] / "Python.h").is_file()
    assert all(word.startswith("-l") for word in target.libpython.needs)


def test_layout_belongs_to_the_version(target: TargetPython):
    """The measured layout is of these very headers, and names the strings that the interpreter has built in."""
    assert target.layout.constants["version_hex"] == target.hexversion
    assert {
        "id:__init__",
        "latin1:255",
        "byte:0",
        "int:-5",
        "int:256",
        "tuple:",
        "bytes:",
    } <= target.layout.singletons.keys()
    assert "__build_class__" in core_names(target)


def test_layout_leaves_no_member_out(target: TargetPython):
    """The members of each struct follow each other; what lies between two is less than alignment explains."""
    for name, members in target.layout.structs.items():
        end = members[0].offset
        for member in members:
            assert 0 <= member.offset - end < max(member.size, 1) or member.name == "co_code_adaptive", (name, member)
            # Arrays at the end have the size of one item, or none.
            end = member.offset + member.size


def test_members_of_code_objects_are_all_known(target: TargetPython):
    """A code object ends with its bytecode, right after the last member that was measured."""
    *members, bytecode = target.layout.structs["code"]

    assert bytecode.name == "co_code_adaptive"
    assert bytecode.offset - (members[-1].offset + members[-1].size) == 0


def test_every_member_is_copied_or_left_empty(target: TargetPython):
    """The freezer knows what to do with each member of a code object: a new version of Python has no new ones unseen."""
    from bundler.freeze.frozen_header import layout_as_json
    from bundler.freeze.worker.module_writer import unknown_members

    layout = layout_as_json(target.layout)
    layout["structs"]["code"].insert(1, ("co_new", 16, 8))

    assert unknown_members(layout) == ["co_new"]


def test_core_modules_exist(target: TargetPython):
    """What the interpreter imports by itself is in its standard library."""
    for name in (*core_modules(target), *BOOTSTRAP_MODULES):
        path = target.stdlib / name.replace(".", "/")
        assert path.with_suffix(".py").is_file() or (path / "__init__.py").is_file(), name


def test_probing_twice_gives_the_same(target: TargetPython, toolchain: Toolchain, tmp_path: Path):
    """A cold cache has no influence on what is found."""
    again = probe(target.executable, quiet_context(toolchain, Cache(tmp_path)), target.libpython.linkage)

    assert asdict(again) == asdict(target)


# --- Refusals ---------------------------------------------------------------------------------------------------------

FACTS: dict[str, Any] = {
    "implementation": "cpython",
    "version": [3, 13, 0],
    "version_text": "3.13.0",
    "free_threaded": False,
    "debug": False,
    "platform": "linux",
    "machine": "x86_64",
    "is_64bit": True,
    "libc": "glibc",
}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"implementation": "pypy"}, "is pypy, not CPython"),
        ({"version": [3, 10, 14], "version_text": "3.10.14"}, r"3\.10\.14\) is too old"),
        ({"version": [3, 99, 0], "version_text": "3.99.0"}, "newer than this bundler knows"),
        ({"free_threaded": True}, "free-threaded"),
        ({"debug": True}, "debug build"),
        ({"machine": "aarch64", "is_64bit": False}, "is a 32-bit build"),
        ({"platform": "darwin"}, "darwin"),
        ({"machine": "riscv64"}, "riscv64"),
        ({"libc": ""}, "unknown C library"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else None,
)
def test_what_cannot_be_embedded_is_refused(change: dict[str, Any], words: str):
    """Each kind of Python that does not work gives an error that says which it is, and names what does."""
    with pytest.raises(BundleError, match=words) as raised:
        probe_module._supported_machine(Path("/python"), {**FACTS, **change})

    assert raised.value.diagnostic.hint is not None
    assert "--python" in raised.value.diagnostic.hint


def test_what_can_be_embedded_is_not_refused():
    """The facts that the other cases start from are those of a Python that works."""
    probe_module._supported_machine(Path("/python"), FACTS)


@pytest.mark.parametrize("script", ["exit 3", "echo nonsense", "kill -9 $$", "sleep 0"])
def test_program_that_is_no_interpreter(tmp_path: Path, toolchain: Toolchain, script: str):
    """Something else under the name of an interpreter is a short error."""
    fake = tmp_path / "python"
    fake.write_text(f"#!/bin/sh\n{script}\n")
    fake.chmod(0o755)

    with pytest.raises(BundleError, match="does not work as a Python interpreter") as raised:
        probe(fake, quiet_context(toolchain, Cache(tmp_path)))

    assert raised.value.diagnostic.code == "bad-python"


def test_interpreter_that_is_not_there(tmp_path: Path, toolchain: Toolchain):
    """An interpreter that is not there is the same error as a program that is none."""
    with pytest.raises(BundleError, match="does not work as a Python interpreter"):
        probe(tmp_path / "python", quiet_context(toolchain, Cache(tmp_path)))


def test_headers_of_another_version(target: TargetPython, toolchain: Toolchain, tmp_path: Path):
    """Headers that do not belong to the interpreter are noticed before anything is built from them."""
    other = next(
        (found for version in VERSIONS if (found := probed(version)) and found.version != target.version), None
    )
    if other is None:
        pytest.skip("there is only one Python on this machine")
    layout = sys.modules["bundler.target.layout"]

    with pytest.raises(BundleError, match="the C headers in"):
        layout.measure_layout(other.include_dirs, target.hexversion, target.system, toolchain, Cache(tmp_path))


# --- Workers ----------------------------------------------------------------------------------------------------------


def test_workers_are_not_misled_by_the_current_folder(
    target: TargetPython, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """A file of the app that is called like a standard module is not what a worker imports."""
    (tmp_path / "json.py").write_text("raise SystemExit('wrong')")
    (tmp_path / "platform.py").write_text("raise SystemExit('wrong')")
    monkeypatch.chdir(tmp_path)

    for isolated in (True, False):
        facts = json.loads(run_worker(target.command, "target", "interpreter_facts", isolated=isolated).stdout)
        assert facts["version"] == list(target.version)


def test_workers_leave_nothing_behind(target: TargetPython):
    """Nothing of ours is written beside the interpreter or our own sources: no bytecode."""
    folder = Path(probing.__code__.co_filename).parent / "worker"
    ours = f"*.{ask(target, 'sys.implementation.cache_tag')}.pyc"
    before = sorted(folder.rglob(ours))

    run_worker(target.command, "target", "interpreter_facts")

    # The interpreter that runs the tests keeps bytecode of what it imports itself.
    assert sorted(folder.rglob(ours)) == before


# --- Build variables --------------------------------------------------------------------------------------------------


def variables(prefix: str = "/opt/python", **values: Any) -> dict[str, Any]:
    """The variables as a binary carries them, for a Python in `prefix` built in /home/me/src."""
    source = f"# generated\nbuild_time_vars = {values!r}\n"
    namespace: dict[str, Any] = {}
    exec(portable_variables(source, Path(prefix), ROOT), namespace)
    found: dict[str, Any] = namespace["build_time_vars"]
    return found


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("/opt/python/lib", "/__bundle__/lib"),
        ("-I/opt/python/include -O2", "-I/__bundle__/include -O2"),
        ("/home/me/src/Modules", ""),
        ("-L/home/me/lib -lx", ""),
        ("gcc -O3 -Wall", "gcc -O3 -Wall"),
        ("/usr/bin/gcc", "/usr/bin/gcc"),
        ("$(srcdir)/Objects/x.o", "$(srcdir)/Objects/x.o"),
        ("Objects/x.o", "Objects/x.o"),
        ("'--prefix=/opt/python' '--enable-x'", "'--prefix=/__bundle__' '--enable-x'"),
        ("", ""),
        (8, 8),
    ],
)
def test_variables_tell_nothing_of_the_build_machine(value: Any, expected: Any):
    """Paths of the installation move to the root, those that every system has stay, and others are forgotten."""
    assert variables(NAME=value)["NAME"] == expected


def test_time_zones_are_the_systems():
    """A Python that came with the system lies below /usr; where time zones are does not move with it."""
    found = variables("/usr", TZPATH="/usr/share/zoneinfo:/etc/zoneinfo", LIBDIR="/usr/lib")

    assert found == {"TZPATH": "/usr/share/zoneinfo:/etc/zoneinfo", "LIBDIR": "/__bundle__/lib"}


def test_variables_of_the_real_thing(target: TargetPython):
    """The generated module of each Python keeps its variables, and no path of this machine."""
    (path,) = (path for path in target.stdlib.glob("_sysconfigdata_*.py") if not path.is_symlink())
    text = portable_variables(path.read_text(), target.base_prefix, ROOT)
    namespace: dict[str, Any] = {}
    exec(text, namespace)

    assert namespace["build_time_vars"]["VERSION"] == short_version(target)
    assert namespace["build_time_vars"]["EXT_SUFFIX"] in target.extension_suffixes
    assert str(Path.home()) not in text
    assert str(target.base_prefix) not in text.replace(namespace["build_time_vars"]["TZPATH"], "")
