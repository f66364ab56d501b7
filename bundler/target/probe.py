"""Ask the target interpreter about itself, and refuse what cannot be embedded before any work is done."""

from __future__ import annotations

import json
from pathlib import Path

from bundler.context import BuildContext
from bundler.elf import MACHINES, Machine, machine_for_python
from bundler.errors import BundleError
from bundler.interpreters import broken_link
from bundler.process import CommandError, run
from bundler.target.layout import measure_layout
from bundler.target.libpython import find_libpython
from bundler.target.model import Linkage, System, TargetPython
from bundler.target.system import find_system, other_machine, this_machine
from bundler.target.worker.schema import InterpreterFacts

_FACTS = Path(__file__).parent / "worker" / "interpreter_facts.py"

OLDEST = (3, 11)
NEWEST = (3, 15)


def probe(executable: Path, context: BuildContext, linkage: Linkage | None = None) -> TargetPython:
    """Facts about the interpreter at `executable`; BundleError when it cannot be embedded.

    The compiler measures the object layout, once per set of headers. `linkage`: the kind of libpython that is asked for.
    """
    system = find_system(executable, context.foreign, context.toolchain)
    facts = _ask(executable, system)
    machine = _supported_machine(executable, facts)
    wanted = context.foreign or this_machine()
    if (
        wanted is not None and machine != wanted
    ):  # the file is a script, with an interpreter for another machine behind it
        raise other_machine(executable, machine, wanted)
    include_dirs = _include_dirs(executable, facts)
    major, minor, micro = facts["version"]
    return TargetPython(
        # Its own word for itself: `executable` may be a slow shim in front of it.
        executable=Path(facts["executable"]),
        version=(major, minor, micro),
        version_text=facts["version_text"],
        hexversion=facts["hexversion"],
        platlibdir=facts["platlibdir"],
        prefix=Path(facts["prefix"]),
        base_prefix=Path(facts["base_prefix"]),
        search_path=tuple(Path(entry) for entry in facts["path"]),
        stdlib=Path(facts["stdlib"]),
        include_dirs=include_dirs,
        libpython=find_libpython(
            executable,
            facts["version_text"],
            facts["variables"],
            linkage,
            Path(facts["base_prefix"]),
            system,
            context.cache,
        ),
        machine=machine,
        system=system,
        builtin_modules=frozenset(facts["builtin"]),
        stdlib_modules=frozenset(facts["stdlib_modules"]),
        early_modules=frozenset(facts["early_modules"]),
        extension_suffixes=tuple(facts["suffixes"]),
        markers=facts["markers"],
        layout=measure_layout(include_dirs, facts["hexversion"], system, context.toolchain, context.cache),
    )


def _ask(executable: Path, system: System) -> InterpreterFacts:
    try:
        # As a script, not through `-c`, which imports modules that no program finds there (linecache, since 3.13).
        done = run([*system.command(executable), "-B", "-X", "utf8", _FACTS], environment={"PYTHONSAFEPATH": "1"})
        facts: InterpreterFacts = json.loads(done.stdout)
    except CommandError as error:
        target = broken_link(executable)
        if target is not None:
            raise BundleError(
                "bad-python",
                f"`{executable}` is a broken link to `{target}`",
                hint="the Python that the environment was made with is gone: make the environment anew, "
                "or name another interpreter with `--python PYTHON`",
            ) from error
        raise BundleError(
            "bad-python",
            f"`{executable}` does not work as a Python interpreter: {error.reason}",
            notes=tuple(error.output.strip().splitlines()[-1:]),
            hint="name the interpreter to embed with `--python PATH`; it must be CPython 3.11 or newer",
        ) from error
    except ValueError as error:
        raise BundleError(
            "bad-python",
            f"`{executable}` does not work as a Python interpreter: it gave no answer",
            hint="name the interpreter to embed with `--python PATH`; it must be CPython 3.11 or newer",
        ) from error
    return facts


def _supported_machine(executable: Path, facts: InterpreterFacts) -> Machine:
    """The interpreter's machine; BundleError when this build of Python cannot be embedded."""
    version = tuple(facts["version"][:2])
    name = f"`{executable}` (Python {facts['version_text']})"
    supported = f"CPython {OLDEST[0]}.{OLDEST[1]} to {NEWEST[0]}.{NEWEST[1]}, as built by default, can be embedded"
    machine = machine_for_python(facts["machine"])
    problem = None
    if facts["implementation"] != "cpython":
        problem = f"{name} is {facts['implementation']}, not CPython"
    elif version < OLDEST:
        problem = f"{name} is too old"
    elif version > NEWEST:
        problem = f"{name} is newer than this bundler knows"
    elif facts["free_threaded"]:
        problem = f"{name} is a free-threaded build"
    elif facts["debug"]:
        problem = f"{name} is a debug build"
    elif not facts["is_64bit"]:
        problem = f"{name} is a 32-bit build"
        supported = f"only 64-bit Pythons for {' or '.join(each.name for each in MACHINES.values())} are supported"
    elif facts["platform"] != "linux" or machine is None or facts["libc"] != "glibc":
        problem = (
            f"{name} is for {facts['platform']} on {facts['machine']} with {facts['libc'] or 'an unknown C library'}"
        )
        names = " or ".join(each.name for each in MACHINES.values())
        supported = f"only Linux on {names} with the GNU C library is supported"
    if problem:
        raise BundleError("unsupported-python", problem, hint=f"{supported}; choose another with `--python PATH`")
    assert machine is not None, "refused above"
    return machine


def _include_dirs(executable: Path, facts: InterpreterFacts) -> tuple[Path, ...]:
    folders = tuple(dict.fromkeys(Path(folder) for folder in facts["include"]))
    if not any((folder / "internal" / "pycore_code.h").is_file() for folder in folders):
        raise BundleError(
            "no-headers",
            f"`{executable}` has no C headers",
            notes=(f"looked for internal/pycore_code.h in {', '.join(map(str, folders))}",),
            hint="install its development files (Debian: `python3-dev`), or choose another with `--python PATH`",
        )
    return folders
