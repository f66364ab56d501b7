"""What a source file says about imports: one file in, facts out."""

from __future__ import annotations

import ast
import json
import sys
from dataclasses import fields
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundler.analyze.read.facts import ImportFact, parse
from bundler.analyze.read.worker.conditions import truth
from bundler.analyze.read.worker.scan import scan


def facts(text: str) -> dict[str, Any]:
    """Facts about a source, indented or not; rows of imports with names for what is in them."""
    found: dict[str, Any] = dict(scan(dedent(text).encode(), is_compiled=True))
    names = [each.name for each in fields(ImportFact)]
    return found | {kind: [dict(zip(names, row, strict=True)) for row in found[kind]] for kind in ("imports", "main")}


def bindings(text: str) -> dict[str, str]:
    """How each imported module is bound."""
    return {each["name"]: each["binding"] for each in facts(text)["imports"]}


# --- How an import is meant -------------------------------------------------------------------------------------------


def test_statement_of_a_module_is_eager():
    """An import that always runs is eager, wherever in the module's own code it stands."""
    found = bindings(
        """
        import a, b.c as d
        from e import f
        class Class:
            import g
        for _ in x:
            import h
        else:
            import i
        while x:
            import j
        with x as y:
            import k
        """
    )

    assert found == dict.fromkeys(["a", "b.c", "e", "g", "h", "i", "j", "k"], "eager")


def test_import_under_an_unknown_condition():
    """What only the running program decides makes an import conditional, on either side, and in a case of a match."""
    found = bindings(
        """
        if debug:
            import a
        elif other():
            import b
        else:
            import c
        match x:
            case 1:
                import d
            case _:
                import e
        """
    )

    assert found == dict.fromkeys("abcde", "conditional")


def test_import_in_a_function_is_deferred():
    """A function's imports happen when it is called, whatever kind of function and however deep."""
    found = bindings(
        """
        def f():
            import a
            if x:
                import b
            def g():
                import c
        async def h():
            import d
        class Class:
            def method(self):
                try:
                    import e
                except ImportError:
                    import f
        """
    )

    assert found == dict.fromkeys("abcdef", "deferred")


@pytest.mark.parametrize(
    "handler",
    [
        "ImportError",
        "ModuleNotFoundError",
        "Exception",
        "BaseException",
        "(OSError, ImportError)",
        "builtins.ImportError",
        "",
    ],
)
def test_guarded_import_is_optional(handler: str):
    """A handler that catches a failing import makes the import optional; its own imports are the fallback."""
    assert bindings(f"try:\n  import a\nexcept {handler}:\n  import b\nelse:\n  import c\nfinally:\n  import d\n") == {
        "a": "optional",
        "b": "optional",
        "c": "optional",
        "d": "eager",
    }


def test_guarded_import_with_except_star():
    """`except*` guards as `except` does."""
    assert bindings("try:\n  import a\nexcept* ImportError:\n  import b\n") == {"a": "optional", "b": "optional"}


@pytest.mark.parametrize("handler", ["ValueError", "(OSError, KeyError)", "errors.ImportErrors"])
def test_other_handlers_guard_nothing(handler: str):
    """An import is not optional because some other exception is caught; what then happens is conditional."""
    assert bindings(f"try:\n  import a\nexcept {handler}:\n  import b\n") == {"a": "eager", "b": "conditional"}


def test_finally_guards_nothing():
    """Neither is one whose `try` has no handler."""
    assert bindings("try:\n  import a\nfinally:\n  import b\n") == {"a": "eager", "b": "eager"}


def test_suppressed_import_is_optional():
    """`with suppress(ImportError)` is a guard too; other context managers are none."""
    found = bindings(
        """
        with suppress(ImportError):
            import a
        with contextlib.suppress(OSError, ModuleNotFoundError):
            import b
        with suppress(OSError):
            import c
        with open("x"), suppress(Exception):
            import d
        """
    )

    assert found == {"a": "optional", "b": "optional", "c": "eager", "d": "optional"}


def test_loosest_word_wins():
    """Of several circumstances the one that says least about the import counts."""
    found = bindings(
        """
        if x:
            try:
                import a
            except ImportError:
                pass
        try:
            if x:
                import b
        except ImportError:
            def f():
                import c
        """
    )

    assert found == {"a": "optional", "b": "optional", "c": "deferred"}


def test_attempts_and_fallbacks_have_numbers():
    """An import in a handler is the fallback of what was tried in that very `try`, nested ones apart."""
    found = facts(
        """
        import before
        try:
            import first
        except ImportError:
            try:
                import second
            except ImportError:
                import third
        else:
            import after
        try:
            import other
        except ImportError:
            other = None
        """
    )["imports"]
    numbers = {each["name"]: (each["attempt"], each["fallback"]) for each in found}

    assert numbers == {
        "before": (0, 0),
        "first": (1, 0),
        "second": (2, 1),
        "third": (0, 2),
        "after": (0, 0),
        "other": (3, 0),
    }


@pytest.mark.parametrize(
    ("body", "handler", "is_fallback"),
    [
        ("import a", "ImportError", True),
        ("import a\n  a.set_up()", "ImportError", True),
        ("import a", "Exception", True),
        ("import a\n  HAVE_A = True", "", True),
        ("import a\n  a.set_up()", "Exception", False),
        ("work()", "Exception", False),
        ("work()", "ImportError", False),
        ("a = import_module('a')", "ImportError", True),
        ("a = import_module(name)", "ImportError", False),
    ],
)
def test_handler_that_stands_in_for_an_import(body: str, handler: str, is_fallback: bool):
    """A handler's imports are the fallback of the tried ones only if nothing else can have led to it."""
    found = facts(f"try:\n  {body}\nexcept {handler}:\n  import b\n")["imports"]

    assert [bool(each["fallback"]) for each in found if each["name"] == "b"] == [is_fallback]


@pytest.mark.skipif(sys.version_info < (3, 15), reason="PEP 810 is new in Python 3.15")
def test_lazy_import():
    """A `lazy import` (PEP 810) happens when its name is used, so it is deferred until then."""
    found = facts("lazy import a.b as c\nlazy from d import e\nlazy from f import g, h\n")["imports"]

    assert [(each["name"], each["binding"], each["user"]) for each in found] == [
        ("a.b", "deferred", "c"),
        ("d", "deferred", "e"),
        ("f", "deferred", ""),
    ]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="PEP 695 is new in Python 3.12")
@pytest.mark.parametrize(
    "text", ["class C[T]: pass", "def f[*T](): pass", "type A[**P] = int", "class C:\n  def f[T](): 0"]
)
def test_type_parameters_import_typing(text: str):
    """Classes with type parameters, and what is done with such parameters, are written in `typing`: C code imports it."""
    assert bindings(text) == {"typing": "eager"}


@pytest.mark.skipif(sys.version_info < (3, 14), reason="PEP 750 is new in Python 3.14")
def test_template_strings_import_their_module():
    """C code imports the module of template strings to copy and pickle them."""
    assert bindings("x = t'{y}'\ndef f(): return t''") == {"string.templatelib": "deferred"}


def test_statement_is_told_as_it_stands():
    """Names, dots and the line of a statement are facts; an alias is not."""
    found = facts("import a.b as c\nfrom . import d\nfrom ..e.f import g as h, i\nfrom j import *\n")["imports"]

    assert [(each["name"], each["names"], each["level"], each["line"]) for each in found] == [
        ("a.b", None, 0, 1),
        ("", ["d"], 1, 2),
        ("e.f", ["g", "i"], 2, 3),
        ("j", ["*"], 0, 4),
    ]


# --- Conditions that the target decides -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "test",
    [
        "TYPE_CHECKING",
        "typing.TYPE_CHECKING",
        "t.TYPE_CHECKING",
        "typing_extensions.TYPE_CHECKING",
        "TYPE_CHECKING and other",
        "other and TYPE_CHECKING",
        "not (not TYPE_CHECKING)",
        "False",
        "0",
        "None",
        "TYPE_CHECKING or False",
        "sys.platform == 'win32'",
        "'darwin' == sys.platform",
        "sys.platform in ('win32', 'cygwin')",
        "sys.platform.startswith('win')",
        "not sys.platform.startswith('linux')",
        "os.name == 'nt'",
        "os.name != 'posix'",
        "sys.version_info < (3, 11)",
        "sys.version_info < (3,)",
        "sys.version_info[0] == 2",
        "sys.version_info[0] < 3",
        "sys.version_info[:2] <= (3, 10)",
        "sys.version_info.major == 2",
        "(3, 10) > sys.version_info",
        "sys.hexversion < 0x03000000",
        "sys.implementation.name == 'pypy'",
        "sys.implementation.name not in ['cpython']",
        "sys.byteorder == 'big'",
        "sys.version_info >= (3, 8) and sys.platform == 'win32'",
    ],
)
def test_branch_that_cannot_run(test: str):
    """Imports for type checkers, for other systems and for older Pythons are not looked at; those of `else` are eager."""
    assert bindings(f"if {test}:\n  import a\nelse:\n  import b\n") == {"b": "eager"}
    assert bindings(f"if not ({test}):\n  import a\nelse:\n  import b\n") == {"a": "eager"}


@pytest.mark.parametrize(
    "test",
    [
        "other",
        "other or TYPE_CHECKING",
        "sys.platform == other",
        "platform == 'win32'",
        "sys.version_info >= other",
        "sys.version_info > 3",
        "sys.version_info[99] == 1",
        "sys.platform == 'linux' == other",
        "sys.platform.startswith(other)",
        "sys.platform.startswith('win', 1)",
        "sys.platform.endswith('win32')",
        "sys.flags.optimize",
        "other and sys.platform == 'linux'",
        "sys.platform is other",
        "__name__ == '__main__' and other",
        "__name__ != '__main__'",
    ],
)
def test_condition_of_the_program(test: str):
    """A condition that is not certain on the target leaves both sides conditional."""
    assert bindings(f"if {test}:\n  import a\nelse:\n  import b\n") == {"a": "conditional", "b": "conditional"}


def test_elif_after_a_certain_condition():
    """A chain of conditions is followed as far as it can run."""
    found = bindings(
        """
        if sys.platform == "win32":
            import a
        elif sys.version_info >= (3, 11):
            import b
        else:
            import c
        """
    )

    assert found == {"b": "eager"}


# Made of parts of which this much is certain: the real values here and now.
_PARTS = ["True", "False", "sys.platform == 'linux'", "sys.version_info >= (3, 11)", "os.name == 'nt'", "TYPE_CHECKING"]


def _conditions() -> st.SearchStrategy[str]:
    atoms = st.sampled_from([*_PARTS, "unknown"])

    def compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            st.builds("({} and {})".format, inner, inner),
            st.builds("({} or {})".format, inner, inner),
            st.builds("(not {})".format, inner),
        )

    return st.recursive(atoms, compound, max_leaves=6)


@given(_conditions())
def test_truth_never_guesses(text: str):
    """A verdict holds whatever the unknown parts turn out to be."""
    import os

    expression = ast.parse(text, mode="eval")
    verdict = truth(expression.body)
    names = {"sys": sys, "os": os, "TYPE_CHECKING": False}
    outcomes = {bool(eval(text, {**names, "unknown": value})) for value in (False, True)}

    assert verdict is None or outcomes == {verdict}
    assert verdict is not None or "unknown" in text


# --- The program's start ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("test", ["__name__ == '__main__'", "'__main__' == __name__"])
def test_imports_of_the_main_program(test: str):
    """What stands under `if __name__ == "__main__"` is only done by the entry; the rest by everybody."""
    found = facts(
        f"import a\nif {test}:\n  import b\n  try:\n    import c\n  except ImportError:\n    pass\nelse:\n  import d\n"
    )

    assert [each["name"] for each in found["imports"]] == ["a", "d"]
    assert [(each["name"], each["binding"]) for each in found["main"]] == [("b", "eager"), ("c", "optional")]


# --- Imports by call --------------------------------------------------------------------------------------------------


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
    assert facts(text)["patterns"] == ["p.a_b"]


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
    assert facts(text)["patterns"] == []


def test_long_tables_and_changes():
    """Generated code may add hundreds of texts, or change one a hundred times."""
    table = "+".join(["['a']"] * 200 + ["['p.a-b']"])
    changes = ".replace('-', '_')" * 100

    assert facts(f"for x in {table}:\n  import_module(x{changes})")["patterns"] == ["a", "p.a_b"]


def test_changed_texts():
    """A text that is changed somewhere and a name that is imported elsewhere may be the same: other texts of the file count."""
    text = "def load(x):\n  import_module(x.replace('-', '_').replace('/', '.'))\nload('p/a-b')\n"

    assert "p.a_b" in facts(text)["strings"].split()
    assert "p.a_b" not in facts("'p.a-b'.replace('-', '_')")["strings"].split()


def test_other_calls_are_no_imports():
    """A function's name decides, not an argument that looks like a module."""
    found = facts("load('a')\nimport_modules('b')\nx.__import__\nimport_module()\nimport_module\n")

    assert found["imports"] == found["dynamic"] == found["families"] == []


# --- Names of the module ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("__all__ = ['a', 'b']", ["a", "b"]),
        ("__all__ = ('a',)", ["a"]),
        ("__all__: list[str] = ['a']", ["a"]),
        ("__all__ = ['a']\n__all__ += ['b']", ["a", "b"]),
        ("__all__ = ['a'] + ['b']", ["a", "b"]),
        ("__all__ = ['a'] + other.__all__", ["a"]),
        ("__all__ = other.__all__", []),
        ("__all__ = ['a', b, 1]", ["a"]),
        ("__all__ = []", []),
        ("x = ['a']", None),
        ("def f():\n  __all__ = ['a']", None),
        ("class C:\n  __all__ = ['a']", None),
    ],
)
def test_all(text: str, names: list[str] | None):
    """The names that `__all__` of the module spells out, as far as it does."""
    assert facts(text)["all"] == names


def test_globals_are_what_statements_bind():
    """Names that imports, definitions, assignments and loops of the module bind; not those of functions and classes."""
    found = facts(
        """
        import a.b, c.d as e
        from f import g, h as i
        def j():
            k = 1
        class L:
            m = 1
        n = o = 1
        p, (q, *r) = 1
        s: int = 1
        for t, u in x: v = 1
        if x:
            w = 1
        async def y(): pass
        """
    )["globals"]

    assert set(found) == set("a e g i j L n o p q r s t u v w y".split())


@pytest.mark.parametrize("change", ["__all__ += ['b']", "__all__.extend(['b'])", "__all__.extend(('b',))"])
def test_all_that_grows(change: str):
    """Names may be added to `__all__` in more than one way."""
    assert facts(f"__all__ = ['a']\n{change}")["all"] == ["a", "b"]


# --- What a deferred import waits for ---------------------------------------------------------------------------------


def users(text: str) -> dict[str, str]:
    """The name without which each deferred import does not happen."""
    return {each["name"]: each["user"] for each in facts(text)["imports"]}


def test_user_of_a_deferred_import():
    """A deferred import waits for the use of its function; one in a special method for that of the class."""
    found = users(
        """
        import a
        def f():
            import b
            def inner():
                import c
        class Class:
            import d
            def method(self):
                import e
            def __init__(self):
                import g
            class Inner:
                def __repr__(self):
                    import h
        """
    )

    assert found == {"a": "", "b": "f", "c": "f", "d": "", "e": "method", "g": "Class", "h": "Inner"}


def test_lazy_attributes():
    """In a module's `__getattr__` (PEP 562) an import waits for the attribute that is compared with."""
    found = users(
        """
        def __getattr__(name):
            if name == "one":
                from . import a
            elif name == "two":
                import b
            else:
                import c
            if name in x:
                import d
        """
    )

    assert found == {"": "one", "b": "two", "c": "", "d": ""}


def test_getattr_of_a_class_is_no_lazy_module():
    """A method `__getattr__` is a special method like others."""
    found = users("class Class:\n  def __getattr__(self, name):\n    if name == 'one':\n      import a\n")

    assert found == {"a": "Class"}


def test_names_by_user():
    """What code uses is told by the function that uses it; what bodies use, always."""
    found = facts(
        """
        import imported
        from a import fetched
        used.attribute
        def f(default=argument) -> annotation:
            inside.deep()
        @decorator
        class Class(Base, metaclass=Meta):
            body = value
            def method(self):
                return (lambda: helper)()
            def __init__(self):
                constructed
        x = lambda: later
        if __name__ == "__main__":
            only_main
        """
    )["names"]
    names = {user: set(text.split()) for user, text in found.items()}

    always = {"imported", "fetched", "used", "attribute", "argument", "decorator", "Base", "Meta", "value", "later"}
    assert always <= names[""]
    assert not {"inside", "deep", "helper", "constructed", "only_main", "f", "Class"} & names[""]
    assert {"inside", "deep"} <= names["f"]
    assert names["method"] == {"helper"}
    assert names["Class"] == {"constructed"}


def test_own_names_are_no_uses():
    """What a function binds itself, or a scope in it, is not what other code is called by; a global name is."""
    found = facts(
        """
        def f(argument):
            import module
            local = argument, given
            def inner(other):
                return local, other, argument, free
            lambda item: (item, outer)
            [x for x in sequence]
            try:
                pass
            except Error as error:
                error
            global declared
            declared = 1
            return declared
        """
    )["names"]

    used = "module given free outer sequence Error declared"
    assert set(found["f"].split()) == set(used.split())


def test_names_of_the_main_program():
    """What only the program itself uses is told apart."""
    found = facts("a\nif __name__ == '__main__':\n  b.c(lambda: d)\n")

    assert found["names"] == {"": "a"}
    assert found["main_names"] == "b c d"


# --- Builtins of site, codecs -----------------------------------------------------------------------------------------


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
    """A file's own encoding is honoured."""
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
    ],
)
def test_computed_encodings(text: str, is_computed: bool):
    """An encoding that is no constant may be any."""
    assert facts(text)["any_codec"] is is_computed


@pytest.mark.parametrize(
    ("text", "extends"),
    [
        ("__path__ = __import__('pkgutil').extend_path(__path__, __name__)", True),
        ("__import__('pkg_resources').declare_namespace(__name__)", True),
        ("__path__ = []", False),
    ],
)
def test_namespace_packages_of_old(text: str, extends: bool):
    """A package that spreads itself over folders says so."""
    assert facts(text)["extends_path"] is extends


# --- Any file at all --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (b"import a\nx = = 1\n", 2),
        (b"def f():\nreturn 1\n", 2),
        (b"\xff\xfe", 0),
        (b"a\0b", 0),
        (b"# coding: nonsense\n", 0),
        (b"return 1\n", 1),
        (b"(" * 1000, 1),
        (b"-" * 100_000 + b"1", 0),
        (b"a" + b".b" * 100_000, 0),
        (b"print 'x'\n", 1),
    ],
    ids=[
        "grammar",
        "indentation",
        "encoding",
        "NUL",
        "unknown encoding",
        "compiler",
        "open",
        "deep",
        "long",
        "Python 2",
    ],
)
def test_what_cannot_be_compiled(source: bytes, line: int):
    """A file that the target cannot compile gives an error with its line, never an exception."""
    found = scan(source, is_compiled=True)

    assert "error" in found
    assert line in (0, found["line"])
    assert parse(found).error == found["error"]


@given(
    st.binary(max_size=60) | st.text(st.sampled_from("import fromasxyl.*():\n ,;'\"#\\"), max_size=60).map(str.encode)
)
def test_no_file_is_too_strange(source: bytes):
    """Whatever a file holds, the answer is JSON that the other side understands."""
    found = json.loads(json.dumps(scan(source, is_compiled=True)))

    assert parse(found) is not None


def test_empty_file():
    """A file without statements imports nothing and is no error."""
    found = parse(scan(b""))

    assert found.error is None
    assert found.imports == ()
    assert found.globals == frozenset()


# --- Search path ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "folders"),
    [
        ("sys.path.insert(0, os.path.join(os.path.dirname(__file__), 'vendor'))", ["vendor"]),
        ("sys.path.append(os.path.dirname(os.path.abspath(__file__)))", ["."]),
        ("sys.path.append(os.path.join(os.path.dirname(__file__), '..', 'lib'))", ["../lib"]),
        ("sys.path.append(os.path.join(os.path.dirname(__file__), os.pardir))", [".."]),
        ("sys.path += [os.path.dirname(__file__) + '/a', str(Path(__file__).parent / 'b' / 'c')]", ["a", "b/c"]),
        ("sys.path.extend([str(Path(__file__).resolve().parents[1])])", [".."]),
        ("HERE = Path(__file__).absolute().parent\nsys.path.insert(0, str(HERE.joinpath('d')))", ["d"]),
        ("site.addsitedir(os.fspath(Path(__file__).parent))  # sys", ["."]),
        ("sys.path.insert(0, '/usr/lib/there')  # __file__", []),
        ("sys.path.insert(0, os.path.join(os.path.dirname(__file__), name))", []),
        ("x = y\ny = x\nsys.path.append(x)  # __file__", []),
        ("other.path.append(os.path.dirname(__file__))  # sys", []),
        ("if sys.platform == 'win32':\n  sys.path.append(os.path.dirname(__file__))", []),
    ],
)
def test_folders_that_are_added_to_the_path(text: str, folders: list[str]):
    """Folders that a file puts on `sys.path` are told as it tells them by `__file__`, relative to its own."""
    assert [each.folder for each in parse(scan(text.encode())).search_folders if not each.name] == folders


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
    assert found["patterns"] == ["pkg.*"]
