"""Imports that no statement says: rules, compiled modules, and names in strings."""

from __future__ import annotations

from pathlib import Path

import pytest

from bundler.analyze.follow.rules import Rule
from bundler.analyze.graph import Binding
from tests.analyze.trees import SUFFIXES, install, reached, walked, walker, write

SO = SUFFIXES[0]


def rule(module: str, *implies: str, ignores: tuple[str, ...] = ()) -> dict[str, Rule]:
    return {module: Rule(module, "a reason", implies, ignores)}


def test_rule_implies_modules(tmp_path: Path):
    """Reaching a module brings what a rule says, one by one or by a pattern; not before it is reached."""
    write(
        tmp_path,
        {"a.py": "", "b.py": "", "p/__init__.py": "", "p/x1.py": "", "p/x2.py": "", "p/y.py": "", "_z_1.py": ""},
    )

    assert reached(walked(walker(tmp_path, rules=rule("a", "b", "p", "p.x*", "_z_*")), "import a")) == {
        *("a", "b", "p", "p.x1", "p.x2", "_z_1")
    }
    assert reached(walked(walker(tmp_path, rules=rule("a", "b")), "import p")) == {"p"}


def test_rule_ignores_imports(tmp_path: Path):
    """A rule can say that some imports of a module, or all its deferred ones, are not meant."""
    write(tmp_path, {"a.py": "import b\ndef f():\n  import c\n  import d", "b.py": "", "c.py": "", "d.py": ""})

    assert reached(walked(walker(tmp_path, rules=rule("a", ignores=("b", "c"))), "import a")) == {"a", "d"}
    assert reached(walked(walker(tmp_path, rules=rule("a", ignores=("*",))), "import a")) == {"a", "b"}


def test_rule_for_a_builtin_module(tmp_path: Path):
    """A rule applies to a module without source, too."""
    write(tmp_path, {"b.py": ""})

    assert reached(walked(walker(tmp_path, rules=rule("sys", "b")), "import sys")) == {"sys", "b"}


def test_imports_of_a_compiled_module(tmp_path: Path):
    """What an extension module was seen to import is followed; so is what the source beside it says."""
    write(tmp_path, {f"a{SO}": "", "a.py": "import b", "b.py": "", "c.py": ""})

    assert reached(walked(walker(tmp_path, compiled={"a": ["c"]}), "import a")) == {"a", "b", "c"}


def test_codecs_come_with_their_names(tmp_path: Path):
    """A codec that code outside the standard library names is reached; when an encoding is computed, all are."""
    lib = write(
        tmp_path / "lib",
        {"encodings/__init__.py": "", "encodings/cp437.py": "", "encodings/cp850.py": "", "tool.py": "x = 'cp850'"},
    )
    app = write(tmp_path / "app", {"a.py": "b''.decode('cp437')", "b.py": "b''.decode(name)"})

    def found(main: str) -> set[str]:
        return reached(walked(walker(app, lib, stdlib=lib, rules=rule("a", "encodings")), main))

    assert found("import a, tool") == {"a", "tool", "encodings", "encodings.cp437"}
    assert found("import b") == {"b", "encodings", "encodings.cp437", "encodings.cp850"}


def test_codecs_of_the_entry(tmp_path: Path):
    """The program's own first file counts as any other."""
    lib = write(tmp_path / "lib", {"encodings/__init__.py": "", "encodings/cp437.py": ""})

    assert "encodings.cp437" in reached(walked(walker(lib, stdlib=lib), "b''.decode('cp437')"))


def test_strings_that_name_own_modules(tmp_path: Path):
    """A dotted name of the own package in a library's string is a module that it loads by it; others are only texts."""
    install(
        tmp_path,
        "p",
        {
            "p/__init__.py": "DEFAULT = 'p.backends.fast:run'\nOTHER = 'q.slow', 'text. Not a name', 'p'",
            "p/backends/__init__.py": "",
            "p/backends/fast.py": "",
            "p/backends/slow.py": "",
        },
    )
    install(tmp_path, "q", {"q/__init__.py": "", "q/slow.py": ""})

    made = walked(walker(tmp_path), "import p")

    assert reached(made) == {"p", "p.backends", "p.backends.fast"}
    assert {edge.binding for edge in made.finished().edges if edge.imported == "p.backends.fast"} == {Binding.STRING}


@pytest.mark.parametrize("call", ["__import__(x, globals(), None, None, 1)", "import_module('.' + x, __package__)"])
def test_table_of_names_that_no_statement_can_import(tmp_path: Path, call: str):
    """In a table of modules beside a computed import a name may begin with a digit."""
    files = {
        "p/__init__.py": f"from importlib import import_module\nfor x in ('2ch', 'plain'): {call}",
        "p/2ch.py": "",
        "p/plain.py": "",
        "p/other.py": "",
    }
    install(tmp_path, "p", files)

    assert reached(walked(walker(tmp_path), "import p")) == {"p", "p.2ch", "p.plain"}


def test_strings_of_the_app(tmp_path: Path):
    """The app's own code may name any module: its own, one of the standard library, one that is installed."""
    lib = write(tmp_path / "lib", {"logging/__init__.py": "", "logging/handlers.py": "", "logging/config.py": ""})
    install(tmp_path / "site", "dist", {"dist/__init__.py": "", "dist/loader.py": "x = 'own.two'"})
    app = write(tmp_path / "app", {"own/__init__.py": "", "own/one.py": "", "own/two.py": ""})
    names = "['own.one', 'logging.handlers.RotatingFileHandler', 'dist.loader:load', 'no.such', 'own.gone']"

    made = walked(walker(app, tmp_path / "site", lib, stdlib=lib), f"for name in {names}: load(name)")

    assert reached(made) == {"own", "own.one", "logging", "logging.handlers", "dist", "dist.loader"}


def test_module_and_attribute(tmp_path: Path):
    """`module:attribute` in the app's own code means a module, also one without a dot; in a library it is a text."""
    install(tmp_path / "site", "dist", {"dist/__init__.py": "x = 'two:app'"})
    app = write(tmp_path / "app", {"one.py": "", "two.py": "", "three.py": ""})

    made = walked(walker(app, tmp_path / "site"), "import dist; run('one:app'); run('three'); run('three:80')")

    assert reached(made) == {"dist", "one"}


def test_names_that_are_changed(tmp_path: Path):
    """Names that `.replace()` makes of literals are found: own ones, installed ones and the library's; in a library its own."""
    lib = write(tmp_path / "lib", {"email/__init__.py": "", "email/mime.py": "", "csv.py": ""})
    install(
        tmp_path / "site",
        "a-b",
        {
            "a_b/__init__.py": "import importlib\nfor x in ('in-side', 'csv'): importlib.import_module('.' + x.replace('-', '_'), __package__)",
            "a_b/in_side.py": "",
            "a_b/other.py": "",
        },
    )
    app = write(tmp_path / "app", {"shop/__init__.py": "", "shop/sell_all.py": "", "till.py": "", "shop/other.py": ""})
    program = """
        import importlib
        WANTED = ["a-b", "gone-away"]
        for each in WANTED + ["csv"]:
            importlib.import_module(each.replace("-", "_"))
        def load(name):
            return importlib.import_module(name.replace("/", ".").replace("-", "_"))
        load("shop/sell-all")
        load("email/mime")
        """

    made = walked(walker(app, tmp_path / "site", lib, stdlib=lib), program)

    assert reached(made) == {"a_b", "a_b.in_side", "csv", "shop", "shop.sell_all", "email", "email.mime"}
    assert not made.finished().unresolved


@pytest.mark.parametrize(
    ("program", "lines"),
    [
        ("LANGUAGES = ['p']\nimport_module(argv[1])", (2,)),
        ("LANGUAGES = ['one']\nimport_module(argv[1])", (2,)),
        ("PACKAGE = 'q'\nimport_module(PACKAGE + '.' + x)", (2,)),
        ("import_module('q.' + x)", (1,)),
        ("NAMES = ['folder']\nfor x in NAMES:\n  import_module(x)", (3,)),
        ("def f(x):\n  import_module(x)\nf(f'p.{x}')\nimport_module(argv[1])", (4,)),
        ("import_module(f'p.{x}')\nimport_module(argv[1])", (2,)),
        ("def f(x):\n  x = f'p.{x}'\n  import_module(x)\ndef g(x):\n  import_module(x)", (5,)),
        (
            "parser = ArgumentParser(prog='one')\nparser.add_argument('one')\nimport_module(parser.parse_args().one)",
            (3,),
        ),
        ("import_module(environ.get('one'))", (1,)),
        ("import_module(setting('one'))", (1,)),
        ("import_module(environ.get('other', 'one'))", ()),
        ("NAMES = ['p']\nfor x in NAMES:\n  import_module(x)", ()),
        ("def f(x):\n  import_module(x)\nf('one')", ()),
        ("NAMES = {'x': 'one'}\nimport_module(NAMES[x])", ()),
        ("NAMES = {}\ndef f(x, y):\n  NAMES[x] = y\nf(1, 'p.a')\nimport_module(NAMES.get(x))", ()),
        ("PACKAGE = 'p'\nimport_module('%s.%s' % (PACKAGE, x))", ()),
        ("NAMES = 'one', 'p'\nlist(map(__import__, NAMES))", ()),
        ("import p\nfor x in pkgutil.iter_modules(p.__path__):\n  import_module(p.__name__ + '.' + x.name)", ()),
        ("import p\npkgutil.iter_modules(p.__path__)\nimport_module(argv[1])", (3,)),
    ],
)
def test_computed_import_that_is_resolved(tmp_path: Path, program: str, lines: tuple[int, ...]):
    """A computed import is resolved by a module that it can mean: a text arrives there, and names more than a folder."""
    write(tmp_path, {"p/__init__.py": "", "p/a.py": "", "q/__init__.py": "", "one.py": "", "folder/note.txt": ""})

    assert walked(walker(tmp_path), program).finished().unresolved.get("__main__", ()) == lines


def test_table_of_a_package(tmp_path: Path):
    """A package that imports what its table names needs no note, be these modules or packages."""
    table = "T = {'A': '%s'}\ndef __getattr__(name):\n  return import_module(f'.{T[name]}', __name__)"
    write(tmp_path, {"p/__init__.py": table % "a", "p/a.py": "", "q/__init__.py": table % "b", "q/b/__init__.py": ""})

    made = walked(walker(tmp_path), "import p, q")

    assert reached(made) == {"p", "p.a", "q", "q.b"}
    assert not made.finished().unresolved


def test_requirements_after_a_licence(tmp_path: Path):
    """A header may go on over lines of nothing but spaces; requirements that come after it count."""
    install(tmp_path, "a", {"a.py": "try:\n    import b\nexcept ImportError:\n    b = None"})
    install(tmp_path, "b", {"b.py": ""})
    text = "Name: a\nVersion: 1.0\nLicense: Text\n        \n        more\nRequires-Dist: b\n\nRequires-Dist: c\n"
    (tmp_path / "a-1.0.dist-info" / "METADATA").write_text(text)

    assert reached(walked(walker(tmp_path), "import a")) == {"a", "b"}


def test_class_of_a_module_at_the_top(tmp_path: Path):
    """`module.Class` means the module in the app's own code, and in a library when it requires the module's distribution."""
    site = tmp_path / "site"
    text = "x = 'filters_a.AnsibleFilters', 'filters_b.Other', 'filters_a.txt', 'notes.md', 'notes.VERSION'"
    install(site, "a", {"a.py": text}, requires=["filters-a"])
    install(site, "filters-a", {"filters_a.py": ""})
    install(site, "filters-b", {"filters_b.py": ""})
    install(site, "notes", {"notes.py": ""})
    install(site, "own", {"own_filters.py": ""})

    made = walked(walker(site), "import a; use('own_filters.Mine'); use('a.Gone'); use('notes.csv')")

    assert reached(made) == {"a", "filters_a", "own_filters"}


def test_computed_name_at_the_top(tmp_path: Path):
    """Modules that begin as a computed import does come along: all of them for the app, what a library requires for it."""
    site = tmp_path / "site"
    install(site, "a", {"a.py": "def f(x): __import__(f'talk_{x}')"}, requires=["talk-en"])
    install(site, "talk-en", {"talk_en.py": ""})
    install(site, "talk-de", {"talk_de.py": ""})
    app = write(tmp_path / "app", {"door_front.py": ""})

    made = walked(walker(app, site), "import a; __import__('door_' + name); __import__('do' + name)")

    assert reached(made) == {"a", "talk_en", "door_front"}


@pytest.mark.parametrize(
    "call",
    [
        "f'p.plugins.{x}'",
        "'p.plugins.' + x",
        "'.plugins.%s' % x, __package__",
        "f'.{x}', 'p.plugins'",
        "x, 'p.plugins'",
    ],
)
def test_family_of_computed_imports(tmp_path: Path, call: str):
    """A computed import brings all modules whose names begin as its own does."""
    write(
        tmp_path,
        {
            "p/__init__.py": f"import importlib\nimportlib.import_module({call})",
            "p/plugins/__init__.py": "",
            "p/plugins/a.py": "",
            "p/plugins/b.py": "",
            "p/other.py": "",
        },
    )

    assert reached(walked(walker(tmp_path), "import p")) >= {"p.plugins.a", "p.plugins.b"}
    assert "p.other" not in reached(walked(walker(tmp_path), "import p"))


def test_entry_points_are_asked_for_by_group(tmp_path: Path):
    """A string with the name of a group brings what is installed for it."""
    install(
        tmp_path,
        "plugin",
        {"plugin.py": "", "script.py": ""},
        entry_points="[app.plugins]\none = plugin:Plugin\n[console_scripts]\nrun = script:main\n",
    )
    app = write(tmp_path / "app", {"a.py": "entry_points(group='app.plugins')", "b.py": "x = 'console_scripts'"})

    assert reached(walked(walker(app, tmp_path), "import a, b")) == {"a", "b", "plugin"}


@pytest.mark.parametrize(
    "choosing",
    [
        "path: str = 'local.' if name in own else 'p.parsers.'",
        "path = 'p.parsers.'",
        "if name in own:\n  path = 'local.'\n else:\n  path = 'p.parsers.'",
    ],
)
def test_beginnings_that_a_function_chooses(tmp_path: Path, choosing: str):
    """A name that is put together of a variable may begin with each text that the function gives the variable."""
    source = f"from importlib import import_module\ndef load(name, own):\n {choosing}\n return import_module(f'{{path}}{{name}}')\n"
    write(tmp_path, {"p/__init__.py": "", "p/lib.py": source, "p/parsers/__init__.py": "", "p/parsers/one.py": ""})

    assert "p.parsers.one" in reached(walked(walker(tmp_path), "import p.lib\np.lib.load('one', ())"))


def test_imports_in_texts(tmp_path: Path):
    """A string that is an import statement is handed to `exec`."""
    write(tmp_path, {"p/__init__.py": "exec('from p.settings import *')\nexec('import p.more')"})
    write(tmp_path, {"p/settings.py": "", "p/more.py": ""})

    assert reached(walked(walker(tmp_path), "import p")) == {"p", "p.settings", "p.more"}
