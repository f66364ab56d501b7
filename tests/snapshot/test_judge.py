"""What is recorded, what is run again, and what is late: judgements on what modules asked and did."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from bundler.analyze.graph import APP, Binding, ExtensionModule, Import, ModuleGraph
from bundler.contract import launcher_folder
from bundler.link.objects import PrelinkedObject
from bundler.snapshot.judge import Extent, guarded_variables, importers, recordable_modules, unanswered_notes
from bundler.snapshot.kinds import KINDS, NoteKind
from bundler.snapshot.model import Event, Graph, Note, Question, Recording, Rerun
from bundler.snapshot.rules import Rules, Steady, load_rules

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
    assert recordable_modules(events(text), late, edges(*imports), Extent.ALL) == tuple(expected)


def test_recordable_up_to_first():
    """Where the order can be told, what comes behind the first late module is left out."""
    assert recordable_modules(events("a b c"), ["b"], [], Extent.UP_TO_LATE) == ("a",)
    assert recordable_modules(events("p(a late b) c"), ["late"], edges("p>late"), Extent.UP_TO_LATE) == ("a",)
    assert recordable_modules(events("a p(b p.x c late)"), ["late"], edges("p>late"), Extent.UP_TO_LATE) == (
        "a",
        "b",
        "c",
    )
    assert recordable_modules(events("a p(b p.x c late)"), ["late"], edges("p>late"), Extent.UP_TO_LEFT_OUT) == (
        "a",
        "b",
    )


def test_importers():
    """The modules that were being imported when one began."""
    assert importers(events("__main__(a(b c(d)))"), "d") == ("a", "c")


def recording(notes: Sequence[Note], *asked_again: Question) -> Recording:
    """A recording with these notes and questions."""
    return cast(Recording, SimpleNamespace(notes=tuple(notes), asked_again=frozenset(asked_again)))


def test_unanswered():
    """Questions that other recordings answer in another way may be asked where no line is known; all others must be asked again."""
    notes = [
        Note("a", 0, NoteKind.TIME, ""),
        Note("a", 3, NoteKind.PATH, "/etc/x"),
        Note("b", 2, NoteKind.OUTPUT, ""),
        Note("c", 1, NoteKind.TIME, ""),
    ]
    assert set(unanswered_notes(recording(notes), NO_RULES, ())) == {"a", "b", "c"}
    again = (Rerun("a", "X = f()", ((3, 4),)), Rerun("b", "Y = g()", ((1, 2),)), Rerun("c", "Z = h()", ((1, 1),)))
    asked = recording(
        notes, Question("a", NoteKind.PATH, ""), Question("b", NoteKind.OUTPUT, ""), Question("c", NoteKind.TIME, "")
    )
    assert set(unanswered_notes(asked, NO_RULES, again)) == {"b"}
    assert set(unanswered_notes(recording(notes), NO_RULES, again)) == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("note", "holds"),
    [
        (Note("a", 1, NoteKind.VARIABLE, "TERM"), False),
        (Note("a", 1, NoteKind.VARIABLE, "NO_COLOR"), True),  # guarded
        (Note("a", 1, NoteKind.CLOCK, ""), True),  # taking a lock asks for it
        (Note("a", 1, NoteKind.PROCESS, ""), False),
        (Note("a", 1, NoteKind.THREAD_NUMBER, ""), True),  # as before
        (Note("a", 1, NoteKind.FOLDER, "", "liba.so"), True),  # of constructors
    ],
)
def test_bits(note: Note, holds: bool):
    """A module may not keep a bit that follows from an answer which is not the same at each start."""
    assert (unanswered_notes(recording([note]), NO_RULES, ()) == {}) is holds


def test_bits_of_streams():
    """Whether a standard stream is a terminal may be kept as a bit that others follow from; another file never is one."""
    out, err, file = (Note("a", 1, NoteKind.TERMINAL, detail) for detail in ("1", "2", ""))
    assert unanswered_notes(recording([file]), NO_RULES, ()) == {}
    assert unanswered_notes(recording([out, err, file]), NO_RULES, ()) == {"a": (out, err)}


def test_prefixes():
    """Who looks through all variables for a prefix is guarded by it; what else the module asks for counts as ever."""
    prefix, home = Note("a", 1, NoteKind.PREFIX, "A_"), Note("a", 1, NoteKind.VARIABLE, "HOME")
    assert unanswered_notes(recording([prefix, home]), NO_RULES, ()) == {"a": (home,)}
    assert guarded_variables([prefix, home], NO_RULES) == ("A_*",)


def test_guards():
    """A variable that hardly anybody sets is guarded, one that everybody has is not."""
    notes = [Note("a", 1, NoteKind.VARIABLE, name) for name in ("NO_COLOR", "HOME", "LC_ALL", "")]
    assert guarded_variables(notes, NO_RULES) == ("NO_COLOR",)


def test_graphs():
    """Names that hold something else, or are missing, differ; the order of names makes no difference."""
    one = Graph({("a", "x"): "1", ("a", "y"): "2"})
    other = Graph({("a", "y"): "3", ("a", "x"): "1", ("b", "z"): "4"})
    assert one.differing_names(other) == (("a", "y"), ("b", "z"))


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


def test_steady_modules():
    """A module that is steady by a rule is the one that the program imports by this name, wherever it lies, and no object beside it."""
    module = ExtensionModule("lib.orjson.orjson", Path(), "/__bundle__/lib/orjson/orjson.so", False, APP)
    named = ModuleGraph(
        "app", {module.name: module}, (), (), (), (), (), main_module="", other_names={"orjson.orjson": module.name}
    )
    other = replace(named, other_names={})
    paths = ("/__bundle__/orjson/orjson.so", "/__bundle__/lib/orjson/orjson.so")
    objects = [cast(PrelinkedObject, SimpleNamespace(path=path, index=index)) for index, path in enumerate(paths)]
    rules = replace(NO_RULES, steady=("orjson.orjson", "lxml.etree"))

    assert rules.steady_parts(named, objects) == Steady(("orjson.orjson",), (1,))
    assert rules.steady_parts(other, objects) == Steady((), ())
    assert rules.without({"orjson.orjson"}).steady_parts(named, objects) == Steady((), ())


def test_rules_in_effect_have_a_digest():
    """Equal rules have equal digests, those that are left for an app with modules of their names have others."""
    rules = load_rules()

    assert rules.digest == replace(rules).digest
    assert len({rules.digest, rules.without({"time"}).digest, rules.without({"orjson.orjson"}).digest}) == 3


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
_DERIVED = {"prefix", "locale-name"}


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
