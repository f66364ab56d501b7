"""What a source file says about imports: one file in, facts out."""

from __future__ import annotations

import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundler.analyze.read.facts import parse
from bundler.analyze.read.worker.scan import scan
from tests.analyze.scanned import bindings, facts

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
    """An import is not optional because of a `try` without a handler."""
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


# --- The program's start ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("test", ["__name__ == '__main__'", "'__main__' == __name__"])
def test_imports_of_the_main_program(test: str):
    """What stands under `if __name__ == "__main__"` is only done by the entry; the rest by everybody."""
    found = facts(
        f"import a\nif {test}:\n  import b\n  try:\n    import c\n  except ImportError:\n    pass\nelse:\n  import d\n"
    )

    assert [each["name"] for each in found["imports"]] == ["a", "d"]
    assert [(each["name"], each["binding"]) for each in found["main"]] == [("b", "eager"), ("c", "optional")]


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


@pytest.mark.parametrize(
    ("text", "folders"),
    [
        ("sys.path.insert(0, os.path.join(os.path.dirname(__file__), 'vendor'))", ["vendor"]),
        ("sys.path.append(os.path.dirname(os.path.abspath(__file__)))", ["."]),
        ("sys.path.append(os.path.join(os.path.dirname(__file__), '..', 'lib'))", ["../lib"]),
        ("sys.path.append(os.path.join(os.path.dirname(__file__), os.pardir))", [".."]),
        ("sys.path.insert(0, os.path.abspath(os.path.join(__file__, '..', 'v4')))", ["v4"]),
        ("sys.path.insert(0, os.path.abspath(os.path.join(__file__, os.pardir, os.pardir)))", [".."]),
        ("sys.path.insert(0, os.path.abspath(__file__ + '/../v4'))", ["v4"]),
        ("sys.path.insert(0, str((Path(__file__) / '..' / 'v4').resolve()))", ["v4"]),
        ("sys.path.insert(0, os.path.join(__file__, 'v4'))", []),
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
