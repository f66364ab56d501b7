"""`bundle doctor`: examines the machine, and says what each Python on it lacks to be embedded, and what building for another
processor lacks.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import partial
from pathlib import Path

from bundler import __version__
from bundler.cache import Cache
from bundler.cache_limit import entries
from bundler.context import BuildContext
from bundler.elf import MACHINES, Machine
from bundler.errors import BundleError, Diagnostic, Severity
from bundler.glibc import find_static_library
from bundler.interpreters import every_python
from bundler.link import check_linker
from bundler.packages import family_of_system
from bundler.process import CommandError
from bundler.report import Item, Reporter, Section, count_text, size_text
from bundler.schema import FORMAT, CheckRow, DoctorDocument
from bundler.target import Linkage, find_emulator, probe, this_machine
from bundler.target.probe import NEWEST, OLDEST
from bundler.toolchain import Toolchain, find_toolchain


class Need(Enum):
    """Something that packages of a distribution bring."""

    COMPILER = auto()
    LINKER = auto()
    STATIC_LIBC = auto()
    HEADERS = auto()
    LIBPYTHON = auto()
    CROSS_COMPILER = auto()
    EMULATOR = auto()


# The need of which an error tells, by its code.
_NEEDS: Mapping[str, Need] = {
    "no-compiler": Need.COMPILER,
    "no-linker": Need.LINKER,
    "no-static-libc": Need.STATIC_LIBC,
    "no-headers": Need.HEADERS,
    "no-libpython": Need.LIBPYTHON,
}

# By the distribution's family (os-release(5), ID and ID_LIKE): its command, and the packages. `{python}` is the version of a
# Python that the system brought; the other names are of another processor.
_PACKAGES: Mapping[str, tuple[str, Mapping[Need, str]]] = {
    "debian": (
        "apt install",
        {
            Need.COMPILER: "gcc libc6-dev",
            Need.LINKER: "binutils",
            Need.STATIC_LIBC: "libc6-dev",
            Need.HEADERS: "python{python}-dev",
            Need.LIBPYTHON: "libpython{python}-dev",
            Need.CROSS_COMPILER: "{compiler} libc6-dev-{debian}-cross",
            Need.EMULATOR: "qemu-user-static",
        },
    ),
    "fedora": (
        "dnf install",
        {
            Need.COMPILER: "gcc glibc-devel",
            Need.LINKER: "binutils",
            Need.STATIC_LIBC: "glibc-static",
            Need.HEADERS: "python{python}-devel",
            Need.LIBPYTHON: "python{python}-libs",
            Need.EMULATOR: "{emulator}",
        },
    ),
    "suse": (
        "zypper install",
        {
            Need.COMPILER: "gcc glibc-devel",
            Need.LINKER: "binutils",
            Need.STATIC_LIBC: "glibc-devel-static",
            Need.HEADERS: "python{packed}-devel",
        },
    ),
    "arch": (
        "pacman -S",
        {
            Need.COMPILER: "gcc",
            Need.LINKER: "binutils",
            Need.HEADERS: "python",
            Need.CROSS_COMPILER: "{gnu}-gcc",
            Need.EMULATOR: "qemu-user-static",
        },
    ),
}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: what it is, and what was found or is wrong.

    `install`: the command that installs what is lacking, if it is known.
    """

    name: str
    found: str = ""
    problem: Diagnostic | None = None
    install: str = ""


@dataclass(frozen=True, slots=True)
class Examination:
    """The tools of a machine, and the Pythons on it."""

    tools: tuple[Check, ...]
    pythons: tuple[Check, ...]

    @property
    def can_build(self) -> bool:
        """True if some Python can be embedded; what only `--static` needs does not count."""
        return any(each.problem is None for each in self.pythons)


def examine(compiler: str | None, cache: Cache, limit: int, default: Path, variables: Mapping[str, str]) -> Examination:
    """Look at the compiler, the linker, the C library, the cache, and every Python. `default`: the Python of a build here."""
    family = family_of_system()
    crosses = tuple(cross_check(machine, family) for machine in MACHINES.values() if machine != this_machine())
    versions = [f"3.{minor}" for minor in range(OLDEST[1], NEWEST[1] + 1)]
    others = [path for path in every_python(variables, versions) if path.resolve() != default.resolve()]
    names = {default: f"{default} (the default)"} | {path: str(path) for path in others}
    try:
        toolchain = find_toolchain(compiler)
    except BundleError as error:
        # Without a compiler nothing else can be measured.
        problem = error.diagnostic
        lacking = Check("C compiler", problem=problem, install=install_command(problem.code, family, None))
        tools = (lacking, _cache(cache, limit), *crosses)
        return Examination(tools, tuple(Check(name, problem=problem) for name in names.values()))
    context = BuildContext(toolchain, cache, Reporter(quiet=True))
    check = partial(checked, family=family, toolchain=toolchain)
    return Examination(
        (
            Check("C compiler", shlex.join((*toolchain.compiler_cache, *toolchain.command))),
            check("linker", partial(_linker, context)),
            check("C library for `--static`", lambda: f"glibc {find_static_library(toolchain).version}"),
            _cache(cache, limit),
            *crosses,
        ),
        tuple(check(name, partial(_python, path, context), python=path) for path, name in names.items()),
    )


def checked(
    name: str, look: Callable[[], str], *, family: str, toolchain: Toolchain, python: Path | None = None
) -> Check:
    """The check of what a function finds, or why it fails. `python`: the one that it looks at."""
    try:
        return Check(name, look())
    except BundleError as error:
        problem = error.diagnostic
    except CommandError as error:
        problem = _failed_command(error, toolchain)
    return Check(name, problem=problem, install=install_command(problem.code, family, python))


def _failed_command(error: CommandError, toolchain: Toolchain) -> Diagnostic:
    """The error for a command that ends with a failure which nobody explained."""
    said = next(iter(error.output.strip().splitlines()), "")
    message = f"{error}: {said}" if said else str(error)
    if error.command[0] in (*toolchain.compiler_cache[:1], toolchain.command[0]):
        return Diagnostic(
            Severity.ERROR, "no-compiler", message, hint="install the compiler anew, with the C library's headers"
        )
    return Diagnostic(
        Severity.ERROR,
        "command-failed",
        message,
        hint=f"run `{shlex.join(error.command)}` to see why it fails",
    )


def cross_check(machine: Machine, family: str) -> Check:
    """The check of what builds for another processor take: a compiler, and what runs its programs. CC names this machine's compiler."""
    found: list[str] = []
    problems: list[Diagnostic] = []
    needs: list[Need] = []
    looks: tuple[tuple[Callable[[], str], Need], ...] = (
        (lambda: find_toolchain(None, machine).command[0], Need.CROSS_COMPILER),
        (lambda: find_emulator(machine)[0], Need.EMULATOR),
    )
    for look, need in looks:
        try:
            found.append(look())
        except BundleError as error:
            problems.append(error.diagnostic)
            needs.append(need)
    name = f"`--target {machine.system_name}`"
    if not problems:
        return Check(name, " ".join(found))
    command, packages = _PACKAGES.get(family, ("", {}))
    names = {
        "compiler": machine.debian_compiler,
        "debian": machine.debian_name,
        "emulator": machine.fedora_emulator,
        "gnu": machine.gnu_name,
    }
    wanted = [packages[need].format(**names) for need in needs if need in packages]
    return Check(
        name,
        problem=replace(
            problems[0],
            message="; ".join(each.message for each in problems),
            hint="; ".join(each.hint for each in problems if each.hint),
        ),
        install=f"{command} {' '.join(wanted)}" if len(wanted) == len(needs) else "",
    )


def _linker(context: BuildContext) -> str:
    check_linker(Linkage.SHARED, context)
    return context.toolchain.linker


def _cache(cache: Cache, limit: int) -> Check:
    every = entries(cache)
    size = size_text(sum(each.size for each in every))
    of = f" of at most {size_text(limit)}" if limit else ""
    return Check("cache", f"{cache.root}: {size}{of}")


def _python(path: Path, context: BuildContext) -> str:
    target = probe(path, context)
    kinds = [target.libpython.linkage, *_other_kind(path, target.libpython.linkage, context)]
    return f"{target.version_text}, {' and '.join(sorted(kind.value for kind in kinds))} libpython"


def _other_kind(path: Path, linkage: Linkage, context: BuildContext) -> Iterator[Linkage]:
    """The kind of libpython that is there besides the one that is used."""
    for other in Linkage:
        if other is not linkage:
            try:
                yield probe(path, context, other).libpython.linkage
            except BundleError:
                return


def install_command(code: str, family: str, python: Path | None) -> str:
    """The command that installs what an error says is lacking; "" if it is not known, or the Python is not the system's."""
    command, packages = _PACKAGES.get(family, ("", {}))
    need = _NEEDS.get(code)
    if need is None or need not in packages or (python is not None and python.resolve().parent != Path("/usr/bin")):
        return ""
    version = python.resolve().name.removeprefix("python") if python is not None else ""
    return f"{command} {packages[need].format(python=version, packed=version.replace('.', ''))}"


# --- To be shown ------------------------------------------------------------------------------------------------------


def title(found: Examination) -> str:
    """The heading of the page."""
    count = sum(each.problem is None for each in found.pythons)
    return f"bundler {__version__}: {count_text(count, 'Python')} can be embedded"


def page(found: Examination) -> Iterator[Section]:
    """The page for people."""
    yield Section("tools", [_item(each) for each in found.tools])
    yield Section("Pythons", [_item(each) for each in found.pythons])


def _item(check: Check) -> Item:
    if check.problem is None:
        return Item(check.name, check.found)
    notes = (check.install or check.problem.hint or "",)
    return Item(check.name, check.problem.message, notes)


def document(found: Examination) -> DoctorDocument:
    """The examination as `--json` prints it."""
    return {
        "format": FORMAT,
        "bundler": __version__,
        "can_build": found.can_build,
        "tools": [_row(each) for each in found.tools],
        "pythons": [_row(each) for each in found.pythons],
    }


def _row(check: Check) -> CheckRow:
    return {
        "name": check.name,
        "found": check.found or None,
        "code": check.problem.code if check.problem else None,
        "problem": check.problem.message if check.problem else None,
        "hint": check.problem.hint if check.problem else None,
        "install": check.install or None,
    }
