"""Sets of constants have the order that they have in Python: of a script as it was written, of a module as in its .pyc."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bundler.target import TargetPython
from tests.support import bundle, plain_environment, run

# Numbers that collide in small tables, the same numbers elsewhere in the file, and tuples; texts have another order in
# every process.
_NUMBERS = (
    st.integers(0, 9).map(lambda i: 8 * i) | st.integers(-20, 20) | st.sampled_from([1000, 1008, 1 << 40, 2.5, 0.5])
)
_ITEMS = _NUMBERS | st.tuples(_NUMBERS, _NUMBERS)


def _displays(count: int) -> list[list[object]]:
    found: list[list[object]] = []

    @settings(max_examples=count, derandomize=True, database=None, phases=[Phase.generate], deadline=None)
    @given(st.lists(_ITEMS, min_size=2, max_size=7))
    def collect(items: list[object]) -> None:
        found.append(items)

    collect()
    return found


def _source(displays: list[list[object]]) -> str:
    lines = ["def show():"]
    for items in displays:
        text = "{" + ", ".join(map(repr, items)) + "}"
        lines.append(f"    print([item for item in {text}], {text}, {items[0]!r} in {text}, {items[0]!r}, sep=' | ')")
    return "\n".join((*lines, ""))


@pytest.mark.proof
def test_order_of_sets(target: TargetPython, tmp_path: Path):
    """Iterating over a set, and printing one, gives the same order as in Python."""
    displays = _displays(150)
    (tmp_path / "script.py").write_text(f"import module\n{_source(displays)}\nshow()\nprint()\nmodule.show()\n")
    (tmp_path / "module.py").write_text(_source([items[::-1] for items in displays]))
    done = bundle(tmp_path / "script.py", "--python", target.executable, "-o", tmp_path / "script")
    assert done.status == 0, done.stderr.decode()

    environment = plain_environment()
    del environment["PYTHONDONTWRITEBYTECODE"]
    run([target.executable, tmp_path / "script.py"], environment=environment)  # the first run writes the module's .pyc
    expected = run([target.executable, tmp_path / "script.py"], environment=environment)

    assert list((tmp_path / "__pycache__").glob("module.*.pyc"))
    assert expected.status == 0, expected.stderr.decode()
    assert run([tmp_path / "script"]) == expected
