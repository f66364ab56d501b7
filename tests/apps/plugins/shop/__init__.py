import glob
import importlib
import os


def names():
    paths = glob.glob(os.path.join(os.path.dirname(__file__), "*.py"))
    return sorted(os.path.basename(path)[:-3] for path in paths if not path.endswith("__init__.py"))


def load():
    return [importlib.import_module("." + name, __name__) for name in names()]
