"""Modules that are found by where they lie: added folders, packages that list themselves, sources loaded by path."""

from __future__ import annotations

from pathlib import Path

import pytest

from bundler.analyze.carry.data import collect
from bundler.analyze.follow.loaded_files import follow_loaded_files
from bundler.analyze.follow.rules import Rule
from bundler.analyze.installed.distributions import InstalledDistributions
from tests.analyze.trees import MARKERS, install, reached, walked, walker, write


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


LISTINGS = {
    "listdir of a folder that is searched": (
        """
        HERE = os.path.dirname(os.path.abspath(__file__))
        sys.path.insert(0, os.path.join(HERE, "plain"))
        for name in os.listdir(os.path.join(HERE, "plain")):
            if name.endswith(".py"):
                import_module(name[:-3])
        """,
        {"one", "two"},
    ),
    "map": (
        """
        sys.path.insert(0, os.path.join(os.path.dirname(__file__), "plain"))
        names = [x[:-3] for x in os.listdir(os.path.join(os.path.dirname(__file__), "plain"))]
        list(map(__import__, names))
        """,
        {"one", "two"},
    ),
    "glob, loaded by path": (
        """
        def load(path):
            spec = importlib.util.spec_from_file_location(Path(path).stem, path)
            return importlib.util.module_from_spec(spec)
        HERE = os.path.dirname(__file__)
        for file in sorted(glob.glob(os.path.join(HERE, "plain", "*.py"))):
            load(file)
        """,
        {"plain.one", "plain.two"},
    ),
    "the pattern in an f-string": (
        "for file in glob.glob(f'{os.path.dirname(__file__)}/plain/*.py'): spec_from_file_location('x', location=file)",
        {"plain.one", "plain.two"},
    ),
    "Path.glob": (
        """
        for file in (Path(__file__).parent / "pack").glob("*.py"):
            import_module(f"pack.{file.stem}")
        """,
        {"pack", "pack.one", "pack.inner"},
    ),
    "a pattern below": (
        "for file in Path(__file__).parent.glob('plain/*.py'): spec_from_file_location('x', file)",
        {"plain.one", "plain.two"},
    ),
    "iterdir": (
        """
        ALL = Path(__file__).resolve().parent.joinpath("pack")
        for name in [each.stem for each in ALL.iterdir()]:
            importlib.import_module("pack." + name)
        """,
        {"pack", "pack.one", "pack.inner"},
    ),
    "parts of packages": (
        """
        for each in os.listdir(os.path.join(os.path.dirname(__file__), "pack")):
            import_module("pack." + each + ".main")
        """,
        {"pack", "pack.one", "pack.inner", "pack.inner.main"},
    ),
    "iter_modules": (
        """
        def names():
            return [each.name for each in pkgutil.iter_modules([os.path.dirname(__file__) + "/pack"])]
        for name in names():
            import_module("pack." + name)
        """,
        {"pack", "pack.one", "pack.inner"},
    ),
}
LISTED = {f"pack/{name}": "" for name in ("__init__.py", "one.py", "inner/__init__.py", "inner/main.py", "data/x.txt")}
LISTED |= {"plain/one.py": "", "plain/two.py": "", "other.py": "", "x/plain/y.py": ""}


@pytest.mark.parametrize("place", LISTINGS)
def test_listing_in_a_script(tmp_path: Path, place: str):
    """What a script lists in a folder beside it, and then imports or loads, is found, and nothing else."""
    write(tmp_path, LISTED)
    program, found = LISTINGS[place]

    made = walked(walker(tmp_path), program, source=tmp_path / "app.py")

    # Folders without code have names, but no contents.
    assert reached(made) - {"plain", "pack.data"} == found
    assert not made.finished().unresolved


@pytest.mark.parametrize(
    ("program", "lines"),
    [
        ("names = os.listdir(os.path.dirname(__file__))\nimport_module(sys.argv[1])", (2,)),
        ("for x in os.listdir(os.path.dirname(__file__) + '/nothing'): import_module(x)", (1,)),
        ("for x in os.listdir(os.path.dirname(__file__) + '/' + y): import_module(x)", (1,)),
        ("HERE = os.path.dirname(__file__)\nspec_from_file_location(x, os.path.join(HERE, 'plain', x + '.py'))", (2,)),
        ("spec_from_file_location(x, sys.argv[1])  # __file__", ()),
        ("spec_from_file_location('x', os.path.join(os.path.dirname(__file__), 'plain', 'one.py'))", ()),
    ],
)
def test_listing_that_says_nothing(tmp_path: Path, program: str, lines: tuple[int, ...]):
    """Where nothing is found that a script lists and imports, or loads from a place of its own, a note says so."""
    write(tmp_path, LISTED)

    made = walked(walker(tmp_path), program, source=tmp_path / "app.py")

    assert made.finished().unresolved.get("__main__", ()) == lines


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
