"""Programs of a project: from pyproject.toml, headers of scripts and arguments to one Settings each. Nothing is built here."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bundler.cli.arguments import read_arguments
from bundler.cli.programs import read_programs
from bundler.cli.usage import UsageError
from bundler.environments import MANAGERS, WITHOUT_MANAGER, managed_python
from bundler.errors import BundleError
from bundler.interpreters import default_python
from bundler.project import read_header, read_project_file, record
from bundler.project.document import read_document
from bundler.project.metadata import source_folders
from bundler.settings import Command, DeclaredScript, Requirements, Settings
from tests.analyze.trees import write

Read = Callable[..., tuple[Settings, ...]]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """`read(ARGUMENTS, TOML, **FILES)`: the programs that are meant in a folder with that pyproject.toml."""

    def read(arguments: str, toml: str, files: dict[str, str] | None = None) -> tuple[Settings, ...]:
        folder = tmp_path / "project"
        write(folder, {"pyproject.toml": toml, "app.py": "", "tool.py": "", **(files or {})})
        monkeypatch.chdir(folder)
        return read_programs(read_arguments(arguments.split()), {"BUNDLER_CACHE_DIR": "/cache"})

    return read


SCRIPTS = "[project]\nname = 'store'\n[project.scripts]\nshop = 'shop.cli:main'\nadmin = 'shop.cli:admin'\n"
TABLES = """
[tool.bundle]
hidden-import = ["a"]
optimize = 1
[[tool.bundle.program]]
target = "app.py"
hidden-import = ["b"]
[[tool.bundle.program]]
name = "helper"
target = "tool.py"
output = "bin/helper"
optimize = 2
"""


def subjects(programs: tuple[Settings, ...]) -> list[str]:
    return [program.subject for program in programs]


# --- Which programs ---------------------------------------------------------------------------------------------------


def test_commands_are_programs(read: Read):
    """Without anything else, each command of `[project.scripts]` is a program, in the file's order."""
    programs = read("", SCRIPTS)

    assert [program.script for program in programs] == ["shop", "admin"]
    assert [program.output for program in programs] == [None, None]
    assert programs[1].declared == DeclaredScript("shop.cli:admin", (), WITHOUT_MANAGER)
    assert subjects(read("--program admin", SCRIPTS)) == ["admin"]
    assert subjects(read("--program admin --program shop", SCRIPTS)) == ["shop", "admin"]


@pytest.mark.parametrize(
    "toml",
    [
        "[project]\nname='x'\n[project.gui-scripts]\nshop = 'shop:main'\n",
        "[tool.poetry.scripts]\nshop = 'shop:main'\n",
        "[tool.poetry.scripts]\nshop = {reference = 'shop:main', type = 'console'}\nfile = {reference = 'x.sh', type = 'file'}\n",
        "[tool.flit.scripts]\nshop = 'shop:main [extra]'\n",
    ],
)
def test_commands_of_older_tables(read: Read, toml: str):
    """Commands may stand in tables of build backends. Files are no commands."""
    [program] = read("", toml)

    assert program.script == "shop"
    assert program.declared is not None
    assert program.declared.function == "shop:main"


def test_tables_are_programs(read: Read):
    """Each `[[tool.bundle.program]]` is a program: its options win over those of `[tool.bundle]`, and lists add up."""
    app, helper = read("", TABLES)

    assert (app.name, app.target, app.output, app.optimize, app.hidden_imports) == (
        "app",
        "app.py",
        None,
        1,
        ("a", "b"),
    )
    assert (helper.name, helper.target, helper.output) == ("helper", "tool.py", Path("bin/helper"))
    assert (helper.optimize, helper.hidden_imports) == (2, ("a",))
    assert [each.optimize for each in read("-O0", TABLES)] == [0, 0]
    assert subjects(read("--program helper", TABLES)) == ["tool.py"]


def test_a_table_with_options_for_a_command(read: Read):
    """A table that says only a name means the command of that name."""
    [program] = read("", f"{SCRIPTS}[[tool.bundle.program]]\nname = 'admin'\noutput = 'x'\n")

    assert (program.script, program.output, program.name) == ("admin", Path("x"), "admin")
    assert program.declared is not None


def test_one_program_in_the_table(read: Read):
    """A program in `[tool.bundle]` is the only one, whatever the project's commands are."""
    [program] = read("", f"{SCRIPTS}[tool.bundle]\ntarget = 'app.py'\noutput = 'x'\n")

    assert (program.target, program.output) == ("app.py", Path("x"))
    assert subjects(read("--program app", f"{SCRIPTS}[tool.bundle]\ntarget = 'app.py'\n")) == ["app.py"]


def test_options_belong_to_their_program(read: Read):
    """A program on the command line has its own table if it is declared; `output` of others is never its own."""
    one = f"{SCRIPTS}[tool.bundle]\nscript = 'shop'\noutput = 'bin/shop'\nhidden-import = ['a']\n"
    [other] = read("--script admin", one)
    [same] = read("--script shop", one)
    [declared] = read("./tool.py", TABLES)
    [undeclared] = read("-m http.server", TABLES)

    assert (other.output, other.hidden_imports) == (None, ("a",))
    assert same.output == Path("bin/shop")
    assert (declared.output, declared.optimize) == (Path("bin/helper"), 2)
    assert (undeclared.output, undeclared.optimize, undeclared.hidden_imports) == (None, 1, ("a",))
    assert read("app.py", "[tool.bundle]\noutput = 'x'\n")[0].output == Path("x")


@pytest.mark.parametrize(
    ("arguments", "toml", "code", "message", "hint"),
    [
        ("--program shap", SCRIPTS, "no-such-program", "the project has no program `shap`", "did you mean `shop`?"),
        ("--program x", SCRIPTS, "no-such-program", "the project has no program `x`", "its programs are shop, admin"),
        ("--program x", "", "no-such-program", "the project has no program `x`", "pyproject.toml declares none"),
        (
            "",
            f"{SCRIPTS}[tool.bundle]\noutput = 'x'\n",
            "bad-option",
            "`output` in `[tool.bundle]` is one file, but the project has 2 programs",
            "`[[tool.bundle.program]]`",
        ),
        (
            "",
            f"[tool.bundle]\nscript = 'x'\n{TABLES.replace('[tool.bundle]', '')}",
            "bad-option",
            "`script` cannot stand in `[tool.bundle]` beside programs",
            "`[[tool.bundle.program]]`",
        ),
        ("", "[tool.bundle]\nname = 'x'\n", "bad-option", "`name` cannot stand in `[tool.bundle]`", "it belongs into"),
        (
            "",
            "[[tool.bundle.program]]\ntarget = 'app.py'\nquiet = true\n",
            "bad-option",
            "`quiet` cannot stand in `[[tool.bundle.program]]`",
            "it belongs into `[tool.bundle]`",
        ),
        (
            "",
            "[[tool.bundle.program]]\noutput = 'x'\n",
            "bad-option",
            "`[[tool.bundle.program]]` does not say what to bundle for a program",
            "add `target`, `module` or `script`",
        ),
        (
            "",
            f"{SCRIPTS}[[tool.bundle.program]]\nname = 'x'\n",
            "bad-option",
            "`[[tool.bundle.program]]` does not say what to bundle for the program `x`",
            "`[project.scripts]` has shop, admin",
        ),
        (
            "",
            "[tool.bundle]\nprogram = 1\n",
            "bad-option",
            "`tool.bundle.program` is not a list of tables",
            "write `[[",
        ),
        (
            "",
            "[[tool.bundle.program]]\ntarget = 'app.py'\n[[tool.bundle.program]]\nname = 'app'\ntarget = 'tool.py'\n",
            "bad-option",
            "two programs are called `app`",
            "another `name`",
        ),
        (
            "",
            "[[tool.bundle.program]]\ntarget = 'app.py'\n[[tool.bundle.program]]\ntarget = 'tool.py'\noutput = 'dist/app'\n",
            "bad-option",
            "two programs would be written to `",
            "another `output`",
        ),
        (
            "",
            "[[tool.bundle.program]]\nname = 'a/b'\ntarget = 'app.py'\n",
            "bad-option",
            "`a/b` is no name of a program",
            "without `/`",
        ),
    ],
)
def test_wrong_programs(read: Read, arguments: str, toml: str, code: str, message: str, hint: str):
    """Programs that contradict each other, or say not what they are, are errors that name the table to write in."""
    with pytest.raises(BundleError) as caught:
        read(arguments, toml)

    found = caught.value.diagnostic
    assert (found.code, found.message[: len(message)]) == (code, message)
    assert hint in (found.hint or "")


@pytest.mark.parametrize(
    ("arguments", "toml", "message", "hint"),
    [
        ("app.py --program shop", SCRIPTS, "`TARGET` and `--program` exclude each other", ""),
        ("-o x", SCRIPTS, "`--output` is one file, but the project has 2 programs", "`--program NAME`"),
        ("", "", "nothing to bundle is named", "`[project.scripts]`"),
    ],
)
def test_wrong_usage(read: Read, arguments: str, toml: str, message: str, hint: str):
    """Arguments that fit no project, or not this one, are refused."""
    with pytest.raises(UsageError) as caught:
        read(arguments, toml)

    assert str(caught.value) == message
    assert hint in caught.value.hint


def test_lines_of_wrong_keys(read: Read):
    """The line that is named is in the table of the program that is wrong."""
    with pytest.raises(BundleError) as caught:
        read("", f"{TABLES}[[tool.bundle.program]]\ntarget = 'x.py'\noptimize = 7\n")

    assert caught.value.diagnostic.where == "pyproject.toml:14"


def test_commands_in_setup_cfg(read: Read):
    """Commands of older projects of setuptools count where pyproject.toml has none."""
    cfg = "[metadata]\nname = x%y\n[options.entry_points]\nconsole_scripts =\n    shop = shop:main [extra]\n    b=c:d\nother =\n    e = f:g\n"
    backend = "[build-system]\nbuild-backend = 'setuptools.build_meta'\n"

    assert subjects(read("", backend, {"setup.cfg": cfg})) == ["shop", "b"]
    assert subjects(read("", SCRIPTS, {"setup.cfg": cfg})) == ["shop", "admin"]
    with pytest.raises(UsageError, match="nothing to bundle is named"):
        read("", backend, {"setup.cfg": "[no\n"})


# --- Several programs in one binary -----------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", ["", "--multicall"])
def test_one_binary_of_all_programs(read: Read, arguments: str):
    """With `multicall` there is one binary, named after the project, with the options of all programs."""
    toml = f"{SCRIPTS}[tool.bundle]\n{'' if arguments else 'multicall = true'}\nhidden-import = ['a']\n"
    [program] = read(arguments, toml)
    [named] = read(arguments, f"{toml}output = 'bin/box'\n")

    assert [command.name for command in program.commands] == ["shop", "admin"]
    assert program.commands[0].script == "shop"
    assert (program.script, program.name, program.hidden_imports) == (None, "store", ("a",))
    assert (program.subject, named.output) == ("shop, admin", Path("bin/box"))
    assert len(read("--no-multicall", toml)) == 2


def test_lists_of_programs_in_one_binary(read: Read):
    """Lists of all programs add up; commands are functions or scripts."""
    [program] = read(
        "",
        "[tool.bundle]\nmulticall = true\n[[tool.bundle.program]]\nname = 'a'\ntarget = 'pkg:one'\nhidden-import = ['x']\n"
        "[[tool.bundle.program]]\nscript = 'b'\nhidden-import = ['y']\n",
    )

    assert program.commands == (Command("a", target="pkg:one"), Command("b", script="b"))
    assert program.hidden_imports == ("x", "y")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("target = 'app.py'", "`app.py` is a file, and a binary of several programs calls functions"),
        ("target = 'pkg:one'\noptimize = 1", "`optimize` of the program `one` cannot differ"),
        ("target = 'pkg:one'\noutput = 'x'", "`output` of the program `one` cannot differ"),
    ],
)
def test_programs_that_one_binary_cannot_hold(read: Read, options: str, message: str):
    """Programs of one binary are functions, and share what a binary has only once."""
    with pytest.raises(BundleError) as caught:
        read("--multicall", f"[[tool.bundle.program]]\n{options}\n")

    assert caught.value.diagnostic.message.startswith(message)


# --- Headers of scripts -----------------------------------------------------------------------------------------------

HEADER = """#!/usr/bin/env python
# /// script
# requires-python = ">=3.12"
# dependencies = ["rich", "click>=8"]
#
# [tool.bundle]
# hidden-import = ["a"]
# ///
import rich
"""


def test_a_header_is_the_scripts_own_file(read: Read, tmp_path: Path):
    """A script with a header takes options and requirements from it, and not from pyproject.toml."""
    [script] = read("one.py", "[tool.bundle]\nhidden-import = ['other']\n", {"one.py": HEADER})
    [plain] = read("app.py", "[tool.bundle]\nhidden-import = ['other']\n", {"one.py": HEADER})

    assert script.hidden_imports == ("a",)
    assert script.requirements == Requirements(Path("one.py"), ">=3.12", ("rich", "click>=8"))
    assert (plain.hidden_imports, plain.requirements) == (("other",), None)


def test_a_header_in_a_project(read: Read):
    """For a program that the project declares, the header stands between `[tool.bundle]` and the program's table."""
    toml = "[tool.bundle]\nhidden-import = ['x']\n[[tool.bundle.program]]\ntarget = 'one.py'\nhidden-import = ['y']\n"
    [script] = read("", toml, {"one.py": HEADER})

    assert script.hidden_imports == ("x", "a", "y")
    assert script.requirements is not None


def test_the_interpreter_of_a_header(read: Read, tmp_path: Path):
    """An environment that is named is used as it is; an interpreter that is named is the one that gets an environment."""
    environment = tmp_path / "env"
    write(environment, {"pyvenv.cfg": "", "bin/python": ""})
    [in_environment] = read(f"one.py --python {environment}", "", {"one.py": HEADER})
    [with_python] = read(f"one.py --python {sys.base_prefix}/bin/python3", "", {"one.py": HEADER})

    assert in_environment.requirements is None
    assert in_environment.python == environment / "bin" / "python"
    assert with_python.requirements is not None
    assert with_python.requirements.is_python_given


@pytest.mark.parametrize(
    ("header", "code", "line", "message"),
    [
        ('# requires-python = "new"', "bad-header", 3, "`requires-python` in the header of `one.py` is not a version"),
        ('# dependencies = "rich"', "bad-header", 3, "`dependencies` in the header of `one.py` is not a list"),
        ('# dependencies = ["=1"]', "bad-header", 3, "`dependencies` in the header of `one.py` is not a list"),
        ("# a = ]", "bad-toml", 3, "`one.py` is not valid TOML"),
        ("# [tool.bundle]\n# hiden-import = []", "unknown-option", 4, "`[tool.bundle]` has no option `hiden-import`"),
        ("# [tool.bundle]\n# script = 'x'", "bad-option", 4, "`script` cannot stand in the header of a script"),
        ("# a = 1\n# ///\n\n# /// script\n# b = 1", "bad-header", 6, "`one.py` has 2 headers"),
    ],
)
def test_wrong_headers(read: Read, header: str, code: str, line: int, message: str):
    """A wrong header is an error with the line of the script."""
    script = f"#!/usr/bin/env python\n# /// script\n{header}\n# ///\n"
    with pytest.raises(BundleError) as caught:
        read("one.py", "", {"one.py": script})

    found = caught.value.diagnostic
    assert (found.code, found.message[: len(message)]) == (code, message)
    assert found.where == f"one.py:{line}"


@pytest.mark.parametrize(
    "text", ["", "# /// script\n", "# /// script\nprint()\n# ///\n", "# /// other\n# a = 1\n# ///\n"]
)
def test_scripts_without_a_header(tmp_path: Path, text: str):
    """A comment that is no block of that type is no header."""
    (tmp_path / "one.py").write_text(text)

    assert read_header(tmp_path / "one.py") is None
    assert read_header(tmp_path) is None


def test_recording_in_a_header(tmp_path: Path):
    """What a run shows is added to the header of a script, whose other lines and permissions stay."""
    script = tmp_path / "one.py"
    script.write_text(HEADER)
    script.chmod(0o755)

    assert record({"hidden-import": ["b"], "collect-data": ["p"]}, tmp_path, script=script) == script

    header = read_header(script)
    assert header is not None
    assert header.document.table("tool", "bundle") == {"hidden-import": ["a", "b"], "collect-data": ["p"]}
    assert header.requirements.dependencies == ("rich", "click>=8")
    assert script.read_text().startswith("#!/usr/bin/env python\n# /// script\n# requires-python")
    assert script.read_text().endswith("# ///\nimport rich\n")
    assert script.stat().st_mode & 0o777 == 0o755


def test_recording_for_one_of_several_programs(tmp_path: Path):
    """What a run of a program shows is added to its own table."""
    (tmp_path / "pyproject.toml").write_text(TABLES)
    record({"hidden-import": ["c"]}, tmp_path, program="helper")
    project = read_project_file(tmp_path / "pyproject.toml")

    assert project.common.values["hidden_imports"] == ("a",)
    assert [each.options.values.get("hidden_imports") for each in project.programs] == [("b",), ("c",)]


# --- Environments and sources -----------------------------------------------------------------------------------------


def fake_tool(folder: Path, name: str, answer: str) -> None:
    write(folder, {name: f'#!/bin/sh\necho "$@" >> "{folder}/asked"\n{answer}\n'})
    (folder / name).chmod(0o755)


@pytest.mark.parametrize(
    ("toml", "files", "name"),
    [
        ("[tool.uv]\npackage = false\n", (), "uv"),
        ("", ("uv.lock",), "uv"),
        ("[build-system]\nbuild-backend = 'uv_build'\n", (), "uv"),
        ("[tool.poetry]\nname = 'x'\n", (), "poetry"),
        ("[build-system]\nbuild-backend = 'poetry.core.masonry.api'\n", (), "poetry"),
        ("[build-system]\nbuild-backend = 'pdm.backend'\n", (), "pdm"),
        ("", ("pdm.lock",), "pdm"),
        ("[build-system]\nbuild-backend = 'hatchling.build'\n", (), "hatch"),
        ("[build-system]\nbuild-backend = 'hatchling.build'\n", ("uv.lock",), "uv"),
        ("[build-system]\nbuild-backend = 'setuptools.build_meta'\n", (), None),
        ("build-system = 1\n", (), None),
    ],
)
def test_the_manager_of_a_project(tmp_path: Path, toml: str, files: tuple[str, ...], name: str | None):
    """The tool that makes the environment shows in its table, its lock file, or its build backend."""
    write(tmp_path, {"pyproject.toml": toml, **dict.fromkeys(files, "")})
    manager = read_project_file(tmp_path / "pyproject.toml").manager

    assert (manager.name if manager else None) == name


@pytest.mark.parametrize("name", ["poetry", "hatch"])
def test_an_environment_elsewhere(tmp_path: Path, name: str):
    """Poetry and hatch are asked for the environment where there is no `.venv`; that it is used is told."""
    [manager] = [each for each in MANAGERS if each.name == name]
    fake_tool(tmp_path / "bin", name, f"echo {tmp_path}/made")
    write(tmp_path, {"made/bin/python": "", "project/pyproject.toml": ""})
    variables = {"PATH": f"{tmp_path}/bin"}
    found = default_python(variables, [tmp_path / "project"], manager)

    assert found.path == tmp_path / "made" / "bin" / "python"
    assert f"which {name} made" in found.findings[0].message
    assert (tmp_path / "bin" / "asked").read_text() == f"{' '.join(manager.question)}\n"
    write(tmp_path, {"project/.venv/bin/python": ""})
    assert default_python(variables, [tmp_path / "project"], manager).path.parts[-3] == ".venv"


@pytest.mark.parametrize("answer", ["exit 1", "echo /nowhere", ""])
def test_no_environment_elsewhere(tmp_path: Path, answer: str):
    """A tool that has made no environment, or that is not installed, leaves the Python that runs bundle."""
    fake_tool(tmp_path / "bin", "poetry", answer)
    [poetry] = [each for each in MANAGERS if each.name == "poetry"]

    for path in (f"{tmp_path}/bin", f"{tmp_path}/empty"):
        assert default_python({"PATH": path}, [tmp_path], poetry).path == Path(sys.executable)


def test_interpreters_that_tools_note(tmp_path: Path):
    """Pdm notes the project's interpreter in a file, uv's folder may be named by a variable or be that of a workspace."""
    uv, _, pdm, _ = MANAGERS
    write(tmp_path, {"env/bin/python": "", ".pdm-python": f"{tmp_path}/env/bin/python\n"})

    assert managed_python(pdm, tmp_path, {}) == tmp_path / "env" / "bin" / "python"
    assert managed_python(uv, tmp_path, {"UV_PROJECT_ENVIRONMENT": "env"}) == tmp_path / "env" / "bin" / "python"
    assert managed_python(uv, tmp_path, {}) is None
    write(tmp_path, {"uv.lock": "", ".venv/bin/python": "", "packages/one/pyproject.toml": ""})
    member = tmp_path / "packages" / "one"
    assert managed_python(uv, member, {}) == tmp_path / ".venv" / "bin" / "python"
    assert read_project_file(member / "pyproject.toml").manager is uv


@pytest.mark.parametrize(
    ("toml", "folders"),
    [
        ("", ["src", "."]),
        ("[tool.setuptools]\npackage-dir = {'' = 'lib'}\n", ["lib", "src", "."]),
        ("[tool.setuptools.packages.find]\nwhere = ['lib']\n", ["lib", "src", "."]),
        ("[tool.poetry]\npackages = [{include = 'x', from = 'lib'}, {include = 'y'}]\n", ["lib", "src", "."]),
        ("[tool.pdm.build]\npackage-dir = 'lib'\n", ["lib", "src", "."]),
        ("[tool.uv.build-backend]\nmodule-root = 'lib'\n", ["lib", "src", "."]),
        ("[tool.maturin]\npython-source = 'lib'\n", ["lib", "src", "."]),
        ("[tool.hatch.build.targets.wheel]\npackages = ['lib/shop']\n", ["lib", "src", "."]),
        ("[tool.setuptools]\npackage-dir = 3\n", ["src", "."]),
        ("[tool.poetry]\npackages = 3\n", ["src", "."]),
        ("[tool.pdm.build]\npackage-dir = 'nowhere'\n", ["src", "."]),
    ],
)
def test_folders_of_sources(tmp_path: Path, toml: str, folders: list[str]):
    """Modules that are not installed are looked for where the build backend takes them from, in src, and beside the file."""
    write(tmp_path, {"pyproject.toml": toml, "lib/x.py": "", "src/x.py": ""})

    found = source_folders(read_document(tmp_path / "pyproject.toml"))
    assert found == tuple(tmp_path / folder for folder in folders)
