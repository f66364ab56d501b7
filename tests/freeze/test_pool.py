"""The pool is compiled in parts, and a part is compiled again only when its own strings change."""

from __future__ import annotations

import subprocess
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bundler.contract import fnv1a
from bundler.freeze.pool import parts, table_lines

NAMES = [f"name_{number}" for number in range(50_000)]


@given(st.lists(st.text("abc_", min_size=2)))
def test_parts_are_all_strings_in_their_order(texts: list[str]):
    """The parts together are all strings, each once, in their order."""
    assert [text for part in parts(texts) for text in part] == texts


def test_new_strings_change_the_parts_they_are_in():
    """However many strings come before the others, or between them, all other parts stay as they were."""
    before = {tuple(part) for part in parts(NAMES)}
    more = [*(f"new_{number}" for number in range(9)), *NAMES[:30_000], "another", *NAMES[30_000:]]
    after = [tuple(part) for part in parts(more)]

    assert len(before) > 5
    assert len([part for part in after if part not in before]) <= 3


def test_table_has_every_string_in_the_order_of_hashes(tmp_path: Path):
    """The launcher finds a string by its hash in the one array, and its address at the same place in the other."""
    texts = ["ab", "a_b", "A_B", "__init__", "int"]
    symbols = "".join(f".globl u_{text}\n.set u_{text}, {fnv1a(text.encode()):#x}\n" for text in texts)
    # A string's "address" is its hash here, so that the two arrays must be equal.
    (tmp_path / "table.s").write_text("\n".join((*table_lines(texts), symbols)))
    subprocess.run(["cc", "-c", "table.s", "-o", "table.o"], cwd=tmp_path, check=True)
    link = ["ld", "--oformat", "binary", "-Ttext=0", "table.o", "-o", "table"]
    subprocess.run(link, cwd=tmp_path, check=True, stderr=subprocess.PIPE)
    content = (tmp_path / "table").read_bytes()
    words = [int.from_bytes(content[at : at + 4], "little") for at in range(0, len(content), 4)]

    hashes = sorted(fnv1a(text.encode()) for text in texts)
    assert words[: 2 * len(texts) + 1] == [*hashes, *hashes, len(texts)]
