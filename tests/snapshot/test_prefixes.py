"""Loops over the environment that do nothing for names without a prefix."""

from __future__ import annotations

from pathlib import Path

import pytest

from bundler.snapshot.model import Note
from bundler.snapshot.prefixes import prefixes_at, with_prefixes

_FUNCTION = "def f(env):\n    found = []\n    {}\n    return found\n"

_LOOPS: dict[str, tuple[str, int, tuple[str, ...]]] = {
    "of names": ("[n for n in os.environ if n.startswith('A_')]", 1, ("A_",)),
    "of keys": ("{n for n in env.keys() if n.startswith('A_')}", 1, ("A_",)),
    "of pairs": ("{n: v for n, v in os.environ.items() if n.startswith('A_') and v}", 1, ("A_",)),
    "sorted": ("[n for n in sorted(os.environ) if n.startswith(('A_', 'B_'))]", 1, ("A_", "B_")),
    "on several lines": ("found = [\n    n\n    for n in os.environ\n    if n.startswith('A_')\n]", 3, ("A_",)),
    "a second test": ("[n for n in os.environ if n.startswith('A_') if n != 'A_B']", 1, ("A_",)),
    "a statement": (_FUNCTION.format("for n in env:\n        if n.startswith('A_'):\n            found.append(n)"), 3, ("A_",)),
    "another test first": ("[n for n in os.environ if seen(n) if n.startswith('A_')]", 1, ()),
    "one of two tests": ("[n for n in os.environ if n.startswith('A_') or n == 'B']", 1, ()),
    "the value's prefix": ("[n for n, v in os.environ.items() if v.startswith('A_')]", 1, ()),
    "the pair's": ("[n for n in os.environ.items() if n.startswith('A_')]", 1, ()),
    "a prefix that is not known": ("[n for n in os.environ if n.startswith(prefix)]", 1, ()),
    "no prefix": ("[n for n in os.environ if n.startswith('')]", 1, ()),
    "the prefix of what everybody has": ("[n for n in os.environ if n.startswith('LC_')]", 1, ()),
    "what another function gives": ("[n for n in pick(os.environ) if n.startswith('A_')]", 1, ()),
    "another line": ("\n[n for n in os.environ if n.startswith('A_')]", 1, ()),
    "two loops": ("[n for n in (m for m in os.environ) if n.startswith('A_')]", 1, ()),
    "an inner loop": ("[n for m in given for n in os.environ if n.startswith('A_')]", 1, ()),
    "a module's loop": ("for n in os.environ:\n    if n.startswith('A_'):\n        print(n)", 1, ()),
    "what else it does": (_FUNCTION.format("for n in env:\n        if n.startswith('A_'):\n            pass\n        found.append(n)"), 3, ()),
    "otherwise": (_FUNCTION.format("for n in env:\n        if n.startswith('A_'):\n            pass\n        else:\n            f(n)"), 3, ()),
    "the last name": (_FUNCTION.format("for n in env:\n        if n.startswith('A_'):\n            pass\n    found.append(n)"), 3, ()),
    "a global name": (_FUNCTION.format("global n\n    for n in env:\n        if n.startswith('A_'):\n            pass"), 4, ()),
    "no Python": ("[n for n in os.environ if n.startswith('A_')] =", 1, ()),
}  # fmt: skip


@pytest.mark.parametrize(("source", "line", "prefixes"), _LOOPS.values(), ids=_LOOPS)
def test_loops(tmp_path: Path, source: str, line: int, prefixes: tuple[str, ...]):
    """A loop has prefixes if its first test asks for them, and nothing is left of other names."""
    (tmp_path / "a.py").write_text(f"{source}\n")
    assert prefixes_at(tmp_path / "a.py", line) == prefixes


def test_notes(tmp_path: Path):
    """A note about all variables becomes one for each prefix; a rule names those that no source tells."""
    (tmp_path / "a.py").write_text("[n for n in os.environ if n.startswith(('A_', 'B_'))]\nf(os.environ)\n")
    sources = {"/__bundle__/a.py": tmp_path / "a.py"}
    one, other, unknown, variable = (
        Note("a", 1, kind, detail)
        for kind, detail in (
            ("variables", "/__bundle__/a.py:1"),
            ("variables", "/__bundle__/a.py:2"),
            ("variables", "<string>:1"),
            ("variable", "X"),
        )
    )
    found = with_prefixes([one, other, unknown, variable], sources, {})
    assert [(each.kind, each.detail) for each in found[:2]] == [("prefix", "A_"), ("prefix", "B_")]
    assert found[2:] == (other, unknown, variable)
    assert [each.detail for each in with_prefixes([other], {}, {"a": ("C_",)})] == ["C_"]
