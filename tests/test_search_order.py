"""Search order is Python's: which of two copies a binary holds, and which one an import in it takes."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from tests.analyze.trees import install, write
from tests.support import Interpreter, Program, bundle, plain_environment

HERE = "import os, sys\nHERE = os.path.dirname(os.path.abspath(__file__))\n"

# A program; which copy of `lib` it prints. One copy is installed, one lies in `vendor`, below the program.
ORDERS = {
    "insert": ("sys.path.insert(0, os.path.join(HERE, 'vendor'))\nimport lib", "vendored"),
    "append": ("sys.path.append(os.path.join(HERE, 'vendor'))\nimport lib", "installed"),
    "slice": ("sys.path[:0] = [os.path.join(HERE, 'vendor')]\nimport lib", "vendored"),
    "list": ("sys.path = [os.path.join(HERE, 'vendor'), *sys.path]\nimport lib", "vendored"),
    "guarded": (
        "if os.path.join(HERE, 'vendor') not in sys.path:\n    sys.path.insert(0, os.path.join(HERE, 'vendor'))\nimport lib",
        "vendored",
    ),
    "second": ("sys.path.insert(1, os.path.join(HERE, 'vendor'))\nimport lib", "vendored"),
    "too late": ("import lib\nsys.path.insert(0, os.path.join(HERE, 'vendor'))\nimport lib", "installed"),
    "after another's import": (
        "import user\nsys.path.insert(0, os.path.join(HERE, 'vendor'))\nimport lib",
        "installed",
    ),
    "by another module": ("import setup_path\nimport lib", "vendored"),
    "by a name of another": ("import places\nsys.path.insert(0, places.VENDOR)\nimport lib", "vendored"),
    "inside a function": (
        "def f():\n    import lib\n    return lib\nsys.path.insert(0, os.path.join(HERE, 'vendor'))\nlib = f()",
        "vendored",
    ),
    "without the program's folder": ("del sys.path[0]\nimport lib", "installed"),
}


def _program(folder: Path, text: str) -> dict[str, str]:
    app = write(
        folder / "app",
        {
            "app.py": f"{HERE}{text}\nimport lib.sub\nprint(lib.WHO, lib.sub.WHO)\n",
            "user.py": "import lib\n",
            "setup_path.py": f"{HERE}sys.path.insert(0, os.path.join(HERE, 'vendor'))\n",
            "places.py": f"{HERE}VENDOR = os.path.join(HERE, 'vendor')\n",
            "vendor/lib/__init__.py": "WHO = 'vendored'\n",
            "vendor/lib/sub.py": "WHO = 'vendored'\n",
        },
    )
    install(folder / "site", "lib", {"lib/__init__.py": "WHO = 'installed'\n", "lib/sub.py": "WHO = 'installed'\n"})
    assert app.is_dir()
    return plain_environment(PYTHONPATH=str(folder / "site"))


@pytest.mark.parametrize("case", ORDERS)
def test_the_copy_that_python_takes(one_interpreter: Interpreter, tmp_path: Path, case: str):
    """A package and its submodules are those of the copy that comes first under Python, and lie at the same place."""
    text, expected = ORDERS[case]
    environment = _program(tmp_path, text)
    source, binary = tmp_path / "app" / "app.py", tmp_path / "app.py"
    python_path = environment["PYTHONPATH"]
    done = bundle(source, "--python", one_interpreter.python, "-o", binary, PYTHONPATH=python_path)
    assert done.status == 0, done.stderr
    assert b"two-copies" not in done.stderr

    found = Program(one_interpreter, source, binary).check_same(environment=environment)

    assert found.stdout.decode().split() == [expected, expected]


def test_two_copies_that_only_a_run_tells_apart(one_interpreter: Interpreter, tmp_path: Path):
    """Where a condition decides which copy comes first, a warning names both."""
    environment = _program(
        tmp_path, "if 'VENDOR' in os.environ:\n    sys.path.insert(0, os.path.join(HERE, 'vendor'))\nimport lib"
    )
    arguments = (tmp_path / "app/app.py", "--python", one_interpreter.python, "-o", tmp_path / "binary")

    done = bundle(*arguments, PYTHONPATH=environment["PYTHONPATH"])

    text = done.stderr.decode()
    assert "warning[two-copies]: there are two copies of `lib`" in text
    assert str(tmp_path / "app/vendor/lib/__init__.py") in text
    assert str(tmp_path / "site/lib/__init__.py") in text
    assert "app.py:4" in text


# Folders that a condition adds, without effect on what is imported.
WITHOUT_EFFECT = {
    "behind another copy": "if 'X' in os.environ:\n    sys.path.append(os.path.join(HERE, 'vendor'))\nimport lib",
    "searched anyway": "sys.path.append(os.path.join(HERE, 'vendor'))\nimport tool, lib",
}


@pytest.mark.parametrize("case", WITHOUT_EFFECT)
def test_addition_that_decides_nothing(one_interpreter: Interpreter, tmp_path: Path, case: str):
    """A folder that comes behind another copy, or that is searched anyway, is no reason for a warning."""
    environment = _program(tmp_path, WITHOUT_EFFECT[case])
    again = (
        "if 'X' in os.environ:\n    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))\n"
    )
    install(tmp_path / "site", "tool", {"tool/__init__.py": f"import os, sys\n{again}"})
    source = tmp_path / "app/app.py"

    done = bundle("plan", source, "--python", one_interpreter.python, PYTHONPATH=environment["PYTHONPATH"])

    assert done.status == 0, done.stderr
    assert b"two-copies" not in done.stderr


FOLDERS = {
    # A package that adds folders to its `__path__`; a module in two of them is that of the first.
    "grown": {
        "app.py": "from grown import a, b\nimport grown.c\nprint(a.WHO, b.WHO, grown.c.WHO, a.__file__[-16:])\n",
        "grown/__init__.py": (
            "import os\n__path__.append(os.path.join(os.path.dirname(__file__), 'more'))\n"
            "__path__.insert(0, os.path.join(__path__[0], 'first'))\n"
        ),
        "grown/first/b.py": "WHO = 'first'\n",
        "grown/b.py": "WHO = 'plain'\n",
        "grown/c.py": "WHO = 'plain'\n",
        "grown/more/a.py": "WHO = 'more'\n",
    },
    # A namespace package with parts below folders of the program.
    "spread": {
        "app.py": f"{HERE}sys.path.append(os.path.join(HERE, 'parts'))\nimport spread.one, spread.two\n"
        "print(spread.one.WHO, spread.two.WHO, len(spread.__path__))\n",
        "spread/one.py": "WHO = 1\n",
        "parts/spread/two.py": "WHO = 2\n",
    },
    # A regular package behind a folder of the same name without code.
    "hidden": {
        "app.py": f"{HERE}sys.path.append(os.path.join(HERE, 'behind'))\nimport regular\nprint(regular.WHO)\n",
        "regular/notes.txt": "no code\n",
        "behind/regular/__init__.py": "WHO = 'regular'\n",
    },
}


@pytest.mark.parametrize("case", FOLDERS)
def test_packages_of_several_folders(one_interpreter: Interpreter, tmp_path: Path, case: str):
    """A package's modules come from the folders of its `__path__`, in their order."""
    write(tmp_path / "app", FOLDERS[case])
    source, binary = tmp_path / "app" / "app.py", tmp_path / "app.py"
    done = bundle(source, "--python", one_interpreter.python, "-o", binary)
    assert done.status == 0, done.stderr

    assert Program(one_interpreter, source, binary).check_same().stdout


def test_a_folder_on_the_disk_comes_first(interpreter: Interpreter, tmp_path: Path):
    """A folder of the user's that a program puts first hides bundled modules, but none that Python starts with."""
    text = """
        import sys
        sys.path.insert(0, sys.argv[1])
        import colorsys, os, stat, io
        print(colorsys.WHO, os.sep, stat.S_IFREG, io.open is open)
        """
    write(tmp_path, {"app.py": dedent(text), "disk/colorsys.py": "WHO = 'on the disk'\n"})
    write(tmp_path / "disk", dict.fromkeys(("os.py", "io.py", "stat.py"), "raise SystemExit('taken')\n"))
    binary = tmp_path / "binary" / "app.py"
    done = bundle(tmp_path / "app.py", "--python", interpreter.python, "-o", binary)
    assert done.status == 0, done.stderr

    found = Program(interpreter, tmp_path / "app.py", binary).check_same(str(tmp_path / "disk"))

    assert found.stdout.startswith(b"on the disk")
