"""Imports by call and opened libraries: names that are literal, and names that code puts together."""

from __future__ import annotations

from typing import Any

import pytest

from tests.analyze.scanned import facts


def patterns(found: dict[str, Any]) -> list[str]:
    """The composed texts among facts."""
    return [text for text, _, _ in found["patterns"]]


@pytest.mark.parametrize(
    ("call", "name", "level"),
    [
        ("import_module('a.b')", "a.b", 0),
        ("importlib.import_module('a')", "a", 0),
        ("il.import_module('a')", "a", 0),
        ("__import__('a.b')", "a.b", 0),
        ("__import__('a.b', globals(), None, None, 1)", "a.b", 1),
        ("__import__('a', level=2)", "a", 2),
        ("__import__('a', globals(), None, [], 0)", "a", 0),
        ("import_module('.a', __package__)", "a", 1),
        ("import_module('..a.b', package=__name__)", "a.b", 2),
        ("import_module('.a', 'p.q')", "p.q.a", 0),
        ("import_module('.a', package='p.q')", "p.q.a", 0),
        ("import_module('..a.b', 'p.q')", "p.a.b", 0),
        ("lambda: import_module('a')", "a", 0),
        ("[import_module('a') for _ in x]", "a", 0),
        ("f(g=__import__('a'))", "a", 0),
    ],
)
def test_call_with_a_literal_name(call: str, name: str, level: int):
    """A literal name given to `import_module` or `__import__` is an import, wherever the call stands."""
    (found,) = facts(f"def f():\n  return {call}\n")["imports"]

    assert (found["name"], found["level"], found["names"], found["binding"]) == (name, level, None, "deferred")
    assert found["line"] == 2


@pytest.mark.parametrize(
    ("argument", "family"),
    [
        ("f'a.b_{x}'", ("a", 0, "b_")),
        ("'a.b.' + x", ("a.b", 0, "")),
        ("'a.b.' + x + y", ("a.b", 0, "")),
        ("'a.b_%s' % x", ("a", 0, "b_")),
        ("'a.b_{}'.format(x)", ("a", 0, "b_")),
        ("f'.{x}', __package__", ("", 1, "")),
        ("f'..a_{x}', __package__", ("", 2, "a_")),
        ("f'.{x}', 'p'", ("p", 0, "")),
        ("f'.a.b_{x}', __package__", ("a", 1, "b_")),
        ("f'.a.{x}', 'p'", ("p.a", 0, "")),
        ("f'..a.{x}', 'p.q'", ("p.a", 0, "")),
        ("x, 'p'", ("p", 0, "")),
        ("x, globals(), None, None, 1", ("", 1, "")),
        ("'a.b_' + x, level=2", ("a", 2, "b_")),
        ("f'{__name__}.{x}'", ("", 1, "")),
        ("f'{__package__}.a.b_{x}'", ("a", 1, "b_")),
        ("__spec__.parent + '.a.' + x", ("a", 1, "")),
        ("__name__.rpartition('.')[0] + '.a.' + x", ("a", 1, "")),
        ("__name__.rsplit('.', 1)[0] + '.a.' + x", ("a", 1, "")),
    ],
)
def test_call_with_a_name_that_begins_literally(argument: str, family: tuple[str, int, str]):
    """A computed name that begins with a literal one stands for a family of modules."""
    found = facts(f"import_module({argument})")

    assert [(each.package, each.level, each.stem) for each in found["families"]] == [family]
    assert found["dynamic"] == [1]


@pytest.mark.parametrize("argument", ["x", "f'{x}'", "f'{x}.a'", "x + '.a'", "'a' + x", "*x", "f(x)"])
def test_call_with_a_computed_name(argument: str):
    """Where nothing is known of the name, the line is."""
    found = facts(f"x = 1\n\nimport_module({argument})")

    assert found["dynamic"] == [3]
    assert found["families"] == found["imports"] == []


@pytest.mark.parametrize(
    "text",
    [
        "import_module('p/a-b'.replace('/', '.').replace('-', '_'))",
        "import_module('p/a-b.py'.removesuffix('.py').replace('/', '.').replace('-', '_'))",
        "import_module('.'.join(['p', 'a_b']))",
        "NAME = 'p/a-b'\nimport_module(NAME.replace('/', '.').replace('-', '_'))",
        "for x in ('p.a-b', other):\n  import_module(x.replace('-', '_'))",
        "TABLE = ['p.a-b']\nfor x in sorted(TABLE):\n  import_module(x.replace('-', '_'))",
        "TABLE = {'p.a-b': 1}\nfor x, y in TABLE.items():\n  import_module(x.replace('-', '_'))",
        "def f():\n  TABLE = {'x': 'p.a-b'}\n  return import_module(TABLE['x'].replace('-', '_'))",
        "x = [import_module(x.replace('-', '_')) for x in {'p.a-b'}]",
        "import_module(y or 'p.a-b'.replace('-', '_'))",
        "import_module('.a-b'.replace('-', '_'), 'p')",
        "for x in ('p.a_b',):\n  __import__(x)",
        "TABLE = {'x': 'p.a_b'}\nfor x in TABLE.values():\n  __import__(x)",
    ],
)
def test_call_with_a_changed_name(text: str):
    """A name that methods make of literals is known: of a literal, a constant, what a loop goes through, a table."""
    assert patterns(facts(text)) == ["p.a_b"]


@pytest.mark.parametrize(
    "text",
    [
        "import_module(x.replace('-', '_'))",
        "import_module('a-b'.replace(x, '_'))",
        "import_module('a-b'.replace('-', '_', 1, 2))",
        "import_module('a b'.replace('-', '_'))",
        "for x in load('a'):\n  import_module(x)",
        "'a-b'.replace('-', '_')",
    ],
)
def test_changed_name_that_is_not_known(text: str):
    """A change of what is not known, or by what is not known, names no module; nor does one without an import."""
    assert patterns(facts(text)) == []


@pytest.mark.parametrize(
    "composed",
    [
        "'%s.%s' % (PACKAGE, x)",
        "'%s.%s' % ('p', x)",
        "'%(a)s.%(b)s' % {'a': PACKAGE, 'b': x}",
        "'{}.{}'.format(PACKAGE, x)",
        "'{0}.{b}'.format(PACKAGE, b=x)",
        "FORM.format(PACKAGE, x)",
        "PACKAGE + '.' + x",
        "f'{PACKAGE}.{x}'",
        "'.'.join((PACKAGE, x))",
    ],
)
@pytest.mark.parametrize(
    "use",
    [
        "import_module({})",
        "name = {}\nimport_module(name)",
        "def load(name):\n  return import_module(name)\nload({})",
        "class A:\n  def __init__(self, name):\n    self.name = name\n  def load(self):\n    import_module(self.name)\nA({})",
        "def name_of(x):\n  return {}\nimport_module(name_of(1))",
        "names = []\nnames.append({})\nfor each in names:\n  import_module(each)",
        "list(map(import_module, [{}]))",
    ],
)
def test_composed_name(composed: str, use: str):
    """Constants of the module are filled in where a name is put together, and the text arrives where the import is."""
    found = facts(f"PACKAGE, x = 'p', 1\nPACKAGE = 'p'\nFORM = '{{}}.{{}}'\n{use.format(composed)}")

    assert [(text, lines) for text, _, lines in found["patterns"]] == [("p.*", found["dynamic"])]


@pytest.mark.parametrize("package", ["__name__", "__package__", "__spec__.parent", "__spec__.name"])
@pytest.mark.parametrize(
    "composed", ["f'{{PACKAGE}}.a.{{x}}'", "'%s.a.%s' % ({0}, x)", "'{{}}.a.{{}}'.format({0}, x)", "{0} + '.a.' + x"]
)
def test_composed_name_in_the_own_package(composed: str, package: str):
    """The file's own package is known, under each name that it has; also where a constant is its name."""
    found = facts(f"PACKAGE = {package}\nimport_module({composed.format(package)})")

    assert [(text, lines) for text, _, lines in found["patterns"]] == [(".a.*", [2])]


def test_name_of_the_own_package_elsewhere():
    """The name of the own package is not known where it does not begin a name."""
    assert patterns(facts("import_module('p.' + __name__)\nimport_module(__package__ + 'a.b')")) == ["p.*"]


@pytest.mark.parametrize("composed", ["'%d.%s' % (x, PACKAGE)", "'{!r}.{}'.format(x, PACKAGE)", "'%s.%s' % x"])
def test_composed_name_with_other_placeholders(composed: str):
    """Where placeholders cannot be counted, nothing is filled in."""
    assert patterns(facts(f"PACKAGE = 'p'\nimport_module({composed})")) == []


def test_composed_name_that_arrives_nowhere():
    """A text is meant by the imports at which it arrives, and by no other."""
    text = "def load(name):\n  import_module(name)\nload(f'p.{x}')\nimport_module(sys.argv[1])\nprint(f'q.{x}')"

    assert [(name, lines) for name, _, lines in facts(text)["patterns"]] == [("p.*", [2]), ("q.*", [])]


def test_long_tables_and_changes():
    """Generated code may add hundreds of texts, or change one a hundred times."""
    table = "+".join(["['a']"] * 200 + ["['p.a-b']"])
    changes = ".replace('-', '_')" * 100

    assert patterns(facts(f"for x in {table}:\n  import_module(x{changes})")) == ["a", "p.a_b"]


def test_changed_texts():
    """A text that is changed somewhere and a name that is imported elsewhere may be the same: other texts of the file count."""
    text = "def load(x):\n  import_module(x.replace('-', '_').replace('/', '.'))\nload('p/a-b')\n"

    assert "p.a_b" in facts(text)["strings"].split()
    assert "p.a_b" not in facts("'p.a-b'.replace('-', '_')")["strings"].split()


def test_other_calls_are_no_imports():
    """A function's name decides, not an argument that looks like a module."""
    found = facts("load('a')\nimport_modules('b')\nx.__import__\nimport_module()\nimport_module\n")

    assert found["imports"] == found["dynamic"] == found["families"] == []


def test_imported_names_are_arguments_by_name_too():
    """`import_module(name=...)` says the same as `import_module(...)`."""
    found = facts(
        """
        import importlib
        importlib.import_module(name="literal")
        importlib.__import__(name="pkg.{0}".format(x), fromlist=["y"])
        """
    )

    assert "literal" in {each["name"] for each in found["imports"]}
    assert found["dynamic"]
    assert patterns(found) == ["pkg.*"]


def test_names_of_libraries():
    """Libraries are named by literals that ctypes and cffi are given, and by constants; paths and other systems' are none."""
    found = facts(
        """
        import ctypes
        from ctypes import CDLL as load, cdll, util

        NAME = "libconstant.so.1"
        ctypes.CDLL("libplain.so.2", mode=ctypes.RTLD_GLOBAL)
        load("librenamed.so")
        cdll.LoadLibrary(NAME)
        ffi.dlopen("libffi.so")

        def later():
            return ctypes.PyDLL(util.find_library("short"))

        ctypes.CDLL(name="libkeyword.so" if x else "libelse.so")
        ctypes.CDLL(util.find_library("found") or "libfallback.so.3")
        for name in ("libfirst.so.1", "libsecond.so"):
            ctypes.CDLL(name)

        def search():
            candidates = ["listed"]
            for each in candidates:
                ctypes.CDLL(util.find_library(each))

        ctypes.CDLL("/usr/lib/libpath.so")
        ctypes.CDLL(f"lib{NAME2}.so")
        ctypes.CDLL("kernel32")
        ctypes.CDLL("lib.dylib")
        ctypes.CDLL(None)
        """
    )

    assert set(found["libraries"]) == {
        *((name, False) for name in ("libconstant.so.1", "libplain.so.2", "librenamed.so", "libffi.so")),
        *(
            (name, False)
            for name in ("libkeyword.so", "libelse.so", "libfallback.so.3", "libfirst.so.1", "libsecond.so")
        ),
        *(("short", True), ("found", True), ("listed", True)),
    }


def test_tables_of_libraries():
    """A file that opens libraries by computed names means those whose sonames are constants of it, and no other texts."""
    table = 'find(ffi, ("cairo",), ("libcairo.so.2", "libcairo.dylib", "lib.so", "libmodule.py"))\n'
    opening = "def find(ffi, short, names):\n    for name in names:\n        ffi.dlopen(name)\n"

    assert facts(opening + table)["libraries"] == [("libcairo.so.2", False)]
    assert facts(f"T = {{}}\nffi.dlopen(T[x])\n{table}")["libraries"] == [("libcairo.so.2", False)]
    assert facts(table)["libraries"] == []
