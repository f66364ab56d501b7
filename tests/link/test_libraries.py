"""Libraries that packages open by themselves (ctypes and the like), prelinked or not: as in Python.

Costs a dozen small compilations, one of them by Rust, and one binary.
"""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bundler.elf import X86_64
from bundler.link.libraries import Roots, find_closure
from bundler.link.library_search import LibrarySearch
from bundler.target import TargetPython
from tests.link import natives
from tests.support import Outcome, bundle, inspect, on_old_kernel, plain_environment, run, without_memory_files

PROGRAM = Path(__file__).with_name("libraries_program.py")

_SKIPPED = {"main", "text"}

CASES = [
    node.name
    for node in ast.parse(PROGRAM.read_text()).body
    if isinstance(node, ast.FunctionDef) and node.name not in _SKIPPED
]

_SHARED = (
    *(
        "gcc",
        "-D_GNU_SOURCE",
        "-shared",
        "-fPIC",
        "-O1",
        "-w",
        "-Wl,--no-as-needed",
        "-Wl,--enable-new-dtags",
        "-Wl,-rpath,$ORIGIN",
    ),
)


# What the file of each library holds, in Python, and in another program that is given its path.
_READS = """
import hashlib, os, subprocess, sys
import ctypes, packed.single, packed.multi

paths = sys.argv[1:2] if sys.argv[1:] and os.sep in sys.argv[1] else []
for folder, _, names in os.walk(os.path.dirname(packed.__file__)):
    paths += [os.path.join(folder, name) for name in names if ".so" in name and "fixed" not in name and "needed" not in name]
for path in sorted(paths):
    with open(path, "rb") as file:
        data = file.read()
    print(os.path.basename(path), os.stat(path).st_size, hashlib.sha256(data).hexdigest(), flush=True)
if not sys.argv[1:]:
    subprocess.run(["sha256sum"], stdin=open(os.path.join(os.path.dirname(packed.__file__), "libplain.so"), "rb"))
"""


def compile_library(output: Path, source: str, *flags: str | Path) -> None:
    """A small library from a source in `native/`."""
    subprocess.run([*_SHARED, natives.SOURCES / source, "-o", output, f"-L{output.parent}", *flags], check=True)


def make_package(folder: Path, include: Path) -> None:
    """A package with libraries of every kind, as pip installs it."""
    packed, grafted = folder / "packed", folder / "packed.libs"
    for each in (packed / "inner", grafted, folder / "packed-1.0.dist-info"):
        each.mkdir(parents=True)
    (packed / "__init__.py").touch()
    (packed / "beside.txt").write_text("text beside it")
    compile_library(packed / "libplain.so", "which.c", '-DANSWER="plain"')
    compile_library(
        packed / "inner/libnumbered.so.1.2", "which.c", '-DANSWER="numbered"', "-Wl,-soname,libnumbered.so.1"
    )
    compile_library(grafted / "libgrafted-1234.so", "which.c", '-DANSWER="grafted"', "-Wl,-soname,libgrafted-1234.so")
    needed = ("-l:libplain.so", "-ldl")
    compile_library(packed / "libneeded.so", "which.c", '-DANSWER="needed"', "-Wl,-soname,libneeded.so")
    compile_library(packed / "liblocated.so", "located.c", *needed)
    compile_library(packed / "libfixed.so", "located.c", "-l:libneeded.so", "-ldl", *natives.TEXT_RELOCATIONS)
    compile_library(packed / "libgone.so", "which.c", '-DANSWER="gone"', "-Wl,-soname,libgone.so")
    compile_library(packed / "libincomplete.so", "which.c", '-DANSWER="incomplete"', "-l:libgone.so")
    (packed / "libgone.so").unlink()
    foreign = bytearray((packed / "libplain.so").read_bytes())
    foreign[18] = 0xB7  # EM_AARCH64
    (packed / "libforeign.so").write_bytes(foreign)
    for name in ("single", "multi"):
        flags = ["-DMULTI"] if name == "multi" else []
        compile_library(packed / f"{name}.abi3.so", "package_single.c", f"-I{include}", *flags)
    compile_library(packed / "libthrough.so", "through.c", "-fexceptions")
    if shutil.which("rustc"):
        subprocess.run(
            [
                "rustc",
                "--crate-type=cdylib",
                "-Copt-level=1",
                natives.SOURCES / "panic.rs",
                "-o",
                packed / "libpanic.so",
            ],
            check=True,
        )
    files = [path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file()]
    info = folder / "packed-1.0.dist-info"
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: packed\nVersion: 1.0\n")
    (info / "RECORD").write_text("".join(f"{path},,\n" for path in (*files, "packed-1.0.dist-info/METADATA")))


@dataclass(frozen=True)
class Libraries:
    """The program in its two forms, and what the build said."""

    target: TargetPython
    packages: Path
    binary: Path
    build: Outcome


@pytest.fixture(scope="session")
def libraries(newest_target: TargetPython, tmp_path_factory: pytest.TempPathFactory) -> Libraries:
    """The binary: how a library is opened does not depend on the version of Python."""
    if shutil.which("gcc") is None:
        pytest.skip("there is no gcc to compile libraries with")
    folder = tmp_path_factory.mktemp("libraries")
    site = folder / "site"
    make_package(site, newest_target.include_dirs[0])
    build = bundle(PROGRAM, "--python", newest_target.executable, "-o", folder / "program", PYTHONPATH=str(site))
    assert build.status == 0, build.stderr.decode()
    return Libraries(newest_target, site, folder / "program", build)


@pytest.mark.parametrize("name", CASES)
def test_same_as_in_python(libraries: Libraries, name: str):
    """Opening a library by its path, its name or through another gives what it gives in Python, errors included."""
    environment = plain_environment(PYTHONPATH=str(libraries.packages))
    expected = run([libraries.target.executable, PROGRAM, name], environment=environment)
    found = run([libraries.binary, name])

    assert (found.stdout, found.stderr, found.status) == (expected.stdout, expected.stderr, expected.status)


def test_found_by_name_where_the_system_has_none(libraries: Libraries, empty_root: Path):
    """A library that the binary carries is found by its name on a host that lacks it."""
    shutil.copy(libraries.binary, empty_root / "program")
    chroot = shutil.which("chroot")
    assert chroot
    expected = run([libraries.binary, "by_name_alone"])

    found = run([chroot, empty_root, "/program", "by_name_alone"])

    assert b"libffi.so" in expected.stdout
    assert (found.stdout, found.stderr, found.status) == (expected.stdout, expected.stderr, 0)


def test_prelinked(libraries: Libraries):
    """Libraries that are no modules are prelinked objects like the others, each where it lies in its package."""
    found = inspect(libraries.binary)
    names = ["libplain.so", "liblocated.so", "inner/libnumbered.so.1.2", "../packed.libs/libgrafted-1234.so"]
    expected = {str(Path("/__bundle__/packed", name)).replace("packed/../", "") for name in names}

    assert expected <= set(found["libraries"])
    assert {Path(each["path"]).name: each["reason"] for each in found["carried"]} == {
        "libfixed.so": "has relocations in its text",
        "libneeded.so": "is needed by `libfixed.so`, which is carried as a file",
    }
    assert [each["path"] for each in found["data_files"] if "libforeign" in each["path"]] == ["packed/libforeign.so"]


def test_planned(libraries: Libraries):
    """A plan names the same libraries, and says of each why it is needed or why it stays a file."""
    done = bundle(
        "plan", "--json", PROGRAM, "--python", libraries.target.executable, PYTHONPATH=str(libraries.packages)
    )
    assert done.status == 0, done.stderr.decode()
    planned = json.loads(done.stdout)
    found = inspect(libraries.binary)
    reasons = {Path(each["path"]).name: each["reason"] for each in planned["libraries"]}

    assert {each["path"] for each in planned["libraries"] if each["is_prelinked"] and not each["module"]} == set(
        found["libraries"]
    )
    assert [
        {"path": each["path"], "reason": each["reason"]} for each in planned["libraries"] if not each["is_prelinked"]
    ] == found["carried"]
    assert reasons["libgrafted-1234.so"] == "is opened by the package that it is in"
    assert reasons["single.abi3.so"] == "is the module `packed.single`"
    assert planned["sizes"]["carried"] == sum(each["size"] for each in planned["libraries"] if not each["is_prelinked"])
    assert done.stderr.decode().count("note[carried-library]") == len(found["carried"])


def test_library_that_this_machine_lacks(libraries: Libraries, tmp_path: Path):
    """What needs a library that the build machine lacks is prelinked, and can be opened where the system has it.

    What both need is there once, although the system has a copy.
    """
    package, system = tmp_path / "counts", tmp_path / "system"
    package.mkdir()
    system.mkdir()
    (package / "__init__.py").touch()
    soname = "-Wl,-soname,{}".format
    compile_library(package / "libcounter.so", "counted.c", "-DCOUNTER", soname("libcounter.so"))
    needed = (f"-L{package}", "-l:libcounter.so")
    compile_library(
        system / "libelsewhere.so", "counted.c", "-DCALL=count_elsewhere", soname("libelsewhere.so"), *needed
    )
    compile_library(package / "libboth.so", "counted.c", "-DBOTH", "-l:libelsewhere.so", f"-L{system}", *needed)
    program = tmp_path / "program.py"
    program.write_text("import counts, ctypes\nprint(ctypes.CDLL(counts.__path__[0] + '/libboth.so').both())\n")
    done = bundle(program, "--python", libraries.target.executable, "-o", tmp_path / "program")
    assert done.status == 0, done.stderr.decode()
    # The system has a copy of what the binary brings, which counts by itself.
    shutil.copy(package / "libcounter.so", system)

    without = run([tmp_path / "program"])
    found = run([tmp_path / "program"], environment=plain_environment(LD_LIBRARY_PATH=str(system)))

    assert "note[missing-library]: the shared library `libelsewhere.so` was not found" in done.stderr.decode()
    assert inspect(tmp_path / "program")["carried"] == []
    assert b"OSError: libelsewhere.so: cannot open shared object file: No such file" in without.stderr
    assert (found.stdout, found.stderr) == (b"120\n", b"")


def test_reasons_in_the_output(libraries: Libraries):
    """The build says of every library that it could not prelink why that is so."""
    said = libraries.build.stderr.decode()

    assert "note[carried-library]: `libfixed.so` is carried as a file" in said
    assert "it has relocations in its text" in said
    assert "warning" not in said


def test_run_times_beside_a_library_that_is_missing(tmp_path: Path):
    """The C++ run-time is the system's where one of the system's libraries may bring it: one that is missing here."""
    if shutil.which("g++") is None:
        pytest.skip("there is no C++ compiler")
    compile_library(tmp_path / "libgone.so", "which.c", '-DANSWER="gone"', "-Wl,-soname,libgone.so")
    compile_library(tmp_path / "libthrow.so", "throw.cpp", "-lstdc++", "-l:libgone.so")
    root = Roots([(tmp_path / "libthrow.so", "/here/libthrow.so")])

    there = find_closure(root, "/here", LibrarySearch.of(X86_64))
    (tmp_path / "libgone.so").unlink()
    gone = find_closure(root, "/here", LibrarySearch.of(X86_64))

    assert "libstdc++.so.6" not in there.system
    assert "libstdc++.so.6" in gone.system


def test_library_that_is_needed_by_the_name_of_its_file(libraries: Libraries, tmp_path: Path):
    """A library is found under the name of its file as well, where that is not its DT_SONAME (`libgomp.so.1.0.0`)."""
    package = tmp_path / "named"
    package.mkdir()
    (package / "__init__.py").touch()
    compile_library(
        package / "libcounter.so.1.0", "counted.c", "-DCOUNTER"
    )  # a DT_NEEDED is the soname, if there is one
    compile_library(package / "libuser.so", "counted.c", "-DCALL=count", f"-L{package}", "-l:libcounter.so.1.0")
    compile_library(package / "libcounter.so.1.0", "counted.c", "-DCOUNTER", "-Wl,-soname,libcounter.so.1")
    program = tmp_path / "program.py"
    program.write_text("import ctypes, named\nprint(ctypes.CDLL(named.__path__[0] + '/libuser.so').count())\n")
    done = bundle(program, "--python", libraries.target.executable, "-o", tmp_path / "program")
    assert done.status == 0, done.stderr.decode()

    assert run([tmp_path / "program"]) == run([libraries.target.executable, program])


def test_files_can_be_read(libraries: Libraries, tmp_path: Path):
    """The file of a library that a package brings can be read, copied and given to other programs, prelinked or not.

    That of one of the system's cannot: nothing but the prelinked object is kept.
    """
    program = tmp_path / "reads.py"
    program.write_text(_READS)
    done = bundle(
        program, "--python", libraries.target.executable, "-o", tmp_path / "reads", PYTHONPATH=str(libraries.packages)
    )
    assert done.status == 0, done.stderr
    expected = run(
        [libraries.target.executable, program], environment=plain_environment(PYTHONPATH=str(libraries.packages))
    )

    whole = run([tmp_path / "reads"])
    small = run(["sh", "-c", 'ulimit -f 1; exec "$@"', "sh", tmp_path / "reads", "nothing to write"])
    system = run([tmp_path / "reads", "/__bundle__/libffi.so.8"])

    assert b"libplain.so" in expected.stdout
    assert (whole.stdout, whole.stderr) == (expected.stdout, b"")
    assert small.stdout.splitlines() == expected.stdout.splitlines()[:-1]
    assert b"Operation not supported: '/__bundle__/libffi" in system.stderr or b"No such file" in system.stderr


@pytest.mark.parametrize("system", [without_memory_files, on_old_kernel])
def test_system_without_memory_files(
    libraries: Libraries, tmp_path: Path, system: Callable[[Path], tuple[str | Path, ...]]
):
    """Where memory files are forbidden, or not known yet, files without a name serve, for data as for libraries that are
    carried.
    """
    cases = ("beside", "carried_locates_itself")
    found = run([*system(tmp_path), libraries.binary, *cases])
    if found.status == 77:
        pytest.skip("the system has no seccomp")

    assert found == run([libraries.binary, *cases])
    assert found.status == 0


def test_small_files_only(libraries: Libraries):
    """Where a limit of the size of files forbids the copy of a library, loading it is an error that says so."""
    found = run(["sh", "-c", 'ulimit -f 1; exec "$@"', "sh", libraries.binary, "beside", "carried_locates_itself"])
    if b"needed" in found.stdout.replace(b"libneeded", b""):
        pytest.skip("this user may raise the limit")

    assert found.stdout.decode().splitlines() == [
        "beside 'plain'",
        "carried_locates_itself ('OSError', 'ROOT/packed/libneeded.so: cannot be loaded, for the system takes no copy of it, "
        "neither in memory (memfd_create) nor in a temporary folder: File too large')",
    ]


def test_module_without_its_library(libraries: Libraries, tmp_path: Path):
    """A module that needs a library which this machine lacks fails to import as in Python; the build says so.

    Wheels bring modules for libraries that the user may or may not have, and programs import them in a `try`.
    """
    part = tmp_path / "part"
    part.mkdir()
    (part / "__init__.py").touch()
    compile_library(part / "libgone.so", "which.c", '-DANSWER="gone"', "-Wl,-soname,libgone.so")
    include = f"-I{libraries.target.include_dirs[0]}"
    compile_library(part / "single.abi3.so", "package_single.c", include, "-l:libgone.so")
    (part / "libgone.so").unlink()
    said = {}
    for name, text in {
        "may": "try:\n    from part import single\nexcept ImportError as error:\n    print(error)\n",
        "must": "from part import single\n",
    }.items():
        program, binary = tmp_path / f"{name}.py", tmp_path / name
        program.write_text(text)
        done = bundle(program, "--python", libraries.target.executable, "-o", binary)
        assert done.status == 0, done.stderr.decode()
        said[name] = done.stderr.decode()
        expected, found = run([libraries.target.executable, program]), run([binary])
        assert b"libgone.so: cannot open shared object file" in expected.stdout + expected.stderr
        assert (found.stdout, found.status) == (expected.stdout, expected.status)
        assert found.stderr.splitlines()[-1:] == expected.stderr.splitlines()[-1:]

    assert "note[missing-library]: the shared library `libgone.so` was not found: `part.single`" in said["may"]
    assert "warning[missing-library]: " in said["must"]
    before = (tmp_path / "must").read_bytes()
    strict = bundle(tmp_path / "must.py", "--python", libraries.target.executable, "-o", tmp_path / "must", "--strict")
    assert (strict.status, b"error[strict]: 1 warning" in strict.stderr) == (1, True)
    assert (tmp_path / "must").read_bytes() == before


def test_carried_module_in_cpp(newest_target: TargetPython, tmp_path: Path):
    """A C++ module that is carried as a file uses the system's C++ library, as the note says; its threads end as in Python."""
    source, include = tmp_path / "threads.py", newest_target.include_dirs[0]
    options = (*natives.TEXT_RELOCATIONS, f"-I{include}", "-DNAME=unwound", "-lstdc++", "-lgcc_s")
    compile_library(tmp_path / "unwound.abi3.so", "unwound.cpp", *options)
    source.write_text("import unwound\nprint(unwound.run())\n")
    done = bundle(source, "--python", newest_target.executable, "-o", tmp_path / "threads")
    assert done.status == 0, done.stderr.decode()

    assert b"note[system-runtime]: `libgcc_s.so.1` and `libstdc++.so.6` are the system's" in done.stderr
    assert b"for `unwound.abi3.so`" in done.stderr
    assert run([tmp_path / "threads"]) == run([newest_target.executable, source])


@pytest.mark.parametrize("is_first", [False, True])
def test_cpp_library_of_the_system(newest_target: TargetPython, tmp_path: Path, is_first: bool):
    """A C++ library that is loaded from the system catches exceptions before and after threads of a prelinked module have ended,
    which need the C library's unwinder.
    """
    outside = tmp_path / "outside"
    outside.mkdir()
    compile_library(outside / "libcatches.so", "catches.cpp", "-lstdc++", "-lgcc_s")
    include = newest_target.include_dirs[0]
    options = (f"-I{include}", "-DNAME=unwound", "-lstdc++", "-lgcc_s")
    compile_library(tmp_path / "unwound.abi3.so", "unwound.cpp", *options)
    source = tmp_path / "threads.py"
    steps = ("print(ctypes.CDLL(sys.argv[1]).catches())", "print(unwound.run())")
    lines = ("import ctypes, sys, unwound", *(steps if is_first else reversed(steps)), *steps)
    source.write_text("".join(f"{line}\n" for line in lines))
    done = bundle(source, "--python", newest_target.executable, "-o", tmp_path / "threads")
    assert done.status == 0, done.stderr.decode()

    found = run([tmp_path / "threads", outside / "libcatches.so"])

    assert found == run([newest_target.executable, source, outside / "libcatches.so"])
    assert b"22" in found.stdout
