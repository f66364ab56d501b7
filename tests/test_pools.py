"""multiprocessing and its like inside a binary: the helper processes are the binary again, and nobody has to say so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import APPS, Interpreter, Outcome, Program, bundle, plain_environment, run


@pytest.fixture(scope="session")
def pools(program: Callable[[Path], Program]) -> Program:
    """The program under test. It never calls `freeze_support`."""
    return program(APPS / "pools" / "pools.py")


@pytest.mark.parametrize("method", ["spawn", "forkserver", "fork"])
def test_every_start_method(pools: Program, method: str):
    """Pools, executors, queues, managers, shared memory; classes of `__main__` are pickled there and back."""
    pools.check_same(method, environment=plain_environment(PYTHONWARNINGS="ignore"))


def test_resource_tracker(pools: Program):
    """What the program leaks is removed by the tracker when it ends, with its warning."""
    found = pools.check_same("leak")

    assert b"leaked shared_memory" in found.stderr
    assert not Path("/dev/shm/leaked-by-pools").exists()


def test_joblib(pools: Program):
    """The workers and the tracker of loky are recognised too."""
    pools.check_same("joblib")


def test_multiprocess(pools: Program):
    """The workers of multiprocess, the fork of multiprocessing by dill's author, are recognised too."""
    pools.check_same("multiprocess")


MODULE = """
import multiprocessing, sys
from shop import double

print(__name__, __spec__.name, flush=True)

class Task:
    pass

def work(task):
    return type(task).__module__

if __name__ == "__main__":
    for method in ("spawn", "forkserver"):
        with multiprocessing.get_context(method).Pool(1) as pool:
            print(pool.map(double, [1, 2]))
            if __spec__.name == "shop.tasks":
                print(pool.map(work, [Task()]))
"""


@pytest.mark.one_python
@pytest.mark.parametrize("name", ["shop.tasks", "shop"])
def test_program_that_is_a_module(interpreter: Interpreter, tmp_path: Path, name: str):
    """The children of `python -m package.module` find its classes by the module's name; a `__main__` is not run again."""
    (tmp_path / "shop").mkdir()
    for part, content in {"__init__": "def double(x): return 2 * x", "tasks": MODULE, "__main__": MODULE}.items():
        (tmp_path / "shop" / f"{part}.py").write_text(content)

    done = bundle("-m", name, "--python", interpreter.python, "-o", tmp_path / "binary", cwd=tmp_path)

    assert done.status == 0, done.stderr
    assert run([tmp_path / "binary"], cwd=tmp_path) == run([interpreter.python, "-m", name], cwd=tmp_path)


FUNCTION = """
import multiprocessing

def double(x):
    return 2 * x

def shop():
    for method in ("spawn", "forkserver"):
        with multiprocessing.get_context(method).Pool(1) as pool:
            print(pool.map(double, [1, 2]))
"""


@pytest.mark.one_python
def test_console_script_that_is_named_like_its_package(interpreter: Interpreter, tmp_path: Path):
    """The children run the script again without calling its function, and not the package that lies under its name."""
    (tmp_path / "shop").mkdir()
    for part, content in {"__init__": "", "tasks": FUNCTION, "__main__": "raise SystemExit('the package')"}.items():
        (tmp_path / "shop" / f"{part}.py").write_text(content)

    done = bundle("shop.tasks:shop", "--python", interpreter.python, "-o", tmp_path / "binary", cwd=tmp_path)

    assert done.status == 0, done.stderr
    assert run([tmp_path / "binary"], cwd=tmp_path) == Outcome(0, b"[2, 4]\n[2, 4]\n", b"")
