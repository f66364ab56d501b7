"""The cases: sources, and what must come of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Case:
    """A program that does the same in a binary as under Python.

    `prints` is the whole output of both: a case that goes wrong in the same way under Python shows nothing.
    """

    files: Mapping[str, str]
    prints: str
    target: tuple[str, ...] = ("app.py",)
    """What to bundle; Python runs the same."""
    options: tuple[str, ...] = ()
    """Options of `bundle`."""
    flags: tuple[str, ...] = ()
    """Options of `bundle` that are Python's too."""
    arguments: tuple[str, ...] = ()
    stdin: bytes = b""
    installed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Distributions and their files."""


@dataclass(frozen=True)
class Refusal:
    """A target that `bundle` refuses, with a code and with words that show the way on."""

    files: Mapping[str, bytes]
    target: str
    code: str
    says: str


# What happens in a program, and the program.
PROGRAMS: Mapping[str, Case] = {
    # Names that only a run knows
    "the command line names a module that is carried as data": Case(
        files={
            "app.py": "import sys\nprint(__import__(sys.argv[1]).COLOUR)\n",
            "paint.py": "COLOUR = 'ochre'\n",
        },
        options=("--add-data", "paint.py:."),
        arguments=("paint",),
        prints="ochre\n",
    ),
    "a breakpoint starts the debugger": Case(
        files={
            # The debugger quotes sources, which a binary does not carry: only what it computes is compared.
            "app.py": """
                import contextlib, io
                price = 35
                with contextlib.redirect_stdout(io.StringIO()) as said:
                    breakpoint()
                print("total 41" in said.getvalue())
                """,
        },
        stdin=b"p f'total {price + 6}'\ncontinue\n",
        prints="True\n",
    ),
    "setuptools provides distutils": Case(
        files={
            "app.py": """
                import distutils
                from distutils.util import convert_path
                print("setuptools" in distutils.__file__, convert_path("shelf/box"))
                """,
        },
        prints="True shelf/box\n",
    ),
    "lazy attributes by the keywords of a call": Case(
        files={
            "app.py": "import workshop\nprint(workshop.lathe.SPEED, workshop.hammer(), dir(workshop))\n",
            "workshop/__init__.py": """
                import postpone
                __getattr__, __dir__, __all__ = postpone.attach(
                    __name__, submodules={"lathe"}, submod_attrs={"tools": ["hammer"]}
                )
                """,
            "workshop/lathe.py": "SPEED = 900\n",
            "workshop/tools.py": "def hammer():\n    return 'bang'\n",
        },
        installed={
            "postpone": {
                "postpone/__init__.py": """
                    import importlib

                    def attach(package, submodules=None, submod_attrs=None):
                        homes = {name: module for module, names in (submod_attrs or {}).items() for name in names}
                        every = sorted({*(submodules or ()), *homes})

                        def find(name):
                            if name in homes:
                                return getattr(importlib.import_module(f"{package}.{homes[name]}"), name)
                            if name in every:
                                return importlib.import_module(f"{package}.{name}")
                            raise AttributeError(name)

                        return find, lambda: every, every
                    """,
            }
        },
        prints="900 bang ['hammer', 'lathe']\n",
    ),
    "names of modules are made of names of files and of commands": Case(
        files={
            "app.py": """
                import importlib

                COMMANDS = {"sell": "shop/sell-all", "count": "shop/count-all"}

                def command(name):
                    return importlib.import_module(COMMANDS[name].replace("/", ".").replace("-", "_"))

                for name in ("bin-packing", "csv"):
                    print(importlib.import_module(name.replace("-", "_")).__name__)
                print(command("sell").DONE)
                """,
            "shop/__init__.py": "",
            "shop/sell_all.py": "DONE = 'sold'\n",
            "shop/count_all.py": "",
        },
        installed={"bin-packing": {"bin_packing.py": ""}},
        prints="bin_packing\ncsv\nsold\n",
    ),
    "a package gives way to the module that it hides": Case(
        files={"app.py": "import parts\nprint(parts.parse('a;b'), parts.__name__)\n"},
        installed={
            "parts": {"parts.py": "import colorsys, re\ndef parse(text):\n    return re.split(';', text)\n"},
            # As python-multipart does.
            "other-parts": {
                "parts/__init__.py": """
                    import importlib.util
                    import sys
                    from pathlib import Path

                    for folder in sys.path:
                        file = Path(folder, "parts.py")
                        if file.is_file():
                            spec = importlib.util.spec_from_file_location("parts", file)
                            module = importlib.util.module_from_spec(spec)
                            sys.modules["parts"] = module
                            spec.loader.exec_module(module)
                            break
                    else:
                        from other_parts import *
                    """,
                "other_parts.py": "def parse(text): pass\n",
            },
        },
        prints="['a', 'b'] parts\n",
    ),
    "every file that a distribution's RECORD lists is there": Case(
        files={
            "app.py": """
                import importlib.metadata
                import pair.used

                found = importlib.metadata.distribution("pair")
                places = [line.split(",")[0].strip('"') for line in found.read_text("RECORD").splitlines()]
                print([place for place in places if not found.locate_file(place).exists()])
                print({"pair/__init__.py", "pair/used.py", "pair/size.txt"} <= set(map(str, found.files)))
                print(importlib.metadata.packages_distributions()["pair"])
                """,
        },
        installed={"pair": {"pair/__init__.py": "", "pair/used.py": "", "pair/unused.py": "", "pair/size.txt": "2"}},
        prints="[]\nTrue\n['pair']\n",
    ),
    "imports are made lazy before anything is imported": Case(
        files={
            # As Mercurial does: the lazy loader imports `threading`, which needs more.
            "app.py": """
                import sys
                import importlib.util

                class Finder:
                    def __init__(self, finder):
                        self.finder = finder

                    def find_spec(self, name, path, target=None):
                        spec = self.finder.find_spec(name, path, target)
                        if spec is not None and name in LAZY:
                            spec.loader = importlib.util.LazyLoader(spec.loader)
                        return spec

                # Python has imported `time` before, and so never asks for it.
                LAZY = {"shelf", "time"}
                sys.meta_path[:] = map(Finder, sys.meta_path)
                import shelf
                print("BOOKS" in object.__getattribute__(shelf, "__dict__"), shelf.BOOKS)
                """,
            "shelf.py": "BOOKS = 3\n",
        },
        prints="False 3\n",
    ),
    "modules loaded by the paths of their files": Case(
        files={
            "app.py": """
                import importlib.util
                import os
                here = os.path.dirname(os.path.abspath(__file__))
                for name in ("oak.py", "ash.py"):
                    path = os.path.join(here, "trees", name)
                    if os.path.exists(path):
                        spec = importlib.util.spec_from_file_location("tree", path)
                        module = importlib.util.module_from_spec(spec)
                        spec.loader.exec_module(module)
                        print(module.HEIGHT)
                print(os.path.exists(f"{here}/trees/oak.py"))
                """,
            "trees/oak.py": "import colorsys\nHEIGHT = 30\n",
        },
        prints="30\nTrue\n",
    ),
    # Which copy
    "a package puts its vendored modules before those that are installed": Case(
        files={
            "app.py": "import desk\nprint(desk.COPIES)\n",
            "desk/__init__.py": """
                import os, sys
                sys.path.insert(0, os.path.join(os.path.dirname(__file__), "_vendor"))
                import ledger
                from ledger import rows
                COPIES = ledger.COPY, rows.COPY
                """,
            "desk/_vendor/ledger/__init__.py": "COPY = 'vendored'\n",
            "desk/_vendor/ledger/rows.py": "COPY = 'vendored rows'\n",
        },
        installed={
            "ledger": {
                "ledger/__init__.py": "COPY = 'installed'\n",
                "ledger/rows.py": "COPY = 'installed rows'\n",
            }
        },
        prints="('vendored', 'vendored rows')\n",
    ),
    "a namespace package continues below a folder that another package names": Case(
        files={
            "app.py": """
                import sys
                from places import SHED
                sys.path.append(SHED)
                import garden.roses, garden.tulips
                print(garden.roses.COUNT, garden.tulips.COUNT)
                """,
            "places/__init__.py": """
                from os.path import abspath, dirname, join
                SHED = join(dirname(abspath(__file__)), "shed")
                """,
            "garden/roses.py": "COUNT = 12\n",
            "places/shed/garden/tulips.py": "COUNT = 30\n",
        },
        prints="12 30\n",
    ),
    "a hook leaves out a subpackage that the program imports itself": Case(
        files={
            # Only the hook names the legend: without it, the case would show nothing.
            "app.py": """
                import importlib, sys
                import atlas.maps
                print(atlas.maps.tiles.ZOOM, importlib.import_module(sys.argv[1]).SCALE)
                """,
            "atlas/legend.py": "SCALE = 25000\n",
            "atlas/__init__.py": "",
            "atlas/maps/__init__.py": "from . import tiles\n",
            "atlas/maps/tiles.py": "ZOOM = 7\n",
            "hooks/hook-atlas.py": "excludedimports = ['atlas.maps']\nhiddenimports = ['atlas.legend']\n",
        },
        options=("--additional-hooks-dir", "hooks"),
        arguments=("atlas.legend",),
        prints="7 25000\n",
    ),
    # Files and flags
    "a module is the anchor of its package's resources": Case(
        files={
            "menu/__init__.py": "",
            "menu/soup.txt": "leek\n",
            "menu/card.py": """
                import sys
                from importlib.resources import files
                # Since 3.12 an anchor may be any module.
                anchor = __name__ if sys.version_info >= (3, 12) else __package__
                def soup():
                    return files(anchor).joinpath("soup.txt").read_text().strip()
                """,
            "menu/order.py": "from menu import card\nprint(card.soup())\n",
        },
        target=("-m", "menu.order"),
        prints="leek\n",
    ),
    "a library has a table of what to do by types of loaders": Case(
        files={
            "app.py": """
                import importlib.machinery
                import shelf
                finders = {importlib.machinery.SourceFileLoader: "files", importlib.machinery.SourcelessFileLoader: "files"}
                print(finders.get(type(shelf.__loader__)), type(shelf.__loader__) == type(shelf.box.__loader__))
                print(len({type(shelf.__loader__), type(shelf.box.__loader__)}), type(shelf.__loader__) == int)
                """,
            "shelf/__init__.py": "from . import box",
            "shelf/box.py": "",
        },
        prints="files True\n1 False\n",
    ),
    "a package runs before its module that is executed": Case(
        files={
            "kiosk/__init__.py": "print('shutters up')\n",
            "kiosk/stand/__init__.py": "print('lights on')\n",
            "kiosk/stand/__main__.py": "print('open')\n",
        },
        target=("-m", "kiosk.stand"),
        prints="shutters up\nlights on\nopen\n",
    ),
    "options of the interpreter": Case(
        files={
            "app.py": """
                import os, sys
                print(sys.flags.dev_mode, sys.flags.utf8_mode, sys.flags.warn_default_encoding)
                # Warns that it names no encoding.
                open(os.devnull).close()
                """
        },
        flags=("-X", "dev", "-X", "utf8", "-X", "warn_default_encoding"),
        prints="True 1 1\n",
    ),
}

_TILL = {"till.py": b"def open_drawer():\n    print('ring')\n"}
# An archive without members.
_ARCHIVE = b"PK\5\6" + bytes(18)

# What is handed to `bundle`, and its answer.
REFUSED: Mapping[str, Refusal] = {
    "a function that its module lacks": Refusal(
        files=_TILL,
        target="till:open_draw",
        code="no-such-function",
        says="till:open_drawer",
    ),
    "a function of a file instead of a module": Refusal(
        files=_TILL,
        target="till.py:open_drawer",
        code="no-such-target",
        says="write `till:open_drawer`",
    ),
    "a finished binary": Refusal(
        files={"till": b"\x7fELF\x02\x01\x01" + bytes(57)},
        target="till",
        code="not-a-source",
        says="`till` is an executable",
    ),
    "a notebook": Refusal(
        files={"till.ipynb": b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'},
        target="till.ipynb",
        code="not-a-source",
        says="nbconvert --to script till.ipynb",
    ),
    "a wheel": Refusal(
        files={"till-2-py3-none-any.whl": _ARCHIVE},
        target="till-2-py3-none-any.whl",
        code="not-a-source",
        says="pip install till-2-py3-none-any.whl",
    ),
    "a zip archive": Refusal(
        files={"till.zip": _ARCHIVE},
        target="till.zip",
        code="not-a-source",
        says="python -m zipfile -e till.zip till",
    ),
}
