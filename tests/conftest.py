"""Fixtures for tests with real binaries: one environment for each Python, every binary built once.

The first run makes the environments (half a minute each, kept in `.venvs/`) and compiles every bundled module (kept in
the user's cache, see BUNDLER_CACHE_DIR); later runs only link.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from bundler.target import Linkage
from tests.support import (
    C_LIBRARY,
    EXAMPLES,
    LIBPYTHON,
    ROOT,
    SNAPSHOT,
    VERSIONS,
    Interpreter,
    Program,
    add_library,
    bundle,
    find_interpreter,
)

# Programs under test, some of which have tests of their own.
collect_ignore = ["apps"]

ENVIRONMENTS = ROOT / ".venvs"
REQUIREMENTS = (ROOT / "tests" / "requirements-apps.txt", *sorted(EXAMPLES.glob("*/requirements.txt")))

# What is about differences between Pythons is tried with the oldest as well as with the newest.
WITH_THE_OLDEST = (
    *("freeze", "launcher", "target", "snapshot/test_restored.py", "snapshot/test_interpreter.py"),
    *("test_binary.py", "test_endings.py", "test_instructions.py", "test_interpreter_flags.py", "test_libpython.py"),
    *("test_modules.py", "test_own_file.py", "test_streams.py", "test_stress.py", "test_tls.py"),
)

_bases = {version: find_interpreter(version) for version in VERSIONS}


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--libpython`: everything that is built, with the one or the other library. `--every-python`, `--proofs`: more tests."""
    parser.addoption(
        "--snapshot", action="store_true", help="let binaries start from a snapshot where they can, as users' do"
    )
    parser.addoption("--libpython", choices=[linkage.value for linkage in Linkage], help="which libpython to embed")
    parser.addoption(
        "--every-python",
        action="store_true",
        help="run each test with each Python that is found, not with the newest (and the oldest, for some)",
    )
    parser.addoption("--proofs", action="store_true", help="run the slower proofs too")


def pytest_configure(config: pytest.Config) -> None:
    """Before any interpreter is looked at."""
    config.addinivalue_line("markers", "one_python: the newest Python serves; see `--every-python`")
    config.addinivalue_line("markers", "proof: slow, and seldom what fails first; see `--proofs`")
    # A shell starts its background jobs with interrupts ignored, `nohup` ignores hang-ups, and programs would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    if config.getoption("--libpython"):
        LIBPYTHON.append(config.getoption("--libpython"))
    if config.getoption("--snapshot"):
        SNAPSHOT.append("auto")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """With `--every-python`, repeat what needs one interpreter for each."""
    if metafunc.config.getoption("--every-python") and "one_interpreter" in metafunc.fixturenames:
        found = [version for version, base in _bases.items() if base is not None]
        metafunc.parametrize("one_interpreter", found, indirect=True, scope="session")


# First, for pytest-xdist reads the groups in its own hook of this name.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what nobody asked for, and group the rest.

    Processes that share the tests (pytest-xdist) take all of one Python, or all of one file: each binary is built once.
    """
    left_out = [item for item in items if not _is_asked_for(item, config)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in set(left_out)]
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_version(item) or str(item.path)))


def _is_asked_for(item: pytest.Item, config: pytest.Config) -> bool:
    """True for a test that runs: without options no proofs, and of the Pythons before 3.14 the newest, and the oldest for some files."""
    if item.get_closest_marker("proof") and not config.getoption("--proofs"):
        return False
    version = _version(item)
    found = [version for version, base in _bases.items() if base is not None and version <= "3.13"]
    if config.getoption("--every-python") or not found or version is None:
        return True
    if version == max(found):
        return True
    if item.get_closest_marker("one_python"):
        return False
    return version > max(found) or (version == min(found) and _tries_the_oldest(item))


def _tries_the_oldest(item: pytest.Item) -> bool:
    path = item.path.relative_to(ROOT / "tests")
    return any(path.is_relative_to(each) for each in WITH_THE_OLDEST)


def _version(item: pytest.Item) -> str | None:
    """The Python that a test runs with, if it is one of several."""
    parameters = (
        item.callspec.params.values() if isinstance(item, pytest.Function) and hasattr(item, "callspec") else ()
    )
    return next((str(value) for value in parameters if value in VERSIONS), None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which interpreters the tests ran with, and which were not there."""
    terminalreporter.section("interpreters")
    for version, base in _bases.items():
        terminalreporter.line(f"Python {version}: {base or 'NOT TESTED, none found with venv and C headers'}")


@pytest.fixture(scope="session", params=VERSIONS)
def interpreter(request: pytest.FixtureRequest) -> Interpreter:
    """Each Python in turn, with everything pinned installed."""
    version: str = request.param
    base = _bases[version]
    if base is None:
        pytest.skip(f"there is no Python {version} with venv and C headers on this machine")
    return Interpreter(version, base, make_environment(version, base))


@pytest.fixture(scope="session")
def one_interpreter(request: pytest.FixtureRequest) -> Interpreter:
    """The newest of those that the tests always use, for what hardly differs between versions; see `--every-python`."""
    asked: str = getattr(request, "param", "")
    found = {version: base for version, base in _bases.items() if base is not None}
    if not found:
        pytest.skip("there is no Python with venv and C headers on this machine")
    version = asked or max((version for version in found if version <= "3.13"), default=min(found))
    base = found[version]
    return Interpreter(version, base, make_environment(version, base))


def make_environment(version: str, base: Path, requirements: Sequence[Path] = REQUIREMENTS) -> Path:
    """A virtual environment with the pinned requirements, made now unless an earlier run has made it."""
    pins = b"".join(path.read_bytes() for path in requirements)
    key = hashlib.sha256(f"{base}\n".encode() + pins).hexdigest()[:12]
    folder = ENVIRONMENTS / f"{version}-{key}"
    finished = folder / "finished"
    ENVIRONMENTS.mkdir(exist_ok=True)
    with (ENVIRONMENTS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another process may be at the same
        if not finished.exists():
            _install(base, folder, requirements)
            finished.touch()
    return folder


def _install(base: Path, folder: Path, requirements: Sequence[Path]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([base, "-m", "venv", folder], check=True)
    # Without PYTHONPATH and the like, which would reach into the new environment.
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    pip: list[str | Path] = [
        folder / "bin" / "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--only-binary=:all:",
    ]
    subprocess.run([*pip, *(f"--requirement={path}" for path in requirements)], check=True, env=env)


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory, interpreter: Interpreter) -> Callable[..., Path]:
    """`build(NAME, *ARGUMENTS)` bundles with the current Python, once for equal arguments; the path of the binary."""
    built: dict[tuple[str, tuple[str | Path, ...]], Path] = {}

    def build(name: str, *arguments: str | Path, cwd: Path | None = None) -> Path:
        key = name, (*arguments, cwd or "")
        if key not in built:
            binary = tmp_path_factory.mktemp(f"built-{interpreter.version}") / name
            done = bundle(*arguments, "--python", interpreter.python, "-o", binary, cwd=cwd)
            assert done.status == 0, done.stderr.decode(errors="replace")
            built[key] = binary
        return built[key]

    return build


@pytest.fixture(scope="session")
def program(interpreter: Interpreter, build: Callable[..., Path]) -> Callable[[Path], Program]:
    """`program(SOURCE)` is a script or a folder with `__main__.py` in both forms, source and binary."""

    def program(source: Path) -> Program:
        return Program(interpreter, source, build(source.name, source))

    return program


@pytest.fixture
def empty_root(tmp_path: Path) -> Path:
    """A root folder that holds the C library's files and nothing else: no /proc, /dev, /tmp or /etc."""
    if os.geteuid() != 0 or shutil.which("chroot") is None:
        pytest.skip("`chroot` is for root alone")
    for name in C_LIBRARY:
        add_library(tmp_path, name)
    return tmp_path
