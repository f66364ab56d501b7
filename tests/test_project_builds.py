"""Projects as their authors have them: `bundle` alone builds each program, from whatever layout and environment.

Programs are small; a first case compiles the standard library's modules, a later one takes a second or two.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import subprocess
import zipfile
from pathlib import Path

import pytest

from bundler.schema import FORMAT, BuildDocument, BuiltRow, ProblemRow, keys_of
from tests.analyze.trees import install, write
from tests.support import ROOT, Interpreter, Outcome, bundle, run, share_cache

SOURCES = {
    "store/__init__.py": "",
    "store/cli.py": "import sys\n"
    "def main(): print('shop', sys.argv[1:])\n"
    "def admin():\n    import till\n    print('admin', till.OPEN)\n    return 3\n",
}
PROJECT = """
[build-system]
build-backend = "{backend}"
requires = []
[project]
name = "store"
version = "1"
dependencies = ["till"]
[project.scripts]
shop = "store.cli:main"
shop-admin = "store.cli:admin"
"""


def make_environment(folder: Path, interpreter: Interpreter) -> Path:
    """An environment without pip, with the distribution `till`; its folder of packages."""
    subprocess.run([interpreter.base, "-m", "venv", "--without-pip", folder], check=True)
    packages = folder / "lib" / f"python{interpreter.version}" / "site-packages"
    install(packages, "till", {"till.py": "OPEN = True\n"})
    return packages


def build(folder: Path, *arguments: str, **variables: str) -> Outcome:
    """Run `bundle` in a folder with no environment active."""
    return bundle(*arguments, cwd=folder, VIRTUAL_ENV="", CONDA_PREFIX="", NO_COLOR="1", **variables)


def output(command: list[str | Path], cwd: Path | None = None) -> tuple[int, str]:
    done = run(command, cwd=cwd)
    return done.status, (done.stdout + done.stderr).decode()


# --- Layouts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["", "src/"])
@pytest.mark.parametrize("is_installed", [True, False], ids=["installed", "not installed"])
def test_bundle_alone(one_interpreter: Interpreter, tmp_path: Path, prefix: str, is_installed: bool):
    """Each command becomes a binary, with the packages of a `.venv` that nobody activated.

    A project that is not installed comes from its sources, and a note says so.
    """
    write(tmp_path, {f"{prefix}{name}": text for name, text in SOURCES.items()})
    write(tmp_path, {"pyproject.toml": PROJECT.format(backend="setuptools.build_meta")})
    packages = make_environment(tmp_path / ".venv", one_interpreter)
    if is_installed:
        (packages / "store.pth").write_text(f"{tmp_path / prefix}\n")
        scripts = "[console_scripts]\nshop = store.cli:main\nshop-admin = store.cli:admin\n"
        install(packages, "store", {}, entry_points=scripts)
    done = build(tmp_path)

    assert done.status == 0, done.stderr.decode()
    assert (b"note[not-installed]" in done.stderr) is not is_installed
    assert done.stderr.count(b"note[environment]: no environment is active: `.venv` is used") == 1
    assert output([tmp_path / "dist" / "shop", "a"]) == (0, "shop ['a']\n")
    assert output([tmp_path / "dist" / "shop-admin"]) == (3, "admin True\n")


def test_an_environment_that_lacks_something(one_interpreter: Interpreter, tmp_path: Path):
    """A project whose requirements are not installed is an error with the command that installs it, for each program."""
    write(tmp_path, {**SOURCES, "pyproject.toml": PROJECT.format(backend="poetry.core.masonry.api")})
    subprocess.run([one_interpreter.base, "-m", "venv", "--without-pip", tmp_path / ".venv"], check=True)
    done = build(tmp_path)

    assert done.status == 1
    assert done.stderr.decode().count("needs distributions that the environment lacks: till") == 2
    assert "hint: install the project with `poetry install`, or name its environment with `--python PATH`" in str(
        done.stderr
    )
    assert not (tmp_path / "dist").exists()


def test_modules_and_functions_of_a_project(one_interpreter: Interpreter, tmp_path: Path):
    """`module` and `target` find modules in the project's sources that are installed nowhere."""
    write(tmp_path, {f"src/{name}": text for name, text in SOURCES.items()})
    write(
        tmp_path,
        {
            "src/store/worker.py": "import store.cli\nprint('worker', __name__)\n",
            "pyproject.toml": "[project]\nname = 'store'\n[[tool.bundle.program]]\nmodule = 'store.worker'\n"
            "[[tool.bundle.program]]\nname = 'one'\ntarget = 'store.cli:main'\n",
        },
    )
    done = build(tmp_path, "--python", str(one_interpreter.base))

    assert done.status == 0, done.stderr.decode()
    assert output([tmp_path / "dist" / "worker"]) == (0, "worker __main__\n")
    assert output([tmp_path / "dist" / "one"]) == (0, "shop []\n")


def test_a_folder_that_is_a_project(tmp_path: Path):
    """`bundle .` in a project's folder is told that `bundle` alone is meant."""
    write(tmp_path, {**SOURCES, "pyproject.toml": PROJECT.format(backend="")})
    done = build(tmp_path, ".")

    assert done.status == 1
    assert b"hint: `bundle` without TARGET builds the programs that pyproject.toml declares\n" in done.stderr


# --- Several programs -------------------------------------------------------------------------------------------------


@pytest.fixture
def project(one_interpreter: Interpreter, tmp_path: Path) -> Path:
    """A project with two programs in tables, of which the first cannot be built, and a Python."""
    write(
        tmp_path,
        {
            "pyproject.toml": f"[tool.bundle]\npython = '{one_interpreter.base}'\n"
            "[[tool.bundle.program]]\ntarget = 'gone.py'\n"
            "[[tool.bundle.program]]\ntarget = 'there.py'\noutput = 'bin/it'\n",
            "there.py": "import colorsys\nprint('there')\n",
        },
    )
    return tmp_path


def test_a_program_that_fails(project: Path):
    """Programs after one that fails are built, and the status is that of the worst."""
    done = build(project)

    assert done.status == 1
    assert done.stderr.decode().count("error[") == 1
    assert "error[no-such-target]: there is no file `gone.py`" in done.stderr.decode()
    assert done.stderr.decode().splitlines()[-1] == "1 of 2 programs were built"
    assert output([project / "bin" / "it"]) == (0, "there\n")


def test_json_of_a_build(project: Path):
    """`--json` lists programs as docs/cli.md describes them, those that failed too."""
    done = build(project, "--json", "-q")
    document = json.loads(done.stdout)
    gone, there = document["programs"]
    binary = project / "bin" / "it"

    assert done.status == document["status"] == 1
    assert document["format"] == FORMAT
    assert list(document) == [key for key, _ in keys_of(BuildDocument)]
    assert list(gone) == list(there) == [key for key, _ in keys_of(BuiltRow)]
    assert {*gone["problem"]} == ProblemRow.__required_keys__
    assert (gone["name"], gone["output"], gone["problem"]["code"]) == ("gone", None, "no-such-target")
    assert (there["name"], there["output"], there["links"], there["problem"]) == ("there", "bin/it", [], None)
    assert there["size"] == binary.stat().st_size
    assert there["sha256"] == hashlib.sha256(binary.read_bytes()).hexdigest()


def test_commands_about_one_program(project: Path):
    """`plan` and `why` ask which program is meant, and answer for the one that is named."""
    which = build(project, "plan")
    why = build(project, "why", "colorsys", "--program", "there")
    plan = build(project, "plan", "--program", "there", "--json")

    assert which.status == 2
    assert (
        b"the project has several programs: `gone`, `there`\n  hint: name one of them with `--program" in which.stderr
    )
    assert re.fullmatch(rb"__main__ imports colorsys  \S+there.py:1\n", why.stdout), why.stderr
    assert (json.loads(plan.stdout)["name"], json.loads(plan.stdout)["output"]) == ("there", "bin/it")


# --- One binary for several programs ----------------------------------------------------------------------------------

BOX = {
    "box/__init__.py": "",
    "box/one.py": "import subprocess, sys\n"
    "def main():\n"
    "    print('one', sys.argv[1:], flush=True)\n"
    "    if 'again' in sys.argv:\n"
    "        subprocess.run([sys.executable, 'child'], check=True)\n"
    "    if 'lazy' in sys.argv:\n"
    "        print('box.two' in sys.modules)\n",
    "box/two.py": "import multiprocessing, sys\n"
    "def double(number): return 2 * number\n"
    "def main():\n"
    "    with multiprocessing.get_context(sys.argv[1]).Pool(1) as pool:\n"
    "        print('two', pool.map(double, [1, 2]))\n",
    "pyproject.toml": "[project]\nname = 'toolbox'\n[project.scripts]\none = 'box.one:main'\ntwo = 'box.two:main'\n"
    "[tool.bundle]\nmulticall = true\n",
}


@pytest.fixture(scope="module")
def box(one_interpreter: Interpreter, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a binary of two programs."""
    folder = write(tmp_path_factory.mktemp("box"), BOX)
    done = build(folder, "--python", str(one_interpreter.base))
    assert done.status == 0, done.stderr.decode()
    assert b"  runs as one, two\n" in done.stderr
    return folder / "dist"


def test_links_choose_the_program(box: Path, tmp_path: Path):
    """A link starts the program of its name, from every folder, by a path or from PATH; so do hard links and copies."""
    assert sorted(os.listdir(box)) == ["one", "toolbox", "two"]
    assert (box / "one").readlink() == Path("toolbox")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "one").symlink_to(box / "toolbox")
    os.link(box / "toolbox", box.parent / "one")

    expected = (0, "one ['a']\n")
    assert output([box / "one", "a"]) == expected
    assert output(["./dist/one", "a"], cwd=box.parent) == expected
    assert output([tmp_path / "elsewhere" / "one", "a"]) == expected
    assert output([box.parent / "one", "a"]) == expected
    found = run(["sh", "-c", "one a"], environment={"PATH": f"{box}:/usr/bin:/bin"})
    assert found.stdout == b"one ['a']\n"


def test_a_name_that_is_no_programs(box: Path, tmp_path: Path):
    """Under another name the binary says which it knows, with the status that shells use."""
    (tmp_path / "three").symlink_to(box / "toolbox")
    words = "this executable holds one, two; start it by a link with one of these names\n"

    assert output([box / "toolbox"]) == (127, f"toolbox: {words}")
    assert output([tmp_path / "three"]) == (127, f"three: {words}")


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_children_of_multiprocessing(box: Path, method: str):
    """Processes that multiprocessing starts belong to the program that started them."""
    assert output([box / "two", method]) == (0, "two [2, 4]\n")


def test_a_program_that_starts_itself(box: Path, tmp_path: Path):
    """`sys.executable` starts the same program again, by whatever link it was started."""
    (tmp_path / "one").symlink_to(box / "toolbox")
    expected = "one ['again']\none ['child']\n"

    assert output([box / "one", "again"])[1] == expected
    assert output(["./one", "again"], cwd=tmp_path)[1] == expected
    found = run(["sh", "-c", "one again"], environment={"PATH": f"{box}:/usr/bin:/bin"})
    assert found.stdout.decode() == expected


def test_only_the_program_is_imported(box: Path):
    """A start imports the modules of its program alone."""
    assert output([box / "one", "lazy"])[1] == "one ['lazy']\nFalse\n"


def test_a_binary_of_several_programs_is_not_traced(box: Path):
    """`bundle trace` refuses a binary of several programs, and says how to build one."""
    done = build(box.parent, "trace", "a")

    assert done.status == 2
    assert b"hint: name one with `--no-multicall --program NAME`" in done.stderr


def test_a_folder_in_the_place_of_a_link(one_interpreter: Interpreter, tmp_path: Path):
    """A link replaces files, but no folder; then nothing is built."""
    folder = write(tmp_path, {**BOX, "dist/two/file": "", "dist/one": "earlier"})
    done = build(folder, "--python", str(one_interpreter.base))

    assert done.status == 1
    assert b"error[cannot-write]: `dist/two` cannot be written: it is a folder" in done.stderr
    assert (folder / "dist" / "one").read_text() == "earlier"


def test_a_function_that_is_not_there(one_interpreter: Interpreter, tmp_path: Path):
    """Each function of a binary for several programs is looked for before anything is compiled."""
    folder = write(tmp_path, {**BOX, "box/two.py": "def mian(): pass\n"})
    done = build(folder, "--python", str(one_interpreter.base))

    assert b"error[no-such-function]: the module `box.two` has no `main`" in done.stderr


# --- Headers of scripts -----------------------------------------------------------------------------------------------


def make_wheel(folder: Path, name: str, text: str) -> None:
    """A wheel of one module."""
    folder.mkdir(exist_ok=True)
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name}.py", text)
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", f"{name}.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")


def script_with(dependencies: str, python: str = ">=3.11") -> str:
    return (
        f"# /// script\n# requires-python = '{python}'\n# dependencies = {dependencies}\n"
        "# [tool.bundle]\n# hidden-import = ['colorsys']\n# output = 'bin/it'\n# ///\n"
        "import importlib, sys\n"
        "print(importlib.import_module(sys.argv[1]).__name__)\n"
        "try:\n    import frobnicate\n    print(frobnicate.VALUE)\nexcept ImportError:\n    print('bare')\n"
    )


def test_a_header_is_satisfied(one_interpreter: Interpreter, tmp_path: Path):
    """What a header requires is installed once, and again after a change; its options count."""
    make_wheel(tmp_path / "wheels", "frobnicate", "VALUE = 'found'\n")
    variables = {
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(tmp_path / "wheels"),
        "PATH": "/usr/bin:/bin",
        "BUNDLER_CACHE_DIR": str(tmp_path / "cache"),
    }
    share_cache(tmp_path / "cache", without=["environment"])
    script = write(tmp_path / "app", {"one.py": script_with("['frobnicate']")}) / "one.py"
    python = ("--python", str(one_interpreter.base))
    first = build(script.parent, "one.py", *python, **variables)
    found = output([script.parent / "bin" / "it", "colorsys"])
    second = build(script.parent, "one.py", *python, **variables)
    script.write_text(script_with("[]"))
    third = build(script.parent, "one.py", *python, **variables)

    assert first.status == second.status == third.status == 0, (first.stderr + second.stderr + third.stderr).decode()
    assert found == (0, "colorsys\nfound\n")
    assert [b"installing 1 requirement\n" in each.stderr for each in (first, second)] == [True, False]
    assert output([script.parent / "bin" / "it", "colorsys"]) == (0, "colorsys\nbare\n")


def test_an_environment_that_is_named(one_interpreter: Interpreter, tmp_path: Path):
    """An environment that `--python` names is used as it is."""
    environment = tmp_path / "env"
    install(make_environment(environment, one_interpreter), "frobnicate", {"frobnicate.py": "VALUE = 'named'\n"})
    script = write(tmp_path / "app", {"one.py": script_with("['nowhere-to-be-found']")}) / "one.py"
    done = build(script.parent, "one.py", "--python", str(environment))

    assert done.status == 0, done.stderr.decode()
    assert output([script.parent / "bin" / "it", "colorsys"]) == (0, "colorsys\nnamed\n")


@pytest.mark.parametrize("installer", ["pip", "uv"])
def test_a_header_that_cannot_be_satisfied(one_interpreter: Interpreter, tmp_path: Path, installer: str):
    """Without a network, or for a name that is not there, the error quotes the installer and leaves no half environment."""
    script = write(tmp_path / "app", {"one.py": script_with("['nowhere-to-be-found']")}) / "one.py"
    path = "/usr/bin:/bin"
    if installer == "uv":
        words = 'case "$*" in *install*) echo "no solution found" >&2; exit 1;; esac; mkdir -p "${@: -1}"'
        write(tmp_path / "tools", {"uv": f"#!/bin/bash\n{words}\n"})
        (tmp_path / "tools" / "uv").chmod(0o755)
        path = f"{tmp_path}/tools:{path}"
    done = build(
        script.parent,
        "one.py",
        "--python",
        str(one_interpreter.base),
        PIP_NO_INDEX="1",
        PATH=path,
        BUNDLER_CACHE_DIR=str(tmp_path / "cache"),
    )
    text = done.stderr.decode()

    assert done.status == 1
    assert "error[not-installable]: what `one.py` requires could not be installed: `" in text
    assert ("no solution found" if installer == "uv" else "nowhere-to-be-found") in text
    assert "hint: check the names and versions in the header, and the network" in text
    assert list((tmp_path / "cache" / "environment").rglob("finished")) == []


def test_a_python_that_a_header_refuses(one_interpreter: Interpreter, tmp_path: Path):
    """An interpreter that is named and does not fit is an error; of those that are not, one that fits is taken."""
    script = write(tmp_path / "app", {"one.py": script_with("[]", ">=4")}) / "one.py"
    refused = build(script.parent, "one.py", "--python", str(one_interpreter.base))
    script.write_text(script_with("[]", f"=={one_interpreter.version}.*"))
    taken = build(script.parent, "one.py", "-q", "--json")

    assert refused.status == 1
    assert b"error[unsupported-python]: `one.py` requires Python >=4, but `" in refused.stderr
    assert taken.status == 0, taken.stderr.decode()
    assert json.loads(taken.stdout)["programs"][0]["python"].startswith(one_interpreter.version)


# --- The page ---------------------------------------------------------------------------------------------------------


def test_the_page_of_configuration(one_interpreter: Interpreter, tmp_path: Path):
    """The examples of docs/configuration.md build what the page says, and each of its commands does what it should."""
    page = (ROOT / "docs" / "configuration.md").read_text()
    scripts, common, tables, multicall = re.findall(r"^```toml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    commands = [shlex.split(line) for line in re.findall(r"^    (bundle.*)$", page, re.MULTILINE)]
    sources = {
        "store/__init__.py": "",
        "store/cli.py": "def main(): print('shop')\ndef admin(): print('admin')\n",
        "store/plugins/csv.py": "",
        "store/worker.py": "import ssl\nprint('worker')\n",
        "fetch.py": "# /// script\n# dependencies = []\n# ///\nprint('fetched')\n",
    }
    folder = write(tmp_path, {**sources, "pyproject.toml": scripts + common})
    python = ("--python", str(one_interpreter.base))

    assert build(folder, *python).status == 0
    assert output([folder / "dist" / "shop-admin"]) == (0, "admin\n")
    (folder / "pyproject.toml").write_text(scripts + common + tables)
    for command in commands:
        done = build(folder, *command[1:], *python)
        assert done.status == 0, (command, done.stderr.decode())
    assert output([folder / "dist" / "worker" / "shop-worker"]) == (0, "worker\n")
    assert output([folder / "dist" / "fetch"]) == (0, "fetched\n")
    (folder / "pyproject.toml").write_text(scripts + multicall)
    assert build(folder, *python).status == 0
    assert output([folder / "dist" / "shop"]) == (0, "shop\n")
    assert (folder / "dist" / "shop").readlink() == Path("store")
