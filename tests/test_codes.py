"""Codes of errors, warnings and notes: what the code raises, what the table explains, what the page shows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import bundler
from bundler.codes import CODES
from bundler.errors import Severity
from bundler.reference import refresh

SOURCES = Path(bundler.__file__).parent
PAGE = SOURCES.parent / "docs" / "errors.md"

# The place of the code among the arguments of what makes findings.
MAKERS = {"BundleError": 0, "warning": 0, "_detail": 0, "Diagnostic": 1}
# Makers that are given a code by those who call them.
PASSED_ON = {("errors.py", "code"), ("findings.py", "code"), ("findings.py", "''")}


@dataclass(frozen=True)
class Raised:
    """One call that makes a finding. `message`: a pattern that its messages match. `needs_hint`: it can be an error or a warning."""

    place: str
    code: str
    message: re.Pattern[str]
    has_hint: bool
    needs_hint: bool


def raised() -> Iterator[Raised]:
    """Every finding that some code makes."""
    for file in sorted(SOURCES.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
            if name not in MAKERS:
                continue
            assert isinstance(node, ast.Call)
            code, *rest = node.args[MAKERS[name] :]
            place = f"{file.relative_to(SOURCES)}:{node.lineno}"
            if not isinstance(code, ast.Constant) or not code.value:
                assert (file.name, ast.unparse(code)) in PASSED_ON, f"{place}: the code is no literal"
                continue
            hint = any(keyword.arg == "hint" for keyword in node.keywords)
            severity = ast.unparse(node.args[0]) if name == "Diagnostic" else ""
            needs_hint = name in ("BundleError", "warning") or bool(re.search(r"Severity\.(ERROR|WARNING)", severity))
            yield Raised(place, code.value, re.compile(pattern(rest[0]), re.DOTALL), hint, needs_hint)


def pattern(message: ast.expr) -> str:
    """A pattern of all texts that an expression may be."""
    match message:
        case ast.Constant(str() as text):
            return re.escape(text)
        case ast.JoinedStr(parts):
            return "".join(map(pattern, parts))
        case ast.BinOp(left, ast.Add(), right):
            return pattern(left) + pattern(right)
        case _:
            return ".*"


def test_each_code_is_explained_and_raised():
    """The table has every code that anything raises, and no other."""
    assert {each.code for each in raised()} == CODES.keys()


def test_examples_are_messages_of_their_codes():
    """What a page shows as a message of a code is one that some place can make."""
    every = list(raised())
    stale = [
        code
        for code, about in CODES.items()
        if not any(each.code == code and each.message.fullmatch(about.example) for each in every)
    ]

    assert not stale


def test_every_error_and_warning_says_how_to_go_on():
    """No error and no warning is made without a hint."""
    assert [each.place for each in raised() if each.needs_hint and not each.has_hint] == []


def test_texts_are_sentences():
    """Meaning and advice are sentences; a message ends without a full stop."""
    for code, about in CODES.items():
        assert re.match(r"[A-Z`]|bundle ", about.meaning), code
        assert re.match(r"[A-Z`]", about.advice), code
        assert about.meaning.endswith("."), code
        assert about.advice.endswith("."), code
        assert not about.example.endswith("."), code
    assert list(CODES) == sorted(CODES)


def test_page_is_made_from_the_table():
    """docs/errors.md holds what the table says, with a heading and the severity of each code."""
    page = PAGE.read_text()

    assert refresh(page) == page
    for code, about in CODES.items():
        assert f"\n## {code}\n" in page
        assert f"{about.severities[0].value}[{code}]: {about.example}" in page
    assert all(about.severities for about in CODES.values())
    assert {severity for about in CODES.values() for severity in about.severities} == set(Severity)
