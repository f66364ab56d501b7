"""A start in which statements are run again leaves what a usual one leaves, whatever happens to the objects that they make.

The build tries such a start, with answers of another machine, and compares it with a usual one there.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.snapshot.conftest import Recorded
from tests.support import APPS, Interpreter, bundle, inspect, run

_APPS = APPS / "snapshot"


@pytest.mark.parametrize("arguments", [(), ("-v", "--debug"), ("--quiet", "--all"), ("--version",)], ids=" ".join)
@pytest.mark.one_python
def test_objects_that_others_change(recorded: Callable[[Path], Recorded], tmp_path: Path, arguments: tuple[str, ...]):
    """A module whose object is made anew, and was changed by others, is imported at each start: nothing that they did is lost."""
    program = recorded(_APPS / "made_anew" / "made_anew.py")

    late = inspect(program.binary)["snapshot"]["late"]
    assert {"places", "server", "settings", "memory"} <= set(late)
    assert "annotated" not in late
    assert all("usual start" in late[name] for name in ("places", "server", "settings"))
    program.check_same(*arguments, HOME=str(tmp_path))


def test_a_variable_that_is_set_later(one_interpreter: Interpreter, tmp_path: Path):
    """A variable that is read before another module sets it has the user's value."""
    source = _APPS / "made_late" / "made_late.py"
    done = bundle(source, "--python", one_interpreter.python, "-o", tmp_path / "app", "--snapshot", "auto")

    assert done.status == 0, done.stderr
    for environment in ({"TERM": "own"}, {}):
        assert run([tmp_path / "app"], environment=environment) == run(
            [one_interpreter.python, source], environment=environment
        )


@pytest.mark.one_python
def test_functions_that_nobody_calls(recorded: Callable[[Path], Recorded]):
    """A function that a decorator registers uses no attribute of the interpreter before it is called: its module is recorded."""
    program = recorded(_APPS / "uncalled" / "uncalled.py")

    assert inspect(program.binary)["snapshot"]["late"] == {}
    program.check_same()
