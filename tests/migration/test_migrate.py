"""`bundle migrate`: what files and command lines of other tools become, and what is noted about the rest."""

from __future__ import annotations

import shlex
import sys
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from bundler.cli import main
from bundler.errors import BundleError
from bundler.migration import Migration, migrate, page
from bundler.project import read_project
from bundler.values import is_path

Options = Mapping[str, Any]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: that of a project with a script, data and hooks."""
    for name in (
        "app.py",
        "other.py",
        "data/a.json",
        "data/b.json",
        "logo.png",
        "hooks/hook-x.py",
        "rt.py",
        "lib/x.so",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def moved(folder: Path) -> Callable[..., Migration]:
    """`moved(TEXT, name=NAME)` is what a file becomes; without a name it is a spec file."""

    def moved(text: str, *, name: str = "app.spec", execute: bool = False) -> Migration:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
        return migrate([name], Path(sys.executable), execute=execute)

    return moved


def options(migration: Migration) -> Options:
    """The options of the one program."""
    [program] = migration.programs
    return program.options


def notes(migration: Migration) -> str:
    return "\n".join(f"{note.line}: {note.text}" for note in migration.notes)


SPEC = """
from PyInstaller.utils.hooks import collect_all, collect_data_files, copy_metadata
import os, sys
datas, binaries, hiddenimports = [('data/*.json', 'data')], [], []
for package in ['json', 'email']:
    found = collect_all(package)
    datas += found[0]; binaries += found[1]; hiddenimports += found[2]
datas += collect_data_files('xml') + copy_metadata('pip')
datas.append((os.path.join(SPECPATH, 'logo.png'), '.'))
if sys.platform == 'win32':
    hiddenimports.append('winreg')
a = Analysis(['app.py'], pathex=[os.path.abspath('.')], binaries=binaries + [('lib/x.so', '.')], datas=datas,
             hiddenimports=hiddenimports + ['csv', 'no_such_module'], hookspath=['hooks'], runtime_hooks=['rt.py'],
             hooksconfig={'gi': {'languages': ['de'], 'theme': 'x'}}, excludes=['tkinter'], optimize=1)
a.datas += [('extra/logo.png', 'logo.png', 'DATA')]
pyz = PYZ(a.pure)
exe = EXE(pyz, a.scripts, a.binaries, a.datas, [('W ignore', None, 'OPTION'), ('X utf8_mode=1', None, 'OPTION')],
          name='tool', console=False, icon='logo.png', upx=True)
"""


@pytest.mark.parametrize("execute", [False, True])
def test_a_spec_file(moved: Callable[..., Migration], execute: bool):
    """Lists, loops, helpers, paths and conditions become options; reading finds what a run finds."""
    found = moved(SPEC, execute=execute)

    assert options(found) == {
        "target": "app.py",
        "hidden-import": ["csv"],
        "exclude-module": ["tkinter"],
        "add-data": ["lib/x.so:.", "data/*.json:data", "logo.png:.", "logo.png:extra"],
        "collect-all": ["json", "email"],
        "collect-data": ["xml"],
        "copy-metadata": ["pip"],
        "additional-hooks-dir": ["hooks"],
        "hook-config": ['gi:languages=["de"]', "gi:theme=x"],
        "runtime-hook": ["rt.py"],
        "optimize": 1,
        "warning": ["ignore"],
        "x-option": ["utf8=1"],
        "output": "dist/tool",
    }
    assert "`console=False`: nothing; it is for other systems than Linux" in notes(found)
    assert "left out: `no_such_module`" in notes(found)


def test_the_table_is_one_that_bundle_reads(moved: Callable[..., Migration], folder: Path):
    """What is printed is valid TOML, its options are those of `[tool.bundle]`, and notes are comments in it."""
    text = page(moved(SPEC))
    (folder / "pyproject.toml").write_text(text)
    [program] = read_project(None, folder).programs

    assert program.name == "app"
    assert all(line.startswith("#") for line in text.partition("\n\n")[0].splitlines())
    assert is_path(program.options.values["target"], folder)


def test_several_programs(moved: Callable[..., Migration]):
    """Each EXE is a program, with the Analysis whose scripts it has."""
    found = moved("""
first = Analysis(['app.py'], hiddenimports=['csv'])
second = Analysis(['other.py'])
MERGE((first, 'app', 'app'), (second, 'other', 'other'))
EXE(PYZ(second.pure), second.scripts, name='two')
EXE(PYZ(first.pure), first.scripts, name='one')
""")
    table = tomllib.loads(page(found))["tool"]["bundle"]["program"]

    assert table == [
        {"name": "two", "target": "other.py", "output": "dist/two"},
        {"name": "one", "target": "app.py", "hidden-import": ["csv"], "output": "dist/one"},
    ]
    assert "multicall = true" in notes(found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = Analysis(['app.py'], datas=[(secret(), '.')])", "1: `secret()` is known only when the file is executed"),
        (
            "import os\nif os.environ['CI'] == 'x':\n    pass\na = Analysis(['app.py'])",
            "2: `if os.environ['CI'] == 'x'`",
        ),
        ("a = Analysis(['app.py', 'other.py'])", "1: the script `other.py` runs after the first"),
        ("a = Analysis(['app.py'], datas=[('nowhere/*', 'x')])", "1: `nowhere/*` is not there"),
        ("a = Analysis(['app.py'], binaries=[('lib/x.dll', '.')])", "1: `lib/x.dll` is for other systems than Linux"),
        ("a = Analysis(['app.py'], datas=[('logo.png', '/etc')])", "1: `logo.png` goes to `/etc`"),
        ("a = Analysis(['app.py'], pathex=['lib'])", "1: `pathex='lib'`: install the package into the environment"),
        ("a = Analysis(['app.py'], excludes=['venv/x'])", "1: `venv/x` is no module's name"),
        ("a = Analysis(['/far/app.py'])", "1: the script `/far/app.py` lies outside"),
        ("a = Analysis(['app.py'], optimize='two')", "1: `optimize='two'` is not understood"),
        ("def f():\n    return Analysis(['app.py'])\na = f()", "0: no program was found"),
    ],
)
def test_notes(moved: Callable[..., Migration], text: str, expected: str):
    """What cannot be said, or is not known without a run, is noted with its line."""
    assert expected in notes(moved(text))


def test_paths_begin_where_the_tool_has_them(moved: Callable[..., Migration], folder: Path):
    """Paths of a spec file begin at its folder, those of functions at the current one, ours at pyproject.toml's."""
    (folder / "pyproject.toml").touch()
    found = moved(
        "import glob\na = Analysis(['../app.py'], datas=[(f, 'd') for f in glob.glob('data/*.json')] + [('../logo.png', '.')])",
        name="build/app.spec",
    )

    assert options(found)["target"] == "app.py"
    assert options(found)["add-data"] == ["logo.png:."]
    assert "`build/data/a.json` is not there" in notes(found)


def test_a_script_that_imports_relatively(moved: Callable[..., Migration], folder: Path):
    """A file of a package that imports relatively is named as a module, for a script cannot do that."""
    for name, text in (("__init__.py", ""), ("cli.py", "from .other import x\n"), ("__main__.py", "from . import x\n")):
        (folder / "pkg").mkdir(exist_ok=True)
        (folder / "pkg" / name).write_text(text)

    assert options(moved("a = Analysis(['pkg/cli.py'])")) == {"module": "pkg.cli"}
    assert options(moved("a = Analysis(['pkg/__main__.py'])")) == {"module": "pkg"}
    assert "imports relatively" in notes(moved("a = Analysis(['pkg/cli.py'])"))


def test_an_installed_command(moved: Callable[..., Migration]):
    """A script among those of an environment is a command."""
    assert options(moved("import shutil\na = Analysis([shutil.which('tool')])")) == {"script": "tool"}
    assert options(moved("a = Analysis(['venv/bin/tool'])")) == {"script": "tool"}


def test_reading_runs_nothing(moved: Callable[..., Migration], folder: Path):
    """A spec file is executed only when that is asked for."""
    text = "import pathlib\npathlib.Path('ran').touch()\na = Analysis(['app.py'])"

    assert options(moved(text)) == {"target": "app.py"}
    assert not (folder / "ran").exists()
    assert options(moved(text, execute=True)) == {"target": "app.py"}
    assert (folder / "ran").exists()


SETUP = """
from cx_Freeze import setup, Executable
build_exe = {"packages": ["email"], "excludes": ["tkinter"], "include_files": ["data/", ("logo.png", "img/logo.png")],
             "optimize": 2, "zip_include_packages": ["x"]}
setup(name="x", options={"build_exe": build_exe}, executables=[Executable("app.py", target_name="tool", base="gui")])
"""

TABLE = """
[tool.cxfreeze]
executables = [{script = "app.py", target_name = "tool", base = "gui"}]
[tool.cxfreeze.build_exe]
packages = ["email"]
excludes = ["tkinter"]
include_files = ["data/", ["logo.png", "img/logo.png"]]
optimize = 2
zip_include_packages = ["x"]
"""


@pytest.mark.parametrize(("name", "text"), [("setup.py", SETUP), ("pyproject.toml", TABLE)])
def test_cx_freeze(moved: Callable[..., Migration], name: str, text: str):
    """A setup script and the table of pyproject.toml say the same."""
    found = moved(text, name=name)

    assert options(found) == {
        "target": "app.py",
        "exclude-module": ["tkinter"],
        "add-data": ["data:data", "logo.png:img"],
        "collect-submodules": ["email"],
        "optimize": 2,
        "output": "dist/tool",
    }
    assert "`--zip-include-packages`: nothing; there is no zip file" in notes(found)


@pytest.mark.parametrize(
    ("command", "expected", "noted"),
    [
        (
            "pyinstaller --onefile -n tool --add-data logo.png:. --hidden-import=csv --distpath out -w app.py",
            {"target": "app.py", "hidden-import": ["csv"], "add-data": ["logo.png:."], "output": "out/tool"},
            "`-w`: nothing; it is for other systems",
        ),
        (
            "python3 -m nuitka --standalone --include-data-dir=data=d --include-data-files=logo.png=img/logo.png "
            "--include-package=email,json --nofollow-import-to=tkinter --python-flag=no_docstrings --output-filename=tool app.py",
            {
                "target": "app.py",
                "exclude-module": ["tkinter"],
                "add-data": ["data:d", "logo.png:img"],
                "collect-submodules": ["email", "json"],
                "optimize": 2,
                "output": "dist/tool",
            },
            "`--standalone`: nothing",
        ),
        ("cxfreeze app.py --target-name=tool -O --packages=email,json", None, ""),
        (
            "pex requests -c tool -o dist/tool.pex --inject-env A=b",
            {"script": "tool", "output": "dist/tool.pex"},
            "`requests`: install it into the environment",
        ),
        ("pex . -m email.mime", {"module": "email.mime"}, "`.`: install it"),
        (
            "shiv -e email:main -o tool.pyz -p /usr/bin/python3 --compressed .",
            {"target": "email:main", "python": "/usr/bin/python3", "output": "./tool.pyz"},
            "`--compressed`: nothing",
        ),
        ("pyinstaller --unheard-of app.py", {"target": "app.py"}, "`--unheard-of`: it is not known"),
        ("pyinstaller --distpath out app.py", {"target": "app.py", "output": "out/app"}, ""),
        ("pyinstaller --optimize 2 app.py", {"target": "app.py", "optimize": 2}, ""),
        ("pyinstaller --optimize two app.py", {"target": "app.py"}, "`--optimize two` is not understood"),
        ("cxfreeze -OO app.py", {"target": "app.py", "optimize": 2}, ""),
        ("cxfreeze --optimize=two app.py", {"target": "app.py"}, "`--optimize=two` is not understood"),
        ("cxfreeze --zippy app.py", {"target": "app.py"}, "`--zippy`: it is not known"),
        ("cxfreeze --silent app.py", {"target": "app.py"}, "`--silent`: `--quiet`"),
        ("cxfreeze --init-script=rt.py app.py", {"target": "app.py", "runtime-hook": ["rt.py"]}, ""),
        ("nuitka --user-plugin=rt.py app.py", {"target": "app.py"}, "`--user-plugin=rt.py`: `--hidden-import MODULE`"),
        (
            "pex --interpreter-constraint=CPython==3.12.* -m email",
            {"module": "email"},
            "`--interpreter-constraint CPython==3.12.*`: `--python PYTHON`",
        ),
    ],
)
def test_command_lines(folder: Path, command: str, expected: Options | None, noted: str):
    """A command line becomes options; requirements and what has no counterpart are noted."""
    words = shlex.split(command)
    found = migrate(words, Path(sys.executable))

    assert options(found) == (
        expected or {"target": "app.py", "collect-submodules": ["email", "json"], "optimize": 1, "output": "dist/tool"}
    )
    assert noted in notes(found)
    assert migrate([command], Path(sys.executable)) == found


def test_nuitka_options_in_a_script(moved: Callable[..., Migration]):
    """Comments of a script hold options of Nuitka; so does a table."""
    script = "# nuitka-project: --onefile\n# nuitka-project: --include-package-data=email\nprint()\n"

    assert options(moved(script, name="app.py")) == {"target": "app.py", "collect-data": ["email"]}
    table = '[tool.nuitka]\nonefile = true\nquiet = false\ninclude-module = ["csv", "json"]\n'
    assert options(moved(table, name="pyproject.toml")) == {"hidden-import": ["csv", "json"]}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nowhere.spec"], "there is no file `nowhere.spec`"),
        (["make"], "`make` is neither a file that can be read nor a tool that is known"),
        (["bad.spec"], "`bad.spec` is not valid Python"),
        (["pyproject.toml"], "has no table of a tool that is known"),
    ],
)
def test_what_cannot_be_read(folder: Path, words: list[str], message: str):
    """The error names what is wrong, and how to go on."""
    (folder / "bad.spec").write_text("a = (\n")
    (folder / "pyproject.toml").write_text("[project]\n")

    with pytest.raises(BundleError, match=message) as caught:
        migrate(words, Path(sys.executable))
    assert caught.value.diagnostic.hint


def test_a_run_that_fails(moved: Callable[..., Migration]):
    """What the file says when it is executed is in the error."""
    with pytest.raises(BundleError, match="cannot be executed") as caught:
        moved("raise SystemError('on purpose')", execute=True)
    assert "on purpose" in caught.value.diagnostic.notes[-1]


def test_the_command(folder: Path, capsys: pytest.CaptureFixture[str]):
    """The table is standard output; without a word the command is wrong."""
    assert main(["migrate", "pyinstaller", "app.py", "--onefile"]) == 0
    assert 'target = "app.py"' in capsys.readouterr().out
    assert main(["migrate"]) == 2
    assert main(["migrate", "make"]) == 1
