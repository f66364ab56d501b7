"""Functions and a module to run."""

import importlib.resources
import pkgutil
import sys

from . import data, labels


def describe(names):
    """What a main program knows about itself."""
    spec = names["__spec__"]
    print(names["__name__"], names["__package__"], names["__doc__"], names["__file__"].rpartition("/")[2])
    print(spec and (spec.name, spec.parent, spec.has_location, spec.submodule_search_locations))
    print(sys.argv[1:], importlib.resources.files(data).joinpath("prices.txt").read_text().strip())
    print(pkgutil.get_data("shop.data", "prices.txt"))
    # A folder without code: a namespace package, whose resources importlib finds by its path.
    print(type(labels.__path__).__name__, importlib.resources.files(labels).joinpath("en.txt").read_text().strip())
    print([file.name for file in importlib.resources.files("shop.labels").iterdir()], labels.__spec__.origin)


def main():
    """An entry point: its result is the exit status."""
    print("main of", __name__, sys.argv[1:], sys.modules["__main__"].__name__)
    return "no more" if "fail" in sys.argv else None


class Commands:
    @staticmethod
    def list():
        print("list of", __name__)


if __name__ == "__main__":
    describe(globals())
