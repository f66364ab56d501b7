"""Options: from arguments, pyproject.toml and the environment to Settings. Nothing is built here."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from bundler.cli.arguments import parser, read_arguments
from bundler.cli.usage import UsageError
from bundler.elf import MACHINES
from bundler.errors import BundleError
from bundler.interpreters import DefaultPython, default_python, find_python
from bundler.other_tools import ANSWERS, options_in
from bundler.project import find_project_file, read_project_file
from bundler.reference import refresh
from bundler.settings import (
    CHOICES,
    COMMAND_LINE,
    ENTRIES,
    IN_FILES,
    OPTIONS,
    AddedData,
    Option,
    Settings,
    ValueType,
)
from bundler.values import convert, default_cache_dir, fits, is_path
from tests.support import read_settings

DOCUMENTATION = Path(__file__).resolve().parent.parent / "docs" / "cli.md"

Read = Callable[..., Settings]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """`read(ARGUMENTS, TOML)`: the settings in a folder that holds `app.py` and a pyproject.toml with that table."""

    def read(arguments: str, toml: str | None = None, **variables: str) -> Settings:
        project = tmp_path / "project"
        (project / "inner").mkdir(parents=True, exist_ok=True)
        (project / "app.py").touch()
        if toml is not None:
            (project / "pyproject.toml").write_text(f"[tool.bundle]\n{toml}\n")
        monkeypatch.chdir(project)
        return read_settings(read_arguments(arguments.split()), {"BUNDLER_CACHE_DIR": "/cache", **variables})

    return read


CASES: list[tuple[str, str, dict[str, Any]]] = [
    # The entry
    ("app.py", "", {"target": "app.py", "module": None, "script": None}),
    ("pkg.cli:main", "", {"target": "pkg.cli:main"}),
    ("./inspect", "", {"target": "inspect"}),
    ("-m pkg.mod", "", {"module": "pkg.mod", "target": None}),
    ("--module=pkg.mod", "", {"module": "pkg.mod"}),
    ("--script http", "", {"script": "http"}),
    ("", 'target = "app.py"', {"target": "app.py"}),
    ("", 'module = "pkg"', {"module": "pkg"}),
    ("", 'script = "http"', {"script": "http"}),
    ("app.py", 'script = "http"', {"target": "app.py", "script": None}),
    ("-m pkg", 'target = "app.py"', {"module": "pkg", "target": None}),
    ("--script http", 'module = "pkg"', {"script": "http", "module": None}),
    # One value: the flag wins
    ("app.py -o out", 'output = "other"', {"output": Path("out")}),
    ("app.py", 'output = "other"', {"output": Path("other")}),
    ("app.py", "", {"output": None}),
    ("app.py -O 1", "optimize = 2", {"optimize": 1}),
    ("app.py -O0", "optimize = 2", {"optimize": 0}),
    ("app.py", "optimize = 2", {"optimize": 2}),
    ("app.py --utf8", "", {"utf8": True}),
    ("app.py --no-utf8", "utf8 = true", {"utf8": False}),
    ("app.py", "utf8 = true", {"utf8": True}),
    ("app.py -q", "verbose = true", {"quiet": True, "verbose": False}),
    ("app.py --verbose", "quiet = true", {"quiet": False, "verbose": True}),
    ("app.py --no-quiet", "quiet = true", {"quiet": False}),
    # Lists: flags are added
    ("app.py --hidden-import a --hidden-import b", "", {"hidden_imports": ("a", "b")}),
    ("app.py --hidden-import a", 'hidden-import = ["b", "c"]', {"hidden_imports": ("b", "c", "a")}),
    ("app.py --exclude-module a", 'exclude-module = ["b"]', {"excluded_modules": ("b", "a")}),
    ("app.py -W error -Wignore", 'warning = ["once"]', {"warnings": ("once", "error", "ignore")}),
    ("app.py -X dev -Ximporttime", "", {"x_options": ("dev", "importtime")}),
    (
        "app.py --add-data a:b:c --add-data d:.",
        'add-data = ["e/*:f/g"]',
        {
            "added_data": (
                AddedData(Path("e/*"), PurePosixPath("f/g")),
                AddedData(Path("a:b"), PurePosixPath("c")),
                AddedData(Path("d"), PurePosixPath()),
            )
        },
    ),
    # The environment
    ("app.py", "", {"cache_dir": Path("/cache"), "compiler": None}),
    ("app.py", 'cache-dir = "/other"', {"cache_dir": Path("/cache")}),
    ("app.py --cache-dir /mine", 'cache-dir = "/other"', {"cache_dir": Path("/mine")}),
]


@pytest.mark.parametrize(("arguments", "toml", "expected"), CASES)
def test_settings_from_arguments_and_file(read: Read, arguments: str, toml: str, expected: dict[str, Any]):
    """Each option stands on the command line or in the file; flags win, lists add up, entries replace each other."""
    settings = read(arguments, toml)

    assert {name: getattr(settings, name) for name in expected} == expected


SAMPLES = {
    ValueType.LEVEL: "2",
    ValueType.EXTENT: '"full"',
    ValueType.VERSION: '"2.31"',
    ValueType.FLOOR: '"2.28"',
    ValueType.LINKAGE: '"shared"',
    ValueType.SNAPSHOT: '"no"',
    ValueType.SWITCH: "true",
    ValueType.TEXTS: '["some"]',
    ValueType.PATHS: '["some"]',
    ValueType.DATA: '["some:where"]',
    ValueType.FUNCTIONS: '["some:where"]',
    ValueType.ARCHIVES: '["zip"]',
}


IN_BOTH = {field: option for field, option in COMMAND_LINE.items() if field in IN_FILES}


@pytest.mark.parametrize(("field", "option"), IN_BOTH.items(), ids=IN_BOTH)
def test_every_option_stands_in_both_places(read: Read, field: str, option: Option):
    """An option means the same on the command line, in each of its spellings, and in the file."""
    value = SAMPLES.get(option.kind, '"some"')
    spellings = (
        [""] if option.kind is ValueType.TARGET else [f"--{option.name}", *([option.short] if option.short else [])]
    )
    if getattr(Settings(), field) is True:
        value, spellings = "false", [f"--no-{option.name}"]
    word = "" if option.kind is ValueType.SWITCH else value.strip('["]')
    entry = "" if field in ENTRIES else "app.py "

    in_file = getattr(read(entry, f"{option.name} = {value}", BUNDLER_CACHE_DIR=""), field)

    assert in_file != getattr(Settings(), field)
    for spelling in spellings:
        assert getattr(read(f"{entry}{spelling} {word}", ""), field) == in_file


def test_the_system_belongs_to_the_command_line(read: Read):
    """`--target` names one of the machines; the key of the same name stands for what is bundled."""
    settings = read("--target aarch64-linux", 'target = "app.py"')

    assert (settings.system, Path(settings.target or "").name) == ("aarch64-linux", "app.py")
    assert {*CHOICES[ValueType.SYSTEM]} == {machine.system_name for machine in MACHINES.values()}


def test_defaults_are_those_of_the_dataclass(read: Read):
    """What nobody sets is as `Settings()` has it, but for what depends on the machine."""
    settings, defaults = read("app.py"), Settings()
    of_machine = {"target", "python", "cache_dir"}

    assert {name: getattr(settings, name) for name in OPTIONS.keys() - of_machine} == {
        name: getattr(defaults, name) for name in OPTIONS.keys() - of_machine
    }


def test_the_nearest_file_counts(read: Read, tmp_path: Path):
    """The nearest pyproject.toml counts, even if only one farther up has a table for us."""
    (tmp_path / "pyproject.toml").write_text('[tool.bundle]\noutput = "far"\n')

    assert read("app.py").output == tmp_path / "far"
    (tmp_path / "project" / "pyproject.toml").write_text("[project]\n")
    assert read("app.py").output is None


def test_the_file_belongs_to_the_target(read: Read, tmp_path: Path):
    """The search starts at TARGET if it is a path, else at the current folder."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "pyproject.toml").write_text("[tool.bundle]\noptimize = 1\n")
    (other / "tool.py").touch()
    toml = "optimize = 2"

    assert read("../other/tool.py", toml).optimize == 1
    assert read("../other", toml).optimize == 1
    assert read("-m tool", toml).optimize == 2
    assert read("tool:main", toml).optimize == 2


def test_paths_in_the_file_start_at_the_file(read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A build gives the same from every folder of a project; so does the search for modules that the file names."""
    project = tmp_path / "project"
    read("app.py", 'target = "app.py"\noutput = "dist/it"\nadd-data = ["d:d"]\ncache-dir = "c"')
    monkeypatch.chdir(project / "inner")

    settings = read_settings(read_arguments([]), {})

    assert settings.target == str(project / "app.py")
    assert settings.output == project / "dist" / "it"
    assert settings.added_data == (AddedData(project / "d", PurePosixPath("d")),)
    assert settings.cache_dir == project / "c"
    assert settings.folder == project
    assert read_settings(read_arguments(["-m", "mod"]), {}).folder == Path()


def test_home_folders_are_expanded(read: Read, monkeypatch: pytest.MonkeyPatch):
    """A path in the file may begin with `~`, which no shell has seen."""
    monkeypatch.setenv("HOME", "/home/someone")

    assert read("app.py", 'output = "~/bin/it"').output == Path("/home/someone/bin/it")


# --- Which Python -----------------------------------------------------------------------------------------------------


def make_environment(folder: Path) -> Path:
    """Something that looks like a virtual environment; its Python."""
    python = folder / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch(0o755)
    return python


def test_the_active_environment_is_the_default(tmp_path: Path):
    """A virtual environment comes before conda's, and one that was deleted is not active."""
    virtual, conda = make_environment(tmp_path / "v"), make_environment(tmp_path / "c")
    both = {"VIRTUAL_ENV": str(tmp_path / "v"), "CONDA_PREFIX": str(tmp_path / "c")}

    assert default_python(both, [tmp_path]) == DefaultPython(virtual)
    assert default_python({"CONDA_PREFIX": str(tmp_path / "c")}, [tmp_path]) == DefaultPython(conda)
    assert default_python({**both, "VIRTUAL_ENV": str(tmp_path / "gone")}, [tmp_path]).path == conda
    assert default_python({"VIRTUAL_ENV": ""}, [tmp_path]) == DefaultPython(Path(sys.executable))


def test_an_environment_that_is_not_active(read: Read, tmp_path: Path):
    """`.venv` beside pyproject.toml is used when no environment is active and no Python is named, and that is told."""
    python = make_environment(tmp_path / "project" / ".venv")
    active = make_environment(tmp_path / "active")
    found = read("app.py", "")

    assert found.python == python
    assert [each.code for each in found.findings] == ["environment"]
    assert ".venv` is used" in found.findings[0].message
    assert read("app.py", "", VIRTUAL_ENV=str(tmp_path / "active")).python == active
    assert read(f"app.py --python {active}").findings == ()


def test_an_environment_that_is_gone(tmp_path: Path):
    """A variable that names an environment without a working Python is a warning that says what is wrong with it."""
    (tmp_path / "dead" / "bin").mkdir(parents=True)
    (tmp_path / "dead" / "bin" / "python").symlink_to("/nonexistent/python3")

    for name, word in {"gone": "there is no", "dead": "broken link to `/nonexistent/python3`"}.items():
        found = default_python({"VIRTUAL_ENV": str(tmp_path / name)}, [tmp_path])
        assert found.path == Path(sys.executable)
        assert [each.code for each in found.findings] == ["stale-environment"]
        assert "VIRTUAL_ENV" in found.findings[0].message
        assert word in found.findings[0].message


def test_python_of_a_version(tmp_path: Path):
    """A version is found on PATH, then in the folders of pyenv and uv: the newest that fits. Shims of pyenv do not count."""
    folders = {
        "3.12.9": tmp_path / ".pyenv/versions/3.12.9",
        "3.12.10": tmp_path / ".local/share/uv/python/cpython-3.12.10-linux-x86_64-gnu",
        "3.13.0": tmp_path / ".pyenv/versions/3.13.0",
        "free-threaded": tmp_path / ".local/share/uv/python/cpython-3.14.0+freethreaded-linux-x86_64-gnu",
    }
    for command in (*(folder / "bin/python3" for folder in folders.values()), tmp_path / ".pyenv/shims/python3.12"):
        command.parent.mkdir(parents=True)
        command.touch(0o755)
    on_path = tmp_path / "bin" / "python3.13"
    on_path.parent.mkdir()
    on_path.touch(0o755)
    variables = {"HOME": str(tmp_path), "PATH": f"{tmp_path}/.pyenv/shims:{tmp_path}/bin"}

    def find(name: str) -> Path:
        return find_python(name, tmp_path, variables)

    assert find("3.12") == find("python3.12") == folders["3.12.10"] / "bin/python3"
    assert find("3.12.9") == folders["3.12.9"] / "bin/python3"
    assert find("3.13") == on_path
    with pytest.raises(ValueError, match=r"no Python 3.14 on PATH.* there are 3.12.9, 3.12.10, 3.13.0$"):
        find("3.14")


def test_python_is_a_path_a_folder_or_a_command(read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """`--python` takes what people have at hand, and does not follow the links that make an environment one."""
    base = make_environment(tmp_path / "base")
    environment = tmp_path / "project" / ".venv"
    (environment / "bin").mkdir(parents=True)
    (environment / "bin" / "python").symlink_to(base)
    monkeypatch.setenv("PATH", str(base.parent))

    assert read("app.py --python .venv").python == environment / "bin" / "python"
    assert read("app.py --python .venv/bin/python").python == environment / "bin" / "python"
    assert read("app.py --python python").python == base
    assert read("app.py --python nowhere").python == tmp_path / "project" / "nowhere"
    in_file = read("app.py", 'python = ".venv"', VIRTUAL_ENV=str(tmp_path / "base"))
    assert in_file.python == environment / "bin" / "python"


# --- The cache folder -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"BUNDLER_CACHE_DIR": "/b", "XDG_CACHE_HOME": "/x"}, Path("/b")),
        ({"XDG_CACHE_HOME": "/x"}, Path("/x/bundler")),
        ({"XDG_CACHE_HOME": "relative"}, Path("~/.cache/bundler")),
        ({}, Path("~/.cache/bundler")),
    ],
)
def test_default_cache_folder(variables: dict[str, str], expected: Path):
    """Our own variable, then XDG's unless it is relative, then `~/.cache`."""
    assert default_cache_dir(variables) == expected.expanduser()


# --- Errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        ("", "nothing to bundle is named", "name a script"),
        ("app.py other.py", "`other.py` is one argument too many", "bundle --help"),
        ("app.py -m pkg", "`TARGET` and `--module` exclude each other", ""),
        ("-m pkg --script x", "`--module` and `--script` exclude each other", ""),
        ("app.py -q -v", "`--quiet` and `--verbose` exclude each other", ""),
        ("app.py --hiden-import x", "there is no option `--hiden-import`", "did you mean `--hidden-import`?"),
        ("app.py --hidden-imports=x", "there is no option `--hidden-imports`", "did you mean `--hidden-import`?"),
        ("app.py --oneflie", "there is no option `--oneflie`", "bundle --help"),
        ("app.py --onefile", "there is no option `--onefile`", "in place of PyInstaller's `--onefile`: nothing; "),
        ("--name=shop app.py", "there is no option `--name`", "`--output FILE`"),
        ("app.py -F", "there is no option `-F`", "always one file"),
        ("app.py --osx-bundle-identifier x", "there is no option `--osx-bundle-identifier`", "other systems"),
        ("app.py --include-package=shop", "there is no option `--include-package`", "`--collect-submodules PACKAGE`"),
        ("app.py --target-dir x", "there is no option `--target-dir`", "in place of cx_Freeze's"),
        ("app.py --hidden", "there is no option `--hidden`", "did you mean `--hidden-import`?"),
        ("app.py -O 3", "argument -O/--optimize: invalid choice: '3'", ""),
        ("app.py -o", "argument -o/--output: expected one argument", ""),
        ("app.py --add-data x", "`--add-data`: `x` is not of the form SRC:DEST", ""),
        ("app.py --add-data x:", "`--add-data`: `x:` is not of the form SRC:DEST", ""),
        ("app.py --add-data x:/etc", "`--add-data`: `/etc` is not a folder of the binary", ""),
        ("app.py --add-data x:a/../..", "`--add-data`: `a/../..` is not a folder of the binary", ""),
    ],
)
def test_wrong_usage(read: Read, arguments: str, message: str, hint: str):
    """A command line that makes no sense is refused in words that name the culprit and the nearest option."""
    with pytest.raises(UsageError) as caught:
        read(arguments)

    assert str(caught.value).startswith(message)
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("toml", "code", "message", "hint"),
    [
        ("hidden_imports = []", "unknown-option", "`[tool.bundle]` has no option `hidden_imports`", "`hidden-import`?"),
        ("outptu = 1", "unknown-option", "`[tool.bundle]` has no option `outptu`", "did you mean `output`?"),
        (
            "zzz = 1",
            "unknown-option",
            "`[tool.bundle]` has no option `zzz`",
            "the options are add-data, additional-hooks-dir,",
        ),
        ("[tool.bundle.script]", "bad-option", "`script` must be a string, not a table", '`script = "NAME"`'),
        ('hidden-import = "a"', "bad-option", "`hidden-import` must be a list of strings, not a string", '["NAME"]'),
        ("hidden-import = [1]", "bad-option", "`hidden-import` must be a list of strings, not `[1]`", '["NAME"]'),
        ("output = 1", "bad-option", "`output` must be a string (path), not `1`", '`output = "some/path"`'),
        ("optimize = true", "bad-option", "`optimize` must be 0, 1 or 2, not true", "`optimize = 1`"),
        ("optimize = 3", "bad-option", "`optimize` must be 0, 1 or 2, not `3`", "`optimize = 1`"),
        ('optimize = "1"', "bad-option", "`optimize` must be 0, 1 or 2, not a string", "`optimize = 1`"),
        ("utf8 = 1", "bad-option", "`utf8` must be true or false, not `1`", "`utf8 = true`"),
        ('add-data = ["a"]', "bad-option", "`add-data`: `a` is not of the form SRC:DEST", None),
        ('target = "a"\nscript = "b"', "bad-option", "`target` and `script` exclude each other", "keep one of them"),
    ],
)
def test_wrong_file(read: Read, toml: str, code: str, message: str, hint: str | None):
    """A wrong key or value is an error that says which, what it should be, and where it stands."""
    with pytest.raises(BundleError) as caught:
        read("app.py", toml)

    found = caught.value.diagnostic
    assert (found.code, found.message[: len(message)]) == (code, message)
    assert (
        found.where == "pyproject.toml"
        if "exclude" in message
        else found.where in ("pyproject.toml:2", "pyproject.toml")
    )
    assert hint is None or hint in (found.hint or "")


def test_the_table_of_a_snapshot(read: Read):
    """`[tool.bundle.snapshot]` holds the options that begin so, without that word."""
    found = read("app.py", '[tool.bundle.snapshot]\nwhen = "require"\nlate = ["a", "b.*"]\ncall = ["a.b:c.d"]')

    assert (found.snapshot, found.snapshot_late) == ("require", ("a", "b.*"))
    assert [(each.module, each.name) for each in found.snapshot_call] == [("a.b", "c.d")]


def test_line_of_a_wrong_key(read: Read):
    """The line that is named is that of the key in our own table."""
    with pytest.raises(BundleError) as caught:
        read("app.py", '# output is where\noutput = "a"\n\n"quiet" = 3\n[tool.other]\nquiet = 4')

    assert caught.value.diagnostic.where == "pyproject.toml:5"


@pytest.mark.parametrize(
    ("content", "code", "where"),
    [
        (b"a = 1\nb = \n", "bad-toml", ":2"),
        (b"a = '\xff'", "bad-toml", ""),
        (b"[tool]\nbundle = 1", "bad-option", ""),
    ],
)
def test_unreadable_file(tmp_path: Path, content: bytes, code: str, where: str):
    """A file that is no TOML, or has no table for us where one must be, is the user's to mend."""
    file = tmp_path / "pyproject.toml"
    file.write_bytes(content)

    with pytest.raises(BundleError) as caught:
        read_project_file(file)

    assert caught.value.diagnostic.code == code
    assert caught.value.diagnostic.where == f"{file}{where}"


@pytest.mark.parametrize("content", ["", "[tool]\n", "tool = 1\n", "[tool.other]\nx = 1\n", "[tool.bundle]\n"])
def test_file_without_options(tmp_path: Path, content: str):
    """A project that says nothing about us is as good as none."""
    file = tmp_path / "pyproject.toml"
    file.write_text(content)

    project = read_project_file(file)
    assert (project.common.values, project.programs) == ({}, ())


def test_a_folder_called_pyproject_is_none(tmp_path: Path):
    """Only a file is a project's file."""
    (tmp_path / "inner" / "pyproject.toml").mkdir(parents=True)
    (tmp_path / "pyproject.toml").touch()

    assert find_project_file(tmp_path / "inner") == tmp_path / "pyproject.toml"


# --- The table of options ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("app.py", True),
        ("gone.py", True),
        ("a/b", True),
        ("./inspect", True),
        ("there", True),
        ("pkg.mod:main", False),
        ("nothing", False),
    ],
)
def test_is_path(tmp_path: Path, target: str, expected: bool):
    """What looks like a path, or is one, is not taken for a function."""
    (tmp_path / "there").mkdir()

    assert is_path(target, tmp_path) is expected


@pytest.mark.parametrize("kind", ValueType)
def test_each_kind_takes_one_type(kind: ValueType):
    """No value fits kinds of different types, so a slip in the file is never taken for something else."""
    values: dict[str, Any] = {
        "text": CHOICES[kind][-1] if kind in CHOICES else "a",
        "number": 1,
        "switch": True,
        "list": [CHOICES[kind][-1]] if kind in CHOICES else ["a"],
        "table": {},
        "other": 1.5,
    }
    expected = "list" if kind.is_list else {ValueType.LEVEL: "number", ValueType.SWITCH: "switch"}.get(kind, "text")

    assert [name for name, value in values.items() if fits(kind, value)] == [expected]


@pytest.mark.parametrize(("field", "option"), OPTIONS.items(), ids=OPTIONS)
def test_values_are_of_the_declared_type(field: str, option: Option):
    """A converted value has the type of the field's default, or the field has none."""
    single = {ValueType.LEVEL: 2, ValueType.SWITCH: True, ValueType.VERSION: "2.31", ValueType.FLOOR: "host"} | {
        kind: words[-1] for kind, words in CHOICES.items()
    }
    raw = (
        ["a:b"]
        if option.kind in (ValueType.DATA, ValueType.FUNCTIONS)
        else ["a"]
        if option.kind.is_list
        else single.get(option.kind, "a")
    )
    default = getattr(Settings(), field)

    assert default is None or isinstance(convert(option.kind, raw, Path()), type(default))


def test_documentation_is_of_this_table():
    """docs/cli.md and docs/configuration.md hold the tables that the options give; `bundler.reference` refreshes them."""
    page = DOCUMENTATION.read_text()

    assert page == refresh(page)
    assert all(f"| `{option.name}`: " in page for option in IN_BOTH.values())
    configuration = (DOCUMENTATION.parent / "configuration.md").read_text()
    assert configuration == refresh(configuration)
    assert all(f"| `{option.name}` | " in configuration for option in IN_FILES.values())


def test_table_with_the_name_of_the_package(tmp_path: Path):
    """`[tool.bundler]` is an error that names the right table, unless that is there too."""
    file = tmp_path / "pyproject.toml"
    file.write_text("[project]\nname = 'x'\n[tool.bundler]\noutput = 'x'\n")
    with pytest.raises(BundleError) as caught:
        read_project_file(file)
    found = caught.value.diagnostic
    file.write_text("[tool.bundler]\n[tool.bundle]\nscript = 'x'\n")

    assert found.where == f"{file}:3"
    assert found.hint == "write `[tool.bundle]`"
    [program] = read_project_file(file).programs
    assert program.options.values == {"script": "x"}


def test_answers_to_options_of_other_tools(read: Read):
    """docs/coming-from-pyinstaller.md holds the tables of the command line's answers, which name options that there are.

    Several unknown options are answered one by one.
    """
    page = (DOCUMENTATION.parent / "coming-from-pyinstaller.md").read_text()
    rows = [row for rows in ANSWERS.values() for row in rows]
    ours = {name for _, answer in rows for name in options_in(answer) if name.startswith("--")}

    assert page == refresh(page)
    assert all(f"| {theirs} | {answer} |" in page for theirs, answer in rows)
    assert ours <= {f"--{option.name}" for option in OPTIONS.values()}
    with pytest.raises(UsageError, match="there are no options `--onefile`, `--clean`") as caught:
        read("--onefile app.py --clean")
    assert len(caught.value.notes) == 2


def test_help_shows_every_option():
    """`--help` lists what the table has, in its spelling and words."""
    text = "".join(parser().format_help().split())  # lines end at hyphens too

    assert [option.spelling for option in COMMAND_LINE.values() if option.spelling not in text] == []
    assert [option.help for option in COMMAND_LINE.values() if "".join(option.help.split()) not in text] == []


def test_a_python_that_is_not_there():
    """The hint names the command that lists the Pythons; that of other values leads to the help."""
    with pytest.raises(
        UsageError, match="there is no Python 3.99 on PATH, nor in the folders of pyenv and uv"
    ) as refusal:
        read_settings(read_arguments(["app.py", "--python", "3.99"]), {})
    assert "`bundle doctor`" in refusal.value.hint
    with pytest.raises(UsageError, match="--glibc") as refusal:
        read_settings(read_arguments(["app.py", "--glibc", "new"]), {})
    assert "`bundle --help`" in refusal.value.hint
