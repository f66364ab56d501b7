"""What a program reaches: small trees of sources, walked as a build walks them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bundler.analyze.carry.data import collect
from bundler.analyze.follow.loaded_files import follow_loaded_files
from bundler.analyze.follow.rules import Rule
from bundler.analyze.graph import Binding
from bundler.analyze.installed.distributions import InstalledDistributions
from tests.analyze.trees import MARKERS, SUFFIXES, install, reached, walked, walker, write

SO = SUFFIXES[0]


def test_imports_are_followed(tmp_path: Path):
    """What is reached is imported, directly or through others, with the packages around it; nothing else is."""
    write(
        tmp_path,
        {
            "a.py": "import b.c",
            "b/__init__.py": "",
            "b/c.py": "from d import x",
            "d/__init__.py": "x = 1",
            "b/other.py": "",
            "unrelated.py": "",
        },
    )

    assert reached(walked(walker(tmp_path), "import a, sys")) == {"a", "b", "b.c", "d", "sys"}


def test_from_import_of_a_submodule_or_an_attribute(tmp_path: Path):
    """`from package import name` reaches a submodule if there is one, even if the package binds the name as well."""
    write(tmp_path, {"p/__init__.py": "x = y = 1", "p/x.py": "", "p/z.py": "", "p/y/__init__.py": ""})

    made = walked(walker(tmp_path), "from p import x, y, z, w")

    assert reached(made) == {"p", "p.x", "p.y", "p.z"}
    assert [(edge.imported, edge.is_attribute) for edge in made.finished().edges if edge.imported == "p.w"] == [
        ("p.w", True)
    ]


def test_relative_imports(tmp_path: Path):
    """Dots start at the package of the importing module, or at the package itself in its `__init__`."""
    write(
        tmp_path,
        {
            "p/__init__.py": "from . import a",
            "p/a.py": "from .b import c",
            "p/b/__init__.py": "from .c import x",
            "p/b/c.py": "from .. import d\nfrom ..b import e",
            "p/d.py": "",
            "p/b/e.py": "",
            "a.py": "",
            "d.py": "",
        },
    )

    assert reached(walked(walker(tmp_path), "import p")) == {"p", "p.a", "p.b", "p.b.c", "p.b.e", "p.d"}


def test_relative_import_beyond_the_top(tmp_path: Path):
    """More dots than packages reach nothing, as the import would fail."""
    write(tmp_path, {"p/__init__.py": "from ... import x", "x.py": ""})

    assert reached(walked(walker(tmp_path), "import p")) == {"p"}


def test_entry_inside_a_package(tmp_path: Path):
    """Relative imports of a module that runs as `__main__` start at its package, which is reached with it."""
    write(tmp_path, {"p/__init__.py": "from . import first", "p/first.py": "", "p/second.py": ""})

    assert reached(walked(walker(tmp_path), "from .second import x", "p")) == {"p", "p.first", "p.second"}


def test_main_block_is_the_entrys_own(tmp_path: Path):
    """`if __name__ == "__main__"` counts in the entry, not in a module."""
    write(tmp_path, {"a.py": "if __name__ == '__main__':\n  import b", "b.py": "", "c.py": ""})

    assert reached(walked(walker(tmp_path), "import a\nif __name__ == '__main__':\n  import c")) == {"a", "c"}


def test_star_import(tmp_path: Path):
    """`from package import *` reaches the submodules that `__all__` names, and no others."""
    write(
        tmp_path,
        {
            "p/__init__.py": "__all__ = ['a', 'b', 'c']\nb = 1",
            "p/a.py": "",
            "p/b.py": "",
            "p/d.py": "",
            "q/__init__.py": "",
            "q/e.py": "",
        },
    )

    assert reached(walked(walker(tmp_path), "from p import *\nfrom q import *")) == {"p", "p.a", "q"}


def test_circular_imports(tmp_path: Path):
    """Modules that import each other are each reached once."""
    write(
        tmp_path,
        {
            "a.py": "import b",
            "b.py": "import a\nfrom p import x",
            "p/__init__.py": "from . import x",
            "p/x.py": "import p",
        },
    )

    assert reached(walked(walker(tmp_path), "import a")) == {"a", "b", "p", "p.x"}


def test_long_chain(tmp_path: Path):
    """A chain of imports may be longer than Python's recursion limit."""
    length = 1500
    write(tmp_path, {f"m{i}.py": f"import m{i + 1}" for i in range(length)} | {f"m{length}.py": ""})

    assert len(reached(walked(walker(tmp_path), "import m0"))) == length + 1


def test_namespace_package(tmp_path: Path):
    """A package without `__init__` is reached, with modules from all its folders."""
    write(tmp_path, {"1/n/a.py": "", "2/n/b.py": "from . import a"})

    assert reached(walked(walker(tmp_path / "1", tmp_path / "2"), "import n.b")) == {"n", "n.a", "n.b"}


# --- Alternatives -----------------------------------------------------------------------------------------------------


def test_fallback_is_not_followed_when_the_first_choice_is_there(tmp_path: Path):
    """The handler of a guarded import only runs when the import fails."""
    write(tmp_path, {"fast.py": "", "slow.py": ""})

    assert reached(walked(walker(tmp_path), "try:\n  import fast\nexcept ImportError:\n  import slow")) == {"fast"}


def test_fallback_is_followed_when_the_first_choice_is_missing(tmp_path: Path):
    """A guarded import that fails means its fallback, through any number of them."""
    write(tmp_path, {"slow.py": ""})
    main = """
        try:
            import fast
        except ImportError:
            try:
                import faster
            except ImportError:
                import slow
        """

    assert reached(walked(walker(tmp_path), main)) == {"slow"}


@pytest.mark.parametrize("names", ["missing", "there, missing", "sub, missing"])
def test_fallback_for_a_missing_attribute(tmp_path: Path, names: str):
    """`from module import name` fails when the module has no such name; then the fallback is followed."""
    write(tmp_path, {"p/__init__.py": "there = 1", "p/sub.py": "", "slow.py": ""})

    made = walked(walker(tmp_path), f"try:\n  from p import {names}\nexcept ImportError:\n  import slow")

    assert "slow" in reached(made)


@pytest.mark.parametrize(
    "text",
    [
        "name = 1",
        "for name in x: pass",
        "class name: pass",
        "import x as name",
        "from x import *",
        "def __getattr__(attribute): ...",
    ],
)
def test_no_fallback_for_an_attribute_that_is_there(tmp_path: Path, text: str):
    """A name that the module binds is there; one that it may get by a star import or `__getattr__` is believed to be."""
    write(tmp_path, {"p.py": text, "slow.py": "", "x.py": ""})

    made = walked(walker(tmp_path), "try:\n  from p import name\nexcept ImportError:\n  import slow")

    assert "slow" not in reached(made)


def test_compiled_module_may_have_any_attribute(tmp_path: Path):
    """Of a module without source nothing is known: its names are believed to be there."""
    write(tmp_path, {f"fast{SO}": "", "slow.py": ""})

    made = walked(walker(tmp_path), "try:\n  from fast import name\nexcept ImportError:\n  import slow")

    assert reached(made) == {"fast"}


def test_excluded_module_is_missing(tmp_path: Path):
    """What the user excludes is not reached, and counts as missing for a fallback."""
    write(tmp_path, {"p/__init__.py": "", "p/a.py": "", "slow.py": ""})

    made = walked(walker(tmp_path, excluded=("p",)), "try:\n  import p.a\nexcept ImportError:\n  import slow")

    assert reached(made) == {"slow"}


# --- The standard library, and what belongs to others -----------------------------------------------------------------


def stdlib(tmp_path: Path) -> Path:
    """A standard library in which functions import what they need."""
    return write(
        tmp_path / "lib",
        {
            "tool.py": """
                import always
                def seldom():
                    import rare
                def often():
                    return chain()
                def chain():
                    import common
                class Thing:
                    def __init__(self):
                        import made
                """,
            "always.py": "",
            "rare.py": "",
            "common.py": "",
            "made.py": "",
        },
    )


@pytest.mark.parametrize(
    ("use", "found"),
    [
        ("pass", set()),
        ("tool.seldom()", {"rare"}),
        ("tool.often()", {"common"}),
        ("tool.Thing()", {"made"}),
        ("x = [tool.seldom, tool.often]", {"rare", "common"}),
        ("def seldom(): pass", set()),
        ("def main():\n  tool.seldom()", {"rare"}),
        ("getattr(tool, 'seldom')", set()),
    ],
)
def test_deferred_imports_of_the_library_wait(tmp_path: Path, use: str, found: set[str]):
    """A function of the standard library imports something only if some reached code uses the function's name."""
    lib = stdlib(tmp_path)

    made = walked(walker(lib, stdlib=lib), f"import tool\n{use}")

    assert reached(made) == {"tool", "always"} | found


def test_use_that_comes_later_counts(tmp_path: Path):
    """It does not matter which is reached first, the function or the use of its name."""
    lib = stdlib(tmp_path)
    app = write(tmp_path / "app", {"late.py": "import deeper", "deeper.py": "import tool\ntool.often()"})

    assert "common" in reached(walked(walker(app, lib, stdlib=lib), "import tool, late"))


def test_deferred_imports_of_others_are_followed(tmp_path: Path):
    """Outside the standard library a function's imports are followed at once."""
    write(tmp_path, {"a.py": "def unused():\n  import b", "b.py": ""})

    assert reached(walked(walker(tmp_path), "import a")) == {"a", "b"}


@pytest.mark.parametrize(("requires", "is_meant"), [(["lib", "extra"], True), (["lib"], False), (["extra"], False)])
def test_optional_import_for_who_requires_both(tmp_path: Path, requires: list[str], is_meant: bool):
    """A library's deferred import is meant when a distribution that is in use requires the library and what it imports."""
    install(tmp_path, "lib", {"lib.py": "def write():\n  import extra"})
    install(tmp_path, "extra", {"extra.py": ""})
    install(tmp_path, "program", {"program.py": "import lib"}, requires=requires)
    install(tmp_path, "unused", {"unused.py": ""}, requires=["lib", "extra"])
    made = walked(walker(tmp_path), "import program")

    assert ("extra" in made.reached) is is_meant
    assert ("extra" in [edge.imported for edge in made.finished().left_out]) is not is_meant


def test_optional_import_of_another_distribution(tmp_path: Path):
    """A guarded import of a distribution that the importing one does not require is left out, and noted."""
    install(
        tmp_path,
        "lib",
        {"lib.py": "try:\n  import extra, needed\nexcept ImportError:\n  import own", "own.py": ""},
        requires=["needed", "extra; extra == 'test'"],
    )
    install(tmp_path, "extra", {"extra.py": ""})
    install(tmp_path, "needed", {"needed.py": ""})

    made = walked(walker(tmp_path), "import lib")

    assert reached(made) == {"lib", "needed", "own"}
    assert [edge.importer for edge in made.finished().left_out if edge.imported == "extra"] == ["lib"]


def test_plain_import_of_another_distribution(tmp_path: Path):
    """An import that always runs is followed whatever the metadata says."""
    install(tmp_path, "lib", {"lib.py": "import extra"})
    install(tmp_path, "extra", {"extra.py": ""})

    assert reached(walked(walker(tmp_path), "import lib")) == {"lib", "extra"}


def test_own_code_means_what_it_imports(tmp_path: Path):
    """The app's own optional imports are followed."""
    install(tmp_path / "site", "extra", {"extra.py": ""})
    app = write(tmp_path / "app", {"own.py": "def f():\n  import extra"})

    assert reached(walked(walker(app, tmp_path / "site"), "try:\n  import own\nexcept ImportError: pass")) == {
        "own",
        "extra",
    }


def test_optional_import_of_what_is_there_anyway(tmp_path: Path):
    """Something that the program reaches already is no baggage: its submodules may be what the library wants."""
    install(tmp_path, "lib", {"lib.py": "try:\n  import extra.deep\nexcept ImportError:\n  pass"})
    install(tmp_path, "extra", {"extra/__init__.py": "", "extra/deep.py": ""})

    assert "extra.deep" in reached(walked(walker(tmp_path), "import extra, lib"))


def test_library_does_not_bring_distributions(tmp_path: Path):
    """An optional import in the standard library does not bring in something that happens to be installed."""
    lib = write(tmp_path / "lib", {"tool.py": "try:\n  import extra\nexcept ImportError:\n  extra = None"})
    install(tmp_path / "site", "extra", {"extra.py": ""})

    assert reached(walked(walker(lib, tmp_path / "site", stdlib=lib), "import tool")) == {"tool"}


# --- What no statement says -------------------------------------------------------------------------------------------


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
    """A module without source can have a rule too."""
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


def test_a_finished_walk_stays(tmp_path: Path):
    """What is given out as finished does not change when more is followed, and cannot be changed."""
    write(tmp_path, {"a.py": "", "b.py": ""})
    made = walked(walker(tmp_path), "import a")
    walk = made.finished()

    made.add("__main__", "b", Binding.RULE)

    assert (set(walk.reached), len(walk.edges)) == ({"__main__", "a"}, 1)
    assert set(made.finished().reached) == {"__main__", "a", "b"}
    with pytest.raises(TypeError):
        walk.reached["b"] = made.reached["b"]  # type: ignore[index]


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


def test_edges_tell_why(tmp_path: Path):
    """Every import is an edge with the way it is meant and its line, for explanations."""
    write(tmp_path, {"a/__init__.py": "", "a/b.py": "import a\ndef f():\n  import c", "c.py": ""})

    made = walked(walker(tmp_path), "\nfrom a import b")
    edges = {(e.importer, e.imported, e.binding, e.line) for e in made.finished().edges}

    assert edges >= {
        ("__main__", "a", Binding.EAGER, 2),
        ("__main__", "a.b", Binding.EAGER, 2),
        ("a.b", "a", Binding.PARENT, 0),
        ("a.b", "a", Binding.EAGER, 1),
        ("a.b", "c", Binding.DEFERRED, 3),
    }


def test_a_first_choice_that_cannot_be_imported(tmp_path: Path):
    """Where what is tried first is there but imports something missing, however deep, its alternative is followed."""
    files = {
        "app.py": "try:\n  import first\nexcept ImportError:\n  import second",
        "first.py": "import deeper",
        "deeper.py": "import nowhere_to_be_found",
        "second.py": "",
    }
    write(tmp_path, files)

    assert reached(walked(walker(tmp_path), "import app")) == {"app", "first", "deeper", "second"}


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


def test_many_modules_add_folders(tmp_path: Path):
    """A module that adds a folder waits for what it imports before, however many do so, one below the other."""
    adding = "import os, sys, m{}\nsys.path.append(os.path.join(os.path.dirname(__file__), 'more'))\n"
    write(tmp_path, {f"m{number}.py": adding.format(number + 1) for number in range(600)})
    write(tmp_path, {"m600.py": "", "more/last.py": ""})

    assert len(reached(walked(walker(tmp_path), "import m0, last"))) >= 602


def test_folder_on_the_search_path(tmp_path: Path):
    """What a module puts on `sys.path` is searched for all that is imported later."""
    write(
        tmp_path,
        {
            "a.py": "import os, sys\nsys.path.append(os.path.join(os.path.dirname(__file__), 'vendor'))\nimport b",
            "vendor/b.py": "import c",
            "vendor/c.py": "",
        },
    )

    assert reached(walked(walker(tmp_path), "import a")) == {"a", "b", "c", "sys"}


@pytest.mark.parametrize(("file", "found"), [("first.pth", {"p._old", "p"}), ("other.pth", {"old"})])
def test_names_that_are_served_first(tmp_path: Path, file: str, found: set[str]):
    """A file by which Python's start sets another module's name aside decides what the name means."""
    write(tmp_path, {"p/__init__.py": "", "p/_old.py": "", "old.py": "", file: ""})
    rule = Rule("p", "test", names={"old": "p._old"}, serve="import p", serve_file="first.pth")

    assert reached(walked(walker(tmp_path, rules={"p": rule}), "import old")) == found


def test_folders_by_rule(tmp_path: Path):
    """A rule tells of folders that a package makes importable in a way of its own."""
    write(tmp_path, {"a/__init__.py": "import b", "a/b/__init__.py": ""})
    rules = {"a": Rule("a", "a reason", search_folders=(".",))}

    assert reached(walked(walker(tmp_path, rules=rules), "import a")) == {"a", "b"}


@pytest.mark.parametrize(
    "text",
    [
        "register(__path__[0])",
        "import importlib, os\nfor x in os.listdir(os.path.dirname(__file__)): importlib.import_module(x)",
        "import importlib\nfrom pathlib import Path\nfor x in Path(__file__).parent.glob('*.py'): __import__(x.stem)",
        "import os\n__all__ = [x[:-3] for x in os.listdir(os.path.dirname(__file__))]",
    ],
)
def test_packages_that_list_themselves(tmp_path: Path, text: str):
    """A package that goes through its own folder imports what is there."""
    write(tmp_path, {"p/__init__.py": text, "p/a.py": "", "p/b.py": "", "os.py": "", "pathlib.py": ""})

    assert reached(walked(walker(tmp_path), "import p")) >= {"p.a", "p.b"}


@pytest.mark.parametrize(
    "text",
    ["import os\nnames = os.listdir(os.path.dirname(__file__))", "__path__ = extend_path(__path__, __name__)"],
)
def test_packages_that_do_not(tmp_path: Path, text: str):
    """A listing without an import, or an extension of the path, is no search for modules."""
    write(tmp_path, {"p/__init__.py": text, "p/a.py": "", "os.py": ""})

    assert "p.a" not in reached(walked(walker(tmp_path), "import p"))


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("from p.tools import find\nfrom p import plugins\nfind(plugins)", True),
        ("from . import plugins as those\nfrom .tools import find\nfind(those)", True),
        ("import p.tools, p.plugins\np.tools.find(p)", False),
        ("from p.tools import find\nfrom p import plugins\nprint(plugins.COUNT)", False),
    ],
)
@pytest.mark.parametrize("first", ["import p.tools, p.m", "import p.m"])
def test_packages_that_are_handed_over(tmp_path: Path, text: str, is_found: bool, first: str):
    """A package that some file gives to a function of code that lists modules is listed by it."""
    tools = "import pkgutil\ndef find(package): return [*pkgutil.walk_packages(package.__path__)]"
    write(tmp_path, {"p/__init__.py": "", "p/tools.py": tools, "p/m.py": text, "pkgutil.py": ""})
    write(tmp_path, {"p/plugins/__init__.py": "COUNT = 1", "p/plugins/saw.py": "", "p/other/__init__.py": ""})

    assert ("p.plugins.saw" in reached(walked(walker(tmp_path), first))) is is_found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("PLUGIN = 'extra/late.py'", {"p.m", "p.extra", "p.extra.late"}),
        ("PLUGIN = f'{HERE}/extra/late.py'", {"p.m", "p.extra", "p.extra.late"}),
        (
            "import os\nload(os.path.join(os.path.dirname(__file__), 'extra', 'late.py'))",
            {"p.m", "p.extra", "p.extra.late"},
        ),
        ("from pathlib import Path\nload(Path(__file__).parent / 'beside.py')", {"p.m", "p.beside"}),
        ("from pathlib import Path\nload(Path(__file__).parent.parent / 'q' / 'other.py')", {"p.m"}),
        ("LICENCE = 'extra/absent.py', '__init__.py'", {"p.m"}),
    ],
)
def test_sources_by_path(tmp_path: Path, text: str, found: set[str]):
    """A path of a source, relative to the file's folder, names a module of the package that is loaded by its path."""
    write(tmp_path, {"p/__init__.py": "", "p/m.py": text, "p/beside.py": "", "p/extra/late.py": "", "q/other.py": ""})

    assert reached(walked(walker(tmp_path), "import p.m")) - {"os", "pathlib"} == {"p", *found}


def test_sources_beside_a_script(tmp_path: Path):
    """A script names modules beside it by their paths, too."""
    write(tmp_path, {"plugins/late.py": "import far", "far.py": "", "plugins/other.py": ""})

    made = walked(walker(tmp_path), "load('plugins/late.py')", source=tmp_path / "app.py")

    assert reached(made) == {"plugins", "plugins.late", "far"}


def test_sources_among_data_files(tmp_path: Path):
    """Where a package loads files by their paths, the imports of sources that are its data are followed."""
    loader = "import importlib.util\ndef load(path): return importlib.util.spec_from_file_location('x', path)\n"
    install(
        tmp_path,
        "p",
        {
            "p/__init__.py": loader,
            "p/plugins/first.py": "from p.tools import saw\nimport calendar, q, r\nfrom . import x",
            "p/plugins/broken.py": "{% template %}",
            "p/tools/__init__.py": "",
            "p/tools/saw.py": "",
            "p/tools/other.py": "",
        },
        requires=["q"],
    )
    install(tmp_path, "q", {"q.py": ""})
    install(tmp_path, "r", {"r.py": ""})
    write(tmp_path / "lib", {"calendar.py": "", "importlib/__init__.py": "", "importlib/util.py": ""})
    made = walked(walker(tmp_path, tmp_path / "lib", stdlib=tmp_path / "lib"), "import p")

    follow_loaded_files(made, collect(made.reached, InstalledDistributions((tmp_path,), MARKERS))[0])

    assert reached(made) == {"p", "importlib", "importlib.util", "p.tools", "p.tools.saw", "calendar", "q"}


@pytest.mark.parametrize("loading", ["spec_from_file_location", "exec"])
def test_module_that_a_package_hides(tmp_path: Path, loading: str):
    """A source that code looks for in `sys.path` is carried, and its imports are followed, if the code loads files."""
    shim = f"import sys\nfor each in sys.path:\n    {loading}('p', each + '/' + 'p.py')"
    install(tmp_path, "first", {"p.py": "import calendar, q, r"}, requires=["q"])
    install(tmp_path, "second", {"p/__init__.py": shim})
    install(tmp_path, "q", {"q.py": ""})
    install(tmp_path, "r", {"r.py": ""})
    write(tmp_path / "lib", {"calendar.py": ""})
    made = walked(walker(tmp_path, tmp_path / "lib", stdlib=tmp_path / "lib"), "import p")

    files = collect(made.reached, InstalledDistributions((tmp_path,), MARKERS))[0]
    follow_loaded_files(made, files)

    is_loaded = loading != "exec"
    assert ("p.py" in {str(file.destination) for file in files}) is is_loaded
    assert reached(made) == {"p", "sys", *(("calendar", "q") if is_loaded else ())}


def test_imports_in_texts(tmp_path: Path):
    """A string that is an import statement is handed to `exec`."""
    write(tmp_path, {"p/__init__.py": "exec('from p.settings import *')\nexec('import p.more')"})
    write(tmp_path, {"p/settings.py": "", "p/more.py": ""})

    assert reached(walked(walker(tmp_path), "import p")) == {"p", "p.settings", "p.more"}
