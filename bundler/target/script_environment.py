"""Makes the environment that the header of a script asks for (PEP 723), once for the same header and interpreter."""

from __future__ import annotations

import fcntl
import importlib.util
import itertools
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from packaging.specifiers import SpecifierSet

from bundler.cache import digest
from bundler.context import BuildContext
from bundler.errors import BundleError
from bundler.interpreters import fitting_pythons, python_of
from bundler.process import Argument, CommandError, run
from bundler.report import count_text
from bundler.settings import Requirements
from bundler.target.model import System
from bundler.target.probe import NEWEST, OLDEST
from bundler.target.system import find_system

_SECONDS = 1800  # for an installation

_FACTS = "import json, sys; print(json.dumps(['%d.%d.%d' % sys.version_info[:3], sys._base_executable]))"
_OUTPUT_LINES = 10  # of a failed installation

# Runs a pip that lies in a folder, under an interpreter that does not know it.
_PIP = "import runpy, sys; sys.path.append({folder!r}); runpy.run_module('pip', run_name='__main__', alter_sys=True)"
_OPTIONS = ("--quiet", "--disable-pip-version-check", "--no-input")


def script_environment(requirements: Requirements, python: Path, context: BuildContext) -> Path:
    """The interpreter of an environment with the distributions that a script requires.

    It is made from `python`, or where that is of another version than the script requires, from one that fits.
    BundleError when there is none, or when the distributions cannot be installed. For another processor nothing is compiled: there
    must be wheels for it.
    """
    system = find_system(python, context.foreign, context.toolchain)
    version, base = _fitting(requirements, python, system)
    key = digest(version, str(base), requirements.python, *requirements.dependencies)
    folder = context.cache.path("environment", key, "")
    finished = folder / "finished"
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Its interpreter and scripts name the folder, so it is made in its place.
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (finished.exists() and python_of(folder).exists()):
            shutil.rmtree(folder, ignore_errors=True)
            with context.report.stage(f"installing {count_text(len(requirements.dependencies), 'requirement')}"):
                _install(requirements, base, folder, system)
            finished.touch()
    context.cache.mark_used(folder)
    return python_of(folder)


def _fitting(requirements: Requirements, python: Path, system: System) -> tuple[str, Path]:
    """The version and the path of an interpreter that is no virtual environment's. Another one than `python` is this machine's."""
    found = _facts(python, system)
    if found is None:
        raise BundleError(
            "bad-python",
            f"`{python}` does not work as a Python interpreter: it gave no answer",
            hint="name the interpreter to embed with `--python PATH`; it must be CPython 3.11 or newer",
        )
    wanted = SpecifierSet(requirements.python)
    others = () if requirements.is_python_given or not system.is_own else fitting_pythons(os.environ, _versions())
    for facts in itertools.chain([found], (_facts(each, System()) for each in others)):
        if facts is not None and facts[0] in wanted:
            return facts
    problem = f"`{python}` is {found[0]}" if requirements.is_python_given else "none that is installed fits"
    raise BundleError(
        "unsupported-python",
        f"`{requirements.script}` requires Python {requirements.python}, but {problem}",
        hint=f"install one that fits, or name it with `--python PATH`; CPython {_text(OLDEST)} to {_text(NEWEST)} can be embedded",
    )


def _versions() -> Iterator[str]:
    """Versions that can be embedded, the newest first."""
    return (f"3.{minor}" for minor in range(NEWEST[1], OLDEST[1] - 1, -1))


def _text(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))


def _facts(python: Path, system: System) -> tuple[str, Path] | None:
    """The version of an interpreter, and the one that it was made from, if it is a virtual environment's."""
    try:
        version, base = json.loads(run([*system.command(python), "-I", "-c", _FACTS]).stdout)
    except (CommandError, ValueError):
        return None
    return version, Path(base)


def _install(requirements: Requirements, base: Path, folder: Path, system: System) -> None:
    uv = shutil.which("uv")
    commands = _with_uv(uv, requirements, base, folder) if uv else _with_pip(requirements, base, folder)
    try:
        with tempfile.TemporaryDirectory(prefix="bundle-") as work:
            if not system.is_own:
                commands = _under_emulator(requirements, base, folder, system, Path(work))
            for command in commands:
                run(command, whole_environment=_variables(), seconds=_SECONDS * system.patience)
    except CommandError as error:
        raise BundleError(
            "not-installable",
            f"what `{requirements.script}` requires could not be installed: `{Path(error.command[0]).name}` {error.reason}",
            where=str(requirements.script),
            notes=tuple(error.output.strip().splitlines()[-_OUTPUT_LINES:]),
            hint="check the names and versions in the header, and the network; or install them yourself, and name the "
            "environment with `--python DIR`",
        ) from error


def _with_uv(uv: str, requirements: Requirements, base: Path, folder: Path) -> Iterator[list[Argument]]:
    yield [uv, "venv", "--quiet", "--no-project", "--python", base, folder]
    if requirements.dependencies:
        yield [uv, "pip", "install", "--quiet", "--python", python_of(folder), *requirements.dependencies]


def _with_pip(requirements: Requirements, base: Path, folder: Path) -> Iterator[list[Argument]]:
    if not requirements.dependencies:
        yield [base, "-m", "venv", "--without-pip", folder]
        return
    yield [base, "-m", "venv", folder]
    yield [python_of(folder), "-m", "pip", "install", *_OPTIONS, *requirements.dependencies]


def _under_emulator(
    requirements: Requirements, base: Path, folder: Path, system: System, work: Path
) -> Iterator[list[Argument]]:
    """Our pip, run by the other processor's interpreter: it knows which wheels fit, and which markers hold.

    A pip that starts programs of its own, as `venv` does and as building from sources would, needs the kernel's help for that.
    """
    yield [*system.command(base), "-m", "venv", "--without-pip", folder]
    if requirements.dependencies:
        # Alone in a folder, for it takes what lies beside it for installed.
        (work / "pip").symlink_to(_own_pip(requirements))
        command = [*system.command(python_of(folder)), "-c", _PIP.format(folder=str(work)), "install"]
        yield [*command, *_OPTIONS, "--only-binary=:all:", *requirements.dependencies]


def _own_pip(requirements: Requirements) -> Path:
    """The folder of the package `pip` that this interpreter has; BundleError when it has none."""
    spec = importlib.util.find_spec("pip")
    if spec is None or spec.origin is None:
        raise BundleError(
            "not-installable",
            f"what `{requirements.script}` requires cannot be installed for another processor: the Python of bundle has no pip",
            hint="install pip there (`python -m ensurepip`); or install what the script requires yourself, and name the environment "
            "with `--python DIR`",
        )
    return Path(spec.origin).parent


def _variables() -> Mapping[str, str]:
    """Our environment, without what would make one interpreter see the packages of another."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
