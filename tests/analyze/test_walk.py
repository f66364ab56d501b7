"""What a program reaches by its import statements: small trees of sources, walked as a build walks them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bundler.analyze.graph import Binding
from tests.analyze.trees import SUFFIXES, reached, walked, walker, write

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


def test_many_modules_add_folders(tmp_path: Path):
    """A module that adds a folder waits for what it imports before, however many do so, one below the other."""
    adding = "import os, sys, m{}\nsys.path.append(os.path.join(os.path.dirname(__file__), 'more'))\n"
    write(tmp_path, {f"m{number}.py": adding.format(number + 1) for number in range(600)})
    write(tmp_path, {"m600.py": "", "more/last.py": ""})

    assert len(reached(walked(walker(tmp_path), "import m0, last"))) >= 602
