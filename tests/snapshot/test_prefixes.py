"""Loops over the environment that do nothing for names without a prefix."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bundler.snapshot.kinds import NoteKind
from bundler.snapshot.model import Note
from bundler.snapshot.prefixes import add_prefixes, prefixes_at


def _function(*lines: str) -> str:
    return "\n    ".join(("def f(env):", "found = []", *lines, "return found"))


# Sources in which the place that goes through the environment is marked, and the prefixes.
_LOOPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "of names": ("[n for n in «os.environ» if n.startswith('A_')]", ("A_",)),
    "the whole loop": ("«[n for n in os.environ if n.startswith('A_')]»", ("A_",)),
    "of keys": ("{n for n in «env.keys()» if n.startswith('A_')}", ("A_",)),
    "of pairs": ("{n: v for n, v in «env.items()» if n.startswith('A_') and v}", ("A_",)),
    "sorted": ("[n for n in «sorted(env)» if n.startswith(('A_', 'B_'))]", ("A_", "B_")),
    "on several lines": ("[\n    n\n    for n in «env»\n    if n.startswith('A_')\n]", ("A_",)),
    "a second test": ("[n for n in «env» if n.startswith('A_') if n != 'A_B']", ("A_",)),
    "a statement": (_function("for n in «env»:", "    if n.startswith('A_'):", "        found.append(n)"), ("A_",)),
    "another test first": ("[n for n in «env» if seen(n) if n.startswith('A_')]", ()),
    "one of two tests": ("[n for n in «env» if n.startswith('A_') or n == 'B']", ()),
    "the value's prefix": ("[n for n, v in «env.items()» if v.startswith('A_')]", ()),
    "the pair's": ("[n for n in «env.items()» if n.startswith('A_')]", ()),
    "a prefix that is not known": ("[n for n in «env» if n.startswith(prefix)]", ()),
    "no prefix": ("[n for n in «env» if n.startswith('')]", ()),
    "the prefix of what everybody has": ("[n for n in «env» if n.startswith('LC_')]", ()),
    "what another function gives": ("[n for n in «pick(env)» if n.startswith('A_')]", ()),
    "what is beside the loop": ("[n for n in env if n.startswith('A_')] + «list(env)»", ()),
    "a loop of its own": ("[n for n in «(m for m in env)» if n.startswith('A_')]", ()),
    "an inner loop": ("[n for m in given for n in «env» if n.startswith('A_')]", ()),
    "a module's loop": ("for n in «env»:\n    if n.startswith('A_'):\n        print(n)", ()),
    "what else it does": (_function("for n in «env»:", "    if n.startswith('A_'):", "        pass", "    f(n)"), ()),
    "otherwise": (
        _function("for n in «env»:", "    if n.startswith('A_'):", "        pass", "    else:", "        f(n)"),
        (),
    ),
    "the last name": (_function("for n in «env»:", "    if n.startswith('A_'):", "        pass", "f(n)"), ()),
    "a global name": (_function("global n", "for n in «env»:", "    if n.startswith('A_'):", "        pass"), ()),
    "a function made in it": ("[lambda: n for n in «env» if n.startswith('A_')]", ()),
    "a generator made in it": ("[(n for _ in '') for n in «env» if n.startswith('A_')]", ()),
    "what a class keeps": (
        _function("class C:", "    for n in «env»:", "        if n.startswith('A_'):", "            pass"),
        (),
    ),
    "no Python": ("[n for n in «env» if n.startswith('A_')] =", ()),
}


def _place(before: str) -> str:
    """The line and column behind a text."""
    return f"{before.count(chr(10)) + 1}:{len(before.rpartition(chr(10))[2])}"


@pytest.mark.parametrize(("source", "prefixes"), _LOOPS.values(), ids=_LOOPS)
def test_loops(tmp_path: Path, source: str, prefixes: tuple[str, ...]):
    """A loop has prefixes if its first test asks for them, and nothing is left of other names."""
    before, loop, after = re.split("[«»]", source)
    (tmp_path / "a.py").write_text(f"{before}{loop}{after}\n")
    assert prefixes_at(tmp_path / "a.py", f"{_place(before)}:{_place(before + loop)}") == prefixes


def test_notes(tmp_path: Path):
    """A note about all variables becomes one for each prefix; a rule names those that no source tells."""
    (tmp_path / "a.py").write_text("[n for n in os.environ if n.startswith(('A_', 'B_'))]\nf(os.environ)\n")
    sources = {"/__bundle__/a.py": tmp_path / "a.py"}
    one, other, unknown, variable = (
        Note("a", 1, kind, detail)
        for kind, detail in (
            (NoteKind.VARIABLES, "/__bundle__/a.py:1:12:1:22"),
            (NoteKind.VARIABLES, "/__bundle__/a.py:2:2:2:12"),
            (NoteKind.VARIABLES, "<string>:1:0:1:9"),
            (NoteKind.VARIABLE, "X"),
        )
    )
    found = add_prefixes([one, other, unknown, variable], sources, {})
    assert [(each.kind, each.detail) for each in found[:2]] == [("prefix", "A_"), ("prefix", "B_")]
    assert found[2:] == (other, unknown, variable)
    assert [each.detail for each in add_prefixes([other], {}, {"a": ("C_",)})] == ["C_"]
