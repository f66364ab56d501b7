"""`bundle doctor`: examines the machine, and says what each Python on it lacks to be embedded, and what building for another
processor lacks.
"""

from __future__ import annotations

import platform
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
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
from bundler.process import CommandError
from bundler.report import Item, Reporter, Section, count_text, size_text
from bundler.schema import FORMAT, CheckRow, DoctorDocument
from bundler.target import Linkage, find_emulator, probe, this_machine
from bundler.target.probe import NEWEST, OLDEST
from bundler.toolchain import find_toolchain

# In place of an error's code: the same error is told of both compilers.
_CROSS_COMPILER = "no-compiler for another processor"

# By the distribution's family (os-release(5), ID and ID_LIKE): its command, and packages for what an error's code says is
# lacking. `{python}` is the version of a Python that the system brought; the other names are of another processor.
_PACKAGES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "debian": (
        "apt install",
        {
            "no-compiler": "gcc libc6-dev",
            "no-linker": "binutils",
            "no-static-libc": "libc6-dev",
            "no-headers": "python{python}-dev",
            "no-libpython": "libpython{python}-dev",
            _CROSS_COMPILER: "{compiler} libc6-dev-{debian}-cross",
            "no-emulator": "qemu-user-static",
        },
    ),
    "fedora": (
        "dnf install",
        {
            "no-compiler": "gcc glibc-devel",
            "no-linker": "binutils",
            "no-static-libc": "glibc-static",
            "no-headers": "python{python}-devel",
            "no-libpython": "python{python}-libs",
            "no-emulator": "{emulator}",
        },
    ),
    "suse": (
        "zypper install",
        {
            "no-compiler": "gcc glibc-devel",
            "no-linker": "binutils",
            "no-static-libc": "glibc-devel-static",
            "no-headers": "python{packed}-devel",
        },
    ),
    "arch": (
        "pacman -S",
        {
            "no-compiler": "gcc",
            "no-linker": "binutils",
            "no-headers": "python",
            _CROSS_COMPILER: "{gnu}-gcc",
            "no-emulator": "qemu-user-static",
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
    return Examination(
        (
            Check("C compiler", shlex.join((*toolchain.compiler_cache, *toolchain.command))),
            _checked("linker", lambda: _linker(context), family),
            _checked("C library for `--static`", lambda: f"glibc {find_static_library(toolchain).version}", family),
            _cache(cache, limit),
            *crosses,
        ),
        tuple(_checked(name, partial(_python, path, context), family, path) for path, name in names.items()),
    )


def _checked(name: str, look: Callable[[], str], family: str, python: Path | None = None) -> Check:
    """The check of what a function finds, or why it fails. `python`: the one that it looks at."""
    try:
        return Check(name, look())
    except BundleError as error:
        problem = error.diagnostic
    except CommandError as error:
        reason = next(iter(error.output.strip().splitlines()), error.reason)
        problem = Diagnostic(
            Severity.ERROR,
            "no-compiler",
            f"the C compiler fails: {reason}",
            hint="install it anew, with the C library's headers",
        )
    return Check(name, problem=problem, install=install_command(problem.code, family, python))


def cross_check(machine: Machine, family: str) -> Check:
    """The check of what builds for another processor take: a compiler, and what runs its programs. CC names this machine's compiler."""
    found: list[str] = []
    problems: list[Diagnostic] = []
    codes: list[str] = []
    looks: tuple[tuple[Callable[[], str], str], ...] = (
        (lambda: find_toolchain(None, machine).command[0], _CROSS_COMPILER),
        (lambda: find_emulator(machine)[0], "no-emulator"),
    )
    for look, code in looks:
        try:
            found.append(look())
        except BundleError as error:
            problems.append(error.diagnostic)
            codes.append(code)
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
    wanted = [packages[code].format(**names) for code in codes if code in packages]
    return Check(
        name,
        problem=replace(
            problems[0],
            message="; ".join(each.message for each in problems),
            hint="; ".join(each.hint for each in problems if each.hint),
        ),
        install=f"{command} {' '.join(wanted)}" if len(wanted) == len(codes) else "",
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
    if code not in packages or (python is not None and python.resolve().parent != Path("/usr/bin")):
        return ""
    version = python.resolve().name.removeprefix("python") if python is not None else ""
    return f"{command} {packages[code].format(python=version, packed=version.replace('.', ''))}"


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


def family_of_system() -> str:
    """The family of this machine's distribution, or ""."""
    try:
        facts = platform.freedesktop_os_release()
    except OSError:
        return ""
    names = [facts.get("ID", ""), *facts.get("ID_LIKE", "").split()]
    return next((family for family in _PACKAGES for name in names if name.startswith(family)), "")
