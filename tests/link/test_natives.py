"""Prelinked libraries behave as they do under the dynamic linker: what modules say in a binary is what they say in Python.

Costs sixty small compilations, and a binary for each interpreter.
"""

from __future__ import annotations

import functools
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bundler import elf
from bundler.link.bind import FIRST_BASE
from bundler.target import TargetPython
from tests.link import natives
from tests.support import BUNDLE_ROOT, Outcome, bundle, inspect, run
from tests.target.pythons import probed, short_version

CASES = [part.name for part in natives.MODULES if not part.name.startswith(("unique", "capsule", "use_stop"))]

# Several modules in one process, in other threads, and libraries by name.
COMBINATIONS = [
    "order_first_second order_second_first order_depth",
    "order_second_first order_underlinked",
    "thread_own thread:thread_own thread_own thread:thread_own",
    "thread:thread_extern thread_extern thread:thread_extern",
    "thread_extern_descriptor thread:thread_extern_descriptor thread_extern_descriptor",
    "thread_initial_exec thread:thread_initial_exec thread_initial_exec",
    "use_data use_data_now use_data",
    "versions_old versions_new versions_none",
    "use_throw thread:use_throw",
    "dl dl thread:dl",
    "undefined_below undefined order_first_second",
    "order_first_second library:libfirst.so library:libsecond.so",
    "weak_without weak_with",
    "thread_large thread:thread_large small:thread_large thread_large small:thread_large_packed",
    "small:thread_large_fixed small:thread_own small:thread_extern",
    "thread:thread_ended thread:thread_ended small:thread_ended",
    "unwound thread:unwound unwound_plain thread:unwound_plain",
    "capsule_offer capsule_use",
    "carried_text carried_beside thread:carried_stack carried_text library:libunder.so",
    "carried_beside carried_text",
]

# Modules that a binary without a dynamic linker cannot have, for they would be carried as files.
CARRIED = ("carried_stack", "carried_text", "undefined_carried", "undefined_thread")

# Why such a binary loads no other library.
NOT_LOADED = b"the program is linked statically (`--static`) and loads only what is part of it"


@dataclass(frozen=True)
class Natives:
    """The program that runs small modules, in its two forms."""

    target: TargetPython
    program: Path
    binary: Path
    is_static: bool = False

    def check_same(self, *arguments: str) -> Outcome:
        """Run both; assert that they do the same."""
        expected = run([self.target.executable, self.program, *arguments])
        found = run([self.binary, *arguments])
        folder = str(self.program.parent).encode()
        told = found.stdout.replace(NOT_LOADED, b"No such file or directory") if self.is_static else found.stdout
        assert told == expected.stdout.replace(folder, BUNDLE_ROOT.encode())
        assert found.stderr == expected.stderr
        assert found.status == expected.status
        return found


@pytest.fixture(scope="session")
def build(natives_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[TargetPython], Natives]:
    """Makes the binary with every small module for an interpreter, once."""

    @functools.cache
    def build(version: str) -> Natives:
        target = probed(version)
        assert target is not None
        return _bundled(
            target, natives_folder / "program.py", tmp_path_factory.mktemp(f"natives-{version}") / "program"
        )

    return lambda target: build(short_version(target))


@pytest.fixture
def program(target: TargetPython, build: Callable[[TargetPython], Natives]) -> Natives:
    """The binary for each interpreter in turn."""
    return build(target)


@pytest.fixture(scope="session")
def newest_program(newest_target: TargetPython, build: Callable[[TargetPython], Natives]) -> Natives:
    """The binary for one interpreter: how a module is bound does not depend on Python."""
    return build(newest_target)


@pytest.fixture(scope="session")
def static_program(
    newest_target: TargetPython, natives_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Natives:
    """The binary without a dynamic linker, for one interpreter."""
    binary = tmp_path_factory.mktemp("natives-static") / "program"
    options = ("--static", *(f"--exclude-module={name}" for name in CARRIED))
    return _bundled(newest_target, natives_folder / "program.py", binary, *options)


def _bundled(target: TargetPython, source: Path, binary: Path, *options: str) -> Natives:
    done = bundle(source, *options, "--python", target.executable, "-o", binary)
    assert done.status == 0, done.stderr.decode(errors="replace")
    assert b"warning" not in done.stderr
    return Natives(target, source, binary, "--static" in options)


def needs_compiler(names: str) -> None:
    """Skip what is written in C++ where nothing compiles it."""
    parts = [part for part in natives.MODULES if part.name in re.split("[: ]", names)]
    if not all(map(natives.supported, parts)):
        pytest.skip("there is no C++ compiler")


@pytest.mark.parametrize("name", CASES)
def test_module(newest_program: Natives, name: str):
    """A module, alone in a process: which definitions it is bound to, and that everything works that it leans on."""
    needs_compiler(name)

    found = newest_program.check_same(name, "last")

    # Newer systems allow no library to make the stack executable.
    fails = name.startswith("undefined") or b"cannot enable executable stack" in found.stdout
    assert fails == (b"failed ImportError" in found.stdout)
    assert found.stdout.count(b"\n") >= 2


@pytest.mark.parametrize("names", COMBINATIONS)
def test_modules_together(program: Natives, names: str):
    """Modules that share libraries, are used from several threads, or fail beside others that work."""
    needs_compiler(names)

    program.check_same(*names.split(), "last")


@pytest.mark.parametrize("names", [*CASES, *COMBINATIONS])
def test_without_a_dynamic_linker(static_program: Natives, names: str):
    """Modules are bound to the C library in the executable as they are to the system's."""
    needs_compiler(names)
    if set(re.split("[: ]", names)) & {*CARRIED, "names"}:  # the last: converters of the C library are files
        pytest.skip("it needs files of the system, or would be carried as one")

    static_program.check_same(*names.split(), "last")


@pytest.mark.parametrize(
    "names",
    [
        "unique_one unique_two unique_one",
        "unique_three unique_two unique_one unique_three",
        "thread:unique_two unique_one",
    ],
)
def test_inline_variables_are_shared(newest_program: Natives, names: str):
    """A static variable of an inline function is one for the whole process, whichever modules have it."""
    needs_compiler("unique_one")

    newest_program.check_same(*names.split(), "last")


def test_modules_of_a_shared_library_bring_what_it_leaves_undefined(program: Natives):
    """What a library does not define is taken from the module that brings it, also when several modules do."""
    for name, expected in [("order_underlinked", b"first"), ("order_underlinked_own", b"module")]:
        assert expected in program.check_same(name).stdout


def test_what_is_carried(program: Natives):
    """`bundle inspect` says what could not be prelinked, and why."""
    found = inspect(program.binary)

    assert {Path(each["path"]).name: each["reason"] for each in found["carried"]} == natives.CARRIED
    assert not {"carried_text", "carried_stack"} & set(found["modules"]["prelinked"])


def test_what_newer_systems_are_needed_for(newest_program: Natives):
    """`bundle inspect` names a function that the oldest C library lacks, unless the module does without it."""
    needs = inspect(newest_program.binary)["symbol_versions"]
    names = {Path(path).name: {name for each in versions.values() for name in each} for path, versions in needs.items()}

    assert "strfromd" in names["newer.abi3.so"]
    assert "strfromd" not in names.get("newer_weak.abi3.so", ())


def test_files_of_prelinked_libraries(newest_program: Natives):
    """Who reads the file of a prelinked library gets every byte of it, before and after the library is loaded."""
    found = inspect(newest_program.binary)
    names = [f"{name}.abi3.so" for name in found["modules"]["prelinked"]]
    there = {path.name for path in newest_program.program.parent.iterdir()}
    files = [f"file:{name}" for name in sorted({*names, *map(os.path.basename, found["libraries"])} & there)]

    newest_program.check_same(*files, "use_data", "thread_own", *files)

    assert {"file:libfirst.so", "file:relative_packed.abi3.so", "file:thread_large.abi3.so"} <= set(files)


def test_no_file_is_loaded(program: Natives):
    """Nothing of the modules is on disk: the binary runs where there is no such folder."""
    moved = program.program.parent.rename(program.program.parent.with_name("moved"))
    try:
        assert b"first" in run([program.binary, "order_first_second"]).stdout
        if natives.HAS_CPP:
            assert b"counts 1 2 3" in run([program.binary, "use_throw"]).stdout
    finally:
        moved.rename(program.program.parent)


def test_executable_ends_below_prelinked_objects(program: Natives):
    """The executable's own segments, few in number, lie below the first address that a prelinked object may have."""
    executable = elf.read_executable(program.binary, with_symbols=False)

    assert max(segment.address + segment.memory_size for segment in executable.segments) < FIRST_BASE
    assert len([segment for segment in executable.segments if segment.type == elf.SegmentType.LOAD]) < 40


def test_debuggers_find_frames(program: Natives, tmp_path: Path):
    """A debugger unwinds from the C library through prelinked objects to `main`, and names what they export; so it does with
    a dump of the process's memory.
    """
    if shutil.which("gdb") is None:
        pytest.skip("there is no gdb")
    dump = tmp_path / "core"
    options = ("-nx", "-batch", "-ex", "set debuginfod enabled off")
    running = ("-ex", "run", "-ex", "bt", "-ex", f"gcore {dump}")

    while_running = run(["gdb", *options, *running, "--args", program.binary, "use_stop"]).stdout.decode()
    afterwards = run(["gdb", *options, "-ex", "bt", program.binary, dump]).stdout.decode()

    for text in (while_running, afterwards):
        frames = re.findall(r"^#(\d+) .* in (\S+) \(", text, re.MULTILINE)
        names = [name for _, name in frames]
        assert names[-1] == "main", text
        assert "stop" in names, text
        # Four times the function without a name.
        assert names[names.index("stop") - 4 : names.index("stop")] == ["??"] * 4, text
