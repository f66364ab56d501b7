"""What a file names outside import statements: builtins of `site`, and codecs."""

from __future__ import annotations

import pytest

from bundler.analyze.read.facts import parse
from bundler.analyze.read.worker.scan import scan
from tests.analyze.scanned import facts


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("exit()", ["exit"]),
        ("def f():\n  quit(1)", ["quit"]),
        ("class C:\n  x = copyright", ["copyright"]),
        ("print(help, credits, license)", ["credits", "help", "license"]),
        ("lambda: [exit for _ in x]", ["exit"]),
        ("def f():\n  exit = 1\n  exit()", []),
        ("def f(exit):\n  exit()", []),
        ("from sys import exit\nexit()", []),
        ("def help(): pass\nhelp()", []),
        ("sys.exit()", []),
        ("x.help, 'license'", []),
        ("exit = 1", []),
        ("def f():\n  global exit\n  exit()", ["exit"]),
        ("# \u00e4\nexit()", ["exit"]),
    ],
)
def test_builtins_of_site(text: str, found: list[str]):
    """`exit` and the like are needed where they are used as global names that the file does not define."""
    assert facts(text)["site_builtins"] == found


@pytest.mark.parametrize(
    "source",
    [b"\xef\xbb\xbfexit()\n", b"# coding: latin-1\nx = '\xe4'\nexit()\n", b"# coding: cp1252\n\xe4 = 1\nexit()\n"],
    ids=["byte order mark", "text", "identifier"],
)
def test_builtins_of_site_in_any_encoding(source: bytes):
    """Uses of `exit` are found in a file of any encoding that it declares."""
    assert parse(scan(source)).site_builtins == {"exit"}


@pytest.mark.parametrize(
    ("text", "codecs"),
    [
        ("x.decode('latin-1')", ["latin_1"]),
        ("open(f, encoding='UTF8')", ["utf_8"]),
        ("NAME = 'Shift_JIS'", ["shift_jis"]),
        ("def f(x='cp437'): pass", ["cp437"]),
        ("x in ('idna', 'punycode')", ["idna", "punycode"]),
        ("x = 'no codec'", []),
        ("x = 'aliases'", []),
        ("latin_1 = 1", []),
    ],
)
def test_named_codecs(text: str, codecs: list[str]):
    """A string constant that names a codec, under any alias and wherever it stands, may be one that is looked up."""
    assert facts(text)["codecs"] == codecs


@pytest.mark.parametrize(
    ("text", "is_computed"),
    [
        ("x.decode(name)", True),
        ("x.encode(self.encoding, 'strict')", True),
        ("open(f, encoding=name)", True),
        ("x.decode()", False),
        ("x.decode('utf-8')", False),
        ("open(f, encoding='utf-8')", False),
        ("open(f, encoding=None)", False),
        ("x.decoder(name)", False),
        ("urllib.parse.unquote(x, name)", True),
        ("unquote(x)", False),
        ("bz2.open(f, 'rt', 9, name)", True),
        ("import pathlib\npathlib.Path(x).open('r', -1, name)", True),
        ("import os, pathlib\nos.open(x, flags, mode)", False),
        ("x.open('r', -1, name)", False),
        ("import configparser\nparser.read(f, name)", True),
        ("import configparser\nparser.read(f)", False),
        ("archive.read(f, name)", False),
        ("ZipFile(f, metadata_encoding=name)", True),
        ("exec(compile(open(f, 'rb').read(), f, 'exec'))", True),
        ("with open(f, mode='rb') as file:\n  text = file.read()\nexec(text)", True),
        ("def f(path):\n  return path.read_bytes()\ncompile(f(x), x, 'exec')", True),
        ("exec(compile(open(f).read(), f, 'exec'))", False),
        ("re.compile(path.read_bytes())", False),
        ("data = path.read_bytes()\nexec(code)", False),
    ],
)
def test_computed_encodings(text: str, is_computed: bool):
    """If an encoding is computed, all codecs may be needed."""
    assert facts(text)["any_codec"] is is_computed
