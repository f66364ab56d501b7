"""Rules for single modules (`rules.toml`), tried on what they are for or on a stand-in of the same name."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.snapshot.conftest import Recorded, told
from tests.support import APPS, inspect, run

TABLES = APPS / "snapshot" / "tables"


@pytest.fixture(scope="module")
def tables(recorded_with: Callable[[Path, Path], Recorded]) -> Recorded:
    """A program in an environment with the stand-ins."""
    return recorded_with(TABLES / "installed", TABLES / "tables.py")


@pytest.mark.one_python
@pytest.mark.proof
def test_tables_without_order(tables: Recorded):
    """Tables of the standard library, of Pygments and of NumPy whose order nobody can tell end no snapshot, though a module that is
    imported late fills them in a usual start before others do.
    """
    snapshot = inspect(tables.binary)["snapshot"]
    assert list(snapshot["late"]) == ["prints"]
    assert {"kept", "fills", "numpy", "pygments.lexers", "scipy"} <= set(snapshot["modules"])
    tables.check_same()


@pytest.mark.one_python
@pytest.mark.proof
def test_part_named_by_a_file(tables: Recorded, tmp_path: Path):
    """SciPy names a part of its own where the current folder has a file of that name, and not elsewhere."""
    (tmp_path / "odr").touch()
    (tmp_path / "other").mkdir()
    found = set()
    for folder in (tmp_path, tmp_path / "other"):
        restored = run([tables.binary], environment=tables.environment({"BUNDLE_TRACE": "snapshot"}), cwd=folder)
        assert told(restored) == "restored"
        assert tables.program.check_same(environment=tables.environment({}), cwd=folder).stdout == restored.stdout
        found.add(b"odr" in restored.stdout)
    assert found == {True, False}


@pytest.mark.one_python
def test_own_modules_with_names_of_others(recorded: Callable[[Path], Recorded]):
    """A rule is about the module that it was written for: the app's own of that name is recorded like any other."""
    program = recorded(APPS / "snapshot" / "namesakes" / "namesakes.py")
    assert {"platform", "tqdm.std"} <= set(inspect(program.binary)["snapshot"]["modules"])
    program.check_same()
    assert told(program.start(OWN_STYLE="x")) == "OWN_*"
    assert program.start("secret").stdout != program.start("secret").stdout, "random bytes of the app are the build's"


def catalogue(translations: dict[str, str]) -> bytes:
    """A file of translations, as `msgfmt` makes it: two tables of lengths and places, then the texts."""
    texts = [each.encode() for table in (translations, translations.values()) for each in table]
    places, at, count = [], 28 + 8 * len(texts), len(translations)
    for text in texts:
        places += [len(text), at]
        at += len(text) + 1
    head = struct.pack("<7I", 0x950412DE, 0, count, 28, 28 + 8 * count, 0, at)
    return head + struct.pack(f"<{len(places)}I", *places) + b"".join(text + b"\0" for text in texts)


@pytest.mark.one_python
@pytest.mark.proof
def test_translations_in_the_binary(recorded: Callable[[Path], Recorded], tmp_path_factory: pytest.TempPathFactory):
    """Which translation a module finds follows from the user's language, if the binary carries any; who looks for others asks nothing."""
    folder = tmp_path_factory.mktemp("translations")
    for package in ("shop", "bare"):
        (folder / package).mkdir()
        (folder / package / "__init__.py").write_text(
            "import gettext, os.path\n"
            f"_ = gettext.translation('{package}', os.path.join(os.path.dirname(__file__), 'locale'), fallback=True).gettext\n"
        )
    (folder / "users.py").write_text("import shop\nGREETING = shop._('hello')\n")
    table = folder / "shop" / "locale" / "es" / "LC_MESSAGES" / "shop.mo"
    table.parent.mkdir(parents=True)
    table.write_bytes(catalogue({"": "Content-Type: text/plain; charset=UTF-8\n", "hello": "hola"}))
    (folder / "main.py").write_text(
        "import argparse, bare, shop, users\n"
        "print(shop._('hello'), users.GREETING, bare._('hello'), argparse.ArgumentParser(prog='main').format_help())\n"
    )
    program = recorded(folder / "main.py")
    assert set(inspect(program.binary)["snapshot"]["late"]) <= {"shop", "users"}
    assert program.check_same(LANGUAGE="es").stdout.startswith(b"hola hola hello")
    assert program.check_same(LANGUAGE="de:en").stdout.startswith(b"hello hello hello")
