"""What README.md and docs/ show is true: commands make sense to the command line, files and links exist.

Commands of few pages are run, too: README's first ones here, others in `tests/test_guides.py`, `test_ci.py` and `test_verify.py`.
"""

from __future__ import annotations

import itertools
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from bundler.analyze.follow.rules import load_rules
from bundler.cli.arguments import read_arguments
from bundler.cli.commands import parsers
from bundler.cli.usage import BUILD_COMMANDS
from bundler.elf import Machine
from bundler.settings import OPTIONS
from tests.analyze.trees import install, write
from tests.support import ROOT, bundle

PAGES = sorted((*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")))


def _code_lines(page: Path) -> Iterator[str]:
    """Lines of indented code blocks."""
    for line in page.read_text().splitlines():
        if line.startswith("    "):
            yield line.removeprefix("    ")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path):
    """Every relative link of a page names a file that exists."""
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text())

    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


def test_columns_of_the_machine_table():
    """The page about processors tells of every column of `Machine`, and of no other."""
    page = (ROOT / "docs" / "adding-a-processor.md").read_text()
    section = page.partition("## 1. The table\n")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)

    assert sorted(re.findall(r"`(\w+)`", " ".join(cells))) == sorted(field.name for field in fields(Machine))


def test_every_page_is_in_the_index():
    """docs/README.md leads to every page beside it."""
    index = ROOT / "docs" / "README.md"
    linked = {(index.parent / link).resolve() for link in re.findall(r"\]\(([^)#]+)\)", index.read_text())}

    assert set(PAGES) & set(index.parent.iterdir()) - {index} <= linked


# Commands for finished binaries: run by tests/test_cli.py and tests/test_verify.py.

# A folder of CPython, of which pages tell.
_OF_CPYTHON = "Tools/"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_that_pages_name_exist(page: Path):
    """A file of the repository that a page names is there, by its path or by the end of it."""
    folders = (path for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith("."))
    files = [str(path) for folder in folders for path in folder.rglob("*")]
    named = re.findall(r"`([\w./-]*\w\.(?:py|c|h|S|toml))`", page.read_text())
    own = [name for name in named if "/" in name and not name.startswith(("/", _OF_CPYTHON))]

    assert [name for name in own if not any(file.endswith(f"/{name}") for file in files)] == []


def test_the_first_example_of_the_readme(tmp_path: Path):
    """The commands at the top of the README print what it shows."""
    lines = list(_code_lines(ROOT / "README.md"))
    start, show = lines.index("$ cat hello.py"), lines.index("$ bundle hello.py")
    (tmp_path / "hello.py").write_text("\n".join(lines[start + 1 : show]))
    built = bundle("hello.py", "--python", sys.executable, cwd=tmp_path)
    assert built.status == 0, built.stderr.decode()

    run_line = lines[show + 1].removeprefix("$ ")
    shown = subprocess.run([tmp_path / run_line], capture_output=True, text=True, check=True).stdout

    assert shown == lines[show + 2] + "\n"


def test_options_for_those_who_come_from_pyinstaller():
    """The table of options names, on our side, options that there are; and the command below it is understood."""
    text = (ROOT / "docs" / "coming-from-pyinstaller.md").read_text()
    rows = [line.split("|") for line in text.splitlines() if line.startswith("| `")]
    ours = {name for row in rows for name in re.findall(r"`--([a-z0-9-]+)", row[2])}

    assert len(rows) > 20
    assert ours - {option.name for option in OPTIONS.values()} - {"why"} == set()


def test_the_example_for_those_who_come_from_pyinstaller(tmp_path: Path):
    """The command that takes the place of another tool's builds the program with all that it names."""
    page = ROOT / "docs" / "coming-from-pyinstaller.md"
    (command,) = [line for line in _code_lines(page) if line.startswith("bundle ")]
    environment = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    [site] = environment.glob("lib/python*/site-packages")
    install(site, "babel", {"babel/__init__.py": "", "babel/core.py": "", "babel/global.dat": "data"})
    shop = {"shop/__init__.py": "", "shop/plugins/paper.py": "print('paper')\n", "shop/themes/dark.css": "dark\n"}
    program = """
        import importlib, pathlib, shop

        importlib.import_module("shop.plugins." + "".join(["pa", "per"]))
        print(pathlib.Path(shop.__file__).with_name("themes").joinpath("dark.css").read_text(), end="")
        core = importlib.import_module("".join(["ba", "bel.core"]))
        print(pathlib.Path(core.__file__).with_name("global.dat").read_text())
        """
    write(tmp_path / "work", {"run.py": program, **shop})

    built = bundle(*shlex.split(command)[1:], cwd=tmp_path / "work", VIRTUAL_ENV=str(environment))
    assert built.status == 0, built.stderr.decode()
    shown = subprocess.run([tmp_path / "work/dist/shop"], capture_output=True, text=True, check=True).stdout

    assert shown.split() == ["paper", "dark", "data"]


def check_arguments(arguments: list[str]) -> None:
    """Fail for a command line that makes no sense."""
    others = parsers()
    if arguments and arguments[0] in others and arguments[0] not in BUILD_COMMANDS:
        others[arguments[0]].parse_args(arguments[1:])
    else:
        read_arguments(arguments)


def test_ways_that_the_readme_lists(tmp_path: Path):
    """Each `bundle` command that the README lists does its work where there is what it names."""
    environment, work = tmp_path / "environment", tmp_path / "work"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    [site] = environment.glob("lib/python*/site-packages")
    install(
        site, "http-tool", {"http_tool.py": "main = print\n"}, entry_points="[console_scripts]\nhttp = http_tool:main\n"
    )
    files = {
        "app.py": "print('app')\n",
        "app.spec": "exe = EXE(Analysis(['app.py']).pure, name='app')\n",
        "folder/__main__.py": "print('folder')\n",
        "package/__init__.py": "",
        "package/__main__.py": "print('package')\n",
        "package/module.py": "def main():\n    print('module')\n",
        "pyproject.toml": "[project]\nname = 'shop'\n[project.scripts]\nshop = 'package.module:main'\n",
    }
    write(work, files)
    commands = [line.partition("#")[0].strip() for line in _code_lines(ROOT / "README.md")]
    commands = [line for line in commands if re.match(r"bundle( |$)", line)]

    for command in commands:
        done = bundle(*shlex.split(command)[1:], cwd=work, VIRTUAL_ENV=str(environment))
        assert done.status == 0, f"{command}\n{done.stderr.decode()}"
    built = {
        path.name: subprocess.run([path], capture_output=True, text=True, check=True).stdout.strip()
        for path in (work / "dist").iterdir()
    }
    assert len(commands) >= 10
    assert built == {
        "app": "app",
        "folder": "folder",
        "package": "package",
        "main": "module",
        "http": "",
        "shop": "module",
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_of_the_pages_are_accepted(page: Path):
    """Every `bundle` command in a page is one that the command line understands."""
    lines = (line.removeprefix("$ ") for line in _code_lines(page))
    for line in lines:
        if line.startswith("bundle ") and not re.search(r"OPTIONS|\[|\w\|\w", line):
            words = shlex.split(line, comments=True)[1:]
            # Of a line for a shell, the first command.
            check_arguments([*itertools.takewhile(lambda word: word not in (">", "|", "||", "&&"), words)])


def test_make_targets_of_the_pages_exist():
    """`make demo` and the like are targets of the Makefile."""
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        name for page in PAGES for line in _code_lines(page) for name in re.findall(r"^make (?:\w+=\S+ )*(\w+)", line)
    }

    assert named
    assert named <= targets


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git, which knows what is in the repository")
def test_make_demo_on_a_fresh_checkout(tmp_path: Path):
    """`make demo` needs nothing that is not in the repository, and ends with the example's output."""
    checkout = tmp_path / "checkout"
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in tracked.decode().split("\0"):
        if name and (ROOT / name).is_file():
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, checkout / name)
    env = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "MAKEFLAGS", "MAKELEVEL")}

    done = subprocess.run(["make", "demo"], cwd=checkout, env=env, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "Hello, world!"


def test_every_rule_has_a_reason():
    """A package rule says why it is there."""
    rules = load_rules()
    every = [*rules.stdlib.values(), *rules.packages.values()]
    assert len(every) > 30
    assert all(len(rule.reason.split()) > 2 for rule in every)
