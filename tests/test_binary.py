"""The executable as a file: its ELF structures, what it opens when it starts, and that equal input gives equal bytes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from elftools.elf.constants import P_FLAGS
from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

from tests.support import (
    APPS,
    EXAMPLES,
    LIBPYTHON,
    ROOT,
    Interpreter,
    Outcome,
    Program,
    bundle,
    plain_environment,
    run,
)

# Linux before 6.17 refuses more than 73.
MOST_PROGRAM_HEADERS = 60

# Parts of the C library and of its name services; all else is in the binary.
SYSTEM_LIBRARIES = re.compile(
    r"/(lib64|lib/x86_64-linux-gnu|usr/lib/x86_64-linux-gnu|usr/lib64)/"
    r"(ld-linux-x86-64|libc|libm|libdl|libpthread|librt|libutil|libgcc_s|libresolv|libnss_\w+)\.so\.\d+"
)


@pytest.fixture(scope="session")
def fetch(program: Callable[[Path], Program]) -> Program:
    """A program with extension modules, libraries of the system and data files."""
    return program(EXAMPLES / "fetch" / "fetch.py")


@pytest.mark.one_python
def test_executable_has_fixed_addresses(fetch: Program):
    """The type is ET_EXEC, in the eyes of another ELF reader than ours."""
    with fetch.binary.open("rb") as file:
        assert ELFFile(file)["e_type"] == "ET_EXEC"


def test_few_program_headers(fetch: Program):
    """Every kernel accepts the number of program headers: prelinked objects are not among them."""
    with fetch.binary.open("rb") as file:
        assert ELFFile(file).num_segments() <= MOST_PROGRAM_HEADERS


def test_nothing_is_writable_and_executable(fetch: Program):
    """No segment is both, and the stack is not executable."""
    with fetch.binary.open("rb") as file:
        segments = {(segment["p_type"], segment["p_flags"]) for segment in ELFFile(file).iter_segments()}
    both = P_FLAGS.PF_W | P_FLAGS.PF_X

    assert not {type_ for type_, flags in segments if flags & both == both}
    assert [flags & P_FLAGS.PF_X for type_, flags in segments if type_ == "PT_GNU_STACK"] == [0]
    assert "PT_GNU_RELRO" in {type_ for type_, _ in segments}


def test_dynamic_linker_is_told_nothing_else(fetch: Program):
    """No run path, no text relocations, and only the C library is needed."""
    with fetch.binary.open("rb") as file:
        dynamic = ELFFile(file).get_section_by_name(".dynamic")
        assert isinstance(dynamic, DynamicSection)
        tags = [(tag.entry.d_tag, getattr(tag, "needed", None)) for tag in dynamic.iter_tags()]

    assert not {"DT_RPATH", "DT_RUNPATH", "DT_TEXTREL"} & {tag for tag, _ in tags}
    assert {name for tag, name in tags if tag == "DT_NEEDED"} <= {
        *("libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libutil.so.1"),
        *("ld-linux-x86-64.so.2", "libgcc_s.so.1"),
    }


def test_exports_are_pythons(fetch: Program):
    """Only Py* and _Py* are exported (the linkers add nothing of their own), so no library of the host binds to us."""
    with fetch.binary.open("rb") as file:
        table = ELFFile(file).get_section_by_name(".dynsym")
        assert isinstance(table, SymbolTableSection)
        exported = {symbol.name for symbol in table.iter_symbols() if symbol["st_shndx"] != "SHN_UNDEF"}

    assert {name for name in exported if not name.startswith(("Py", "_Py"))} == set()
    assert {"PyObject_Call", "_Py_NoneStruct", "Py_IncRef"} <= exported


def test_has_symbols_for_debuggers(fetch: Program):
    """gdb, perf and py-spy find functions and the interpreter's state by name."""
    with fetch.binary.open("rb") as file:
        table = ELFFile(file).get_section_by_name(".symtab")
        assert isinstance(table, SymbolTableSection)
        names = {symbol.name for symbol in table.iter_symbols()}

    assert {"main", "_PyRuntime", "_PyEval_EvalFrameDefault"} <= names


def test_has_no_names_of_frozen_objects(fetch: Program):
    """Names by which the linker knew tens of thousands of strings and codes are not carried along."""
    with fetch.binary.open("rb") as file:
        elf = ELFFile(file)
        frozen = {index for index, section in enumerate(elf.iter_sections()) if section.name.startswith(".frozen")}
        table = elf.get_section_by_name(".symtab")
        assert isinstance(table, SymbolTableSection)

        assert frozen
        assert not [symbol.name for symbol in table.iter_symbols() if symbol["st_shndx"] in frozen]


@pytest.mark.parametrize("options", [[], ["--strip-unneeded"], ["--strip-debug"]], ids=" ".join)
def test_survives_strip(fetch: Program, tmp_path: Path, options: list[str]):
    """Packagers strip what they pack: the binary still runs, extension modules and data files included."""
    stripped = tmp_path / fetch.binary.name
    shutil.copy(fetch.binary, stripped)
    done = run(["strip", *options, stripped])
    assert done.status == 0, done.stderr

    if not options:
        assert stripped.stat().st_size < fetch.binary.stat().st_size
    assert stripped.stat().st_size <= fetch.binary.stat().st_size
    assert run([stripped, "https://localhost:1/"]) == run([fetch.binary, "https://localhost:1/"])


def test_runs_from_anywhere(fetch: Program, tmp_path: Path):
    """A copy runs under another name, without write permission, through a symbolic link, and from another folder."""
    moved = tmp_path / "another name"
    shutil.copy(fetch.binary, moved)
    moved.chmod(0o555)
    link = tmp_path / "link"
    link.symlink_to(moved.name)
    expected = run([fetch.binary, "https://localhost:1/"])

    for command in ([moved], [link], ["./link"]):
        assert run([*command, "https://localhost:1/"], cwd=tmp_path) == expected
    on_path = plain_environment(PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert run(["bash", "-c", "link https://localhost:1/"], environment=on_path, cwd=Path("/")) == expected


# --- What it opens ----------------------------------------------------------------------------------------------------


@pytest.fixture
def traced(tmp_path: Path) -> Callable[..., tuple[Outcome, list[str]]]:
    """Runs a program under strace: its outcome, and its system calls about files, those that failed left out."""
    if shutil.which("strace") is None:
        pytest.skip("`strace` is not installed")

    def traced(*command: str | Path) -> tuple[Outcome, list[str]]:
        log = tmp_path / "calls.txt"
        calls = "--trace=%file,memfd_create"
        done = run(["strace", "--follow-forks", "--successful-only", "--quiet=all", calls, f"--output={log}", *command])
        if b"ptrace" in done.stderr:
            pytest.skip(f"`strace` may not trace here: {done.stderr.decode()}")
        return done, [line.split(" ", 1)[1].strip() for line in log.read_text().splitlines()]

    return traced


def _opened(calls: list[str]) -> list[str]:
    return [match[1] for call in calls if (match := re.match(r'open(?:at)?\((?:\w+, )?"([^"]*)"', call))]


@pytest.mark.parametrize("arguments", [["--help"], ["https://localhost:1/"]])
def test_opens_no_library(fetch: Program, traced: Callable[..., tuple[Outcome, list[str]]], arguments: list[str]):
    """Extension modules and their libraries are never opened as files: the C library is the only one there is."""
    done, calls = traced(fetch.binary, *arguments)
    libraries = [path for path in _opened(calls) if ".so" in path and not path.endswith("ld.so.cache")]

    assert done.status in {0, 1}
    assert any("/libc.so" in path for path in libraries)
    assert [path for path in libraries if not SYSTEM_LIBRARIES.fullmatch(path)] == []


@pytest.mark.parametrize("arguments", [["--help"], ["https://localhost:1/"]])
def test_makes_no_file(fetch: Program, traced: Callable[..., tuple[Outcome, list[str]]], arguments: list[str]):
    """Nothing is unpacked: no file is made or written, no folder made, nothing renamed or removed."""
    _, calls = traced(fetch.binary, *arguments)
    changing = ("creat(", "mkdir", "rename", "unlink", "link", "symlink", "mknod", "rmdir", "truncate", "chmod")
    writing = [call for call in calls if re.search(r"O_CREAT|O_WRONLY|O_RDWR|O_TMPFILE", call)]

    assert [call for call in calls if call.startswith(changing)] == []
    assert [call for call in writing if '"/dev/null"' not in call] == []


def test_start_needs_no_memory_file(fetch: Program, traced: Callable[..., tuple[Outcome, list[str]]]):
    """Starting copies nothing, not even into memory."""
    _, calls = traced(fetch.binary, "--help")

    assert [call for call in calls if call.startswith("memfd_create")] == []


def test_reads_nothing_of_python(fetch: Program, traced: Callable[..., tuple[Outcome, list[str]]]):
    """No file of a Python installation or of the build is even looked at."""
    done, calls = traced(fetch.binary, "https://localhost:1/")
    paths = [match[1] for call in calls if (match := re.search(r'"([^"]*)"', call))]
    prefix = str(fetch.interpreter.base.parent.parent)
    # Of a Python that comes with the system only what is named after it is Python's.
    foreign = (*({prefix} - {"/usr"}), str(fetch.interpreter.environment), str(ROOT), "python3")

    assert b"Connection refused" in done.stderr
    assert [path for path in paths if any(word in path for word in foreign)] == []


# --- Reproducible builds ----------------------------------------------------------------------------------------------


@pytest.mark.one_python
def test_builds_are_reproducible(interpreter: Interpreter, tmp_path: Path):
    """Other folders, users, caches, times and hash seeds: the same bytes, and none of those names is in them."""
    # One cache is new and one that of all tests, to compile everything only once more.
    shared_cache = os.environ.get("BUNDLER_CACHE_DIR", str(Path.home() / ".cache" / "bundler"))
    binaries = []
    for number, name in enumerate(("ophelia", "rosencrantz")):
        home = tmp_path / f"home-of-{name}"
        project = home / "a" / f"project-of-{name}"
        shutil.copytree(APPS / "certificates", project, ignore=shutil.ignore_patterns("__pycache__"))
        source = project / "certificates.py"
        os.utime(source, (10**9 * number, 10**9 * number))
        variables = {
            "HOME": str(home),
            "USER": name,
            "LOGNAME": name,
            "TZ": f"XYZ{number}",
            "PYTHONHASHSEED": str(number),
            "LC_ALL": ("C", "C.UTF-8")[number],
            "TMPDIR": str(home),
            "XDG_CACHE_HOME": str(home / "cache"),
            "BUNDLER_CACHE_DIR": (str(home / f"cache-of-{name}"), shared_cache)[number],
        }
        binary = tmp_path / f"output-of-{name}" / "certificates"
        target = source if number else Path("certificates.py")
        done = bundle(target, "--python", interpreter.python, "-o", binary, cwd=project, **variables)
        assert done.status == 0, done.stderr
        binaries.append(binary.read_bytes())
    private = (
        *("ophelia", "rosencrantz", str(tmp_path), str(ROOT), str(interpreter.environment)),
        str(Path.home() / ".cache"),
        # The system's own Python is at home where every system has its libraries; a shared libpython names its home.
        *(
            []
            if interpreter.base.parent == Path("/usr/bin") or "shared" in LIBPYTHON
            else [str(interpreter.base.parent.parent)]
        ),
    )

    assert binaries[0] == binaries[1]
    assert [text for text in private if text.encode() in binaries[0]] == []


@pytest.mark.proof
def test_environments_at_different_paths(one_interpreter: Interpreter, tmp_path: Path):
    """The same packages in an environment that lies elsewhere give the same bytes, and no path of it is in them.

    pip writes the path into scripts, and their hashes into RECORD.
    """
    pin = next(line for line in (ROOT / "tests/requirements-apps.txt").read_text().split() if line.startswith("httpie"))
    binaries = []
    for name in ("ophelia", "a/longer/path/of/rosencrantz"):
        environment = tmp_path / name
        subprocess.run([one_interpreter.base, "-m", "venv", environment], check=True)
        quiet = ("--quiet", "--disable-pip-version-check", "--only-binary=:all:")
        subprocess.run([environment / "bin/pip", "install", *quiet, pin], check=True, env=plain_environment())
        done = bundle("--script", "http", "--python", environment / "bin/python", "-o", tmp_path / "http", cwd=tmp_path)
        assert done.status == 0, done.stderr.decode()
        binaries.append((tmp_path / "http").read_bytes())

    assert binaries[0] == binaries[1]
    assert str(tmp_path).encode() not in binaries[0]
