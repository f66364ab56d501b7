"""Small shared libraries and extension modules, and a program that runs them: what prelinking must not change.

The sources are in `native/`. Modules keep to the stable ABI, so that one build serves every version of Python.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

SOURCES = Path(__file__).parent / "native"


# Ways to code thread-local variables, which have another option on each processor.
DESCRIPTORS, CALLS = "{descriptors}", "{calls}"


@dataclass(frozen=True)
class Compilers:
    """The commands of a machine's compilers, and the options for the two ways to code thread-local variables."""

    c: tuple[str, ...] = ("gcc",)
    cpp: tuple[str, ...] = ("g++",)
    descriptors: str = "-mtls-dialect=gnu2"
    calls: str = "-mtls-dialect=gnu"

    def options(self, flags: Iterable[str]) -> Iterator[str]:
        """The flags of a part, as this machine's compilers know them."""
        ways = {DESCRIPTORS: self.descriptors, CALLS: self.calls}
        return (ways.get(flag, flag) for flag in flags)


HERE = Compilers()


@dataclass(frozen=True)
class Part:
    """A shared object: `needs` are libraries by the names they have here, in the order in which they are linked."""

    name: str
    source: str
    needs: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    # For libraries that are replaced later by another of the same name: what is linked meanwhile has its symbols.
    soname: str = ""


def _texts(**macros: str) -> tuple[str, ...]:
    return tuple(f'-D{name}="{text}"' for name, text in macros.items())


_INIT = ("-Wl,-init=initialise", "-Wl,-fini=finalise")  # in place of those of the compiler: DT_INIT and DT_FINI

NOW = "-Wl,-z,now"
TEXT_RELOCATIONS = ("-fno-pic", "-mcmodel=large", "-Wl,-z,notext")
VERSIONS = "-Wl,--version-script={sources}/versioned-{age}.map"

LIBRARIES = (
    Part("first", "which.c", flags=_texts(ANSWER="first")),
    Part("second", "which.c", flags=_texts(ANSWER="second")),
    Part("own", "which.c", flags=(*_texts(ANSWER="own"), "-DCALL=call_own")),
    Part("other", "which.c", flags=(*_texts(ANSWER="other"), "-DCALL=call_other")),
    Part("symbolic", "which.c", flags=(*_texts(ANSWER="symbolic"), "-DCALL=call_symbolic", "-Wl,-Bsymbolic")),
    Part("protected", "which.c", flags=(*_texts(ANSWER="protected"), "-DCALL=call_protected", "-DPROTECTED")),
    Part("caller", "caller.c", flags=("-fno-builtin",)),
    Part("deep", "empty.c", needs=("second",)),
    Part("unversioned", "versioned.c", flags=("-DAGE=0",), soname="libversioned.so"),
    Part(
        "versioned1",
        "versioned.c",
        flags=("-DAGE=1", VERSIONS.format(sources=SOURCES, age=1)),
        soname="libversioned.so",
    ),
    Part("versioned", "versioned.c", flags=("-DAGE=2", VERSIONS.format(sources=SOURCES, age=2))),
    Part("data", "data.c"),
    Part("function", "function.c"),
    Part("ifunc", "ifunc.c"),
    Part("thread", "thread.c", flags=(CALLS,)),
    Part("thread-desc", "thread.c", flags=(DESCRIPTORS,)),
    Part("inner", "lifetime.c", flags=(*_texts(NOTE="inner"), "-DJOINED=inner_atexit", *_INIT)),
    Part("outer", "lifetime.c", needs=("inner",), flags=(*_texts(NOTE="outer"), "-DJOINED=outer_atexit", *_INIT)),
    Part("cycle2-first", "cycle.c", flags=("-DOWN=two", "-DOTHER=one", "-DDIGIT=2"), soname="libcycle2.so"),
    Part("cycle1", "cycle.c", needs=("cycle2-first",), flags=("-DOWN=one", "-DOTHER=two", "-DDIGIT=1")),
    Part("cycle2", "cycle.c", needs=("cycle1",), flags=("-DOWN=two", "-DOTHER=one", "-DDIGIT=2")),
    Part("failing", "failing.c"),
    Part("under", "which.c", flags=_texts(ANSWER="under")),
    Part("throw", "throw.cpp"),
    Part("stop", "stop.c"),
)

# Not there when the program runs.
_REPLACED = ("unversioned", "versioned1", "cycle2-first")


def _order(name: str, expression: str, *needs: str, flags: tuple[str, ...] = ()) -> Part:
    return Part(name, "order.c", needs, (f"-DEXPRESSION={expression}", *flags))


MODULES = (
    _order("order_first_second", "which()", "first", "second"),
    _order("order_second_first", "which()", "second", "first"),
    _order("order_breadth", "which()", "deep", "first"),
    _order("order_depth", "which()", "deep"),
    _order("order_own", "which()", "first", flags=("-DOWN",)),
    _order("order_underlinked", "call_which()", "caller", "first"),
    _order("order_underlinked_own", "call_which()", "caller", flags=("-DOWN",)),
    _order("order_interposed", "call_own()", "own", flags=("-DOWN",)),
    _order("order_interposed_by_library", "call_other()", "first", "other"),
    _order("order_symbolic", "call_symbolic()", "symbolic", flags=("-DOWN",)),
    _order("order_protected", "call_protected()", "protected", flags=("-DOWN",)),
    Part("order_libc", "order_libc.c", ("caller", "first"), ("-fno-builtin",)),
    Part("versions_none", "versions.c", ("unversioned",)),
    Part("versions_old", "versions.c", ("versioned1",)),
    Part("versions_new", "versions.c", ("versioned",)),
    Part("weak_without", "weak.c"),
    Part("weak_with", "weak.c", ("first",)),
    Part("use_data", "use_data.c", ("data",)),
    Part("use_data_now", "use_data.c", ("data",), (NOW,)),
    Part("use_function", "use_function.c", ("function",)),
    Part("use_function_now", "use_function.c", ("function",), (NOW,)),
    Part("use_ifunc", "use_ifunc.c", ("ifunc",)),
    Part("use_ifunc_now", "use_ifunc.c", ("ifunc",), (NOW,)),
    Part("thread_own", "use_thread.c", flags=(CALLS,)),
    Part("thread_initial_exec", "use_thread.c", flags=("-ftls-model=initial-exec",)),
    Part("thread_descriptor", "use_thread.c", flags=(DESCRIPTORS,)),
    Part("thread_extern", "use_thread.c", ("thread",), ("-DEXTERN", CALLS)),
    Part("thread_extern_initial_exec", "use_thread.c", ("thread",), ("-DEXTERN", "-ftls-model=initial-exec")),
    Part("thread_extern_descriptor", "use_thread.c", ("thread-desc",), ("-DEXTERN", DESCRIPTORS)),
    Part("relative", "relative.c"),
    Part("relative_packed", "relative.c", flags=("-Wl,-z,pack-relative-relocs",)),
    Part("relative_sysv_hash", "relative.c", flags=("-Wl,--hash-style=sysv",)),
    Part("relative_separate", "relative.c", flags=("-Wl,-z,separate-code", "-Wl,-z,norelro")),
    Part("relative_together", "relative.c", flags=("-Wl,-z,noseparate-code", "-Wl,-z,max-page-size=65536", NOW)),
    Part("relative_small_pages", "relative.c", flags=("-Wl,-z,max-page-size=4096", "-Wl,-z,common-page-size=4096")),
    Part("use_lifetime", "use_lifetime.c", ("outer",)),
    Part("use_cycle", "use_cycle.c", ("cycle1", "cycle2")),
    Part("aligned", "aligned.c"),
    Part("undefined", "undefined.c"),
    Part("undefined_below", "empty.c", ("failing",)),
    Part("dl", "dl.c", ("first",)),
    Part("use_throw", "use_throw.cpp", ("throw",)),
    Part("use_stop", "use_stop.c", ("stop",)),
    Part("unique_one", "unique.cpp"),
    Part("unique_two", "unique.cpp"),
    Part("unique_three", "unique.cpp", flags=("-Wl,-Bsymbolic",)),
    Part("thread_large", "thread_large.c", flags=("-DSIZE=70000", "-DALIGNMENT=4096")),
    Part(
        "thread_large_packed", "thread_large.c", flags=("-DSIZE=70000", "-DALIGNMENT=64", "-Wl,-z,pack-relative-relocs")
    ),
    Part("thread_large_fixed", "thread_large.c", flags=("-DSIZE=100", "-DALIGNMENT=64", "-ftls-model=initial-exec")),
    Part("thread_ended", "thread_ended.cpp"),
    Part("unwound", "unwound.cpp"),
    Part("unwound_plain", "unwound.c"),
    Part("statics", "statics.cpp"),
    Part("file_stream", "file_stream.cpp"),
    Part("file_removed", "file_removed.cpp", flags=("-std=c++17",)),
    Part("forked", "forked.c"),
    Part("names", "names.c"),
    Part("interned", "interned.c"),
    Part("newer", "newer.c"),
    Part("newer_weak", "newer.c", flags=("-DWEAK",)),
    Part("relro", "relro.c"),
    Part("relro_late", "relro.c", flags=("-DLATE",)),
    Part("relro_late_now", "relro.c", flags=("-DLATE", NOW)),
    Part("capsule_offer", "capsule.c"),
    Part("capsule_use", "capsule.c", flags=("-DIMPORT",)),
    # These cannot be prelinked.
    _order("carried_text", "which()", "under", flags=TEXT_RELOCATIONS),
    _order("carried_beside", "which()", "under"),
    Part("carried_stack", "order.c", ("under",), ("-DEXPRESSION=which()", "-Wl,-z,execstack")),
    Part("undefined_carried", "undefined.c", flags=TEXT_RELOCATIONS),
    Part("undefined_thread", "thread_large.c", flags=("-DSIZE=70000", "-DALIGNMENT=64", "-ftls-model=initial-exec")),
)

CARRIED = {
    "carried_text.abi3.so": "has relocations in its text",
    "carried_stack.abi3.so": "asks for an executable stack",
    "libunder.so": "is needed by `carried_stack.abi3.so`, which is carried as a file",
    "undefined_carried.abi3.so": "has relocations in its text",
    "undefined_thread.abi3.so": "has 140096 bytes of thread-local storage at a fixed place, "
    "and there is room for 16384 in all",
}

_FLAGS = ("-shared", "-fPIC", "-O1", "-g0", "-w", "-Wl,--no-as-needed", "-Wl,--enable-new-dtags", "-Wl,-rpath,$ORIGIN")

_PROGRAM = '''
"""Imports the modules that it is told to, and shows what they say."""

import importlib
import os
import sys
import threading
import time


SMALL = max(65536, os.sysconf("SC_THREAD_STACK_MIN"))
TASKS = len(os.listdir("/proc/self/task"))  # an emulator has some of its own


def every():
    """For the build: which modules there are."""
    import {names}


def show(name):
    try:
        module = importlib.import_module(name)
    except ImportError as error:
        print(name, "failed", type(error).__name__, str(error).replace(error.path or "-", error.name or "-"), flush=True)
    else:
        print(name, "says", module.run(), flush=True)


def call_with_keywords(function):
    """For a module that compares names by their addresses."""
    function(keyword_by_text=1, keyword_in_place=2)


def show_in_thread(name):
    thread = threading.Thread(target=show, args=[name])
    thread.start()
    thread.join()
    # What the system does at the end of a thread comes after Python's.
    while len(os.listdir("/proc/self/task")) > TASKS:
        time.sleep(0.001)


for argument in sys.argv[1:]:
    way, _, rest = argument.rpartition(":")
    if argument == "last":
        print("end", flush=True)
    elif way == "thread":
        show_in_thread(rest)
    elif way == "small":
        before = threading.stack_size(SMALL)
        show_in_thread(rest)
        threading.stack_size(before)
    elif way == "file":
        import hashlib

        path = os.path.join(os.path.dirname(__file__), rest)
        with open(path, "rb") as file:
            print(rest, os.stat(path).st_size, hashlib.sha256(file.read()).hexdigest())
    elif way == "library":
        import ctypes

        function = ctypes.CDLL(rest).which
        function.restype = ctypes.c_char_p
        print(rest, function(), flush=True)
    else:
        show(rest)
'''


HAS_CPP = shutil.which("g++") is not None


def supported(part: Part) -> bool:
    """Can this be built here?"""
    return HAS_CPP or not part.source.endswith(".cpp")


def _command(part: Part, folder: Path, output: Path, include: Path, compilers: Compilers) -> Iterator[str | Path]:
    yield from compilers.cpp if part.source.endswith(".cpp") else compilers.c
    yield from (*_FLAGS, *compilers.options(part.flags))
    yield from (f"-I{include}", SOURCES / part.source, "-o", output, f"-L{folder}")
    yield from (f"-l{name}" for name in part.needs)


def build(folder: Path, include: Path, compilers: Compilers = HERE) -> Path:
    """Make the libraries, the modules and the program in a folder; the program's path.

    `include` has the headers of the oldest Python for which the modules are meant.
    """
    for part in filter(supported, LIBRARIES):
        name = part.soname or f"lib{part.name}.so"
        command = [*_command(part, folder, folder / f"lib{part.name}.so", include, compilers), f"-Wl,-soname,{name}"]
        subprocess.run(command, check=True)
    modules = [part for part in MODULES if supported(part)]
    commands = [
        [*_command(part, folder, folder / f"{part.name}.abi3.so", include, compilers), f"-DNAME={part.name}"]
        for part in modules
    ]
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        list(pool.map(lambda command: subprocess.run(command, check=True), commands))
    for name in _REPLACED:
        (folder / f"lib{name}.so").unlink()
    program = folder / "program.py"
    program.write_text(_PROGRAM.format(names=", ".join(part.name for part in modules)).lstrip())
    return program
