"""Everything that a program may ask of the import system, and of what lies beside its modules. Arguments name the cases;
`folder`, the last one, may be written to."""

import gettext
import importlib
import importlib.abc
import importlib.machinery
import importlib.metadata
import importlib.resources
import importlib.util
import json  # for a plug-in, as platform
import locale
import logging
import os
import pickle
import pkgutil
import platform
import runpy
import shutil
import sys
import threading
import types
import typing
import unittest
import warnings
import zipfile
import zipimport
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "vendor"))
sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "more"))

import forms
import shelf
import shelf.books
import spread.one
import spread.two


def show(module):
    spec = module.__spec__
    print(module.__name__, module.__package__, module.__file__, getattr(module, "__path__", None) and list(module.__path__))
    print(spec.cached, getattr(module, "__cached__", None))
    print(spec.name, spec.origin, spec.has_location, spec.submodule_search_locations, spec.parent, spec.loader is module.__loader__)


def attributes(folder):
    for module in (shelf, shelf.books, importlib, pickle):
        show(module)
    print(isinstance(shelf.__loader__, types.ModuleType), __spec__, __package__, __name__, __file__)
    print(spread.__file__, spread.__spec__.origin, type(spread.__path__).__name__, spread.one.WHO, spread.two.WHO)
    print(sys.modules["__main__"].__dict__ is globals(), sys.modules[__name__].__loader__ is None)
    for loader in (shelf.books.__loader__,):
        print(loader.is_package("shelf.books"), loader.get_filename("shelf.books"), type(loader.get_code("shelf.books")).__name__)


def loaders(folder):
    """What programs ask that tell loaders and finders apart by their kinds."""
    for module in (shelf, shelf.books, sys.modules["__main__"]):
        loader = module.__loader__
        print(loader.name, loader.path, loader.get_filename(), isinstance(loader, (importlib.machinery.SourceFileLoader, importlib.machinery.SourcelessFileLoader)))
        print(isinstance(loader, importlib.abc.InspectLoader), isinstance(loader, importlib.abc.ResourceLoader), loader.is_package(loader.name))
    print(importlib.util.find_spec("shelf.books").loader == shelf.books.__loader__, importlib.util.find_spec("shelf.books") == shelf.books.__spec__)
    finder = pkgutil.get_importer(shelf.__path__[0])
    print(isinstance(finder, importlib.machinery.FileFinder), finder.path, finder.find_spec("books").name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        loader = importlib.util.find_spec("shelf.task").loader
        print(loader.load_module("shelf.task").__name__ if hasattr(loader, "load_module") else "gone")  # in 3.15
        sys.modules.pop("shelf.task", None)


def old_resources(folder):
    """`pkg_resources`, as many programs still use it."""
    warnings.simplefilter("ignore")
    import pkg_resources

    print(pkg_resources.resource_string("shelf", "texts/a.txt"), pkg_resources.resource_stream("shelf", "note.txt").read())
    print([pkg_resources.resource_exists("shelf", name) for name in ("note.txt", "absent", "texts")], pkg_resources.resource_isdir("shelf", "texts"))
    print(sorted(pkg_resources.resource_listdir("shelf", "texts")), sorted(name for name in pkg_resources.resource_listdir("shelf", "") if name[0].islower()))
    print([Path(pkg_resources.resource_filename(*each)).read_text() for each in (("shelf", "texts/a.txt"), ("__main__", "shelf/note.txt"))])
    markdown = pkg_resources.get_distribution("markdown-it-py")
    print(markdown.project_name, markdown.version, markdown.requires(), markdown.has_metadata("METADATA"))
    print([str(each) for each in pkg_resources.require("markdown-it-py")], pkg_resources.get_provider("shelf").has_resource("note.txt"))
    entries = {entry.name: entry for entry in pkg_resources.iter_entry_points("console_scripts")}
    print(entries["markdown-it"], entries["markdown-it"].dist, pkg_resources.get_entry_info("idna", "console_scripts", "idna"))
    for wrong in ("idna<1", "absent", "markdown-it-py[absent]>=1"):
        try:
            print(pkg_resources.require(wrong))
        except pkg_resources.ResolutionError as error:
            print(type(error).__name__, error.args[-2:])
    print({"idna", "mdurl", "markdown-it-py"} <= set(pkg_resources.working_set.by_key), pkg_resources.parse_version("1.2") < pkg_resources.parse_version("1.10"))


def imports(folder):
    print(importlib.import_module("shelf.books").TITLES, importlib.import_module(".books", "shelf") is shelf.books)
    print([importlib.util.find_spec(name) is not None for name in ("shelf", "shelf.books", "shelf.absent", "absent")])
    for name in ("absent", "absent.inner", "shelf.absent", "shelf.books.inner", "shelf.broken", "shelf.circular"):
        try:
            importlib.import_module(name)
        except ImportError as error:
            print(type(error).__name__, error, error.name, error.path)
        try:
            print(importlib.util.find_spec(name) is None)
        except ImportError as error:
            print(type(error).__name__, error)
    for statement in ("from shelf import nothing", "from shelf.books import nothing", "import shelf.nothing", "from . import x"):
        try:
            exec(statement, {"__name__": "elsewhere"})
        except ImportError as error:
            print(type(error).__name__, error)
    shelf.books.TITLES.append("marked")
    old = shelf.books
    print(importlib.reload(shelf.books) is old, shelf.books.TITLES, shelf.books.COUNT)
    del sys.modules["shelf.books"]
    print(importlib.import_module("shelf.books") is old, shelf.books is old, shelf.books.TITLES)
    print(shelf.lazily, shelf.computed, "computed" in dir(shelf))
    try:
        shelf.absent
    except AttributeError as error:
        print(error)
    names = {}
    exec("from shelf import *", names)
    print(sorted(name for name in names if not name.startswith("__")))
    spec = importlib.util.find_spec("shelf.later")
    loader = importlib.util.LazyLoader(spec.loader)
    spec.loader = loader
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    print("not yet")
    print(module.VALUE)
    print(__import__("shelf.books", fromlist=["TITLES"]).__name__, __import__("shelf.books").__name__)
    importlib.invalidate_caches()
    import twice

    print(twice.VALUE, twice.inner.__file__, twice.inner.__name__, sys.modules["twice"] is twice)


def unruly(folder):
    """Modules that fail, go away or put another in their place while they run, and threads that want the same one."""
    for _ in range(2):
        try:
            print(importlib.import_module("shelf.fickle").VALUE)
        except RuntimeError as error:
            print(error, "shelf.fickle" in sys.modules, hasattr(shelf, "fickle"))
    try:
        from shelf import gone
    except (ImportError, KeyError) as error:
        print(type(error).__name__, error)
    from shelf import changeling

    print(changeling.VALUE, sys.modules["shelf.changeling"] is changeling, shelf.changeling is changeling, list(sys.modules)[-1])
    found = []
    threads = [threading.Thread(target=lambda: found.append(importlib.import_module("shelf.slow").VALUE)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(found, sys.modules["shelf.slow"].STARTED)


def intervening(folder):
    """A finder before all others, as import hooks and coverage tools put it."""

    class Loader(importlib.abc.Loader):
        def __init__(self, usual):
            self.usual = usual

        def create_module(self, spec):
            return self.usual.create_module(spec)

        def exec_module(self, module):
            self.usual.exec_module(module)
            module.SEEN = module.__name__

    class Finder(importlib.abc.MetaPathFinder):
        def find_spec(self, name, path=None, target=None):
            if not name.startswith("shelf."):
                return None
            spec = importlib.machinery.PathFinder.find_spec(name, path, target)
            spec.loader = Loader(spec.loader)
            return spec

    del sys.modules["shelf.books"]
    sys.meta_path.insert(0, Finder())
    books = importlib.import_module("shelf.books")
    print(books.SEEN, type(books.__loader__).__name__, books.TITLES, books.__spec__.origin == books.__file__)
    sys.meta_path.pop(0)
    sys.modules["shelf.books"] = shelf.books = None
    try:
        importlib.import_module("shelf.books")
    except ModuleNotFoundError as error:
        print(error)
    del sys.modules["shelf.books"]
    print(hasattr(importlib.import_module("shelf.books"), "SEEN"))


def listing(folder):
    print([(name, is_package) for _, name, is_package in pkgutil.iter_modules(shelf.__path__, "shelf.")])
    found = pkgutil.walk_packages(shelf.__path__, "shelf.", onerror=lambda name: print("cannot import", name))
    print(sorted(name for _, name, _ in found))
    print(pkgutil.get_data("shelf", "texts/a.txt"), pkgutil.get_data("shelf.books", "texts/a.txt"), pkgutil.resolve_name("shelf.books:TITLES"))
    try:
        pkgutil.get_data("shelf", "absent")
    except OSError as error:
        print(type(error).__name__, error.errno)
    print(type(pkgutil.get_importer(shelf.__path__[0])).__name__ != "NoneType")
    print(sorted(path.name for folder in spread.__path__ for path in Path(folder).iterdir() if path.suffix))


def running(folder):
    print(sorted(name for name in runpy.run_module("shelf.task", {"given": 1}) if not name.startswith("__")))
    print(runpy.run_module("shelf", run_name="__main__", alter_sys=True)["__name__"])
    script = folder / "script.py"
    script.write_text("import shelf.books, sys\nresult = __name__, __file__ == sys.argv[0], shelf.books.TITLES[0]\n")
    print(runpy.run_path(str(script), run_name="there")["result"], runpy.run_path(script)["result"])
    try:
        runpy.run_module("shelf.absent")
    except ImportError as error:
        print(error)


def archives(folder):
    path = folder / "archive.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("zipped/__init__.py", "from . import inner\nimport shelf\n")
        archive.writestr("zipped/inner.py", "VALUE = 42\ndef fail(): 1 / 0\n")
        archive.writestr("zipped/data.txt", "text")
    print(zipimport.zipimporter(str(path)).find_spec("zipped").loader.get_filename("zipped") == f"{path}/zipped/__init__.py")
    sys.path.insert(0, str(path))
    import zipped

    print(zipped.inner.VALUE, importlib.resources.files("zipped").joinpath("data.txt").read_text(), zipped.__file__.endswith("archive.zip/zipped/__init__.py"))
    print([name for _, name, _ in pkgutil.iter_modules(zipped.__path__)])
    with importlib.resources.as_file(importlib.resources.files("zipped") / "data.txt") as real:
        print(real.read_text(), real.exists())
    sys.path.remove(str(path))


def plugins(folder):
    home = folder / "plugins"
    (home / "added" / "sub").mkdir(parents=True)
    (home / "added" / "__init__.py").write_text("from .sub import thing\nfrom . import other as same\nimport shelf.books, json\n")
    (home / "added" / "other.py").write_text("NAME = __name__\n")
    (home / "added" / "sub" / "__init__.py").write_text("")
    (home / "added" / "sub" / "thing.py").write_text("import added\nVALUE = 'thing'\nclass Kept:\n    pass\n")
    (home / "added" / "note.txt").write_text("a note")
    (home / "spread").mkdir()
    (home / "spread" / "three.py").write_text("WHO = 'three'\n")
    (home / "shelf.py").write_text("raise SystemExit('the wrong one')\n")
    (home / "added-1.5.dist-info").mkdir()
    (home / "added-1.5.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: added\nVersion: 1.5\nRequires-Dist: absent>2\n")
    (home / "added-1.5.dist-info" / "entry_points.txt").write_text("[plugins]\nfirst = added.sub.thing:VALUE\n")
    sys.path.insert(0, str(home))
    import added

    print(added.thing.VALUE, added.same.NAME, Path(added.__file__).name, added.__spec__.has_location, getattr(added, "__cached__", "3.15 has none")[-4:])
    print(pickle.loads(pickle.dumps(added.thing.Kept())).__class__, [name for _, name, _ in pkgutil.iter_modules([str(home)])])
    print(importlib.resources.files(added).joinpath("note.txt").read_text(), pkgutil.get_data("added", "note.txt"))
    print(importlib.metadata.version("added"), importlib.metadata.requires("added"), [entry.load() for entry in importlib.metadata.entry_points(group="plugins")])
    import spread.three

    print(spread.three.WHO, spread.one.WHO, str(home / 'spread') in spread.__path__)
    spec = importlib.util.spec_from_file_location("by_path", home / "added" / "other.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    loader = importlib.machinery.SourceFileLoader("x", str(home / "added" / "other.py"))
    print(module.NAME, loader.load_module().NAME if hasattr(loader, "load_module") else "gone")  # in 3.15
    own = importlib.util.spec_from_file_location("own_by_path", Path(shelf.__file__).with_name("books.py"))
    module = importlib.util.module_from_spec(own)
    own.loader.exec_module(module)
    print(module.__name__, module.TITLES, Path(module.__file__).name)
    (home / "added" / "other.py").write_text("NAME = 'longer than before'\n")
    importlib.invalidate_caches()
    print(importlib.reload(added.same).NAME)

    class Finder(importlib.abc.MetaPathFinder):
        def find_spec(self, name, path=None, target=None):
            if name == "made_up":
                return importlib.machinery.ModuleSpec(name, Loader())
            return None

    class Loader(importlib.abc.Loader):
        def exec_module(self, module):
            module.VALUE = "made up"

    sys.meta_path.append(Finder())
    import made_up

    print(made_up.VALUE)
    sys.meta_path.pop()
    sys.path.remove(str(home))


def carried(folder):
    """Sources that are data, in a folder of the search path and in a package."""
    sys.path.insert(0, str(HERE / "carried"))
    plugin = importlib.import_module("plug" + "in")
    print(plugin.NAME, plugin.__file__, plugin.__spec__.name, importlib.import_module(".".join(["inner", "leaf"])).NAME)
    print(importlib.import_module(".".join(["shelf", "extra"])).NAME)
    sys.path.pop(0)


def extensions(folder):
    """A package with a module in C that lies on the disk and is not in the binary."""
    sys.path.insert(0, os.environ["EXTENSIONS"])
    multidict = importlib.import_module(*os.listdir(os.environ["EXTENSIONS"]))
    print(multidict.__file__.startswith(os.environ["EXTENSIONS"]), list(multidict.MultiDict([("a", 1), ("a", 2)]).items()))
    module = sys.modules[multidict.MultiDict.__module__]
    print(module.__name__, module.__file__.startswith(os.environ["EXTENSIONS"]), type(module.__loader__).__name__)


def resources(folder):
    root = importlib.resources.files("shelf")
    print(sorted(each.name for each in root.iterdir() if each.name.endswith(".txt") or each.is_dir() and "__" not in each.name))
    print((root / "texts" / "a.txt").read_text(), root.joinpath("texts", "b.bin").read_bytes(), (root / "absent").is_file())
    with importlib.resources.as_file(root / "texts" / "a.txt") as path:
        print(path.read_text(), path.name)
    with importlib.resources.as_file(root / "texts") as path:
        print(sorted(each.name for each in path.iterdir()))
    with (root / "texts" / "a.txt").open(encoding="utf-8") as file:
        print(file.readline())
    print(importlib.resources.files("spread").joinpath("spread.txt").read_text())
    # A package for the sake of its data.
    shutil.copytree(Path(forms.__file__).parent, folder / "forms", ignore=shutil.ignore_patterns("__pycache__"))
    print(sorted((path.name, path.read_text()) for path in (folder / "forms").iterdir()))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        old = importlib.resources
        for name in ("read_text", "open_text", "contents", "is_resource", "path"):
            if not hasattr(old, name):
                print("no", name)  # of 3.13.0 and later some
                continue
            value = getattr(old, name)(*(("shelf",) if name == "contents" else ("shelf", "note.txt")))
            print(name, sorted(each for each in value if each.endswith(".txt")) if name == "contents" else value if isinstance(value, (str, bool)) else type(value).__name__)


def metadata(folder):
    import idna
    import markdown_it

    print(idna.__version__ == importlib.metadata.version("idna"), importlib.metadata.requires("markdown-it-py"), importlib.metadata.metadata("markdown-it-py")["Name"])
    files = importlib.metadata.files("idna")
    print(sorted(str(path) for path in files if path.name == "__init__.py"), any(path.name == "core.py" for path in files))
    print([path.read_text()[:20] for path in files if path.name == "METADATA"], importlib.metadata.packages_distributions()["idna"])
    print([entry.name for entry in importlib.metadata.distribution("markdown-it-py").entry_points])
    try:
        importlib.metadata.version("absent")
    except importlib.metadata.PackageNotFoundError as error:
        print(error)


@dataclass
class Point:
    x: int
    y: "list[Point]"


def add(one: int, other: "int | None" = None) -> "Point":
    """Add."""


class Tests(unittest.TestCase):
    def test_it(self):
        self.assertEqual(1, 1)


def culture(folder):
    german = gettext.translation("shop", HERE / "shelf" / "locale", ["de"])
    print(german.gettext("apple"), german.ngettext("%d pear", "%d pears", 2) % 2, gettext.find("shop", HERE / "shelf" / "locale", ["fr"]))
    print(locale.setlocale(locale.LC_ALL, ""), locale.format_string("%.2f", 1234.5, grouping=True), locale.getlocale(), locale.localeconv()["decimal_point"])
    print(typing.get_type_hints(add), typing.get_type_hints(Point), Point(1, []))
    print(pickle.loads(pickle.dumps(add)) is add, pickle.loads(pickle.dumps(Point(1, []))))
    logging.basicConfig(format="%(filename)s %(module)s %(funcName)s %(name)s %(lineno)d %(message)s", stream=sys.stdout, force=True)
    logging.getLogger("here").warning("told")
    shelf.books.log()
    suite = unittest.defaultTestLoader.loadTestsFromName("Tests", sys.modules["__main__"])
    print(unittest.TextTestRunner(sys.stdout, verbosity=0).run(suite).testsRun if "unittest" in folder.parts else suite.countTestCases())
    with warnings.catch_warnings(record=True) as caught:
        warnings.resetwarnings()
        warnings.filterwarnings("error", module=r"shelf\.books")
        warnings.filterwarnings("always", module="__main__")
        warnings.warn("mine")
        try:
            shelf.books.warn()
        except UserWarning as error:
            print("raised", error)
    print([(Path(each.filename).name, str(each.message)) for each in caught])


if __name__ == "__main__":
    for name in sys.argv[1:-1]:
        print(f"--- {name}")
        globals()[name](Path(sys.argv[-1]))
