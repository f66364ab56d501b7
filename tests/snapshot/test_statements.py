"""Names whose values are found again at each start: paths are changed in place, wherever copies of the name are."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from bundler.link.model import Linked
from bundler.snapshot.differences import Owners
from bundler.snapshot.model import Memory, Range, Recording
from bundler.snapshot.passed_over import Interned, Tables
from bundler.target.model import ObjectLayout
from tests.snapshot.conftest import Recorded, told
from tests.support import APPS, inspect, run

FOLDERS = APPS / "snapshot" / "folders"
JUDGING = APPS / "snapshot" / "judging"


def late(recorded: Recorded) -> Mapping[str, str]:
    found: Mapping[str, str] = inspect(recorded.binary)["snapshot"]["late"]
    return found


@pytest.mark.one_python
def test_copies(recorded: Callable[[Path], Recorded], tmp_path: Path):
    """A default, a field, a class and a partial call that hold a path have this user's; it is one object in all of them."""
    folders = recorded(FOLDERS / "folders.py")
    assert late(folders) == {}
    for home in ("/", str(tmp_path), "/tmp"):
        assert home.encode() in folders.check_same(HOME=home).stdout


@pytest.mark.one_python
@pytest.mark.parametrize(("name", "module"), [("as_key", "keys"), ("at_times", "sometimes")])
@pytest.mark.proof
def test_other_objects(recorded: Callable[[Path], Recorded], name: str, module: str):
    """A path that was a key, or that is none on other machines, is not changed: who has a copy of it is imported at each start."""
    program = recorded(FOLDERS / f"{name}.py")
    assert list(late(program)) == [module]
    program.check_same()
    program.check_same(HOME="/tmp", XDG_STATE_HOME="/tmp/state")


@pytest.mark.one_python
@pytest.mark.proof
def test_judged_answers(recorded: Callable[[Path], Recorded]):
    """Of an answer no more may be kept than a bit, which is the same in every recording: it is that of this start all the same.

    What asks once and remembers, and what has a name at some starts alone, is imported at each start. Garbage keeps nothing.
    """
    program = recorded(JUDGING / "judging.py")
    assert set(late(program)) == {"remembers", "sets_sometimes"}
    texts = {
        program.check_same(*arguments, TERM=term, HOME=home, TZ=zone).stdout
        for arguments, term, home, zone in (((), "dumb", "/", "UTC"), (("--quiet",), "xterm-256color", "/tmp", "EST5"))
    }
    assert texts == {
        b"True True False True False\nTrue True True\nzone UTC\n",
        b"False False False True True\nFalse False False\nzone EST5\n",
    }


@pytest.mark.one_python
@pytest.mark.proof
def test_roundabout_uses(recorded: Callable[[Path], Recorded]):
    """A bit of an answer is followed where a module is asked for any of its names, and where a function that uses it is called, or a
    class that does is told, without a call that can be seen. A function that a decorator has, and nobody calls, uses nothing yet.
    """
    program = recorded(APPS / "snapshot" / "reaching" / "reaching.py")
    found = late(program)
    assert {"calls_at_once", "fields", "namesakes", "tells_bases"} <= set(found)
    assert "registers" not in found
    assert "line 13 uses `KIND`" in found["calls_at_once"]
    assert {program.check_same(TERM=term).stdout.split()[0] for term in ("dumb", "xterm")} == {b"0", b"1"}


@pytest.mark.one_python
def test_attributes_of_the_interpreter(recorded: Callable[[Path], Recorded], tmp_path: Path):
    """Bits of the executable's path, of UTF-8 mode and of a stream are those of this start; what makes more of them is late."""
    program = recorded(APPS / "snapshot" / "starting" / "starting.py")
    assert list(late(program)) == ["judges_path"]
    assert "line 5" in late(program)["judges_path"]
    copy = shutil.copy(program.binary, tmp_path / "copy")
    found = set()
    for binary, locale in ((program.binary, "C.UTF-8"), (copy, "C.UTF-8"), (copy, "C")):
        variables = program.environment({"LC_ALL": "", "LC_CTYPE": "", "LANG": locale})
        usual = run([binary], environment={**variables, "BUNDLE_SNAPSHOT": "no"})
        restored = run([binary], environment={**variables, "BUNDLE_TRACE": "snapshot"})
        assert told(restored) == "restored"
        assert restored.stdout == usual.stdout
        found.add(usual.stdout)
    # From 3.15 on UTF-8 mode does not follow from the locale (PEP 686).
    assert len(found) == (2 if program.program.interpreter.version >= "3.15" else 3)
    with (tmp_path / "in").open("w+b") as file:
        done = subprocess.run([program.binary], stdin=file, stdout=file, env=program.environment({}), check=True)
        assert done.returncode == 0
    assert (tmp_path / "in").read_bytes().splitlines()[1] == b"False True"
    assert run([program.binary]).stdout.splitlines()[1] == b"True False"


@pytest.mark.one_python
def test_order_of_addresses(recorded: Callable[[Path], Recorded]):
    """What depends on the addresses of objects alone, as the order in a set does, is no answer of the machine."""
    program = recorded(APPS / "snapshot" / "addresses" / "addresses.py")
    assert late(program) == {}
    assert {"shuffles", "asks"} <= set(inspect(program.binary)["snapshot"]["modules"])
    assert program.check_same(HOME="/tmp").stdout.split()[-1] == b"/tmp"


@pytest.mark.one_python
@pytest.mark.proof
def test_quiet_questions(recorded: Callable[[Path], Recorded]):
    """Attributes of `time`, methods of `sys.argv`, the time zone and actions of signals are answers of the machine, too."""
    program = recorded(APPS / "snapshot" / "asking" / "asking.py")
    assert set(late(program)) == {"sets_arguments", "sets_action"}
    program.check_same("-v", "two", TZ="UTC0")
    program.check_same(TZ="Europe/Berlin", LC_ALL="C")
    program.check_same(TZ="Asia/Tokyo", LC_ALL="POSIX")
    ignoring: list[str | Path] = ["sh", "-c", 'trap "" HUP; exec "$@"', "sh", program.binary]
    usual, restored = (run(ignoring, environment=program.environment({"BUNDLE_SNAPSHOT": each})) for each in ("no", ""))
    assert restored.stdout == usual.stdout
    assert restored.stdout.endswith(b" False\n")


# Pythons tell the place of a loop's step in two ways.
@pytest.mark.proof
def test_prefixes(recorded: Callable[[Path], Recorded]):
    """Who looks through all variables for those with a prefix is guarded by the prefix; who looks at others too does so again."""
    program = recorded(APPS / "snapshot" / "prefixes" / "prefixes.py")
    assert late(program) == {}
    assert {"A_SHOP_*", "B_SHOP_*", "SHOP_*"} <= set(inspect(program.binary)["snapshot"]["guards"])
    program.check_same(HOME="/")
    many = {f"VARIABLE_{number}": "x" for number in range(100)}
    program.check_same(whole={**program.environment({"SHOPS": "1"}), **many})
    assert told(program.start(KIND_OF_NAMES="x")) == "KIND_OF_NAMES"
    for name in ("SHOP_TITLE", "B_SHOP_TITLE"):
        assert told(program.start(**{name: "x"})) == f"{name.removesuffix('TITLE')}*"


@pytest.mark.one_python
@pytest.mark.proof
def test_statements_that_add(recorded: Callable[[Path], Recorded]):
    """A statement that changes more than its names each time is not run again; nor is a lot drawn once for all starts."""
    program = recorded(APPS / "snapshot" / "adding" / "adding.py")
    assert set(late(program)) == {"adds", "counts", "draws"}
    program.check_same()


@pytest.mark.one_python
@pytest.mark.proof
def test_order_of_state(recorded: Callable[[Path], Recorded]):
    """Where a module sets what one before it has set, which is imported at each start, it is imported behind that."""
    program = recorded(APPS / "snapshot" / "ordering" / "ordering.py")
    assert "sets_too" not in inspect(program.binary)["snapshot"]["modules"]
    program.check_same()


@pytest.mark.one_python
@pytest.mark.proof
def test_begun_anew(recorded: Callable[[Path], Recorded], tmp_path: Path):
    """Where a statement that is run again raises an exception, the usual start takes over, and nobody can tell."""
    program = recorded(JUDGING / "elsewhere.py")
    assert late(program) == {}
    program.check_same("a", "-c")
    gone = tmp_path / "gone"
    gone.mkdir()
    command = 'cd "$1" && rmdir "$1" && shift && exec "$@"'
    words: list[str | Path] = ["sh", "-c", command, "sh", gone, program.binary, "-c", "import sys"]
    done = run(words, environment=program.environment({"BUNDLE_TRACE": "snapshot"}))
    assert done.stdout == b'[true, "-c", "import sys"]\n'
    assert [line.rpartition(": ")[2] for line in done.stderr.decode().splitlines()] == [
        "restored",
        "a start could not go on from it",
    ]


def field(name: str, offset: int, size: int) -> SimpleNamespace:
    return SimpleNamespace(name=name, offset=offset, size=size)


KEYS = (
    field("dk_log2_size", 8, 1),
    field("dk_log2_index_bytes", 9, 1),
    field("dk_kind", 10, 1),
    field("dk_usable", 16, 8),
    field("dk_nentries", 24, 8),
    field("dk_indices", 32, 0),
)
START = 0x10000


def keys(places: bytes, usable: int = 3) -> Memory:
    """The keys of a dictionary with eight places, five of which may have entries."""
    head = (1).to_bytes(8, "little") + bytes((3, 3, 1, 0)) + bytes(4)
    return Memory(START, head + usable.to_bytes(8, "little") + (2).to_bytes(8, "little") + places)


@pytest.mark.parametrize(
    ("one", "other", "holds"),
    [
        (b"\0\1\xff\xff\xff\xff\xff\xff", b"\0\1\xff\xff\xff\xff\xff\xff", True),
        (b"\0\1\xfe\xff\xff\xff\xff\xff", b"\0\1\xff\xff\xfe\xff\xff\xff", True),  # another key was there before
        (b"\0\xfe\1\xff\xff\xff\xff\xff", b"\0\1\xff\xff\xff\xff\xff\xff", True),  # and the place was taken
        (b"\0\1\xff\xff\xff\xff\xff\xff", b"\0\2\xff\xff\xff\xff\xff\xff", False),  # another entry
        (b"\0\1\xff\xff\xff\xff\xff\xff", b"\0\1\2\xff\xff\xff\xff\xff", False),  # one more
    ],
)
def test_tables(one: bytes, other: bytes, holds: bool):
    """Hash tables are equal if they have the same entries, wherever in the table these are."""
    first, second = (cast(Recording, SimpleNamespace(region=keys(places))) for places in (one, other))
    owners = cast(Owners, SimpleNamespace(block=lambda _: Range(START, 40)))
    layout = cast(ObjectLayout, SimpleNamespace(structs={"keys": KEYS}))

    assert Tables(first, second, owners, layout).hold(START + 32) is holds


def test_no_table():
    """What has no fitting sizes is no table of a dictionary; the words before the table are none of it."""
    right, wrong = keys(b"\0\1" + b"\xff" * 6), keys(b"\0\1" + b"\xff" * 6, usable=9)
    owners = cast(Owners, SimpleNamespace(block=lambda _: Range(START, 40)))
    layout = cast(ObjectLayout, SimpleNamespace(structs={"keys": KEYS}))
    for memory, held in ((right, [START + 32]), (wrong, [])):
        recording = cast(Recording, SimpleNamespace(region=memory))
        tables = Tables(recording, recording, owners, layout)
        assert [at for at in range(START, START + 40, 8) if tables.hold(at)] == held


TEXT_TYPE = 0x500000


@pytest.mark.parametrize(
    ("kind", "state", "words", "holds"),
    [
        (TEXT_TYPE, 1, [START, START, 0, 0], True),
        (TEXT_TYPE, 0, [START, START, 0, 0], False),  # a dictionary may have it
        (TEXT_TYPE, 1, [START, START, START + 16, 0], False),  # somebody has it, or its characters
        (TEXT_TYPE, 1, [START, 0, START, 0], False),
        (TEXT_TYPE + 8, 1, [START, START, 0, 0], False),
    ],
)
def test_interned(kind: int, state: int, words: list[int], holds: bool):
    """A string that nobody but the table of interned strings refers to may differ."""
    numbers = (1, kind, 4, state, 0x636261, *words)
    memory = Memory(START, b"".join(number.to_bytes(8, "little") for number in numbers))
    recording = cast(Recording, SimpleNamespace(region=memory, parts=(memory,)))
    linked = cast(Linked, SimpleNamespace(executable=SimpleNamespace(symbols={"PyUnicode_Type": TEXT_TYPE})))
    owners = cast(Owners, SimpleNamespace(block=lambda _: Range(START, 40)))
    layout = cast(ObjectLayout, SimpleNamespace(structs={"ascii": (field("state", 24, 4),)}))

    assert Interned(recording, linked, owners, layout).hold(START + 32) is holds
