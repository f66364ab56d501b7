"""Imports that libraries and distributions make for uses of their own: a program reaches those that it means."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.analyze.trees import install, reached, walked, walker, write


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
