"""Modules and codecs that the standard library looks up by computed names: each place in a program that uses nothing else."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from tests.support import Interpreter, Program, bundle

PLACES = {
    "dbm": """
        import os, dbm, tempfile
        with tempfile.TemporaryDirectory() as folder:
            with dbm.open(os.path.join(folder, "x"), "c") as file:
                file["a"] = "b"
            print(dbm.whichdb(os.path.join(folder, "x")) is not None)
        """,
    "shelve": """
        import os, shelve, tempfile
        with tempfile.TemporaryDirectory() as folder, shelve.open(os.path.join(folder, "x")) as file:
            file["a"] = [1]
            print(dict(file))
        """,
    "xml.dom": """
        from xml.dom import getDOMImplementation
        print(getDOMImplementation().createDocument(None, "a", None).documentElement.tagName)
        """,
    "xml.sax": """
        import io, xml.sax, xml.sax.handler
        parser = xml.sax.make_parser()
        parser.parse(io.BytesIO(b"<a/>"))
        print(type(parser).__name__)
        """,
    "zipfile": """
        import io, zipfile
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w") as archive:
            archive.writestr("x.txt", "y")
        data = io.BytesIO(data.getvalue().replace(b"x.txt", b"\\x81.txt"))
        print(zipfile.ZipFile(data).namelist())
        """,
    "plistlib": """
        import plistlib
        print(plistlib.loads(plistlib.dumps({"a": "ä€"}, fmt=plistlib.FMT_BINARY)))
        text = plistlib.dumps({"b": 1}).decode().replace("UTF-8", "UTF-16")
        print(plistlib.loads(text.encode("utf-16")))
        """,
    "email": """
        import email, email.policy
        mail = b"Content-Type: text/plain; charset=shift_jis\\nContent-Transfer-Encoding: 8bit\\n\\n\\x83e\\x83X\\x83g\\n"
        print(email.message_from_bytes(mail, policy=email.policy.default).get_content())
        """,
    "urllib.request": """
        import pathlib, sys, tempfile, urllib.request
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "x.txt")
            path.write_text("text")
            print(urllib.request.urlopen(path.as_uri()).headers.get_content_type())
        try:
            urllib.request.urlopen("ftp://127.0.0.1:1/x")
        except OSError as error:
            print(type(error).__name__)
        """,
    "email.header": """
        from email.header import decode_header, make_header
        print(make_header(decode_header("=?koi8-r?B?8NLJ18XU?=")))
        """,
    "pyexpat": """
        import xml.etree.ElementTree as tree
        print(tree.fromstring(b"<?xml version='1.0' encoding='macintosh'?><a>\\x8e</a>").text)
        """,
    "gettext": """
        import gettext, io, struct
        head = b"Content-Type: text/plain; charset=iso8859-5\\n"
        texts = [(b"", head), (b"a", b"\\xbf")]
        keys = b"".join(key + b"\\0" for key, _ in texts)
        values = b"".join(value + b"\\0" for _, value in texts)
        start = 28 + 16 * len(texts)
        rows, offset = b"", start
        for key, _ in texts:
            rows += struct.pack("<II", len(key), offset)
            offset += len(key) + 1
        for _, value in texts:
            rows += struct.pack("<II", len(value), offset)
            offset += len(value) + 1
        catalogue = struct.pack("<IIIIIII", 0x950412de, 0, 2, 28, 28 + 8 * len(texts), 0, 0) + rows + keys + values
        print(gettext.GNUTranslations(io.BytesIO(catalogue)).gettext("a"))
        """,
    "tokenize": """
        import io, tokenize
        print(tokenize.detect_encoding(io.BytesIO(b"# coding: cp1251\\n").readline)[0])
        """,
    "codecs.lookup": "import codecs, sys\nprint(codecs.lookup(sys.argv[1]).name)",
    "codecs.getreader": "import codecs, io, sys\nprint(codecs.getreader(sys.argv[1])(io.BytesIO(b'\\xe8')).read())",
    "codecs.encode": "import codecs, sys\nprint(codecs.encode('č', sys.argv[1]))",
    "str": "import sys\nprint(str(b'\\xe8', sys.argv[1]))",
    "bytes": "import sys\nprint(bytes('č', sys.argv[1]))",
    "TextIOWrapper": "import io, sys\nprint(io.TextIOWrapper(io.BytesIO(b'\\xe8'), sys.argv[1]).read())",
    "open": "import os, sys\nprint(open(os.devnull, 'r', -1, sys.argv[1]).read() == '')",
    "decode": "import sys\nprint(b'\\xe8'.decode(sys.argv[1]))",
    "literal": "print(b'\\xe8'.decode('windows-1250'))",
}


@pytest.mark.parametrize("place", PLACES)
def test_a_place_alone(one_interpreter: Interpreter, tmp_path: Path, place: str):
    """What is found under Python is found in a binary, in a program that brings it along by nothing else."""
    source, binary = tmp_path / "app.py", tmp_path / "built" / "app.py"
    source.write_text(dedent(PLACES[place]))
    done = bundle(source, "--python", one_interpreter.python, "-o", binary)
    assert done.status == 0, done.stderr

    found = Program(one_interpreter, source, binary).check_same("cp1250")

    assert (found.status, found.stderr) == (0, b"")


def test_breakpoint(one_interpreter: Interpreter, tmp_path: Path):
    """`breakpoint()` starts the debugger, which only a program that names it carries."""
    source, binary = tmp_path / "app.py", tmp_path / "built" / "app.py"
    source.write_text("x = 1\nbreakpoint()\nprint('after')\n")
    # With sources: the debugger shows lines.
    done = bundle(source, "--with-source", "--python", one_interpreter.python, "-o", binary)
    assert done.status == 0, done.stderr

    found = Program(one_interpreter, source, binary).check_same(stdin=b"p 6 * 7\nc\n")

    assert b"42" in found.stdout
