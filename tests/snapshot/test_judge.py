"""What is recorded, what is run again, and what is late: judgements on what modules asked and did."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from bundler.analyze.graph import Binding, Import
from bundler.contract import launcher_folder
from bundler.snapshot.judge import Extent, guarded_variables, importers, recordable, unanswered
from bundler.snapshot.kinds import KINDS
from bundler.snapshot.model import Event, Graph, Note, Question, Recording, Rerun
from bundler.snapshot.rules import Rules, load_rules

NO_RULES = Rules(again={}, harmless=(), unordered=frozenset(), steady=(), prefixes={})


def events(text: str) -> list[Event]:
    """`a(b c) !d`: a imports b and c, and d fails."""
    found = []
    open_: list[tuple[str, bool]] = []
    word = ""
    for letter in f"{text} ":
        if letter not in "() ":
            word += letter
            continue
        if word:
            fails = word.startswith("!")
            found.append(Event("begin", word.lstrip("!")))
            if letter == "(":
                open_.append((word.lstrip("!"), fails))
            else:
                found.append(Event("fail" if fails else "end", word.lstrip("!")))
        if letter == ")":
            name, fails = open_.pop()
            found.append(Event("fail" if fails else "end", name))
        word = ""
    return found


def edges(*pairs: str) -> list[Import]:
    return [Import(pair.partition(">")[0], pair.partition(">")[2], Binding.EAGER) for pair in pairs]


@pytest.mark.parametrize(
    ("text", "late", "imports", "expected"),
    [
        ("a b c", ["b"], [], ["a", "c"]),
        ("a(b c) d", ["c"], ["a>c"], ["b", "d"]),
        ("p(p.x p.y) q", ["p"], [], ["q"]),
        ("os(path(generic)) z", ["z"], ["os>path", "path>generic", "generic>os", "path>os"], ["os", "path", "generic"]),
        ("os(path(generic late)) z", ["late"], ["os>path", "path>generic", "generic>os", "path>late"], ["z"]),
        ("a !b c", [], [], ["a", "c"]),
    ],
    ids=["skipped", "with importers", "package", "circle", "circle with one", "failed"],
)
def test_recordable(text: str, late: list[str], imports: list[str], expected: list[str]):
    """A late module is left out with all that import it; others are imported in the program's order, circles whole."""
    assert recordable(events(text), late, edges(*imports), Extent.ALL) == tuple(expected)


def test_recordable_up_to_first():
    """Where the order can be told, what comes behind the first late module is left out."""
    assert recordable(events("a b c"), ["b"], [], Extent.UP_TO_LATE) == ("a",)
    assert recordable(events("p(a late b) c"), ["late"], edges("p>late"), Extent.UP_TO_LATE) == ("a",)
    assert recordable(events("a p(b p.x c late)"), ["late"], edges("p>late"), Extent.UP_TO_LATE) == ("a", "b", "c")
    assert recordable(events("a p(b p.x c late)"), ["late"], edges("p>late"), Extent.UP_TO_LEFT_OUT) == ("a", "b")


def test_importers():
    """The modules that were being imported when one began."""
    assert importers(events("__main__(a(b c(d)))"), "d") == ("a", "c")


def recording(notes: Sequence[Note], *asked_again: Question) -> Recording:
    """A recording with these notes and questions."""
    return cast(Recording, SimpleNamespace(notes=tuple(notes), asked_again=frozenset(asked_again)))


def test_unanswered():
    """Questions that other recordings answer in another way may be asked where no line is known; all others must be asked again."""
    notes = [
        Note("a", 0, "time", ""),
        Note("a", 3, "path", "/etc/x"),
        Note("b", 2, "output", ""),
        Note("c", 1, "time", ""),
    ]
    assert set(unanswered(recording(notes), NO_RULES, ())) == {"a", "b", "c"}
    again = (Rerun("a", "X = f()", ((3, 4),)), Rerun("b", "Y = g()", ((1, 2),)), Rerun("c", "Z = h()", ((1, 1),)))
    asked = recording(notes, Question("a", "path", ""), Question("b", "output", ""), Question("c", "time", ""))
    assert set(unanswered(asked, NO_RULES, again)) == {"b"}
    assert set(unanswered(recording(notes), NO_RULES, again)) == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("note", "holds"),
    [
        (Note("a", 1, "variable", "TERM"), False),
        (Note("a", 1, "variable", "NO_COLOR"), True),  # guarded
        (Note("a", 1, "clock", ""), True),  # taking a lock asks for it
        (Note("a", 1, "process", ""), False),
        (Note("a", 1, "thread-number", ""), True),  # as before
        (Note("a", 1, "folder", "", "liba.so"), True),  # of constructors
    ],
)
def test_bits(note: Note, holds: bool):
    """A module may not keep a bit that follows from an answer which is not the same at each start."""
    assert (unanswered(recording([note]), NO_RULES, ()) == {}) is holds


def test_bits_of_streams():
    """Whether a standard stream is a terminal may be kept as a bit that others follow from; another file never is one."""
    out, err, file = (Note("a", 1, "terminal", detail) for detail in ("1", "2", ""))
    assert unanswered(recording([file]), NO_RULES, ()) == {}
    assert unanswered(recording([out, err, file]), NO_RULES, ()) == {"a": (out, err)}


def test_prefixes():
    """Who looks through all variables for a prefix is guarded by it; what else the module asks for counts as ever."""
    prefix, home = Note("a", 1, "prefix", "A_"), Note("a", 1, "variable", "HOME")
    assert unanswered(recording([prefix, home]), NO_RULES, ()) == {"a": (home,)}
    assert guarded_variables([prefix, home], NO_RULES) == ("A_*",)


def test_guards():
    """A variable that hardly anybody sets is guarded, one that everybody has is not."""
    notes = [Note("a", 1, "variable", name) for name in ("NO_COLOR", "HOME", "LC_ALL", "")]
    assert guarded_variables(notes, NO_RULES) == ("NO_COLOR",)


def test_graphs():
    """Names that hold something else, or are missing, differ; the order of names makes no difference."""
    one = Graph({("a", "x"): "1", ("a", "y"): "2"})
    other = Graph({("a", "y"): "3", ("a", "x"): "1", ("b", "z"): "4"})
    assert one.differing(other) == (("a", "y"), ("b", "z"))


def test_rules_are_whole():
    """Every rule has a reason, and a module or, for servers, distributions."""
    import tomli

    import bundler.snapshot.rules

    raw = tomli.loads(Path(bundler.snapshot.rules.__file__).with_name("rules.toml").read_text())
    for kind, rows in raw.items():
        for row in rows:
            assert row["reason"], kind
            assert row["distributions"] if kind == "server" else row["module"], kind
    assert load_rules().again["time"] == "tzset()"


# --- Kinds ------------------------------------------------------------------------------------------------------------


def noted_kinds() -> set[str]:
    """Kinds that the launcher notes: the first such text of a macro that interposes a call, and of each other note."""
    c = "\n".join(path.read_text() for path in sorted(launcher_folder().rglob("*.c")))
    python = (launcher_folder() / "snapshot" / "recorder.py").read_text()
    ways = (
        (c, r'^(?:ASK|ASK_FOR|DO|REFUSE)\([^"]*"([a-z-]+)"'),
        (c, r'\b(?:bundle_note|note_stream)\([^";]*"([a-z-]+)"'),
        (c, r'\bbundle_note\([^";]*"[a-z-]+" : "([a-z-]+)"'),
        (python, r'\b_?not(?:e|ing)\("([a-z-]+)"'),
        (python, r'(?:: |\), )\("([a-z-]+)", (?:None|"[A-Za-z]+")\)'),
        (python, r'_OF_ONE, "([a-z-]+)"'),
    )
    return {found for text, pattern in ways for found in re.findall(pattern, text, re.MULTILINE)}


# What is no question and no effect, but tells where others belong.
_EVENTS = {"begin", "end", "fail", "again", "again-end", "constructed", "symbol"}

# What the build makes of notes.
_DERIVED = {"prefix", "named", "locale-name", "import", "again"}


def test_every_kind_is_known():
    """What the launcher notes has a meaning, and words for who reads why a module is late; no kind is listed that nobody notes."""
    noted = noted_kinds()

    assert len(noted) > 30
    assert noted - _EVENTS <= set(KINDS)
    assert set(KINDS) <= noted | _DERIVED
    assert all(kind.words or kind.says_nothing for kind in KINDS.values())


def test_rules_name_kinds():
    """A rule for a kind that nobody notes would never apply."""
    assert {rule.kind for rule in load_rules().harmless} <= set(KINDS)
