"""Tries of programs: built here, run by QEMU, and compared with Python there. Noun: `Trial`; all of them: `TRIALS`."""

from __future__ import annotations

import difflib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bundler.elf import AARCH64, read_shared_object
from bundler.link.library_search import system_libraries
from bundler.link.system_libraries import LINKED_SYSTEM_LIBRARIES
from bundler.target import System
from tests import test_endings
from tests.aarch64.alignment import misaligned
from tests.aarch64.foreign import (
    FEW_ADDRESSES,
    LARGE_PAGES,
    OLD,
    QEMU,
    bundle_foreign,
    compilers,
    environment,
    headers,
    root,
    run_foreign,
    work_folder,
)
from tests.link import natives, test_natives
from tests.support import APPS, BUNDLE_ROOT, Outcome, Program, inspect
from tests.systems.facts import wrong_facts
from tests.systems.programs import SUBJECTS, Subject
from tests.systems.roots import make_root

_MOST_SHOWN = 12  # lines of a difference
_TRACED = {"BUNDLE_TRACE": "snapshot"}

# Programs of `tests.systems` that have a snapshot when nothing is asked for.
_RECORDED = {"hello", "greet", "standard-library", "wheels"}

# Differences that are right, with their reasons: by the arguments of a run, and a word of the lines that differ.
_STATIC_BLOCK = "the dynamic linker has no room for the variables that the module wants at a fixed place; a binary has"
EXPLAINED: Mapping[str, tuple[str, str]] = {
    "thread_initial_exec last": ("thread_initial_exec", _STATIC_BLOCK),
    "thread_initial_exec thread:thread_initial_exec thread_initial_exec": ("thread_initial_exec", _STATIC_BLOCK),
    "thread_extern_initial_exec last": ("thread_extern_initial_exec", _STATIC_BLOCK),
    "thread_large_fixed last": ("thread_large_fixed", _STATIC_BLOCK),
    "small:thread_large_fixed small:thread_own small:thread_extern": ("thread_large_fixed", _STATIC_BLOCK),
    "posix_spawn": (
        " True",
        "QEMU makes a copy of the process for `vfork`, in which a program that is not there is found out late",
    ),
    "relro last": ("relro says", "QEMU tells the permissions of two neighbours of the same file as one"),
}


class TrialError(Exception):
    """A program is not built; its text says why."""


@dataclass(frozen=True)
class Trial:
    """A program, what it shows, and how it is tried: a function that yields the arguments of each run and what differs."""

    name: str
    what: str
    attempt: Callable[[], Iterator[tuple[str, list[str]]]]


def _of_subject(name: str, *options: str, is_old: bool = False) -> Callable[[], Iterator[tuple[str, list[str]]]]:
    """A program of `tests.systems`. `is_old`: the binary runs with the oldest C library.

    Where it has a snapshot, each start must be restored from it; those in `_RECORDED` have one.
    """

    def attempt() -> Iterator[tuple[str, list[str]]]:
        subject = SUBJECTS[name]
        program = _built(subject, *options)
        prefix = make_root(OLD) if is_old else None
        # With a snapshot hashes are those of the recording, and the variable would make the start a usual one. A C library of before
        # 2.25 knows no snapshot.
        snapshot = None if is_old else inspect(program.binary)["snapshot"]
        hashes = {"PYTHONHASHSEED": str(snapshot["hash_seed"] if snapshot else 0)}
        own = _TRACED if snapshot else hashes
        # The caches that it was recorded with: those that QEMU has by itself no processor has.
        kernel = ("-cpu", AARCH64.emulated_processor) if snapshot else ()

        def compared(arguments: Sequence[str]) -> tuple[str, list[str]]:
            expected = _run(subject, "python", [*program.original, *arguments], None, kernel, hashes)
            found = _run(subject, "binary", [program.binary, *arguments], prefix, kernel, own)
            is_restored, found = _without_trace(program.binary, found)
            lines = list(_difference(_lines(program, expected), _lines(program, found)))
            return " ".join(arguments), lines or (["the start was a usual one"] if snapshot and not is_restored else [])

        if subject.name in _RECORDED and not (snapshot or is_old or options):
            yield "snapshot", ["it has none"]

        with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            yield from pool.map(compared, subject.runs)

    return attempt


def _built(subject: Subject, *options: str) -> Program:
    interpreter = environment(subject.requirements)
    folder = work_folder(f"{subject.name}{''.join(options)}")
    assert subject.source is not None, "a script has a shebang of this machine"
    source = folder / subject.source.name
    shutil.copy(subject.source, source)
    for name in subject.extensions:
        extension = subject.source.with_name(name)
        flags = ("-std=c++17", "-O2", "-shared", "-fPIC", f"-I{headers()}")
        made = folder / f"{extension.stem}.abi3.so"
        subprocess.run([*compilers().cpp, *flags, extension, "-o", made], check=True)
    binary = folder / "built" / source.name
    done = bundle_foreign(interpreter.python, binary, source, *options)
    if done.status:
        raise TrialError(done.stderr.decode(errors="replace"))
    return Program(interpreter, source, binary)


def _run(
    subject: Subject,
    form: str,
    command: Sequence[str | Path],
    prefix: Path | None,
    kernel: Sequence[str],
    variables: Mapping[str, str],
) -> Outcome:
    folder = work_folder(f"{subject.name}-{form}-{abs(hash(tuple(map(str, command))))}", subject.files)
    return run_foreign(command, prefix=prefix, cwd=folder, kernel=kernel, HOME=str(folder), COLUMNS="100", **variables)


def _without_trace(binary: Path, found: Outcome) -> tuple[bool, Outcome]:
    """True if a start was restored, which was told to tell, and its outcome without that line."""
    told = f"{binary}: snapshot: ".encode()
    lines = [line for line in found.stderr.splitlines(keepends=True) if line.startswith(told)]
    rest = b"".join(line for line in found.stderr.splitlines(keepends=True) if not line.startswith(told))
    return lines[:1] == [told + b"restored\n"], Outcome(found.status, found.stdout, rest)


def _natives(
    *options: str, kernel: Sequence[str] = (), name: str = "natives"
) -> Callable[[], Iterator[tuple[str, list[str]]]]:
    """The small modules in C and C++ of `tests.link`, alone and together; `kernel`: QEMU's options for another one."""

    def attempt() -> Iterator[tuple[str, list[str]]]:
        folder = work_folder(f"{name}{''.join(options)}")
        source = natives.build(folder, headers(), compilers())
        interpreter = environment()
        binary = folder / "built" / source.name
        done = bundle_foreign(interpreter.python, binary, source, *options)
        if done.status:
            raise TrialError(done.stderr.decode(errors="replace"))
        program = Program(interpreter, source, binary)
        yield "alignment", list(misaligned(binary))

        def compared(arguments: str) -> tuple[str, list[str]]:
            words = arguments.split()
            expected = run_foreign([*program.original, *words], kernel=kernel)
            found = run_foreign([binary, *words], kernel=kernel)
            moved = expected.stdout.replace(str(folder).encode(), BUNDLE_ROOT.encode())
            expected = Outcome(expected.status, moved, expected.stderr)
            return arguments, list(_difference(_lines(program, expected), _lines(program, found)))

        runs = (*(f"{name} last" for name in test_natives.CASES), *test_natives.COMBINATIONS)
        with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            yield from pool.map(compared, runs)

    return attempt


def _own(source: Path, runs: Sequence[str]) -> Callable[[], Iterator[tuple[str, list[str]]]]:
    """A program with the files of its folder."""

    def attempt() -> Iterator[tuple[str, list[str]]]:
        folder = work_folder(source.stem)
        copy = shutil.copytree(source.parent, folder / "program") / source.name
        binary = folder / "built" / source.name
        done = bundle_foreign(environment().python, binary, copy)
        if done.status:
            raise TrialError(done.stderr.decode(errors="replace"))
        program = Program(environment(), copy, binary)

        def compared(arguments: str) -> tuple[str, list[str]]:
            expected, found = (
                run_foreign([*command, *arguments.split()], cwd=folder) for command in (program.original, (binary,))
            )
            return arguments, list(_difference(_lines(program, expected), _lines(program, found)))

        with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            yield from pool.map(compared, runs)

    return attempt


# Those of a Raspberry Pi 3 and 4, and one as servers have.
_PROCESSORS = ("cortex-a53", "cortex-a72", "neoverse-n1")


def _recorded() -> Iterator[tuple[str, list[str]]]:
    """Starts from a snapshot, with kernels that have other pages and addresses, and on other processors."""
    source = Path(__file__).with_name("recorded.py")
    folder = work_folder("recorded")
    binary = folder / "built" / source.name
    done = bundle_foreign(environment().python, binary, source, "--snapshot", "require")
    if done.status:
        raise TrialError(done.stderr.decode(errors="replace"))
    program = Program(environment(), source, binary)
    expected = _lines(program, run_foreign([*program.original]))
    kernels = {"": (), **LARGE_PAGES, "39 bits": FEW_ADDRESSES}
    tries = {
        f"{processor} {name}".strip(): ("-cpu", processor, *kernel)
        for processor in _PROCESSORS
        for name, kernel in kernels.items()
    }
    for name, options in tries.items():
        is_restored, found = _without_trace(binary, run_foreign([binary], kernel=options, BUNDLE_TRACE="snapshot"))
        lines = list(_difference(expected, _lines(program, found)))
        yield name, lines or ([] if is_restored else ["the start was a usual one"])
    yield "alignment", list(misaligned(binary))


# Modules of the standard library that do something when they are imported, or need a display.
_LEFT_OUT = {
    "antigravity",
    "ensurepip",
    "idlelib",
    "lib2to3",
    "pydoc_data",
    "test",
    "this",
    "tkinter",
    "turtle",
    "turtledemo",
}


def _self_check() -> Iterator[tuple[str, list[str]]]:
    """The comparison of all static code of two hundred modules with what the interpreter makes of their sources."""
    interpreter = environment()
    names = {
        path.stem for path in interpreter.stdlib.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    imports = "".join(f"import {name}\n" for name in sorted(names - _LEFT_OUT) if not name.startswith("_"))
    folder = work_folder("self-check", {"modules.py": imports})
    done = bundle_foreign(interpreter.python, folder / "checked", folder / "modules.py", "--self-check")
    text = done.stderr.decode(errors="replace").splitlines()
    yield "--self-check", [] if done.status == 0 else text


def _facts() -> Iterator[tuple[str, list[str]]]:
    """The comparison of what Debian's C library tells of glibc 2.17 with a real one."""
    known = system_libraries(AARCH64, System(root(), (QEMU,)))
    here = {name: read_shared_object(known[name]) for name in LINKED_SYSTEM_LIBRARIES if name in known}
    yield "the symbols of glibc 2.17", list(wrong_facts(here, make_root(OLD) / "lib"))


def _difference(expected: Sequence[str], found: Sequence[str]) -> Iterator[str]:
    """Lines of a difference, with `-` what Python writes and with `+` what the binary writes."""
    for line in [*difflib.unified_diff(expected, found, lineterm="", n=0)][2:]:
        if not line.startswith("@@"):
            yield line


def _lines(program: Program, outcome: Outcome) -> list[str]:
    texts = (program.normalise(text) for text in (outcome.stdout, outcome.stderr))
    return [f"status {outcome.status}", *(line for text in texts for line in text.splitlines())]


def unexplained(run: str, lines: Sequence[str]) -> list[str]:
    """The first lines of a difference that has no explanation."""
    word, _ = EXPLAINED.get(run, ("", ""))
    left = [line for line in lines if not (word and word in line)]
    return left[:_MOST_SHOWN]


_SHARED = ("--libpython", "shared")

TRIALS = {
    trial.name: trial
    for trial in (
        Trial("hello", "prints a line", _of_subject("hello")),
        Trial("hello-shared", "the same, with the shared libpython", _of_subject("hello", *_SHARED)),
        Trial("hello-2.17", "the same, with glibc 2.17", _of_subject("hello", is_old=True)),
        Trial("hello-static", "the same, linked statically", _of_subject("hello", "--static")),
        Trial("greet", "typer and rich", _of_subject("greet")),
        Trial(
            "natives",
            "small modules in C and C++: the order of look-ups, versions, every model of thread-local variables, threads with "
            "small stacks, IFUNC, constructors, exceptions, libraries carried as files",
            _natives(),
        ),
        Trial("natives-shared", "the same, with the shared libpython", _natives(*_SHARED)),
        *(
            Trial(
                f"natives-{size.partition(' ')[0]}k",
                f"the same, with pages of {size}",
                _natives(kernel=kernel, name=f"natives-{size.partition(' ')[0]}k"),
            )
            for size, kernel in LARGE_PAGES.items()
        ),
        Trial(
            "natives-39",
            "the same, with addresses of 39 bits",
            _natives(kernel=FEW_ADDRESSES, name="natives-39"),
        ),
        Trial("cpp", "exceptions through two C++ modules, threads, locales, file systems", _of_subject("cpp")),
        Trial("cpp-static", "the same, linked statically", _of_subject("cpp", "--static")),
        Trial(
            "standard-library",
            "groups of the standard library: processes, pools, sockets, signals, threads, files",
            _of_subject("standard-library"),
        ),
        Trial("own-data", "data files of the program's own", _own(APPS / "own_data" / "own_data.py", ("",))),
        Trial("endings", "how programs end", _own(APPS / "endings" / "endings.py", test_endings.CASES)),
        Trial("wheels", "wheels in C, C++, Cython and Rust, numpy with OpenBLAS among them", _of_subject("wheels")),
        Trial("wheels-2.17", "the same, with glibc 2.17", _of_subject("wheels", is_old=True)),
        Trial(
            "recorded",
            "a start from a snapshot that QEMU recorded as on a Cortex-A53: callbacks, threads, OpenSSL, SQLite; with pages of "
            "4, 16 and 64 KiB, addresses of 39 bits, and other processors",
            _recorded,
        ),
        Trial("glibc", "what is known of glibc 2.17, compared with a real one", _facts),
        Trial("self-check", "the static code of two hundred modules of the standard library", _self_check),
    )
}
