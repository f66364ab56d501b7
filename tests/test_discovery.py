"""Modules that no import statement names: plug-ins that are listed, tables of names, lazy attributes, modules that are run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.analyze.trees import install, write
from tests.support import Interpreter, Program, bundle, plain_environment

LISTED = {"plugins/__init__.py": "", "plugins/a.py": "NAME = 'a'\n", "plugins/b.py": "NAME = 'b'\n"}
IMPORT = "import importlib, pkgutil\n"

# Files of a program; app.py prints what it found.
PROGRAMS: Mapping[str, Mapping[str, str]] = {
    "iter_modules": {
        **LISTED,
        "app.py": f"{IMPORT}import plugins\n"
        "print([importlib.import_module(m.name).NAME for m in pkgutil.iter_modules(plugins.__path__, 'plugins.')])\n",
    },
    "relative to the package": {
        **LISTED,
        "app.py": f"{IMPORT}import plugins\n"
        "print([importlib.import_module('.' + m.name, 'plugins').NAME for m in pkgutil.iter_modules(plugins.__path__)])\n",
    },
    "walk_packages": {
        **LISTED,
        "app.py": f"{IMPORT}from plugins import __path__ as where\nimport plugins\n"
        "print([importlib.import_module(m.name).NAME for m in pkgutil.walk_packages(plugins.__path__, 'plugins.')])\n",
    },
    "a namespace package": {
        **{name: text for name, text in LISTED.items() if "__init__" not in name},
        "app.py": f"{IMPORT}import plugins\n"
        "print([importlib.import_module(m.name).NAME for m in pkgutil.iter_modules(plugins.__path__, 'plugins.')])\n",
    },
    "importlib.resources": {
        **LISTED,
        "app.py": f"{IMPORT}from importlib import resources\nimport plugins\n"
        "names = sorted(f.name[:-3] for f in resources.files(plugins).iterdir() if f.name.endswith('.py'))\n"
        "print([importlib.import_module('plugins.' + n).__name__ for n in names if n != '__init__'])\n",
    },
    "os.listdir": {
        **LISTED,
        "app.py": f"{IMPORT}import os, plugins\n"
        "names = sorted(f[:-3] for f in os.listdir(os.path.dirname(plugins.__file__)) if f.endswith('.py'))\n"
        "print([importlib.import_module('plugins.' + n).__name__ for n in names if n != '__init__'])\n",
    },
    "importlib's recipe for lazy imports": {
        "shop/__init__.py": "import importlib.util, sys\n"
        "def lazy(name, package):\n"
        "    spec = importlib.util.find_spec(name, package)\n"
        "    spec.loader = importlib.util.LazyLoader(spec.loader)\n"
        "    module = sys.modules[package + name] = importlib.util.module_from_spec(spec)\n"
        "    spec.loader.exec_module(module)\n"
        "    return module\n"
        "till = lazy('.till', 'shop')\n",
        "shop/till.py": "NAME = 'till'\n",
        "app.py": "import shop\nprint(shop.till.NAME)\n",
    },
    "a lister in another package": {
        **LISTED,
        "shop/__init__.py": "",
        "shop/registry.py": f"{IMPORT}import plugins\n"
        "ALL = [importlib.import_module(m.name).NAME for m in pkgutil.iter_modules(plugins.__path__, 'plugins.')]\n",
        "app.py": "from shop.registry import ALL\nprint(ALL)\n",
    },
    "a naming convention": {
        "shopext_a.py": "NAME = 'a'\n",
        "shopext_b.py": "NAME = 'b'\n",
        "app.py": f"{IMPORT}"
        "print([importlib.import_module(m.name).NAME for m in pkgutil.iter_modules() if m.name.startswith('shopext_')])\n",
    },
    "names below the own package": {
        "shop/__init__.py": IMPORT
        + "def load(name):\n    return importlib.import_module(f'{__name__}.parts.{name}')\n",
        "shop/parts/__init__.py": "",
        "shop/parts/till.py": "NAME = 'till'\n",
        "shop/tools.py": "import importlib\nPACKAGE = __package__\n"
        "def load(name):\n    return importlib.import_module('{}.{}'.format(PACKAGE, name))\n",
        "shop/scale.py": "NAME = 'scale'\n",
        "app.py": "import sys, shop, shop.tools\n"
        "print(shop.load('ti' + 'll').NAME, shop.tools.load('sc' + 'ale').NAME)\n",
    },
    "a list in a script": {
        "csv_export.py": "NAME = 'csv'\n",
        "json_export.py": "NAME = 'json'\n",
        "app.py": "from importlib import import_module\n"
        "print([import_module(name).NAME for name in ['csv_export', 'json_export']])\n",
    },
    "a constant": {
        **LISTED,
        "app.py": "from importlib import import_module\nPACKAGE = 'plugins'\n"
        "print(import_module(f'{PACKAGE}.{chr(97)}').NAME, import_module(PACKAGE + '.' + chr(98)).NAME)\n",
    },
    "a variable": {
        "kinds/__init__.py": "import importlib\ndef load(name): return importlib.import_module(name)\n"
        "def make(kind, name): return load(f'kinds.{kind}.{name}')\n",
        "kinds/one/__init__.py": "",
        "kinds/one/a.py": "NAME = 'a'\n",
        "app.py": "import kinds\nprint(kinds.make('one', chr(97)).NAME)\n",
    },
    "a variable with %": {
        **LISTED,
        "app.py": "from importlib import import_module\nPACKAGE = 'plugins'\n"
        "def load(name):\n    full = '%s.%s' % (PACKAGE, name)\n    return import_module(full)\nprint(load(chr(97)).NAME)\n",
    },
    "a listed folder on the search path": {
        "more/late_a.py": "NAME = 'a'\n",
        "more/late_b.py": "NAME = 'b'\n",
        "app.py": "import os, sys\nMORE = os.path.abspath(os.path.join(__file__, '..', 'more'))\nsys.path.insert(0, MORE)\n"
        "names = sorted(name[:-3] for name in os.listdir(MORE) if name.endswith('.py'))\n"
        "print([module.NAME for module in map(__import__, names)])\n",
    },
    "listed sources that are loaded by their paths": {
        "more/a.py": "NAME = 'a'\n",
        "more/b.py": "NAME = 'b'\n",
        "app.py": "import glob, importlib.util, os\n"
        "def load(path):\n"
        "    spec = importlib.util.spec_from_file_location('loaded', path)\n"
        "    module = importlib.util.module_from_spec(spec)\n"
        "    spec.loader.exec_module(module)\n"
        "    return module\n"
        "paths = sorted(glob.glob(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'more', '*.py')))\n"
        "print([load(path).NAME for path in paths])\n",
    },
    "modules in listed packages": {
        **{f"parts/{name}": "" for name in ("__init__.py", "a/__init__.py", "b/__init__.py")},
        "parts/a/main.py": "NAME = 'a'\n",
        "parts/b/main.py": "NAME = 'b'\n",
        "app.py": "import os\nfrom importlib import import_module\n"
        "names = sorted(name for name in os.listdir(os.path.join(os.path.dirname(__file__), 'parts')) if name in 'ab')\n"
        "print([import_module('parts.' + name + '.main').NAME for name in names])\n",
    },
    "lazy attributes by a helper": {
        "helper.py": "import importlib\n"
        "def relative(parent, modules, names):\n"
        "    table = {n.rpartition('.')[2]: n.rpartition('.')[0] for n in names}\n"
        "    def __getattr__(name):\n"
        "        if '.' + name in modules: return importlib.import_module('.' + name, parent)\n"
        "        return getattr(importlib.import_module(table[name], parent), name)\n"
        "    return [*table], __getattr__\n",
        "late/__init__.py": "from helper import relative\n__all__, __getattr__ = relative(__name__, ['.bar'], ['._thing.Thing'])\n",
        "late/bar.py": "N = 5\n",
        "late/_thing.py": "class Thing: pass\n",
        "app.py": "import late\nprint(late.Thing.__name__, late.bar.N)\n",
    },
    "lazy attributes by a stub": {
        "lazy.py": "import ast, importlib\n"
        "def attach_stub(package, filename):\n"
        "    with open(filename[:-2] + 'pyi') as file: tree = ast.parse(file.read())\n"
        "    table = {a.name: n.module for n in tree.body for a in n.names}\n"
        "    def __getattr__(name):\n"
        "        module = table[name]\n"
        "        if module is None: return importlib.import_module(f'{package}.{name}')\n"
        "        return getattr(importlib.import_module(f'{package}.{module}'), name)\n"
        "    return __getattr__, sorted(table)\n",
        "late/__init__.py": "import lazy\n__getattr__, __all__ = lazy.attach_stub(__name__, __file__)\n",
        "late/__init__.pyi": "from . import heavy\nfrom .other import thing\n",
        "late/heavy.py": "N = 1\n",
        "late/other.py": "def thing(): return 'thing'\n",
        "app.py": "import late\nprint(late.heavy.N, late.thing(), late.__all__)\n",
    },
    "runpy": {
        "tool/__init__.py": "",
        "tool/__main__.py": "if __name__ == '__main__':\n    import colorsys\n    print('ran', __name__, colorsys.__name__)\n",
        "app.py": "import runpy\nrunpy.run_module('tool', run_name='__main__')\n",
    },
    "a helper that is run by -m": {
        "helper.py": "if __name__ == '__main__':\n    import colorsys\n    print('helper', colorsys.__name__)\n",
        "app.py": "import subprocess, sys\n"
        "print(subprocess.run([sys.executable, '-m', 'helper'], capture_output=True, text=True).stdout)\n",
        "pyproject.toml": "[tool.bundle]\npython-command = true\n",
    },
}


@pytest.mark.parametrize("case", PROGRAMS)
def test_found_without_an_option(one_interpreter: Interpreter, tmp_path: Path, case: str):
    """A binary finds what the program finds under Python."""
    folder = write(tmp_path / "app", PROGRAMS[case])
    source, binary = folder / "app.py", tmp_path / "app.py"
    done = bundle(source, "--python", one_interpreter.python, "-o", binary, cwd=folder)
    assert done.status == 0, done.stderr

    found = Program(one_interpreter, source, binary).check_same(cwd=folder)

    assert found.status == 0
    assert found.stdout.strip() not in (b"", b"[]")


@pytest.mark.parametrize(
    "look_up",
    [
        "import importlib.metadata as m\nprint(m.version('thing-one'))",
        "from importlib.metadata import distribution as d\nprint(d('Thing_One').version)",
        "from importlib import metadata\nprint(bool(metadata.files('thing-one')), metadata.requires('thing-one'))",
    ],
)
def test_metadata_by_a_literal_name(one_interpreter: Interpreter, tmp_path: Path, look_up: str):
    """Metadata that the program looks up by name is there, also when nothing of the distribution is imported."""
    write(tmp_path, {"app/app.py": f"{look_up}\n"})
    install(tmp_path / "site", "thing-one", {"thing.py": ""})
    source, binary = tmp_path / "app" / "app.py", tmp_path / "app.py"
    path = str(tmp_path / "site")
    done = bundle(source, "--python", one_interpreter.python, "-o", binary, PYTHONPATH=path)
    assert done.status == 0, done.stderr

    found = Program(one_interpreter, source, binary).check_same(environment=plain_environment(PYTHONPATH=path))

    assert found.status == 0


def test_names_in_comments_are_no_names(one_interpreter: Interpreter, tmp_path: Path):
    """A configuration file may name modules of its package; its comments do not."""
    write(
        tmp_path,
        {
            "app.py": "import pkg\n",
            "pkg/__init__.py": "",
            "pkg/used.py": "",
            "pkg/unused.py": "",
            "pkg/settings.toml": "# made for pkg.unused\n; pkg.unused too\nuses = 'pkg.used'\n",
        },
    )
    arguments = ("--python", one_interpreter.python, tmp_path / "app.py")

    assert bundle("--why", "pkg.used", *arguments).status == 0
    assert bundle("--why", "pkg.unused", *arguments).status == 1
