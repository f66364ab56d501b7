"""Modules and codecs that the standard library looks up by computed names: each place in a program that uses nothing else."""

from __future__ import annotations

import subprocess
from pathlib import Path
from textwrap import dedent

import pytest

from tests.support import Interpreter, Program, bundle, find_interpreter

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
    "json": "import json\nprint(json.loads(b'[\\0001\\0]\\0'), json.loads(b'\\0\\0\\0[\\0\\0\\0002\\0\\0\\0]'))",
    "pickle": "import pickle\nprint(pickle._loads(pickle._dumps('\u20ac\\n', 0)), pickle._loads(b'V\\\\u20ac\\np0\\n.'))",
    "pickletools": "import io, pickletools\npickletools.dis(b'V\\\\u20ac\\np0\\n.')",
    "unquote": "import sys\nfrom urllib.parse import unquote\nprint(unquote('%e8', sys.argv[1]))",
    "quote": "import sys\nfrom urllib.parse import quote\nprint(quote('č', '', sys.argv[1]))",
    "parse_qs": "import sys, urllib.parse\nprint(urllib.parse.parse_qs('a=%e8', False, False, sys.argv[1]))",
    "urlencode": "import sys, urllib.parse\nprint(urllib.parse.urlencode({'a': 'č'}, False, '', sys.argv[1]))",
    "FileHandler": "import logging, os, sys\nprint(logging.FileHandler(os.devnull, 'a', sys.argv[1]).stream.encoding)",
    "gzip.open": """
        import gzip, io, sys
        print(gzip.open(io.BytesIO(gzip.compress(b"\\xe8")), "rt", 9, sys.argv[1]).read())
        """,
    "Path.open": "import os, pathlib, sys\nprint(pathlib.Path(os.devnull).open('r', -1, sys.argv[1]).read() == '')",
    "ConfigParser.read": "import configparser, os, sys\nprint(configparser.ConfigParser().read(os.devnull, sys.argv[1]))",
    "NamedTemporaryFile": "import sys, tempfile\nprint(tempfile.NamedTemporaryFile('w', -1, sys.argv[1]).encoding)",
    "metadata_encoding": """
        import io, sys, zipfile
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w") as archive:
            archive.writestr("x.txt", "y")
        data = io.BytesIO(data.getvalue().replace(b"x.txt", b"\\xe8.txt"))
        print(zipfile.ZipFile(data, metadata_encoding=sys.argv[1]).namelist())
        """,
    "compile": """
        import pathlib, tempfile
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "x.py")
            path.write_bytes(b"# coding: cp" + b"1250\\nprint('\\xe8')\\n")
            exec(compile(path.read_bytes(), "x.py", "exec"))
        """,
    "literal": "print(b'\\xe8'.decode('windows-1250'))",
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.proof
def test_a_place_alone(one_interpreter: Interpreter, tmp_path: Path, place: str):
    """What is found under Python is found in a binary, in a program that brings it along by nothing else."""
    source, binary = tmp_path / "app.py", tmp_path / "built" / "app.py"
    source.write_text(dedent(PLACES[place]))
    done = bundle(source, "--python", one_interpreter.python, "-o", binary)
    assert done.status == 0, done.stderr

    found = Program(one_interpreter, source, binary).check_same("cp1250")

    assert (found.status, found.stderr) == (0, b"")


OLD_PLACES = {
    "distutils.dist": "from distutils.core import setup\nsetup(name='x', script_args=['-n', '-q', 'build', 'clean'])",
    "distutils.ccompiler": """
        from distutils.ccompiler import new_compiler
        print(new_compiler().static_lib_extension)
        """,
    "lib2to3.refactor": """
        from lib2to3 import refactor
        fixers = refactor.get_fixers_from_package("lib2to3.fixes")
        print(len(fixers), refactor.RefactoringTool(fixers).refactor_string("print 1\\n", "x"))
        """,
}


@pytest.mark.parametrize("place", OLD_PLACES)
@pytest.mark.proof
def test_a_place_of_an_old_python(tmp_path: Path, place: str):
    """Packages that only older Pythons have find under a name what Python finds, also in an environment without setuptools."""
    base = find_interpreter("3.11")
    if base is None:
        pytest.skip("there is no Python 3.11 with venv and C headers on this machine")
    subprocess.run([base, "-m", "venv", "--without-pip", tmp_path / "env"], check=True)
    old = Interpreter("3.11", base, tmp_path / "env")
    source, binary = tmp_path / "app.py", tmp_path / "built" / "app.py"
    source.write_text(dedent(OLD_PLACES[place]))
    done = bundle(source, "--python", old.python, "-o", binary)
    assert done.status == 0, done.stderr

    found = Program(old, source, binary).check_same()

    assert found.status == 0


def test_breakpoint(one_interpreter: Interpreter, tmp_path: Path):
    """`breakpoint()` starts the debugger, which only a program that names it carries."""
    source, binary = tmp_path / "app.py", tmp_path / "built" / "app.py"
    source.write_text("x = 1\nbreakpoint()\nprint('after')\n")
    # With sources: the debugger shows lines.
    done = bundle(source, "--with-source", "--python", one_interpreter.python, "-o", binary)
    assert done.status == 0, done.stderr

    found = Program(one_interpreter, source, binary).check_same(stdin=b"p 6 * 7\nc\n")

    assert b"42" in found.stdout
